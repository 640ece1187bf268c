"""The generated pages say what the code says."""

from __future__ import annotations

from sala.runtime import reference
from sala.runtime.commandline import COMMANDS


def test_the_generated_pages_are_current() -> None:
    assert not list(reference.faults()), "write them: python -m sala.runtime.reference"


def test_every_command_stands_on_the_page() -> None:
    page = reference.commands_page()
    for command in COMMANDS:
        assert f"## ./sala {command.name}\n" in page


def test_settings_page_shows_no_path_of_the_machine() -> None:
    page = reference.settings_page()
    assert "| `SALA_VAR` | the path of a folder | `./var` |" in page
    assert "| `DATABASE_URL` | a secret |  |" in page
