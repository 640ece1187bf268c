"""What every source file keeps to, whoever wrote it."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from sala.runtime import lock, places

SALA = places.SOURCES / "sala"
LONGEST_FILE_LINES = 600
# Parted, so that this file does not name what no file may name.
REGISTRY_HOSTS = tuple(
    "".join(parts)
    for parts in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("registry.npm", "js.org"),
        ("registry.yarn", "pkg.com"),
        ("deb.", "debian.org"),
        ("security.", "debian.org"),
    )
)
UNFINISHED = re.compile(
    "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX:", "(?i:coming" + " soon)", "เร็ว" + " ?ๆ ?นี้"))
)


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=places.ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(path for name in listed.split("\0") if name and (path := places.ROOT / name).is_file())


@cache
def texts() -> dict[str, str]:
    """Return the content of every tracked text file by its name."""
    found: dict[str, str] = {}
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw[:8000]:
            found[str(path.relative_to(places.ROOT))] = raw.decode("utf-8", errors="replace")
    return found


def packages() -> list[Path]:
    return sorted(
        path
        for path in SALA.rglob("__init__.py")
        if not {"migrations", "tests", "management", "commands", "templatetags"} & set(path.parts)
    )


@pytest.mark.parametrize("path", packages(), ids=lambda path: str(path.parent.relative_to(SALA)))
def test_a_package_says_what_it_is_for(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    is_room = path.parent.parent.parent == SALA  # floors above and folders inside need one sentence only
    assert len(said.splitlines()) >= (3 if is_room else 1), f"{path} says {said!r}"


def test_no_file_holds_two_rooms() -> None:
    long = {
        name: count
        for name, text in texts().items()
        if name.endswith(".py")
        and "/migrations/" not in name
        and (count := text.count("\n")) > LONGEST_FILE_LINES
    }
    assert not long


def test_no_file_names_a_package_registry() -> None:
    hits = [f"{name}: {host}" for name, text in texts().items() for host in REGISTRY_HOSTS if host in text]
    assert not hits


def test_no_file_names_a_path_of_this_machine() -> None:
    here = (f"{places.ROOT}/", f"{Path.home()}/.")
    assert not [f"{name}: {path}" for name, text in texts().items() for path in here if path in text]


def test_nothing_is_left_unfinished() -> None:
    assert not [
        f"{name}: {hit.group()}"
        for name, text in texts().items()
        if not name.startswith("package-lock") and (hit := UNFINISHED.search(text))
    ]


def migrations() -> list[Path]:
    return sorted(path for path in SALA.rglob("migrations/*.py") if path.name != "__init__.py")


def test_migrations_import_no_project_code() -> None:
    """A migration must do tomorrow what it does today, whatever became of the code."""
    wrong: list[str] = []
    for path in migrations():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [name.name for name in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or "."] if not node.level else ["sala"]
            wrong += [f"{path.relative_to(SALA)}: {name}" for name in names if name.split(".")[0] == "sala"]
    assert not wrong


def test_migrations_have_names() -> None:
    assert not [path.name for path in migrations() if "_auto_" in path.name]


@pytest.mark.parametrize("name", lock.NAMES)
def test_packages_are_pinned_by_hash_and_name_no_address(name: str) -> None:
    text = (places.REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    lines = text.splitlines()
    pins = [number for number, line in enumerate(lines) if re.match(r"^[A-Za-z0-9]", line)]
    assert pins
    assert not [
        lines[number]
        for number in pins
        if "==" not in lines[number] or "--hash=sha256:" not in lines[number + 1]
    ]


def test_the_pins_were_compiled_from_their_sources() -> None:
    assert not list(lock.faults())


def test_the_front_end_lock_names_no_address() -> None:
    text = (places.ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"integrity"' in text
    assert '"resolved"' not in text
