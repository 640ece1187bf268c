"""Rounding as published, and ranks with a stated rule for ties."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sala.engines.composite.exact import Bools, Floats


def round_printed(values: Floats, decimals: int, half: str) -> Floats:
    """Return values rounded as they are printed: halves up (away from zero) or to the even digit.

    A half is a half of the decimal number: 0.12345 is stored as 0.123450000000000004 and its neighbours as less,
    so a value within a billionth of the last printed place (plus its own rounding error) of a half counts as one.
    """
    scaled = np.abs(values) * 10.0**decimals
    slack = 1e-9 + scaled * 2.0**-50
    whole = np.floor(scaled)
    over = scaled - whole - 0.5
    if half == "even":
        near = np.abs(over) <= slack
        up = np.where(near, np.mod(whole, 2.0) == 1.0, over > 0.0)
    else:
        up = over >= -slack
    rounded = np.copysign((whole + up) / 10.0**decimals, values)
    return np.where(rounded == 0.0, np.where(np.isnan(values), np.nan, 0.0), rounded)


def ascending_ranks(values: Floats, ties: str) -> Floats:
    """Return ranks from 1 for the lowest value; missing values have none (NaN)."""
    return _ranks(values, ties)


def ranks(scores: Floats, ties: str, breakers: Sequence[Floats] = ()) -> Floats:
    """Return ranks from 1 for the highest score; missing scores have none (NaN).

    `breakers` decide between equal scores, the first one first, higher ones better; what is still equal gets the
    same rank by `ties`: min (1 2 2 4), max (1 3 3 4), dense (1 2 2 3), average (1 2.5 2.5 4), or ordinal, the
    order in which the units stand, which is that of their codes.
    """
    return _ranks(-scores, ties, [-breaker for breaker in breakers])


def _ranks(values: Floats, ties: str, breakers: Sequence[Floats] = ()) -> Floats:
    result = np.full(values.shape, np.nan)
    present: NDArray[np.intp] = np.flatnonzero(~np.isnan(values))
    count = len(present)
    if not count:
        return result
    keys = [values[present]]
    # A missing breaker loses against any present one.
    keys += [np.where(np.isnan(breaker[present]), np.inf, breaker[present]) for breaker in breakers]
    order = np.argsort(keys[0], kind="stable") if len(keys) == 1 else np.lexsort(keys[::-1])
    positions = np.arange(1.0, count + 1.0)
    if ties == "ordinal":
        result[present[order]] = positions
        return result
    starts: Bools = np.zeros(count, dtype=np.bool_)
    starts[0] = True
    for key in keys:
        ordered = key[order]
        starts[1:] |= ordered[1:] != ordered[:-1]
    group = np.cumsum(starts) - 1
    first = np.flatnonzero(starts)
    if ties == "dense":
        ranked = group + 1.0
    elif ties == "min":
        ranked = positions[first][group]
    else:
        last = np.append(first[1:], count).astype(np.float64)
        ranked = last[group] if ties == "max" else (positions[first] + last)[group] / 2.0
    result[present[order]] = ranked
    return result
