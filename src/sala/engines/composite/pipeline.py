"""The way of a matrix through the stages: numbers only, without codes, titles or files.

`process` is what the benchmark measures and what many draws will call; `run` does the bookkeeping around it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sala.engines.composite import aggregating, imputing, moments, normalising, ranking, treating
from sala.engines.composite.exact import Bools, Floats
from sala.engines.composite.method import Method
from sala.engines.composite.normalising import Scale, Undefined
from sala.engines.composite.plan import Plan
from sala.engines.composite.rules import (
    Availability,
    Gate,
    Imputation,
    Normalisation,
    Printing,
    Ranking,
    Treatment,
)
from sala.engines.composite.treating import Treated


@dataclass(eq=False)
class TooFewUnits(Exception):
    """An indicator has values for a smaller share of units than the method asks."""

    row: int
    share: float


@dataclass(eq=False)
class NobodyLeft(Exception):
    """No unit has the share of indicators that the method asks."""


@dataclass(eq=False)
class CannotScore(Exception):
    """An indicator cannot be normalised; `cause` says why."""

    row: int
    cause: Undefined


@dataclass(frozen=True, eq=False)
class Recipe:
    """A method as the kernel needs it: a plan, and for each row of indicators its rules."""

    plan: Plan
    denominators: tuple[str | None, ...]
    factors: tuple[float, ...]
    availability: Availability
    imputations: tuple[Imputation, ...]
    treatments: tuple[Treatment, ...]
    normalisations: tuple[Normalisation, ...]
    targets: tuple[float | None, ...]
    printing: Printing
    ranking: Ranking
    breakers: tuple[int, ...]

    @classmethod
    def of(cls, method: Method) -> Recipe:
        """Return the recipe of a method."""
        plan = Plan.of(method)
        nodes = method.indicators
        divided = method.stages.denomination
        return cls(
            plan=plan,
            denominators=tuple(node.denominator if divided else None for node in nodes),
            factors=tuple(node.factor if divided else 1.0 for node in nodes),
            availability=method.stages.availability,
            imputations=tuple(method.imputation(node) for node in nodes),
            treatments=tuple(method.treatment(node) for node in nodes),
            normalisations=tuple(method.normalisation(node) for node in nodes),
            targets=tuple(node.target for node in nodes),
            printing=method.printing,
            ranking=method.ranking,
            breakers=tuple(plan.row[code] for code in method.ranking.break_by),
        )


@dataclass(frozen=True, eq=False)
class Context:
    """What stands beside the matrix: sizes, the number of each unit's group, and the codes of units."""

    units: Sequence[str]
    sizes: Mapping[str, Floats]
    groups: Mapping[str, NDArray[np.int64]]

    def of(self, included: Bools) -> Context:
        """Return the context of some units only."""
        return Context(
            [unit for unit, kept in zip(self.units, included, strict=True) if kept],
            {code: size[included] for code, size in self.sizes.items()},
            {column: number[included] for column, number in self.groups.items()},
        )


@dataclass(frozen=True, eq=False)
class Processed:
    """Every stage of a run: rows are indicators (all nodes in `scores`), columns are units.

    Units that were left out for missing data are missing in all stages after `denominated`.
    """

    raw: Floats
    denominated: Floats
    imputed: Floats
    treated: Floats
    scores: Floats
    filled: Bools
    included: Bools
    share: Floats
    treatments: Mapping[int, Treated]
    scales: tuple[Scale, ...]
    gates: Mapping[int, list[tuple[Gate, Bools]]]
    indicators: int

    @property
    def normalised(self) -> Floats:
        """The scores of indicators."""
        return self.scores[: self.indicators]


