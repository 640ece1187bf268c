"""The tutorial's commands do what it says they do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial" / "first-ranking.md"
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Started by the tests of the runtime, in a folder of its own.
ELSEWHERE = {"./sala up"}


def _steps() -> list[tuple[str, list[str]]]:
    """Return each command of the page with the lines it is said to print."""
    steps: list[tuple[str, list[str]]] = []
    for block in BLOCK.findall(TUTORIAL.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            else:
                steps[-1][1].append(line)
    return steps


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which `./sala index` is the one of this tree, and what it writes stays apart."""
    (tmp_path / "build").mkdir()
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    sala = tmp_path / "sala"
    sala.write_text(
        f'#!/bin/sh\nshift\nexec "{sys.executable}" -c '
        '"import sys; from sala.runtime.index_cli import main; sys.exit(main(sys.argv[1:]))" "$@"\n',
        encoding="utf-8",
    )
    sala.chmod(0o755)
    return tmp_path


def test_each_command_of_the_tutorial_prints_what_the_page_says(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "LANG": "C.UTF-8"}
    ran = 0
    for command, expected in _steps():
        if command in ELSEWHERE:
            continue
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert done.returncode == 0, f"{command}\n{printed}"
        for line in expected:
            assert line in printed, f"{command} did not print {line!r}:\n{printed}"
        ran += 1
    assert ran >= 7


def test_every_link_of_the_documents_leads_somewhere() -> None:
    missing = []
    pages = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "src").rglob("README.md"),
        *(ROOT / "examples").rglob("*.md"),
    ]
    for page in pages:
        targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        inside = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
        missing += [f"{page.relative_to(ROOT)}: {t}" for t in inside if not (page.parent / t).exists()]
    assert missing == []
