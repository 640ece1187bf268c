"""The series of documents: each kind is declared once by the app that issues it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sala.kernel.audit.interface import Actor, Decision
from sala.kernel.documents.models import IssuedDocument

MayRead = Callable[[Actor, IssuedDocument], Decision]


@dataclass(frozen=True)
class Kind:
    """A series: `prefix` stands before the number on the paper (`รง 12/2569`)."""

    code: str
    title_th: str
    title_en: str
    prefix: str = ""
    may_read: MayRead | None = None


KINDS: dict[str, Kind] = {}


def declare_kind(
    code: str, *, title_th: str, title_en: str, prefix: str = "", may_read: MayRead | None = None
) -> Kind:
    """Declare the series `code` in `AppConfig.ready` of the app that issues it.

    `may_read` says who may download the PDF at `{% url "files:download" document.file_id %}`; without it nobody.
    """
    kind = Kind(code, title_th, title_en, prefix, may_read)
    KINDS[code] = kind
    return kind


def shown_number(code: str, sequence: int, year_be: int) -> str:
    """Return the number as it is printed: prefix, running number, Buddhist year."""
    kind = KINDS.get(code)
    prefix = f"{kind.prefix} " if kind and kind.prefix else ""
    return f"{prefix}{sequence}/{year_be}"
