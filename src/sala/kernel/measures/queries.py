"""Reads of observations: current ones, series of one organisation, and tables for an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery

from sala.kernel.measures.models import Measure, Observation

Window = tuple[date, date]


def measures() -> QuerySet[Measure]:
    """Return every measure in its newest version, by code."""
    newest = Measure.objects.filter(code=OuterRef("code")).order_by("-version").values("version")[:1]
    return Measure.objects.filter(version=Subquery(newest)).order_by("code")


def measure_by_code(code: str, version: int | None = None) -> Measure | None:
    """Return a measure in the given or newest version, or nothing."""
    found = Measure.objects.filter(code=code)
    if version is not None:
        found = found.filter(version=version)
    return found.order_by("-version").first()


def windows(measure: Measure) -> list[Window]:
    """Return the windows that a measure has observations of, the latest first."""
    rows = (
        measure.recordings.order_by("-window_end", "-window_start")
        .values_list("window_start", "window_end")
        .distinct()
    )
    return list(rows)


def observations(
    measure: str | Measure, version: int | None = None, window: Window | None = None
) -> QuerySet[Observation]:
    """Return the current observations of a measure: one for each organisation and window, with organisations.

    Without `window` the latest one is taken; superseded rows are left out.
    """
    found = measure if isinstance(measure, Measure) else measure_by_code(measure, version)
    if found is None:
        return Observation.objects.none()
    if window is None:
        window = latest_window(found)
        if window is None:
            return Observation.objects.none()
    current = (
        Observation.objects.filter(measure=found, window_start=window[0], window_end=window[1])
        .order_by("organisation_id", "-id")
        .distinct("organisation_id")
        .values("id")
    )
    return (
        Observation.objects.filter(
            measure=found, window_start=window[0], window_end=window[1], id__in=current
        )
        .select_related("organisation", "measure")
        .order_by("organisation_id")
    )


def latest_window(measure: Measure) -> Window | None:
    """Return the window that ended last, or nothing while there is none."""
    found = windows(measure)
    return found[0] if found else None


def common_window(codes: Sequence[str]) -> Window | None:
    """Return the latest window that all these measures have been observed in."""
    shared: set[Window] | None = None
    for code in codes:
        measure = measure_by_code(code)
        own = set(windows(measure)) if measure else set()
        shared = own if shared is None else shared & own
    return max(shared, key=lambda window: (window[1], window[0])) if shared else None


def of_organisation(organisation: UUID) -> QuerySet[Observation]:
    """Return the current observations of one organisation, newest window first for each measure."""
    current = (
        Observation.objects.filter(organisation_id=organisation)
        .order_by("measure_id", "window_start", "window_end", "-id")
        .distinct("measure_id", "window_start", "window_end")
        .values("id")
    )
    return (
        Observation.objects.filter(organisation_id=organisation, id__in=current)
        .select_related("measure")
        .order_by("measure__code", "-window_end", "-window_start")
    )


def history(measure: Measure, organisation: UUID) -> QuerySet[Observation]:
    """Return everything ever recorded of one measure and organisation, superseded rows too, newest first."""
    return Observation.objects.filter(organisation_id=organisation, measure=measure).order_by(
        "-window_end", "-id"
    )


@dataclass(frozen=True)
class MeasureFigures:
    """How much is known of a measure now."""

    measure: Measure
    organisations: int
    latest: date | None


def figures() -> list[MeasureFigures]:
    """Return each measure with its count of organisations and the end of its latest window, in two queries."""
    counted: dict[UUID, tuple[int, date]] = {
        row["measure_id"]: (row["organisations"], row["latest"])
        for row in Observation.objects.values("measure_id").annotate(
            organisations=Count("organisation_id", distinct=True), latest=Max(F("window_end"))
        )
    }
    return [MeasureFigures(measure, *counted.get(measure.pk, (0, None))) for measure in measures()]
