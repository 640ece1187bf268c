"""The generated pages of `docs/reference`: commands and settings, written from what the code declares.

`python -m sala.runtime.reference` writes them; `./sala check` and a test fail where they are not current.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator

from sala.runtime import places
from sala.runtime.commandline import COMMANDS
from sala.runtime.install import environment

FOLDER = places.ROOT / "docs" / "reference"
NOTICE = "<!-- Written by `python -m sala.runtime.reference`; change the code, not this page. -->"

OF_THE_COMMANDS = {
    "PG_BIN": "Folder of the PostgreSQL programs (15 to 18) to use instead of the wheel's.",
    "SALA_VENV": "A virtual environment that has the packages already; it is used as it is and never changed.",
}


def commands_page() -> str:
    """Return the page of `./sala` commands, with what each `--help` says."""
    lines = ["# Commands", "", NOTICE, "", "| Command | What it does | ทำอะไร |", "|---|---|---|"]
    lines += [
        f"| `./sala {command.name}` | {command.sentence} | {command.sentence_th} |" for command in COMMANDS
    ]
    for command in COMMANDS:
        lines += ["", f"## ./sala {command.name}", ""]
        if command.hands_on:
            lines += [
                f"{command.sentence} What follows the word is handed on: `./sala {command.name} --help`."
            ]
        else:
            parser: argparse.ArgumentParser = importlib.import_module(command.module).parser()
            parser.formatter_class = _Narrow
            lines += ["```text", parser.format_help().strip(), "```"]
    return "\n".join(lines) + "\n"


class _Narrow(argparse.HelpFormatter):
    """Help of one width on every terminal."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=100)


def settings_page() -> str:
    """Return the page of settings, as the site declares them in an environment without any."""
    bare = {
        name: value for name, value in environment().items() if not name.startswith(("SALA_", "DATABASE_URL"))
    }
    done = subprocess.run(
        [str(places.python()), "-m", "sala.site.reference"],
        env={**bare, "SALA_VENV": os.environ.get("SALA_VENV", "")},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = ["", "## Read by `./sala` itself", "", "| Name | What it does |", "|---|---|"]
    lines += [f"| `{name}` | {sentence} |" for name, sentence in OF_THE_COMMANDS.items()]
    return done.stdout + "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Return each generated page by its file name."""
    return {"commands.md": commands_page(), "settings.md": settings_page()}


def faults() -> Iterator[str]:
    """Yield the pages that are not what the code says now."""
    for name, content in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            yield f"docs/reference/{name} is not current."


def main() -> int:
    """Write the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in pages().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
