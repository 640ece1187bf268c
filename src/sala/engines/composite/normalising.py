"""Turns values into scores, one indicator at a time; `direction` −1 turns an indicator where less is better.

Sources: OECD/JRC Handbook on Constructing Composite Indicators (2008), step 5; COINr for
goalposts, distances and fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sala.engines.composite import moments
from sala.engines.composite.exact import Floats
from sala.engines.composite.ranking import ascending_ranks
from sala.engines.composite.rules import Normalisation

BLOCK = 8
"""So many rows of 8,000 units stay in the second-level cache while they are worked on."""


@dataclass(eq=False)
class Undefined(Exception):
    """A rule has no value for this indicator; `reason` is a permanent word, `unit` and `value` tell where."""

    reason: str
    value: float = float("nan")
    unit: int | None = None

    def __str__(self) -> str:
        return self.reason


@dataclass
class Scale:
    """The numbers that a rule took from the data or the method, so that a score can be worked out by hand."""

    rule: str
    direction: int
    numbers: dict[str, float] = field(default_factory=dict)


def normalise(
    values: Floats,
    rule: Normalisation,
    direction: int,
    target: float | None,
    units: Sequence[str],
    out: Floats,
) -> Scale:
    """Write the scores of one indicator into `out` and return the scale they stand on."""
    scale = Scale(rule.rule, direction)
    _RULES[rule.rule](values, rule, direction, target, units, out, scale)
    return scale


def _ends(values: Floats) -> tuple[float, float]:
    lowest, highest = float(values.min()), float(values.max())
    if lowest != lowest:
        lowest, highest = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
    return lowest, highest


def _constant(values: Floats, rule: Normalisation, out: Floats, scale: Scale) -> None:
    if rule.constant is None:
        raise Undefined("constant", float(np.fmax.reduce(values)))
    scale.numbers["constant"] = rule.constant
    np.copyto(out, np.where(np.isnan(values), np.nan, rule.constant))


def _none(
    values: Floats,
    rule: Normalisation,
    direction: int,
    target: float | None,
    units: Sequence[str],
    out: Floats,
    scale: Scale,
) -> None:
    np.copyto(out, values)


def _min_max(
    values: Floats,
    rule: Normalisation,
    direction: int,
    target: float | None,
    units: Sequence[str],
    out: Floats,
    scale: Scale,
) -> None:
    lowest, highest = _ends(values)
    low, high = rule.range
    scale.numbers.update(minimum=lowest, maximum=highest, low=low, high=high)
    if lowest == highest:
        _constant(values, rule, out, scale)
        return
    _stretch(values, lowest, highest, direction, rule, out)


def _stretch(
    values: Floats,
    lowest: float | Floats,
    highest: float | Floats,
    direction: int | NDArray[np.int64],
    rule: Normalisation,
    out: Floats,
) -> None:
    """Write (x − min) / (max − min), or (x − max) / (min − max) where less is better, on the rule's range."""
    low, high = rule.range
    best = np.where(np.asarray(direction) > 0, lowest, highest)
    span = np.where(np.asarray(direction) > 0, 1.0, -1.0) * (np.asarray(highest) - lowest)
    np.subtract(values, best, out=out)
    np.divide(out, span, out=out)
    if high - low != 1.0:
        out *= high - low
    # Adding zero turns the negative zero of the worst unit into a plain one.
    out += low


def min_max_block(
    values: Floats, rule: Normalisation, directions: Sequence[int], out: Floats
) -> list[Scale] | None:
    """Write the min-max scores of several indicators at once, and return their scales.

    Gives up (None) where one has a gap or is constant; those go the slower way, one by one. The numbers are the
    same either way.
    """
    scales: list[Scale] = []
    low, high = rule.range
    for start in range(0, len(values), BLOCK):
        rows = slice(start, start + BLOCK)
        part = values[rows]
        lowest, highest = part.min(axis=1), part.max(axis=1)
        # A gap makes both ends NaN, which is not above anything.
        if not (highest > lowest).all():
            return None
        turns = np.asarray(directions[rows])[:, None]
        _stretch(part, lowest[:, None], highest[:, None], turns, rule, out[rows])
        scales += [
            Scale(rule.rule, direction, {"minimum": least, "maximum": most, "low": low, "high": high})
            for direction, least, most in zip(
                directions[rows], lowest.tolist(), highest.tolist(), strict=True
            )
        ]
    return scales


def _goalposts(
    values: Floats,
    rule: Normalisation,
    direction: int,
    target: float | None,
    units: Sequence[str],
    out: Floats,
    scale: Scale,
) -> None:
    low, high = rule.range
    scale.numbers.update(lower=rule.low, upper=rule.high, low=low, high=high)
    np.divide(values - rule.low if direction > 0 else rule.high - values, rule.high - rule.low, out=out)
    if rule.truncate:
        np.clip(out, 0.0, 1.0, out=out)
    out *= high - low
    out += low


def _z_score(
    values: Floats,
    rule: Normalisation,
    direction: int,
    target: float | None,
    units: Sequence[str],
    out: Floats,
    scale: Scale,
) -> None:
    lowest, highest = _ends(values)
    if lowest == highest:
        _constant(values, rule, out, scale)
        return
    mean, deviation = float(moments.means(values)), moments.deviation(values)
    scale.numbers.update(
        mean=mean, deviation=deviation, target_mean=rule.mean, target_deviation=rule.deviation
    )
    np.divide(values - mean if direction > 0 else mean - values, deviation, out=out)
    out *= rule.deviation
    out += rule.mean


