"""Explains each number of a unit from the index down to the observation it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sala.engines.composite import Run
from sala.engines.composite.explaining import Part
from sala.kernel.measures.interface import Observation
from sala.products.results.engine import run_again
from sala.products.results.models import Ranking, RankingVersion, UnitResult


@dataclass(frozen=True)
class Seen:
    """One observation behind an indicator: the counts it was made of and where it can be opened."""

    measure: str
    title: str
    value: float
    unit: str
    part: float | None
    whole: float | None
    day: Any


@dataclass(frozen=True)
class Smoothed:
    """How few cases were drawn to the whole: `(part + few × national) ÷ (whole + few)`."""

    part: float
    whole: float
    few: float
    national: float
    result: float


@dataclass(frozen=True)
class Line:
    """One node of the explanation: the engine's part, how deep it lies, and what was observed."""

    part: Part
    depth: int
    seen: tuple[Seen, ...]
    smoothed: Smoothed | None

    @property
    def title_th(self) -> str:
        return self.part.title.th

    @property
    def title_en(self) -> str:
        return self.part.title.en


def explained(version: RankingVersion, unit: UnitResult) -> list[Line]:
    """Return the lines of a unit's explanation, the index first; empty when the run does not come out again."""
    run = run_again(version)
    if run is None or unit.code not in run.units:
        return []
    known = _observed(version, unit)
    return list(_lines(run, run.explain(unit.code).index, 0, version.ranking, known))


def _lines(run: Run, part: Part, depth: int, ranking: Ranking, known: Mapping[str, Seen]) -> list[Line]:
    seen: tuple[Seen, ...] = ()
    smoothed = None
    if part.observation is not None:
        column = _column(ranking, part.observation.column)
        if column is not None:
            seen = tuple(known[code] for code in column["measures"] if code in known)
            smoothed = _smoothed(seen, float(column.get("few", 0)), part.observation.raw)
    lines = [Line(part, depth, seen, smoothed)]
    for child in part.children:
        lines.extend(_lines(run, child, depth + 1, ranking, known))
    return lines


def _column(ranking: Ranking, name: str) -> Mapping[str, Any] | None:
    if ranking.kind != Ranking.Kind.MEASURES:
        return None
    columns: list[Mapping[str, Any]] = ranking.recipe.get("columns", [])
    return next((column for column in columns if column["name"] == name), None)


def _smoothed(seen: tuple[Seen, ...], few: float, raw: float | None) -> Smoothed | None:
    if raw is None or not few or not seen or any(one.part is None or one.whole is None for one in seen):
        return None
    part = sum(one.part or 0.0 for one in seen)
    whole = seen[0].whole or 0.0
    national = (raw / 100 * (whole + few) - part) / few
    return Smoothed(part, whole, few, national, raw)


def _observed(version: RankingVersion, unit: UnitResult) -> dict[str, Seen]:
    """Return the observations that the version's table was made of, by measure."""
    if unit.organisation_id is None or version.window_start is None or version.window_end is None:
        return {}
    window = (version.window_start, version.window_end)
    from sala.products.results.recipe import codes_of

    found: dict[str, Seen] = {}
    rows = (
        Observation.objects.filter(
            organisation_id=unit.organisation_id,
            measure__code__in=codes_of(version.ranking.recipe),
            window_start=window[0],
            window_end=window[1],
        )
        .select_related("measure")
        .order_by("-id")
    )
    if version.computed_at is not None:
        # What came later corrects the next version; this one stands on what was known when it was computed.
        rows = rows.filter(recorded_at__lte=version.computed_at)
    for row in rows:
        found.setdefault(
            row.measure.code,
            Seen(
                row.measure.code,
                row.measure.title,
                row.value,
                row.measure.unit,
                row.raw.get("part"),
                row.raw.get("whole"),
                row.window_end,
            ),
        )
    return found
