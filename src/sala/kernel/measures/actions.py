"""Records observations: in bulk, append-only, in one transaction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from sala.engines.wire.errors import DomainError, NotAllowed, Place
from sala.kernel.audit.interface import Actor, declare, record
from sala.kernel.measures.declared import DeclaredMeasure
from sala.kernel.measures.models import Measure, Observation, Recording
from sala.kernel.measures.policy import can_record

RECORDED = declare(
    "measures.observations.recorded",
    th="บันทึกค่าที่วัดได้",
    en="Recorded observations of a measure",
    fields=("measure", "version", "window_start", "window_end", "count", "unchanged", "source"),
)

BATCH = 2_000


@dataclass(frozen=True)
class Reading:
    """One value to record: of which organisation (its id), and the raw figures behind it."""

    organisation: UUID
    value: float
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recorded:
    """What a delivery came to: rows written, and readings that said what was already current."""

    written: int
    unchanged: int


def record_observations(
    *,
    measure: DeclaredMeasure,
    window: tuple[date, date],
    observations: Iterable[Reading],
    source: str,
    actor: Actor,
    version: int | None = None,
) -> Recorded:
    """Record readings of one measure for one window; a reading that differs from the current one supersedes it.

    All or nothing. Idempotent: what is already current, value and raw alike, is not written again. Raises
    `DomainError` for a value that is not a finite number, a repeated organisation or a window that ends before
    it begins, with the place in the delivery.
    """
    if not (decision := can_record(actor)):
        raise NotAllowed("measures.record.not-allowed", decision.reason)
    if version is not None and version != measure.version:
        raise DomainError(
            "measures.version",
            _("The delivery is of version %(got)s, the measure is at version %(declared)s."),
            params={"got": version, "declared": measure.version},
        )
    start, end = window
    if end < start:
        raise DomainError("measures.window", _("The window ends before it begins."))
    readings = _checked(list(observations))
    with transaction.atomic():
        stored = _stored(measure)
        _lock(stored)
        current = _current(stored, start, end, [reading.organisation for reading in readings])
        fresh = [
            reading
            for reading in readings
            if current.get(reading.organisation) != (reading.value, dict(reading.raw))
        ]
        if fresh:
            now = timezone.now()
            recording = Recording.objects.create(
                measure=stored, window_start=start, window_end=end, source=source, count=len(fresh)
            )
            Observation.objects.bulk_create(
                (
                    Observation(
                        id=uuid7(),
                        organisation_id=reading.organisation,
                        measure=stored,
                        recording=recording,
                        window_start=start,
                        window_end=end,
                        value=reading.value,
                        raw=dict(reading.raw),
                        source=source,
                        recorded_at=now,
                    )
                    for reading in fresh
                ),
                batch_size=BATCH,
            )
            record(
                RECORDED,
                subject=recording,
                actor=actor,
                data={
                    "measure": measure.code,
                    "version": measure.version,
                    "window_start": start,
                    "window_end": end,
                    "count": len(fresh),
                    "unchanged": len(readings) - len(fresh),
                    "source": source,
                },
            )
    return Recorded(len(fresh), len(readings) - len(fresh))


def _checked(readings: list[Reading]) -> list[Reading]:
    seen: set[UUID] = set()
    for number, reading in enumerate(readings, start=1):
        if not math.isfinite(reading.value):
            raise DomainError(
                "measures.value",
                _("Reading %(row)s is not a finite number."),
                params={"row": number},
                place=Place(row=number),
            )
        if reading.organisation in seen:
            raise DomainError(
                "measures.repeated",
                _("Reading %(row)s is of an organisation that the delivery already holds."),
                params={"row": number},
                place=Place(row=number),
            )
        seen.add(reading.organisation)
    return readings


def _stored(declared: DeclaredMeasure) -> Measure:
    """Return the stored measure; a declaration that says something else under the same version is refused."""
    words = {
        "title_th": declared.title_th,
        "title_en": declared.title_en,
        "definition_th": declared.definition_th,
        "definition_en": declared.definition_en,
        "unit": declared.unit,
        "direction": declared.direction,
    }
    stored, made = Measure.objects.get_or_create(code=declared.code, version=declared.version, defaults=words)
    if not made and (stored.unit, stored.direction) != (declared.unit, declared.direction):
        raise DomainError(
            "measures.changed",
            _(
                "%(code)s version %(version)s was recorded with another unit or direction; declare a new version."
            ),
            params={"code": declared.code, "version": declared.version},
        )
    return stored


def _lock(measure: Measure) -> None:
    """Let one delivery of a measure at a time decide what is current; other measures are not held up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x4D454153, measure.id.int % 2**31])


def _current(
    measure: Measure, start: date, end: date, organisations: list[UUID]
) -> dict[UUID, tuple[float, dict[str, Any]]]:
    rows = (
        Observation.objects.filter(
            measure=measure, window_start=start, window_end=end, organisation__in=organisations
        )
        .order_by("organisation_id", "-id")
        .distinct("organisation_id")
        .values_list("organisation_id", "value", "raw")
    )
    return {organisation: (value, raw) for organisation, value, raw in rows}
