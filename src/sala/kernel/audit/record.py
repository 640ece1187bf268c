"""Declared action codes, and the one function that writes an audit row in the action's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sala.kernel.audit.actor import Actor


@dataclass(frozen=True)
class ActionCode:
    """A dotted, permanent code with the sentence that tells what happened, Thai and English."""

    code: str
    sentence_th: str
    sentence_en: str
    fields: tuple[str, ...] = ()


CODES: dict[str, ActionCode] = {}


def declare(code: str, *, th: str, en: str, fields: tuple[str, ...] = ()) -> str:
    """Declare an action code once, at import of the app's `actions.py`; returns the code."""
    CODES[code] = ActionCode(code, th, en, fields)
    return code


def record(code: str, *, subject: object, actor: Actor, data: Mapping[str, Any] | None = None) -> None:
    """Insert one audit row in the caller's transaction."""
    raise RuntimeError("audit is not there yet")
