"""Why files are kept: each purpose is declared once by the app that owns it, with who may read and how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sala.kernel.audit.interface import Actor, Decision
from sala.kernel.files.models import StoredFile

MayRead = Callable[[Actor, StoredFile], Decision]


@dataclass(frozen=True)
class Purpose:
    """A reason to keep files: `retain_days` from the day of storing, or without an end when it is nothing."""

    code: str
    may_read: MayRead
    accept: frozenset[str] | None = None
    max_bytes: int | None = None
    retain_days: int | None = None


PURPOSES: dict[str, Purpose] = {}


def declare_purpose(
    code: str,
    *,
    may_read: MayRead,
    accept: frozenset[str] | set[str] | None = None,
    max_bytes: int | None = None,
    retain_days: int | None = None,
) -> Purpose:
    """Declare purpose `code` in `AppConfig.ready` of the app that owns it; without it nothing is given out.

    `accept` names kinds (`xlsx`, `csv`, `pdf`…) taken where a call says none.
    """
    purpose = Purpose(code, may_read, frozenset(accept) if accept else None, max_bytes, retain_days)
    PURPOSES[code] = purpose
    return purpose
