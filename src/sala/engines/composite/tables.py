"""The published table of a run, and its stages, as frames."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from sala.engines.composite.exact import Floats
from sala.engines.composite.run import Run

RANK, UNIT = "rank", "unit"


def order_by_rank(run: Run) -> list[int]:
    """Return the columns of units from the first rank on, then those without one; alike by their code."""
    ranks = run.ranks()
    return sorted(
        range(len(run.units)),
        key=lambda at: (np.isnan(ranks[at]), ranks[at] if ranks[at] == ranks[at] else 0.0, at),
    )


def results(run: Run, *, indicators: bool = False) -> pl.DataFrame:
    """Return the published table: unit, rank, titles, groups and carried columns, then a column for each node."""
    order = order_by_rank(run)
    observations, method = run.observations, run.method
    columns: dict[str, pl.Series] = {}

    def put(name: str, values: list[Any], dtype: Any) -> None:
        while name in columns:
            name = f"units.{name}"
        columns[name] = pl.Series(name, values, dtype=dtype)

    put(UNIT, [run.units[at] for at in order], pl.String)
    ranks = _listed(run.ranks(), order)
    whole = run.recipe.ranking.ties != "average"
    put(
        RANK,
        [None if rank is None else int(rank) if whole else rank for rank in ranks],
        pl.Int64 if whole else pl.Float64,
    )
    for language, texts in observations.titles.items():
        put(f"title_{language}", [texts[at] for at in order], pl.String)
    for name, texts in {**observations.groups, **observations.carried}.items():
        put(name, [texts[at] for at in order], pl.String)
    top_down = list(method.aggregates)
    top_down.sort(key=lambda node: (method.hierarchy.depth[node.code], node.position))
    for node in (*top_down, *(method.indicators if indicators else ())):
        put(node.code, _listed(run.printed(node.code), order), pl.Float64)
    return pl.DataFrame(list(columns.values()))


def stage(run: Run, name: str) -> pl.DataFrame:
    """Return a stage with a row for each unit and a column for each node; missing is null."""
    codes = run.recipe.plan.codes if name == "aggregated" else run.observations.indicators
    matrix = run.stage(name)
    columns = [pl.Series(UNIT, run.units, dtype=pl.String)]
    for row, code in enumerate(codes):
        series = pl.Series(code if code != UNIT else f"nodes.{code}", matrix[row], dtype=pl.Float64)
        columns.append(series.fill_nan(None))
    return pl.DataFrame(columns)


def _listed(values: Floats, order: list[int]) -> list[float | None]:
    return [None if np.isnan(values[at]) else float(values[at]) for at in order]
