"""How observations become the table of an index: shares added up, few cases drawn to the whole, groups named.

A recipe is data and is hashed with the method: `{"columns": [{"name", "measures": […], "few": 5}], "counts":
[{"name", "measure"}]}`. A column adds up share measures of the same whole. With `few` = k, k cases of the national
share are added to every unit, so that one service of one does not stand before ninety of a hundred:
`100 × (part + k × national share) ÷ (whole + k)` (additive smoothing).
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from sala.engines.wire.errors import DomainError
from sala.kernel.measures.interface import common_window, observations
from sala.kernel.registry.interface import Kind, Organisation

Window = tuple[date, date]
NO_MINISTRY = ("none", "ไม่สังกัดกระทรวง", "Not under a ministry")


@dataclass(frozen=True)
class MadeTable:
    """The table as CSV, the observations it was made of as CSV, and their window."""

    content: bytes
    observed: bytes
    window: Window
    units: int


@dataclass(frozen=True)
class _Seen:
    part: float
    whole: float
    value: float


def codes_of(recipe: Mapping[str, Any]) -> list[str]:
    """Return the codes of every measure that a recipe reads."""
    codes = [code for column in recipe.get("columns", ()) for code in column["measures"]]
    codes += [column["measure"] for column in recipe.get("counts", ())]
    return list(dict.fromkeys(codes))


def make_table(recipe: Mapping[str, Any], window: Window | None = None) -> MadeTable:
    """Return the table that the recipe makes of the current observations of the latest common window.

    Raises `DomainError` when the measures have no window in common or a unit lacks an observation.
    """
    codes = codes_of(recipe)
    if not codes:
        raise DomainError("results.recipe.empty", _("Choose at least one measure."))
    window = window or common_window(codes)
    if window is None:
        raise DomainError(
            "results.recipe.no-window", _("These measures have not been observed in the same window yet.")
        )
    seen, bodies, observed = _read(codes, window)
    rows = _rows(recipe, codes, seen, bodies)
    return MadeTable(_csv(rows), observed, window, len(rows))


def _read(
    codes: Sequence[str], window: Window
) -> tuple[dict[UUID, dict[str, _Seen]], dict[UUID, Organisation], bytes]:
    seen: dict[UUID, dict[str, _Seen]] = defaultdict(dict)
    bodies: dict[UUID, Organisation] = {}
    observed: list[dict[str, Any]] = []
    for code in codes:
        for row in observations(code, window=window).select_related("organisation__parent"):
            raw = row.raw
            seen[row.organisation_id][code] = _Seen(
                float(raw.get("part", row.value)), float(raw.get("whole", 100.0)), row.value
            )
            bodies[row.organisation_id] = row.organisation
            observed.append(
                {
                    "organisation": row.organisation.code,
                    "measure": code,
                    "version": row.measure.version,
                    "window_start": row.window_start.isoformat(),
                    "window_end": row.window_end.isoformat(),
                    "value": repr(row.value),
                    "part": raw.get("part", ""),
                    "whole": raw.get("whole", ""),
                    "source": row.source,
                    "observation": str(row.id),
                }
            )
    observed.sort(key=lambda one: (one["organisation"], one["measure"]))
    return seen, bodies, _csv(observed)


def _rows(
    recipe: Mapping[str, Any],
    codes: Sequence[str],
    seen: Mapping[UUID, Mapping[str, _Seen]],
    bodies: Mapping[UUID, Organisation],
) -> list[dict[str, Any]]:
    whole_country: dict[str, tuple[float, float]] = {}
    for column in recipe.get("columns", ()):
        parts = wholes = 0.0
        for own in seen.values():
            present = [own[code] for code in column["measures"] if code in own]
            parts += sum(one.part for one in present)
            wholes += present[0].whole if present else 0.0
        whole_country[column["name"]] = (parts, wholes)
    rows = []
    for body_id, own in seen.items():
        body = bodies[body_id]
        if lacking := [code for code in codes if code not in own]:
            raise DomainError(
                "results.recipe.lacking",
                _("%(organisation)s has no observation of “%(measure)s” in this window."),
                params={"organisation": body.name_th, "measure": lacking[0]},
            )
        row = _about(body)
        for column in recipe.get("counts", ()):
            one = own[column["measure"]]
            row[column["name"]] = _written(one.part if column.get("part") else one.value)
        for column in recipe.get("columns", ()):
            present = [own[code] for code in column["measures"]]
            part, whole = sum(one.part for one in present), present[0].whole
            few = float(column.get("few", 0))
            parts, wholes = whole_country[column["name"]]
            national = parts / wholes if wholes else 0.0
            row[column["name"]] = repr(100 * (part + few * national) / (whole + few))
        rows.append(row)
    return sorted(rows, key=lambda row: str(row["code"]))


def _about(body: Organisation) -> dict[str, Any]:
    ministry = body.parent
    kind = Kind(body.kind)
    with override("th"):
        kind_th = str(kind.label)
    with override("en"):
        kind_en = str(kind.label)
    group = (
        (ministry.code, ministry.name_th, ministry.name_en or ministry.name_th) if ministry else NO_MINISTRY
    )
    return {
        "code": body.code,
        "name_th": body.name_th,
        "name_en": body.name_en,
        "ministry": group[0],
        "ministry_th": group[1],
        "ministry_en": group[2],
        "kind": body.kind,
        "kind_th": kind_th,
        "kind_en": kind_en,
    }


def _written(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    buffer = io.StringIO(newline="")
    if rows:
        writer = csv.DictWriter(buffer, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return buffer.getvalue().encode("utf-8")
