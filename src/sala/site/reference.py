"""Prints the page of settings, `docs/reference/settings.md`, from their declarations."""

from __future__ import annotations

import sys
from ast import literal_eval
from pathlib import Path

from sala.site import settings
from sala.site.environment import DECLARED


def page() -> str:
    """Return the page; paths are shown from the root of the checkout."""
    lines = [
        "# Settings",
        "",
        "<!-- Written by `python -m sala.runtime.reference`; change the code, not this page. -->",
        "",
        "Every setting is a variable of the environment. A wrong value refuses the start and says what would do. "
        "A secret may stand in a file instead: `NAME_FILE` names it.",
        "",
        "| Name | Is | Default | What it does |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{one.name}` | {one.kind} | {_shown(one.default, secret=one.secret)} | {one.sentence} |"
        for one in sorted(DECLARED.values(), key=lambda one: one.name)
    ]
    return "\n".join(lines) + "\n"


def _shown(default: str, *, secret: bool) -> str:
    """Return a default as a person would write it in the environment."""
    if secret or default in {"", "[]"}:
        return ""
    if default in {"True", "False"}:
        return "yes" if default == "True" else "no"
    if default.startswith("["):
        default = ",".join(dict.fromkeys(literal_eval(default)))
    return f"`{default.replace(f'{settings.ROOT}/', './').replace(str(Path.home()), '~')}`"


if __name__ == "__main__":
    sys.stdout.write(page())
