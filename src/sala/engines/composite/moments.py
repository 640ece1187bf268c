"""Means, medians, spreads, skew and kurtosis of indicators, over the units that have a value."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sala.engines.composite import exact
from sala.engines.composite.exact import Floats


def counts(values: Floats) -> NDArray[np.int64]:
    """Return how many values are present along the last axis."""
    present: NDArray[np.int64] = np.count_nonzero(~np.isnan(values), axis=-1)
    return present


def means(values: Floats) -> Floats:
    """Return arithmetic means along the last axis; where nothing is present the mean is missing."""
    number = counts(values).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Floats = exact.total(np.where(np.isnan(values), 0.0, values)) / number
    return result


def median(values: Floats) -> float:
    """Return the median of one indicator; the mean of the middle two for an even count."""
    present = np.sort(values[~np.isnan(values)])
    if not len(present):
        return float("nan")
    middle = len(present) // 2
    if len(present) % 2:
        return float(present[middle])
    return float((present[middle - 1] + present[middle]) / 2.0)


def deviation(values: Floats) -> float:
    """Return the sample standard deviation of one indicator (divided by n − 1)."""
    present = values[~np.isnan(values)]
    if len(present) < 2:
        return float("nan")
    centred = present - exact.total(present) / len(present)
    return float(np.sqrt(exact.total(centred * centred) / (len(present) - 1)))


def skew_and_kurtosis(values: Floats) -> tuple[Floats, Floats]:
    """Return sample skewness G1 and excess kurtosis G2 of each row (Joanes and Gill 1998, type 2).

    They are what spreadsheets and COINr compute. A row with fewer than four values, or whose values are all
    alike, has none.
    """
    number = counts(values).astype(np.float64)
    missing = np.isnan(values)
    centred = np.where(missing, 0.0, values - means(values)[..., None])
    square = centred * centred
    second = exact.total(square)
    third = exact.total(square * centred)
    fourth = exact.total(square * square)
    with np.errstate(invalid="ignore", divide="ignore"):
        skew = np.sqrt(number) * third / (second * np.sqrt(second))
        skew = skew * np.sqrt(number * (number - 1.0)) / (number - 2.0)
        ratio = number * fourth / (second * second)
        kurtosis = ((number + 1.0) * (ratio - 3.0) + 6.0) * (number - 1.0) / ((number - 2.0) * (number - 3.0))
    # Alike values differ from their rounded mean, so the second moment alone would not tell.
    spread = np.fmax.reduce(values, axis=-1) - np.fmin.reduce(values, axis=-1)
    undefined = (number < 4) | (spread == 0.0) | (second == 0.0)
    return np.where(undefined, np.nan, skew), np.where(undefined, np.nan, kurtosis)
