"""The page of action codes for the reference documentation, made from what the apps declare."""

from __future__ import annotations

import importlib
import pkgutil
from itertools import groupby
from pathlib import Path

from django.apps import apps
from django.conf import settings

from sala.kernel.audit.codes import CODES

PAGE = Path("docs/reference/action-codes.md")

_LEFT_OUT = {"tests", "migrations", "management"}

_HEAD = """\
# Action codes

<!-- Made by `./sala manage audit_codes`. Change the declarations, not this page. -->

Every action that changes something leaves a record with one of these codes. A code is permanent: it is never
renamed and never means something else. The fields are all that a record of this code may hold beside who,
when, and what it is about; none of them is personal data.
"""


def page_path() -> Path:
    """Return where the page is kept."""
    return Path(settings.ROOT) / PAGE


def page() -> str:
    """Return the page as it should be now."""
    _import_declarations()
    lines = [_HEAD]
    ordered = sorted(_ours(), key=lambda code: (code.partition(".")[0], code))
    for room, codes in groupby(ordered, key=lambda code: code.partition(".")[0]):
        lines.append(f"\n## {room}\n\n| Code | What happened | เกิดอะไรขึ้น | Fields |\n|---|---|---|---|\n")
        for code in codes:
            declared = CODES[code]
            fields = ", ".join(f"`{name}`" for name in declared.fields)
            cells = (f"`{code}`", declared.sentence_en, declared.sentence_th, fields)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return "".join(lines)


def _ours() -> list[str]:
    """Return the codes of installed apps, without those that tests declare."""
    return [code for code in CODES if ".test." not in code and not code.startswith("tests.")]


def _import_declarations() -> None:
    """Import every module of our apps: a declaration stands beside its action, wherever that is."""
    for app in apps.get_app_configs():
        if app.name.startswith("sala."):
            for module in pkgutil.iter_modules([app.path]):
                if module.name not in _LEFT_OUT:
                    importlib.import_module(f"{app.name}.{module.name}")
