"""Arrows run down only, and an app is entered by its interface."""

from __future__ import annotations

import subprocess

import grimp
import pytest

from sala.runtime import places

ROOMS = ("sala.kernel", "sala.products")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("sala", cache_dir=None)


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [str(places.venv() / "bin" / "lint-imports"), "--no-cache"],
        cwd=places.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def app_of(module: str) -> str | None:
    """Return the app that a module belongs to: `sala.kernel.audit`, or nothing outside apps."""
    parts = module.split(".")
    return ".".join(parts[:3]) if ".".join(parts[:2]) in ROOMS and len(parts) > 2 else None


def test_another_app_imports_only_the_interface(graph: grimp.ImportGraph) -> None:
    wrong = [
        f"{importer} imports {imported}"
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if (owner := app_of(imported))
        and app_of(importer) not in (None, owner)
        and ".tests" not in importer
        and imported not in (f"{owner}.interface", owner)
    ]
    assert not wrong, "\n".join(sorted(wrong))


def test_the_rule_can_fail(graph: grimp.ImportGraph) -> None:
    """The graph sees imports inside functions and of names, so that no such arrow hides."""
    found = graph.find_modules_directly_imported_by("sala.runtime.upgrade")
    assert {"sala.runtime.backup", "sala.runtime.datafolder"} <= found
    assert app_of("sala.kernel.audit.record") == "sala.kernel.audit"
    assert app_of("sala.site.settings") is None
