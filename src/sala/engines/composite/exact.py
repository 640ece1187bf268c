"""Arithmetic whose every bit is the same on all machines.

A run is proved by its hash, so its numbers may not depend on the processor. IEEE 754 fixes the result of one
addition, multiplication, division and square root, but not the order in which a library sums, whether it fuses a
multiplication with an addition, or the last bit of its logarithm: BLAS and vectorised maths differ from one
processor to the next. So sums here have a fixed order and logarithms are built from the four operations. Element
by element they run at memory speed; only the published run needs them, not the thousand draws around it.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def _split_ln2() -> tuple[float, float]:
    with localcontext() as context:
        context.prec = 60
        ln2 = Decimal(2).ln()
        # Few enough bits that a whole number up to 2^11 times it is exact.
        high = float(int(ln2 * 2**40)) / 2**40
        return high, float(ln2 - Decimal(high))


_LN2_HIGH, _LN2_LOW = _split_ln2()
_HALF_ROOT = 0.7071067811865476
_ATANH = [1.0 / (2 * term + 1) for term in range(12, 0, -1)]
_EXP = [1.0 / factorial(term) for term in range(15, -1, -1)]


def total(values: Floats) -> Floats:
    """Return the sums over the last axis, added in halves; error grows with the logarithm of the count."""
    while values.shape[-1] > 1:
        half = values.shape[-1] // 2
        folded = values[..., :half] + values[..., half : 2 * half]
        if values.shape[-1] % 2:
            folded[..., 0] += values[..., -1]
        values = folded
    if values.shape[-1] == 0:
        return np.zeros(values.shape[:-1])
    return values[..., 0]


def log(values: Floats) -> Floats:
    """Return natural logarithms of numbers ≥ 0; zero gives minus infinity, a missing value stays missing."""
    mantissa, exponent = np.frexp(values)
    low = mantissa < _HALF_ROOT
    mantissa = np.where(low, mantissa * 2.0, mantissa)
    power = exponent.astype(np.float64) - low
    # ln m = 2 atanh(s) with s = (m-1)/(m+1) and |s| < 0.172.
    offset = mantissa - 1.0
    ratio = offset / (2.0 + offset)
    square = ratio * ratio
    series = np.full_like(square, _ATANH[0])
    for term in _ATANH[1:]:
        series = series * square + term
    # 2s = offset - s·offset keeps the leading part exact near one.
    small = ratio * (2.0 * square * series - offset)
    result: Floats = power * _LN2_HIGH + (offset + (small + power * _LN2_LOW))
    result = np.where(values == 0.0, -np.inf, result)
    return np.where(values < 0.0, np.nan, result)


def exp(values: Floats) -> Floats:
    """Return e to the power of each number; below −746 it is zero, above 709 infinite."""
    clipped = np.clip(values, -800.0, 710.0)
    whole = np.rint(clipped / (_LN2_HIGH + _LN2_LOW))
    whole = np.where(np.isnan(whole), 0.0, whole)
    rest = (clipped - whole * _LN2_HIGH) - whole * _LN2_LOW
    series = np.full_like(rest, _EXP[0])
    for term in _EXP[1:]:
        series = series * rest + term
    with np.errstate(over="ignore", under="ignore"):
        result: Floats = np.ldexp(series, whole.astype(np.int64).astype(np.int32))
    return result


def power(values: Floats, exponent: float) -> Floats:
    """Return numbers ≥ 0 raised to `exponent`; small whole powers are plain products."""
    if exponent == 1.0:
        return values.copy()
    if exponent == 2.0:
        return values * values
    if exponent == 3.0:
        return values * values * values
    if exponent == -1.0:
        with np.errstate(divide="ignore"):
            return 1.0 / values
    if exponent == 0.5:
        return np.sqrt(values)
    with np.errstate(over="ignore", invalid="ignore"):
        raised = exp(exponent * log(values))
    return np.where(values == 0.0, 0.0 if exponent > 0 else np.inf, raised)
