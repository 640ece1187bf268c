"""Reads of the audit pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from sala.kernel.audit.codes import CODES, ActionCode
from sala.kernel.audit.models import AuditRecord, Seal
from sala.kernel.audit.reading import Scope, names_of


@dataclass(frozen=True)
class Shown:
    """A record as a page shows it."""

    record: AuditRecord
    sentence: str
    actor: str
    on_behalf_of: str
    position: int | None
    """Its place in the log, or None while it waits for the sealer."""


@dataclass(frozen=True)
class Filters:
    """What an auditor looks for; days are of Bangkok and both included."""

    code: str = ""
    subject: str = ""
    actor: str = ""
    organisation: UUID | None = None
    from_on: date | None = None
    until_on: date | None = None


def records(scope: Scope, filters: Filters | None = None) -> QuerySet[AuditRecord]:
    """Return the records within `scope` that the filters leave, newest first."""
    found = AuditRecord.objects.order_by("-id")
    if not scope.everything:
        found = found.filter(organisation_id__in=scope.organisations)
    if filters is None:
        return found
    for name, value in (
        ("code", filters.code),
        ("subject", filters.subject),
        ("actor_id", filters.actor),
        ("organisation_id", filters.organisation),
        ("at__gte", _midnight(filters.from_on)),
        ("at__lt", _midnight(filters.until_on + timedelta(days=1) if filters.until_on else None)),
    ):
        if value:
            found = found.filter(**{name: value})
    return found


def shown(rows: Sequence[AuditRecord], language: str) -> list[Shown]:
    """Return records with sentences, names and places, in two queries for all of them."""
    seals = dict(
        Seal.objects.filter(record_id__in=[row.id for row in rows]).values_list("record_id", "position")
    )
    accounts = {row.actor_id for row in rows if row.actor_kind == "account"}
    accounts |= {row.on_behalf_of for row in rows if row.on_behalf_of}
    names = names_of(accounts, language)
    return [
        Shown(
            row,
            sentence(row.code, language),
            names.get(row.actor_id, "") if row.actor_kind == "account" else "",
            names.get(row.on_behalf_of, row.on_behalf_of),
            seals.get(row.id),
        )
        for row in rows
    ]


def sentence(code: str, language: str) -> str:
    """Return what a code tells; a code of an app that is gone tells itself."""
    declared = CODES.get(code)
    return declared.sentence(language) if declared else code


def codes(language: str) -> list[tuple[str, str]]:
    """Return declared codes with their sentences, in the order of the codes."""
    known: list[ActionCode] = sorted(CODES.values(), key=lambda one: one.code)
    return [(one.code, f"{one.sentence(language)} ({one.code})") for one in known]


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