def process(recipe: Recipe, raw: Floats, context: Context) -> Processed:
    """Take a matrix of indicators by units through all stages.

    Raises `TooFewUnits`, `NobodyLeft`, `CannotScore` and `aggregating.Illegal`, which name rows and columns.
    """
    sizes = {row: context.sizes[code] for row, code in enumerate(recipe.denominators) if code is not None}
    denominated = imputing.denominate(raw, sizes, dict(enumerate(recipe.factors)))
    rule = recipe.availability
    share = imputing.available(denominated, axis=0)
    included = np.ones(raw.shape[1], dtype=np.bool_)
    if rule.units and rule.after == "denomination":
        included = _enough(share, rule.units)
    part, beside = denominated, context
    if not included.all():
        part, beside = denominated[:, included], context.of(included)
    if rule.indicators and part.size:
        among = imputing.available(part, axis=1)
        low = int(np.argmin(among))
        if among[low] < rule.indicators:
            raise TooFewUnits(low, float(among[low]))
    imputed, filled = imputing.impute(part, recipe.imputations, beside.groups)
    if rule.units and rule.after == "imputation":
        share[included] = imputing.available(imputed, axis=0)
        kept = _enough(imputing.available(imputed, axis=0), rule.units)
        if not kept.all():
            imputed, filled, beside = imputed[:, kept], filled[:, kept], beside.of(kept)
            included[included] = kept
    treated, treatments = treating.treat(imputed, recipe.treatments)
    scores = np.empty((len(recipe.plan.codes), treated.shape[1]))
    try:
        scales = _normalise(recipe, treated, beside.units, scores)
        gates = aggregating.aggregate(recipe.plan, scores)
    except CannotScore as error:
        if error.cause.unit is not None:
            error.cause.unit = int(np.flatnonzero(included)[error.cause.unit])
        raise
    except aggregating.Illegal as error:
        error.unit = int(np.flatnonzero(included)[error.unit])
        raise
    made = Processed(
        raw, denominated, imputed, treated, scores, filled, included, share, treatments, scales, gates,
        recipe.plan.indicators,
    )  # fmt: skip
    return made if included.all() else _spread(made)


def _enough(share: Floats, least: float) -> Bools:
    included: Bools = share >= least
    if not included.any():
        raise NobodyLeft
    return included


def _normalise(recipe: Recipe, treated: Floats, units: Sequence[str], scores: Floats) -> tuple[Scale, ...]:
    scales: list[Scale] = []
    directions, rules = recipe.plan.directions, recipe.normalisations
    row = 0
    while row < recipe.plan.indicators:
        rule, end = rules[row], row + 1
        if rule.rule == "min-max":
            while end < recipe.plan.indicators and rules[end] == rule:
                end += 1
            block = normalising.min_max_block(treated[row:end], rule, directions[row:end], scores[row:end])
            if block is not None:
                scales += block
                row = end
                continue
        for at in range(row, end):
            scales.append(_normalise_one(recipe, treated[at], at, units, scores[at]))
        row = end
    return tuple(scales)


def _normalise_one(recipe: Recipe, values: Floats, row: int, units: Sequence[str], out: Floats) -> Scale:
    rule = recipe.normalisations[row]
    try:
        if rule.rule not in {"none", "anchors", "goalposts"} and not moments.counts(values):
            raise Undefined("empty")
        return normalising.normalise(
            values, rule, recipe.plan.directions[row], recipe.targets[row], units, out
        )
    except Undefined as cause:
        raise CannotScore(row, cause) from cause


def _spread(made: Processed) -> Processed:
    """Put the stages of included units back among all units."""
    included = made.included

    def wide(part: Floats) -> Floats:
        full = np.full((part.shape[0], len(included)), np.nan)
        full[:, included] = part
        return full

    def flags(part: Bools) -> Bools:
        full = np.zeros((*part.shape[:-1], len(included)), dtype=np.bool_)
        full[..., included] = part
        return full

    imputed = wide(made.imputed)
    return Processed(
        raw=made.raw,
        denominated=made.denominated,
        imputed=imputed,
        treated=imputed if made.treated is made.imputed else wide(made.treated),
        scores=wide(made.scores),
        filled=flags(made.filled),
        included=included,
        share=made.share,
        treatments={
            row: Treated(
                one.did,
                one.skew,
                one.kurtosis,
                one.skew_after,
                one.kurtosis_after,
                flags(one.high),
                flags(one.low),
            )
            for row, one in made.treatments.items()
        },
        scales=made.scales,
        gates={row: [(gate, flags(below)) for gate, below in found] for row, found in made.gates.items()},
        indicators=made.indicators,
    )


def printed(recipe: Recipe, scores: Floats) -> Floats:
    """Return scores as they are published."""
    if recipe.printing.decimals is None:
        return scores
    return ranking.round_printed(scores, recipe.printing.decimals, recipe.printing.half)


def rank_index(recipe: Recipe, published: Floats, scores: Floats) -> Floats:
    """Return the ranks of published index figures; `scores` holds all nodes, for breaking ties."""
    breakers = [scores[row] for row in recipe.breakers]
    return ranking.ranks(published, recipe.ranking.ties, breakers)
