"""How values are spread: bins, quartiles and mean, ready to draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

BINS = 20


@dataclass(frozen=True)
class Bin:
    """One bar: from, to, count, and its place in a drawing of 100 × 100 units."""

    low: float
    high: float
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Spread:
    """The bars with the numbers that a sentence needs."""

    bins: tuple[Bin, ...]
    count: int
    least: float
    quarter: float
    median: float
    three_quarters: float
    most: float
    mean: float


def distribution(values: Sequence[float], unit: str = "") -> Spread | None:
    """Return the spread of `values`, or nothing when there is none; per cent always spans 0 to 100."""
    if not values:
        return None
    ordered = sorted(values)
    low, high = (0.0, 100.0) if unit == "percent" else (ordered[0], ordered[-1])
    low, high = min(low, ordered[0]), max(high, ordered[-1])
    width = (high - low) / BINS or 1.0
    counts = [0] * BINS
    for value in ordered:
        counts[min(BINS - 1, max(0, math.floor((value - low) / width)))] += 1
    tallest = max(counts)
    step = 100 / BINS
    bins = tuple(
        Bin(
            round(low + at * width, 10),
            round(low + (at + 1) * width, 10),
            count,
            round(at * step + 0.3, 3),
            round(100 - count / tallest * 100, 3),
            round(step - 0.6, 3),
            round(count / tallest * 100, 3),
        )
        for at, count in enumerate(counts)
    )
    return Spread(
        bins,
        len(ordered),
        ordered[0],
        quantile(ordered, 0.25),
        quantile(ordered, 0.5),
        quantile(ordered, 0.75),
        ordered[-1],
        fmean(ordered),
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the quantile of sorted values by linear interpolation (type 7 of Hyndman and Fan)."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
