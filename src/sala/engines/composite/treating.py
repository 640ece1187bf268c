"""Outlier treatment: winsorise while skew and kurtosis betray outliers, else take logarithms.

The rule is the JRC's practice in the form that COINr made current (its `Treat`): an indicator
fails where its absolute skew is at least 2 and its kurtosis at least 3.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sala.engines.composite import exact, moments
from sala.engines.composite.exact import Bools, Floats
from sala.engines.composite.rules import Treatment


@dataclass(frozen=True)
class Treated:
    """What was done with one indicator.

    `did` is `nothing`, `winsorised` or `log`; `high` and `low` are the units that were moved; skew and kurtosis
    are those before and after.
    """

    did: str
    skew: float
    kurtosis: float
    skew_after: float
    kurtosis_after: float
    high: Bools
    low: Bools


def treat(values: Floats, rules: Sequence[Treatment]) -> tuple[Floats, dict[int, Treated]]:
    """Return values with outliers treated, and what was done by row; a copy only where something changed."""
    rows = [row for row, rule in enumerate(rules) if rule.rule != "none"]
    if not rows:
        return values, {}
    skew, kurtosis = moments.skew_and_kurtosis(values[rows])
    result = values
    done: dict[int, Treated] = {}
    nobody = np.zeros(values.shape[1], dtype=np.bool_)
    for at, row in enumerate(rows):
        rule = rules[row]
        before = (float(skew[at]), float(kurtosis[at]))
        if passes(before[0], before[1], rule) and not (rule.rule == "log" and rule.always):
            done[row] = Treated("nothing", *before, *before, nobody, nobody)
            continue
        changed, did, high, low = _treated(values[row], rule)
        if result is values:
            result = values.copy()
        result[row] = changed
        after = moments.skew_and_kurtosis(changed[None])
        done[row] = Treated(did, *before, float(after[0][0]), float(after[1][0]), high, low)
    return result, done


def passes(skew: float, kurtosis: float, rule: Treatment) -> bool:
    """Whether a distribution needs no treatment; one too small to judge passes."""
    return not (abs(skew) >= rule.skew and kurtosis >= rule.kurtosis)


def _treated(values: Floats, rule: Treatment) -> tuple[Floats, str, Bools, Bools]:
    nobody = np.zeros(values.shape, dtype=np.bool_)
    if rule.rule == "log":
        return shifted_log(values), "log", nobody, nobody
    changed, high, low = winsorise(values, rule)
    skew, kurtosis = moments.skew_and_kurtosis(changed[None])
    if rule.rule == "winsorise" or passes(float(skew[0]), float(kurtosis[0]), rule):
        return changed, "winsorised", high, low
    # Logarithms replace winsorising: they start again from the values as they were.
    return shifted_log(values), "log", nobody, nobody


def winsorise(values: Floats, rule: Treatment) -> tuple[Floats, Bools, Bools]:
    """Return one indicator with its outermost points moved to the next one inside, and which moved up or down.

    The side is the one the skew points to. It goes on until the distribution passes or `points` were moved;
    points that are tied move together, so the last step may pass that number.
    """
    current = values.copy()
    high = np.zeros(values.shape, dtype=np.bool_)
    low = np.zeros(values.shape, dtype=np.bool_)
    while True:
        found = moments.skew_and_kurtosis(current[None])
        skew, kurtosis = float(found[0][0]), float(found[1][0])
        if passes(skew, kurtosis, rule) or np.count_nonzero(high) + np.count_nonzero(low) >= rule.points:
            return current, high, low
        if skew >= 0:
            high = current == np.nanmax(current)
            current[high] = np.nanmax(current[~high])
        else:
            low = current == np.nanmin(current)
            current[low] = np.nanmin(current[~low])


def shifted_log(values: Floats) -> Floats:
    """Return ln(x − min + (max − min)/100), which keeps order and is defined for every indicator."""
    lowest, highest = float(np.nanmin(values)), float(np.nanmax(values))
    return exact.log(values - lowest + 0.01 * (highest - lowest))
