"""Copeland's rule: a unit's score is how many units it beats by weighted majority, less how many beat it.

It compares every pair, so it is built for the processor: values become ranks of 16 bits, weights the smallest
whole numbers with the same proportions, and blocks of rows are compared with all columns in a few bytes each.
Whole numbers make ties exact. Source: A. H. Copeland (1951).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

import numpy as np
from numpy.typing import NDArray

from sala.engines.composite.exact import Floats
from sala.engines.composite.ranking import ascending_ranks

BLOCK = 32
LARGEST = 2**31


def whole_weights(weights: Sequence[float]) -> list[int] | None:
    """Return the smallest whole numbers in proportion to weights as they were written, or None beyond 2^31."""
    fractions = [Fraction(repr(float(weight))) for weight in weights]
    scale = lcm(*(fraction.denominator for fraction in fractions))
    whole = [int(fraction * scale) for fraction in fractions]
    shared = gcd(*whole) or 1
    whole = [weight // shared for weight in whole]
    return whole if sum(whole) < LARGEST else None


def net_wins(values: Floats, weights: Sequence[float]) -> tuple[Floats, Floats]:
    """Return for each unit its wins less its losses, and how many units it could be compared with.

    `values` has a row for each criterion and a column for each unit; more is better. A pair is decided by the
    criteria on which both have a value; a draw counts for neither. A unit without any value is not scored (NaN).
    """
    used = [row for row, weight in enumerate(weights) if weight > 0]
    whole = whole_weights([weights[row] for row in used])
    if whole is None:
        total = max(weights)
        whole = [round(weights[row] / total * 1e8) for row in used]
    count = values.shape[1]
    small: type[np.uint16] | type[np.uint32] = np.uint16 if count < 2**16 - 1 else np.uint32
    top = int(np.iinfo(small).max)
    # A missing value is below everything as an attacker and above everything as a defender, so it decides nothing.
    attack = np.zeros((len(used), count), dtype=small)
    defend = np.full((len(used), count), top, dtype=small)
    for at, row in enumerate(used):
        place = ascending_ranks(values[row], "dense")
        present = ~np.isnan(place)
        attack[at, present] = place[present]
        defend[at, present] = place[present]
    complete = not np.isnan(values[used]).any()
    net = _majorities(attack, defend, whole, complete)
    met = np.full(count, float(count - 1)) if complete else _met(~np.isnan(values[used]))
    alone = np.isnan(values[used]).all(axis=0)
    return np.where(alone, np.nan, net.astype(np.float64)), met


def _majorities(
    attack: NDArray[np.unsignedinteger],
    defend: NDArray[np.unsignedinteger],
    weights: Sequence[int],
    complete: bool,
) -> NDArray[np.int64]:
    """Add up the sign of the weighted majority of each pair, once for both of its units."""
    criteria, count = attack.shape
    balance_type = np.int8 if sum(weights) <= 127 else np.int16 if sum(weights) < 2**15 else np.int64
    net = np.zeros(count, dtype=np.int64)
    balance = np.empty((BLOCK, count), dtype=balance_type)
    wins = np.empty((BLOCK, count), dtype=np.bool_)
    losses = np.empty((BLOCK, count), dtype=np.bool_)
    moved = np.empty((BLOCK, count), dtype=balance_type)
    for start in range(0, count, BLOCK):
        stop = min(start + BLOCK, count)
        rows, width = stop - start, count - start
        # Pairs left of the block were met from the other side.
        area = balance[:rows, :width]
        win, loss, step = wins[:rows, :width], losses[:rows, :width], moved[:rows, :width]
        area[...] = 0
        for criterion in range(criteria):
            np.greater(attack[criterion, start:stop, None], defend[criterion, None, start:], out=win)
            np.less(defend[criterion, start:stop, None], attack[criterion, None, start:], out=loss)
            weight = weights[criterion]
            if weight == 1:
                np.add(area, win.view(np.int8), out=area, casting="unsafe")
                np.subtract(area, loss.view(np.int8), out=area, casting="unsafe")
            else:
                np.subtract(
                    win.view(np.int8), loss.view(np.int8), out=step, casting="unsafe", dtype=balance_type
                )
                step *= balance_type(weight)
                area += step
        np.greater(area, 0, out=win)
        np.less(area, 0, out=loss)
        won = np.count_nonzero(win, axis=1) - np.count_nonzero(loss, axis=1)
        net[start:stop] += won
        # Within the block both orders of a pair were counted; beyond it the other unit gets the opposite.
        beyond = win[:, rows:].view(np.int8).sum(axis=0, dtype=np.int64) - loss[:, rows:].view(np.int8).sum(
            axis=0, dtype=np.int64
        )
        net[stop:] -= beyond
    return net


def _met(present: NDArray[np.bool_]) -> Floats:
    """Return with how many others each unit shares at least one criterion."""
    patterns, membership = np.unique(present, axis=1, return_inverse=True)
    membership = membership.reshape(-1)
    sizes = np.bincount(membership, minlength=patterns.shape[1])
    shares = (patterns.T.astype(np.int64) @ patterns.astype(np.int64)) > 0
    met: Floats = (shares @ sizes).astype(np.float64)[membership]
    return met - present.any(axis=0)


def outranking(values: Floats, weights: Sequence[float]) -> Floats:
    """Return the sum of each unit's row of the outranking matrix, without building the matrix.

    An entry of that matrix is the weight of the criteria on which the row's unit is better plus half of those on
    which both are alike; its row sum is, criterion by criterion, how many units are below plus half of the tied
    ones. COINr calls these row sums Copeland scores. A missing criterion decides nothing for its unit.
    """
    whole = whole_weights(weights)
    shares = whole if whole is not None else list(weights)
    total = float(sum(shares))
    result = np.zeros(values.shape[1])
    for row, weight in enumerate(shares):
        if weight:
            below = ascending_ranks(values[row], "average") - 1.0
            result += float(weight) * np.where(np.isnan(below), 0.0, below)
    return np.where(np.isnan(values).all(axis=0), np.nan, result / total)
