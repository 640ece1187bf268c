"""`./sala check`: everything that can be said about the code without running it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sala.runtime import lock, places, reference
from sala.runtime.console import note, say
from sala.runtime.install import environment

PYTHON_FILES = ("src", "tests", "benchmarks", "conftest.py", "sala")


@dataclass(frozen=True)
class Check:
    """One check: a command, or a function that yields faults; `mend` is what a person types."""

    name: str
    says: str
    command: tuple[str, ...] = ()
    faults: Callable[[], Iterator[str]] | None = None
    mend: str = ""


def checks() -> tuple[Check, ...]:
    """Return all checks, the fastest first."""
    python = str(places.python())
    tools = places.venv() / "bin"
    manage = (python, "-W", "ignore::RuntimeWarning", "-m", "sala.site.manage")
    files = tuple(name for name in PYTHON_FILES if (places.ROOT / name).exists())
    return (
        Check("format", "ruff format", (str(tools / "ruff"), "format", "--check", *files), mend="ruff format " + " ".join(files)),
        Check("lint", "ruff check", (str(tools / "ruff"), "check", *files), mend="ruff check --fix " + " ".join(files)),
        Check("requirements", "pins were compiled from their sources", faults=lock.faults, mend="./sala lock"),
        Check("imports", "arrows run down only", (str(tools / "lint-imports"), "--no-cache")),
        Check("texts", "every text has its Thai", (python, "-m", "sala.runtime.messages", "check"), mend="./sala messages update"),
        Check("migrations", "models and migrations agree", (*manage, "makemigrations", "--check", "--dry-run"), mend="./sala manage makemigrations -n NAME"),
        Check("system", "Django's own checks", (*manage, "check", "--fail-level", "WARNING")),
        Check("reference", "generated pages are current", faults=reference.faults, mend="python -m sala.runtime.reference"),
        Check("types", "mypy strict", (str(tools / "mypy"),)),
    )  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    made = argparse.ArgumentParser(
        prog="./sala check",
        description="Check format, lint, types, imports, migrations, texts, pins, reference.",
    )
    made.add_argument("names", nargs="*", help="only these: " + ", ".join(check.name for check in checks()))
    return made


def main(arguments: Sequence[str]) -> int:
    """Run the checks and print one line each; faults are shown in full."""
    wanted = parser().parse_args(arguments)
    chosen = [check for check in checks() if not wanted.names or check.name in wanted.names]
    failed = [check.name for check in chosen if not _passes(check)]
    say()
    if failed:
        note(f"{len(failed)} of {len(chosen)} checks failed: {', '.join(failed)}")
        return 1
    note(f"{len(chosen)} checks passed.")
    return 0


def _passes(check: Check) -> bool:
    began = time.monotonic()
    if check.faults:
        said = "\n".join(check.faults())
        well = not said
    else:
        done = subprocess.run(
            list(check.command),
            cwd=places.ROOT,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        said, well = (done.stdout + done.stderr).strip(), done.returncode == 0
    note(
        f"{'ok    ' if well else 'FAILED'}  {check.name:<13} {check.says} ({time.monotonic() - began:.1f} s)"
    )
    if not well:
        print(said, file=sys.stderr)
        if check.mend:
            print(f"To mend it:\n    {check.mend}", file=sys.stderr)
    return well


def _environment() -> dict[str, str]:
    """Return an environment in which nothing depends on this machine's data or settings."""
    kept = {
        name: value for name, value in environment().items() if not name.startswith(("SALA_", "DATABASE_URL"))
    }
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "sala.site.settings",
        "NO_COLOR": "1",
        "COLUMNS": os.environ.get("COLUMNS", "120"),
    }
