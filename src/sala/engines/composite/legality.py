"""Refuses, before any data is seen, rules that can never be right together.

A geometric mean of z-scores is undefined for every table, since some score is below zero; the same mean of scores
on 0 to 100 fails for whoever comes last. Such pairs are named with the node, its child and the line. What depends
on the data (an anchored score that happens to fall below zero) is caught in the run, with the unit and value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from sala.engines.composite.lines import Document
from sala.engines.composite.problems import Faults
from sala.engines.composite.rules import Aggregation, Node, Normalisation
from sala.engines.composite.structure import Hierarchy
from sala.engines.wire.errors import marked

SIGN_SENSITIVE = {"geometric", "harmonic", "generalised"}


def needs_positive(rule: Aggregation) -> bool:
    """Whether a mean is defined only for numbers that are not negative."""
    return rule.rule in SIGN_SENSITIVE and not (rule.rule == "generalised" and rule.power == 1.0)


def refuses_zero(rule: Aggregation) -> bool:
    """Whether a zero among the children is refused too.

    A zero makes a geometric or harmonic mean zero whatever the other children are, so it enters only where the
    method says that this is meant. A generalised mean with a positive power takes zeros as they are.
    """
    if rule.rule == "generalised":
        return rule.power <= 0 and rule.zeros == "refuse"
    return rule.rule in SIGN_SENSITIVE and rule.zeros == "refuse"


def check_legality(
    nodes: Sequence[Node],
    hierarchy: Hierarchy,
    aggregations: Mapping[str, Aggregation],
    normalisations: Mapping[str, Normalisation],
    document: Document,
    faults: Faults,
) -> None:
    """Add a fault for each rule that cannot work, with the place of the node."""
    by_code = {node.code: node for node in nodes}
    for node in nodes:
        if node.is_indicator:
            _check_normalisation(node, normalisations[node.code], document, faults)
    for code, rule in aggregations.items():
        place = document.place("nodes", by_code[code].position)
        if rule.rule == "copeland" and len(hierarchy.children[code]) > 0 and rule.missing.rule == "value":
            faults.add(
                "method.illegal-missing",
                marked("“%(code)s” compares units pair by pair, so a missing child cannot count as a value."),
                place=place,
                code=code,
            )
        if not needs_positive(rule):
            continue
        for child in hierarchy.children[code]:
            lowest = _surely_reached(child, by_code, hierarchy, aggregations, normalisations)
            if lowest is None or lowest > 0 or (lowest == 0 and not refuses_zero(rule)):
                continue
            faults.add(
                "method.illegal-pair",
                marked(
                    "“%(code)s” is a %(mean)s mean, which has no value for “%(child)s”: its scores"
                    " (%(rule)s) go down to %(lowest)s."
                ),
                place=place,
                code=code,
                mean=rule.rule,
                child=child,
                rule=normalisations[child].rule if child in normalisations else aggregations[child].rule,
                lowest="−∞" if lowest == float("-inf") else f"{lowest:g}",
            )


def _surely_reached(
    code: str,
    by_code: Mapping[str, Node],
    hierarchy: Hierarchy,
    aggregations: Mapping[str, Aggregation],
    normalisations: Mapping[str, Normalisation],
) -> float | None:
    """Return a score that some unit surely has or falls below, or None where the data decide."""
    if not by_code[code].is_indicator:
        rule = aggregations[code]
        if rule.rule == "copeland" and rule.score == "net":
            return float("-inf")
        children = hierarchy.children[code]
        # A parent with one child is that child's score again.
        if len(children) == 1 and rule.rule in {
            "arithmetic",
            "geometric",
            "harmonic",
            "generalised",
            "minimum",
        }:
            return _surely_reached(children[0], by_code, hierarchy, aggregations, normalisations)
        return None
    rule_ = normalisations[code]
    if rule_.rule == "z-score":
        return float("-inf") if rule_.mean <= 0 else None
    if rule_.rule == "min-max":
        return rule_.range[0] if rule_.constant is None else None
    if rule_.rule == "percentile-rank" and rule_.ties in {"min", "dense"}:
        return rule_.range[0]
    if rule_.rule == "borda" and rule_.ties in {"min", "dense"}:
        return 0.0
    if rule_.rule in {"distance-to-maximum"} and rule_.constant is None:
        return 0.0
    if rule_.rule in {"distance-to-reference", "distance-to-target"}:
        return 0.0
    return None


def _check_normalisation(node: Node, rule: Normalisation, document: Document, faults: Faults) -> None:
    place = document.place("nodes", node.position, *(["normalisation"] if node.normalisation else []))
    if rule.range[0] >= rule.range[1] and rule.rule in {"min-max", "goalposts", "percentile-rank"}:
        faults.add(
            "method.empty-range",
            marked("The scores of “%(code)s” run from %(low)s to %(high)s; the lower one comes first."),
            place=place,
            code=node.code,
            low=rule.range[0],
            high=rule.range[1],
        )
    if rule.rule == "goalposts" and rule.low >= rule.high:
        faults.add(
            "method.goalposts",
            marked(
                "The lower goalpost of “%(code)s” (%(low)s) must be below the upper one (%(high)s); direction down"
                " turns them."
            ),
            place=place,
            code=node.code,
            low=rule.low,
            high=rule.high,
        )
    if rule.rule == "distance-to-target" and rule.target is None and node.target is None:
        faults.add(
            "method.no-target",
            marked("“%(code)s” is scored by its distance to a target, but no target is given."),
            place=place,
            code=node.code,
        )
    if rule.rule == "none" and node.direction < 0:
        faults.add(
            "method.direction-without-scale",
            marked("“%(code)s” has direction down, but no normalisation that could turn it."),
            place=place,
            code=node.code,
        )
    if rule.rule == "anchors":
        values = [value for value, _ in rule.points]
        scores = [score * node.direction for _, score in rule.points]
        if any(later <= earlier for earlier, later in pairwise(values)):
            faults.add(
                "method.anchor-order",
                marked("The anchors of “%(code)s” must be in rising order of value."),
                place=place,
                code=node.code,
            )
        elif any(later < earlier for earlier, later in pairwise(scores)):
            faults.add(
                "method.anchor-direction",
                marked("The anchors of “%(code)s” run against its direction."),
                place=place,
                code=node.code,
            )
