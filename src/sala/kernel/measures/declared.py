"""Measures as the code of products declares them: what is measured, in which unit, and which way is better."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Direction = Literal["higher", "lower", "none"]
Unit = Literal["percent", "count", "days", "hours", "seconds", "points", "baht", "ratio"]

_FORM = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*)+")


@dataclass(frozen=True)
class DeclaredMeasure:
    """One version of a measure; a change of meaning is a new version, so that no series breaks unseen."""

    code: str
    version: int
    title_th: str
    title_en: str
    definition_th: str
    definition_en: str
    unit: Unit
    direction: Direction


DECLARED: dict[tuple[str, int], DeclaredMeasure] = {}


def declare_measure(
    code: str,
    version: int = 1,
    *,
    title_th: str,
    title_en: str,
    definition_th: str,
    definition_en: str,
    unit: Unit,
    direction: Direction = "higher",
) -> DeclaredMeasure:
    """Declare version `version` of measure `code` at import of the product; returns what `record_observations` takes.

    `code` is dotted lower-case words (`services.linked-share`) and permanent. Declaring the same version twice
    with other words raises ValueError, as does a code of another form or a missing text.
    """
    if not _FORM.fullmatch(code):
        raise ValueError(f"{code!r} is not dotted lower-case words, such as services.linked-share")
    if version < 1:
        raise ValueError(f"{code}: versions count from 1")
    texts = (title_th, title_en, definition_th, definition_en)
    if not all(text.strip() for text in texts):
        raise ValueError(f"{code} lacks a text in one of the two languages")
    made = DeclaredMeasure(code, version, *texts, unit, direction)
    if DECLARED.setdefault((code, version), made) != made:
        raise ValueError(f"{code} version {version} is declared twice with different words")
    return made
