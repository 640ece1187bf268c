"""The table of action codes: each is declared once, by the app that acts, with its sentence in two languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*)+")


@dataclass(frozen=True)
class ActionCode:
    """A dotted, permanent code with the sentence that tells what happened, Thai and English."""

    code: str
    sentence_th: str
    sentence_en: str
    fields: tuple[str, ...] = ()

    def sentence(self, language: str) -> str:
        """Return the sentence in `language`; whatever is not English is answered in Thai."""
        return self.sentence_en if language.startswith("en") else self.sentence_th


CODES: dict[str, ActionCode] = {}


def declare(code: str, *, th: str, en: str, fields: tuple[str, ...] = ()) -> str:
    """Declare an action code once, at import of the app's `actions.py`; returns the code.

    `fields` are the only names that `data` of such a record may hold. Declaring the same code twice with
    other sentences or fields raises ValueError, as does a code that is not dotted lower-case words.
    """
    declared = ActionCode(code, th, en, tuple(fields))
    if not _FORM.fullmatch(code.replace("_", "-")):
        raise ValueError(f"{code!r} is not dotted lower-case words, such as registry.organisation.merged")
    if not th.strip() or not en.strip():
        raise ValueError(f"{code} has no sentence in one of the two languages")
    if CODES.setdefault(code, declared) != declared:
        raise ValueError(f"{code} is declared twice with different words")
    return code