def _rank(
    values: Floats,
    rule: Normalisation,
    direction: int,
    target: float | None,
    units: Sequence[str],
    out: Floats,
    scale: Scale,
) -> None:
    scale.numbers["units"] = float(moments.counts(values))
    np.copyto(out, ascending_ranks(values if direction > 0 else -values, rule.ties))


def _borda(
    values: Floats,
    rule: Normalisation,
    direction: int,
    target: float | None,
    units: Sequence[str],
    out: Floats,
    scale: Scale,
) -> None:
    _rank(values, rule, direction, target, units, out, scale)
    out -= 1.0


def _percentile_rank(
    values: Floats,
    rule: Normalisation,
    direction: int,
    target: float | None,
    units: Sequence[str],
    out: Floats,
    scale: Scale,
) -> None:
    _rank(values, rule, direction, target, units, out, scale)
    count = scale.numbers["units"]
    if count < 2:
        raise Undefined("too-few", float(np.fmax.reduce(values)))
    low, high = rule.range
    scale.numbers.update(low=low, high=high)
    out -= 1.0
    out /= count - 1.0
    out *= high - low
    out += low


def _distance(values: Floats, aim: float, direction: int, cap: bool, out: Floats, scale: Scale) -> None:
    """Score 1 at the aim and 0 for whoever is worst."""
    lowest, highest = _ends(values)
    worst = lowest if direction > 0 else highest
    scale.numbers.update(worst=worst, aim=aim)
    if aim == worst:
        raise Undefined("aim-is-worst", aim)
    np.subtract(aim, values, out=out)
    out /= aim - worst
    np.subtract(1.0, out, out=out)
    if cap:
        np.minimum(out, 1.0, out=out)


def _distance_to_reference(
    values: Floats,
    rule: Normalisation,
    direction: int,
    target: float | None,
    units: Sequence[str],
    out: Floats,
    scale: Scale,
) -> None:
    try:
        at = list(units).index(rule.reference)
    except ValueError:
        raise Undefined("no-reference") from None
    if np.isnan(values[at]):
        raise Undefined("reference-missing", unit=at)
    _distance(values, float(values[at]), direction, rule.cap, out, scale)


def _distance_to_target(
    values: Floats,
    rule: Normalisation,
    direction: int,
    target: float | None,
    units: Sequence[str],
    out: Floats,
    scale: Scale,
) -> None:
    aim = rule.target if rule.target is not None else target
    if aim is None:
        raise Undefined("no-target")
    lowest, highest = _ends(values)
    # A target on the worse side of everybody would turn the order round.
    if (aim < lowest) if direction > 0 else (aim > highest):
        raise Undefined("target-behind", aim)
    _distance(values, aim, direction, rule.cap, out, scale)


def _distance_to_maximum(
    values: Floats,
    rule: Normalisation,
    direction: int,
    target: float | None,
    units: Sequence[str],
    out: Floats,
    scale: Scale,
) -> None:
    lowest, highest = _ends(values)
    if lowest == highest:
        _constant(values, rule, out, scale)
        return
    _distance(values, highest if direction > 0 else lowest, direction, False, out, scale)


def _fraction_of_maximum(
    values: Floats,
    rule: Normalisation,
    direction: int,
    target: float | None,
    units: Sequence[str],
    out: Floats,
    scale: Scale,
) -> None:
    lowest, highest = _ends(values)
    if lowest < 0.0 or (direction < 0 and lowest == 0.0) or highest == 0.0:
        at = int(np.flatnonzero(values == lowest)[0])
        raise Undefined("not-positive", lowest, at)
    if direction > 0:
        scale.numbers["maximum"] = highest
        np.divide(values, highest, out=out)
    else:
        # Where less is better the best is the smallest, and a score is its fraction of the value.
        scale.numbers["minimum"] = lowest
        np.divide(lowest, values, out=out)


def _anchors(
    values: Floats,
    rule: Normalisation,
    direction: int,
    target: float | None,
    units: Sequence[str],
    out: Floats,
    scale: Scale,
) -> None:
    points = rule.points
    for number, (value, score) in enumerate(points, 1):
        scale.numbers[f"value_{number}"], scale.numbers[f"score_{number}"] = value, score
    edges = np.array([value for value, _ in points])
    piece = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(points) - 2)
    x0, y0 = edges[piece], np.array([score for _, score in points])[piece]
    x1, y1 = edges[piece + 1], np.array([score for _, score in points])[piece + 1]
    np.copyto(out, y0 + (values - x0) / (x1 - x0) * (y1 - y0))
    # At an anchor the score is the anchor's own, to the last bit.
    np.copyto(out, y1, where=values == x1)
    if rule.outside == "hold":
        np.copyto(out, points[0][1], where=values < points[0][0])
        np.copyto(out, points[-1][1], where=values > points[-1][0])


_RULES = {
    "none": _none,
    "min-max": _min_max,
    "goalposts": _goalposts,
    "z-score": _z_score,
    "rank": _rank,
    "borda": _borda,
    "percentile-rank": _percentile_rank,
    "distance-to-reference": _distance_to_reference,
    "distance-to-target": _distance_to_target,
    "distance-to-maximum": _distance_to_maximum,
    "fraction-of-maximum": _fraction_of_maximum,
    "anchors": _anchors,
}
