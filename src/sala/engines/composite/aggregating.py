"""Turns children into parents, for all units at once, from the bottom of a plan to its top.

Sources: OECD/JRC Handbook (2008), step 6: linear and geometric aggregation, generalised means; gates are
minimum requirements as many maturity models have them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sala.engines.composite import copeland, exact
from sala.engines.composite.exact import Bools, Floats
from sala.engines.composite.legality import needs_positive, refuses_zero
from sala.engines.composite.plan import Plan, Step
from sala.engines.composite.rules import Aggregation, Gate


@dataclass(eq=False)
class Illegal(Exception):
    """A mean met a score that it is not defined for, or a missing one that the method refuses."""

    step: Step
    child: int
    unit: int
    value: float

    def __str__(self) -> str:
        return f"{self.step.rule.rule} of {self.value}"


def aggregate(
    plan: Plan, scores: Floats, *, weights: Mapping[int, Sequence[float]] | None = None
) -> dict[int, list[tuple[Gate, Bools]]]:
    """Fill the rows of aggregates in `scores`, whose first rows are the indicators' scores.

    `scores` has a row for each node of the plan and a column for each unit. `weights` replaces those of a step by
    its row, for draws. Returns by row the gates that some unit did not pass, with those units.
    """
    closed: dict[int, list[tuple[Gate, Bools]]] = {}
    for step in plan.steps:
        _combine(step, scores, None if weights is None else weights.get(step.row))
        if step.rule.gates:
            found = _close(plan, step, scores)
            if found:
                closed[step.row] = found
    return closed


def _combine(step: Step, scores: Floats, drawn: Sequence[float] | None) -> None:
    rule = step.rule
    weights = step.weighing(drawn)
    out = scores[step.row]
    if rule.rule in {"copeland", "outranking"}:
        _compare(step, scores, step.weights if drawn is None else drawn, out)
        return
    children = [scores[row] for row in step.children]
    if rule.missing.rule == "value":
        children = [np.where(np.isnan(child), rule.missing.value, child) for child in children]
    if needs_positive(rule):
        _refuse_illegal(step, children, weights)
    mean(children, weights, rule, out)
    if np.isnan(out).any():
        _mean_of_present(step, children, weights, out)


def mean(children: Sequence[Floats], weights: Sequence[float], rule: Aggregation, out: Floats) -> None:
    """Write the weighted mean of children into `out`; a unit with a missing child is missing.

    The order of additions is that of the children, so the result is the same on every machine.
    """
    if rule.rule == "minimum":
        np.copyto(out, children[0])
        for child in children[1:]:
            np.minimum(out, child, out=out)
        return
    _weighted_sum([_inner(child, rule) for child in children], weights, out)
    out /= _sum(weights)
    _outer(out, rule)


def _sum(weights: Sequence[float]) -> float:
    total = 0.0
    for weight in weights:
        total += weight
    return total


def _weighted_sum(children: Sequence[Floats], weights: Sequence[float], out: Floats) -> None:
    first = True
    term = np.empty_like(out)
    for child, weight in zip(children, weights, strict=True):
        if weight == 0.0:
            # A child that weighs nothing takes no part, not even where it is missing.
            continue
        part = child if weight == 1.0 else np.multiply(child, weight, out=out if first else term)
        if first:
            if part is not out:
                np.copyto(out, part)
            first = False
        else:
            np.add(out, part, out=out)


def _inner(child: Floats, rule: Aggregation) -> Floats:
    if rule.rule == "arithmetic":
        return child
    if rule.rule == "geometric" or (rule.rule == "generalised" and rule.power == 0.0):
        return exact.log(child)
    return exact.power(child, -1.0 if rule.rule == "harmonic" else rule.power)


def _outer(out: Floats, rule: Aggregation) -> None:
    if rule.rule == "arithmetic":
        return
    if rule.rule == "geometric" or (rule.rule == "generalised" and rule.power == 0.0):
        np.copyto(out, exact.exp(out))
        return
    with np.errstate(divide="ignore"):
        np.copyto(out, exact.power(out, -1.0 if rule.rule == "harmonic" else 1.0 / rule.power))


def _mean_of_present(step: Step, children: Sequence[Floats], weights: Sequence[float], out: Floats) -> None:
    """Score the units with a missing child by the rule for missing data."""
    rule = step.rule
    used = (
        [at for at, weight in enumerate(weights) if weight != 0.0]
        if rule.rule != "minimum"
        else range(len(children))
    )
    matrix = np.stack([children[at] for at in used])
    missing = np.isnan(matrix)
    gaps = missing.any(axis=0)
    if rule.missing.rule == "refuse":
        unit = int(np.flatnonzero(gaps)[0])
        child = used[int(np.flatnonzero(missing[:, unit])[0])]
        raise Illegal(step, step.children[child], unit, float("nan"))
    if rule.missing.rule == "absent":
        return
    there = np.count_nonzero(~missing, axis=0)
    enough = gaps & (there > 0) & (there >= rule.missing.minimum * len(used))
    if not enough.any():
        return
    part, holes = matrix[:, enough], missing[:, enough]
    if rule.rule == "minimum":
        out[enough] = np.fmin.reduce(part, axis=0)
        return
    total, weight = np.zeros(part.shape[1]), np.zeros(part.shape[1])
    for row, at in enumerate(used):
        total += np.where(holes[row], 0.0, _inner(part[row], rule) * weights[at])
        weight += np.where(holes[row], 0.0, weights[at])
    mean_ = total / weight
    _outer(mean_, rule)
    out[enough] = mean_


def _refuse_illegal(step: Step, children: Sequence[Floats], weights: Sequence[float]) -> None:
    zero_too = refuses_zero(step.rule)
    for row, child, weight in zip(step.children, children, weights, strict=True):
        lowest = np.fmin.reduce(child)
        if weight == 0.0:
            continue
        if lowest < 0.0 or (zero_too and lowest == 0.0):
            unit = int(np.flatnonzero(child == lowest)[0])
            raise Illegal(step, row, unit, float(lowest))


def _compare(step: Step, scores: Floats, weights: Sequence[float], out: Floats) -> None:
    matrix = scores[list(step.children)]
    missing = np.isnan(matrix)
    if step.rule.missing.rule == "refuse" and missing.any():
        child, unit = (int(found[0]) for found in np.nonzero(missing))
        raise Illegal(step, step.children[child], unit, float("nan"))
    if step.rule.rule == "outranking":
        np.copyto(out, copeland.outranking(matrix, weights))
    else:
        net, met = copeland.net_wins(matrix, weights)
        if step.rule.score == "share":
            with np.errstate(invalid="ignore", divide="ignore"):
                net = np.where(met > 0, (net / met + 1.0) / 2.0, np.nan)
        np.copyto(out, net)
    there = np.count_nonzero(~missing, axis=0)
    if step.rule.missing.rule == "absent":
        out[missing.any(axis=0)] = np.nan
    else:
        out[there < step.rule.missing.minimum * len(matrix)] = np.nan


def _close(plan: Plan, step: Step, scores: Floats) -> list[tuple[Gate, Bools]]:
    """Cap the units that do not reach a gate; a missing child does not pass it."""
    found = []
    out = scores[step.row]
    for gate in step.rule.gates:
        child = scores[plan.row[gate.child]]
        below = ~(child >= gate.at_least) & ~np.isnan(out)
        if below.any():
            out[below] = np.nan if gate.cap is None else np.minimum(out[below], gate.cap)
            found.append((gate, below))
    return found
