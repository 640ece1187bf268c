"""Turns the outcome of a run into what pages need: a row for each unit, and the summary of a version."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from sala.kernel.measures.interface import quantile
from sala.kernel.registry.interface import Organisation
from sala.kernel.text.interface import search_text, sort_key
from sala.products.results.charts.spread import scale_of
from sala.products.results.models import Ranking, RankingVersion, UnitResult

Number = float | None


@dataclass(frozen=True)
class Outcome:
    """What a run came to, unit by unit in the order of `units`.

    `nodes` holds the scores of every node by its code, the index among them under `index`; `columns` every
    text column of the table; `tree` the method as nested nodes.
    """

    units: Sequence[str]
    names_th: Sequence[str]
    names_en: Sequence[str]
    scores: Sequence[Number]
    ranks: Sequence[Number]
    nodes: Mapping[str, Sequence[Number]]
    columns: Mapping[str, Sequence[str]]
    tree: dict[str, Any]
    method_sha256: str
    data_sha256: str
    result_sha256: str
    engine_version: str


def unit_rows(version: RankingVersion, outcome: Outcome) -> list[UnitResult]:
    """Return the rows of a version in the order of ranks; units without a rank come last, by name."""
    ranking = version.ranking
    bodies = dict(
        Organisation.objects.filter(code__in=list(outcome.units)).values_list("code", "pk")
        if ranking.kind == Ranking.Kind.MEASURES
        else ()
    )
    group, kind = _grouping(ranking, 0), _grouping(ranking, 1)
    rows = []
    for at, code in enumerate(outcome.units):
        name_th = outcome.names_th[at] or outcome.names_en[at] or code
        name_en = outcome.names_en[at]
        row = UnitResult(
            version=version,
            code=code,
            name_th=name_th,
            name_en=name_en,
            organisation_id=bodies.get(code),
            score=outcome.scores[at],
            rank=outcome.ranks[at],
            nodes={node: values[at] for node, values in outcome.nodes.items()},
            makeup=[_count(_cell(outcome, part["column"], at)) for part in ranking.makeup],
            sort_key=sort_key(name_th)[:700],
            search_text=f"{search_text(name_th, name_en)} {name_th.replace(' ', '')} {code}".casefold()[
                :1000
            ],
        )
        if group:
            row.group, row.group_th, row.group_en = _group_of(outcome, group, at)
        if kind:
            row.kind, row.kind_th, row.kind_en = _group_of(outcome, kind, at)
        rows.append(row)
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.sort_key, row.code))
    for order, row in enumerate(rows, start=1):
        row.order = order
    _rank_within(rows, "group", "rank_in_group")
    _rank_within(rows, "kind", "rank_in_kind")
    return rows


def _grouping(ranking: Ranking, place: int) -> Mapping[str, str] | None:
    return ranking.groupings[place] if place < len(ranking.groupings) else None


def _cell(outcome: Outcome, column: str, at: int) -> str:
    values = outcome.columns.get(column)
    return str(values[at]) if values is not None and values[at] is not None else ""


def _group_of(outcome: Outcome, grouping: Mapping[str, str], at: int) -> tuple[str, str, str]:
    code = _cell(outcome, grouping["code"], at)
    thai = _cell(outcome, grouping.get("th", grouping["code"]), at) or code
    english = _cell(outcome, grouping.get("en", grouping["code"]), at) or thai
    return code[:100], thai[:200], english[:200]


def _count(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    if not math.isfinite(value):
        return 0.0
    return int(value) if value == int(value) else value


def _rank_within(rows: Sequence[UnitResult], by: str, into: str) -> None:
    """Give places within groups: equal ranks share the best place, as in the whole."""
    placed: dict[str, tuple[int, Number, int]] = {}
    for row in rows:
        group = getattr(row, by)
        if not group or row.rank is None:
            continue
        count, last, place = placed.get(group, (0, None, 0))
        count += 1
        place = place if last == row.rank else count
        placed[group] = (count, row.rank, place)
        setattr(row, into, place)


def summary_of(ranking: Ranking, outcome: Outcome, rows: Sequence[UnitResult]) -> dict[str, Any]:
    """Return what a version's pages show of all units together, as plain JSON values."""
    scores = [row.score for row in rows if row.score is not None]
    spreads = {code: spread for code, values in outcome.nodes.items() if (spread := _spread(values))}
    return {
        "tree": _with_spreads(outcome.tree, spreads),
        "scale": list(scale_of(scores)) if scores else [0.0, 1.0],
        "spread": _spread(scores),
        "ranked": len(scores),
        "unranked": len(rows) - len(scores),
        "makeup": [sum(row.makeup[at] for row in rows) for at in range(len(ranking.makeup))],
        "groups": [
            _groups(rows, "group") if _grouping(ranking, 0) else [],
            _groups(rows, "kind") if _grouping(ranking, 1) else [],
        ],
    }


def _spread(values: Sequence[Number]) -> dict[str, float] | None:
    known = sorted(value for value in values if value is not None)
    if not known:
        return None
    return {
        "least": known[0],
        "quarter": quantile(known, 0.25),
        "median": quantile(known, 0.5),
        "three_quarters": quantile(known, 0.75),
        "most": known[-1],
        "mean": fmean(known),
        "count": len(known),
    }


def _with_spreads(node: Mapping[str, Any], spreads: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **node,
        "spread": spreads.get(node["code"]),
        "children": [_with_spreads(child, spreads) for child in node.get("children", ())],
    }


def _groups(rows: Sequence[UnitResult], by: str) -> list[dict[str, Any]]:
    """Return each group with its count, mean and best unit, the highest mean first."""
    members: dict[str, list[UnitResult]] = defaultdict(list)
    for row in rows:
        if getattr(row, by):
            members[getattr(row, by)].append(row)
    made = []
    for code, own in members.items():
        scores = [row.score for row in own if row.score is not None]
        made.append(
            {
                "code": code,
                "title_th": getattr(own[0], f"{by}_th"),
                "title_en": getattr(own[0], f"{by}_en"),
                "count": len(own),
                "mean": fmean(scores) if scores else None,
                "makeup": [sum(column) for column in zip(*(row.makeup for row in own), strict=False)],
            }
        )
    made.sort(key=lambda group: (group["mean"] is None, -(group["mean"] or 0), group["code"]))
    return made


def node_list(tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all nodes of a summary's tree, parents before children."""
    found = [dict(tree)]
    for child in tree.get("children", ()):
        found.extend(node_list(child))
    return found
