"""Denomination, availability and imputation of a matrix of indicators by units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sala.engines.composite import moments
from sala.engines.composite.exact import Bools, Floats
from sala.engines.composite.rules import Imputation


def denominate(values: Floats, sizes: Mapping[int, Floats], factors: Mapping[int, float]) -> Floats:
    """Return values with rows divided by their size and multiplied by their factor; a copy where one changes.

    `sizes` and `factors` are by row. A missing size makes the value missing.
    """
    if not sizes and all(factor == 1.0 for factor in factors.values()):
        return values
    result = values.copy()
    for row, size in sizes.items():
        result[row] = result[row] / size
    for row, factor in factors.items():
        if factor != 1.0:
            result[row] = result[row] * factor
    return result


def available(values: Floats, axis: int) -> Floats:
    """Return the share of values present: of each unit for axis 0, of each indicator for axis 1."""
    if not np.isnan(values).any():
        return np.ones(values.shape[1 - axis])
    share: Floats = np.count_nonzero(~np.isnan(values), axis=axis) / max(values.shape[axis], 1)
    return share


def impute(
    values: Floats, rules: Sequence[Imputation], groups: Mapping[str, NDArray[np.int64]]
) -> tuple[Floats, Bools]:
    """Return values with missing ones filled by each row's rule, and which were filled.

    `groups` gives for each group column the number of each unit's group. Where a group has no value at all, the
    rule's fallback fills from the whole row, or leaves the value missing.
    """
    filled = np.zeros(values.shape, dtype=np.bool_)
    if all(rule.rule == "none" for rule in rules):
        return values, filled
    missing = np.isnan(values)
    rows = [row for row in map(int, np.flatnonzero(missing.any(axis=1))) if rules[row].rule != "none"]
    if not rows:
        return values, filled
    result = values.copy()
    for row in rows:
        rule, gaps = rules[row], missing[row]
        if rule.group is None:
            result[row, gaps] = _centre(values[row], rule.rule)
        else:
            membership = groups[rule.group]
            for group in np.unique(membership[gaps]):
                members = membership == group
                centre = _centre(values[row, members], rule.rule.removeprefix("group-"))
                if np.isnan(centre) and rule.fallback != "none":
                    centre = _centre(values[row], rule.fallback)
                result[row, gaps & members] = centre
        filled[row] = gaps & ~np.isnan(result[row])
    return result, filled


def _centre(values: Floats, rule: str) -> float:
    return moments.median(values) if rule == "median" else float(moments.means(values))
