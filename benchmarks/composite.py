"""Figures of the index engine: the nominal index of 8,000 × 200, and Copeland's rule over 8,000 × 8.

The floor of the nominal index is to read the matrix twice (ends, scores), write it once, and sort 8,000 doubles: a
tree of arithmetic means is one matrix-vector product, which is smaller than any of these. BLAS is not used, since
its last bit differs between processors; it only calibrates. Exactness is checked in the same run as the times.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from fractions import Fraction
from math import lcm
from pathlib import Path

import numpy as np
import polars as pl

from sala.engines.composite import Method, Table, compute, copeland, pipeline
from sala.engines.composite.pipeline import Context, Recipe

UNITS, INDICATORS, PILLARS, SUBINDICES, CRITERIA = 8_000, 200, 30, 6, 8
ASEM = Path(__file__).resolve().parents[1] / "examples" / "asem"


def main() -> None:
    """Print calibration, then one JSON line for each figure."""
    calibrate()
    nominal()
    whole_run()
    copeland_rule()
    asem()


def spread_s(work: Callable[[], object], times: int) -> list[float]:
    """Return the times of several runs, after one that warms up."""
    work()
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return found


def median_s(work: Callable[[], object], times: int = 15) -> float:
    """Return the median time of several runs."""
    return statistics.median(spread_s(work, times))


def figure(name: str, value: float, unit: str, target: float | None = None, **more: object) -> None:
    """Print one figure."""
    met = None if target is None else value <= target
    print(
        json.dumps({"name": f"composite.{name}", "value": float(f"{value:.4g}"), "unit": unit, "target": target, "met": met, **more}),
        flush=True,
    )  # fmt: skip


def calibrate() -> None:
    """Print what numpy reaches on this machine."""
    random = np.random.default_rng(1)
    square = random.random((1024, 1024))
    many = random.random(4_000_000)
    into = np.empty_like(many)
    scores = random.random(UNITS)
    for name, value, unit in (
        ("GEMM float64", 2 * 1024**3 / median_s(lambda: square @ square, 7) / 1e9, "GFLOP/s"),
        ("memcpy", 2 * many.nbytes / median_s(lambda: np.copyto(into, many), 7) / 1e9, "GB/s"),
        ("sort 8,000 doubles", median_s(lambda: np.sort(scores), 31) * 1e3, "ms"),
    ):
        print(json.dumps({"calibration": name, "value": round(value, 3), "unit": unit}), flush=True)


def method() -> Method:
    """Return a method with three levels of aggregates, uneven weights and both directions."""
    title = "title: {th: ก, en: a}"
    lines = [
        "format: sala-composite/1", "code: nominal", 'version: "1"', title, "units: {column: unit}",
        "stages: {normalisation: {rule: min-max, range: [0, 100]}}", "printing: {decimals: 4}",
        "nodes:", f"  - {{code: index, {title}}}",
    ]  # fmt: skip
    lines += [
        f"  - {{code: s{at}, {title}, parent: index, weight: {1 + at % 3}}}" for at in range(SUBINDICES)
    ]
    lines += [
        f"  - {{code: p{at}, {title}, parent: s{at % SUBINDICES}, weight: {1 + at % 4}}}"
        for at in range(PILLARS)
    ]
    for at in range(INDICATORS):
        direction = "down" if at % 5 == 0 else "up"
        lines.append(
            f"  - {{code: i{at}, {title}, parent: p{at % PILLARS}, weight: {1 + at % 3}, direction: {direction}}}"
        )
    return Method.load("\n".join(lines))


def points() -> np.ndarray:
    """Return points from 0 to 100 as surveys give them, so that many units tie; indicators by units."""
    values = np.random.default_rng(2).integers(0, 101, size=(INDICATORS, UNITS)).astype(np.float64)
    values[:, 0], values[:, 1] = 0.0, 100.0
    return values


def nominal() -> None:
    """Time the index from a matrix in memory to ranks, and check it against whole numbers."""
    recipe = Recipe.of(method())
    values = points()
    context = Context([f"{at:05d}" for at in range(UNITS)], {}, {})

    def run(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        processed = pipeline.process(recipe, matrix, context)
        printed = pipeline.printed(recipe, processed.scores[-1])
        return printed, pipeline.rank_index(recipe, printed, processed.scores)

    times = spread_s(lambda: run(values), 31)
    figure("nominal", statistics.median(times) * 1e3, "ms", 12.0, best=round(min(times) * 1e3, 2))
    by_unit = np.ascontiguousarray(values.T)
    figure("nominal_from_rows", median_s(lambda: run(np.ascontiguousarray(by_unit.T)), 15) * 1e3, "ms")
    printed, ranks = run(values)
    exact_printed, exact_ranks = in_whole_numbers(recipe, values)
    figure("nominal_wrong_printed", float(np.count_nonzero(printed != exact_printed)), "units", 0)
    figure("nominal_wrong_ranks", float(np.count_nonzero(ranks != exact_ranks)), "units", 0)
    effective = recipe.plan.effective_weights()[:INDICATORS]
    scores = np.where(np.asarray(recipe.plan.directions)[:, None] > 0, values, 100.0 - values)
    apart = np.abs(effective @ scores - pipeline.process(recipe, values, context).scores[-1]).max()
    figure("nominal_apart_from_gemv", float(apart), "points", 1e-9)


def in_whole_numbers(recipe: Recipe, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return printed figures and ranks by integer arithmetic alone: points are 0 to 100, so scores are whole."""
    share = [Fraction(1)] * len(recipe.plan.codes)
    for step in reversed(recipe.plan.steps):
        total = sum(Fraction(weight) for weight in step.weights)
        for child, weight in zip(step.children, step.weights, strict=True):
            share[child] = share[step.row] * Fraction(weight) / total
    scale = lcm(*(one.denominator for one in share[:INDICATORS]))
    weights = np.array([int(one * scale) for one in share[:INDICATORS]], dtype=object)
    scores = np.where(np.asarray(recipe.plan.directions)[:, None] > 0, values, 100.0 - values).astype(
        np.int64
    )
    sums = (weights[:, None] * scores.astype(object)).sum(axis=0)
    rounded = [(2 * one * 10**4 + scale) // (2 * scale) for one in sums]
    better: dict[int, int] = {}
    for place, one in enumerate(sorted(rounded, reverse=True), 1):
        better.setdefault(one, place)
    return np.array([one / 10**4 for one in rounded]), np.array([float(better[one]) for one in rounded])


def whole_run() -> None:
    """Time what surrounds the kernel: reading a table in memory, hashing every stage, explaining a unit."""
    made, values = method(), points()
    columns: dict[str, object] = {"unit": [f"{at:05d}" for at in range(UNITS)]}
    columns |= {f"i{row}": values[row] for row in range(INDICATORS)}
    table = Table.from_columns(columns)  # type: ignore[arg-type]
    figure("compute", median_s(lambda: compute(made, table), 5) * 1e3, "ms")
    figure("compute_with_all_hashes", median_s(lambda: compute(made, table).id, 5) * 1e3, "ms")
    run = compute(made, table)
    run.ranks()
    figure("explain_one_unit", median_s(lambda: run.explain("00002"), 5) * 1e3, "ms")


def copeland_rule() -> None:
    """Time Copeland's rule with and without ties in weights, and check a part against all pairs."""
    random = np.random.default_rng(3)
    values = random.integers(0, 101, size=(CRITERIA, UNITS)).astype(np.float64)
    uneven = [0.2, 0.15, 0.15, 0.1, 0.1, 0.1, 0.1, 0.1]
    figure("copeland", median_s(lambda: copeland.net_wins(values, [1.0] * CRITERIA), 5), "s", 1.0)
    figure("copeland_uneven_weights", median_s(lambda: copeland.net_wins(values, uneven), 5), "s", 1.0)
    part = values[:, :400]
    whole = np.array([20, 15, 15, 10, 10, 10, 10, 10])
    sign = np.sign(part[:, :, None] - part[:, None, :]).astype(np.int64)
    by_pairs = np.sign((whole[:, None, None] * sign).sum(axis=0)).sum(axis=1)
    wrong = np.count_nonzero(copeland.net_wins(part, uneven)[0] != by_pairs)
    figure("copeland_wrong", float(wrong), "units", 0)


def asem() -> None:
    """Compute ASEM, and hold it against COINr's tables."""
    run = compute(Method.load(ASEM / "method.yaml"), Table.read(ASEM / "data.csv"))
    theirs = pl.read_csv(ASEM / "expected" / "aggregated.csv", infer_schema_length=None).sort("uCode")
    apart = max(
        float(np.abs(run.scores(code) - theirs[code].cast(pl.Float64).to_numpy()).max())
        for code in run.recipe.plan.codes
    )
    figure("asem_largest_error", apart, "points", 1e-9)


if __name__ == "__main__":
    main()
