"""Explains a figure from the index down to the observation: each number, its rule, and what it adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from sala.engines.composite.problems import refusal
from sala.engines.composite.rules import Aggregation, Text
from sala.engines.composite.run import Run
from sala.engines.wire.errors import marked


@dataclass(frozen=True)
class Observation:
    """An indicator's way from what was observed to its score."""

    column: str
    line: int
    unit: Text | None
    direction: str
    raw: float | None
    denominator: str | None
    denominator_value: float | None
    factor: float
    denominated: float | None
    imputed: float | None
    imputation: str | None
    treated: float | None
    treatment: str | None
    normalised: float | None
    rule: str
    scale: Mapping[str, float]


@dataclass(frozen=True)
class ClosedGate:
    """A gate that the unit did not pass."""

    child: str
    at_least: float
    score: float | None
    cap: float | None


@dataclass(frozen=True)
class Part:
    """A node in an explanation.

    `weight` is as the method writes it; `share` is its part of the parent's weights among the children that this
    unit has; `effective_weight` is the product of shares up to the index. `contribution` is what the node brings
    to its parent: an addend of the parent's score (`contribution_kind` "addend": share times score), a factor of
    it ("factor": score to the power of share), or its part of the sum inside a harmonic or generalised mean
    ("portion", from 0 to 1). `contribution_to_index` is given where all levels above are arithmetic.
    """

    code: str
    title: Text
    level: str | None
    rule: str | None
    score: float | None
    printed: float | None
    rank: float | None
    weight: float
    share: float
    effective_weight: float
    contribution: float | None
    contribution_kind: str | None
    contribution_to_index: float | None
    override: Text | None
    gates: tuple[ClosedGate, ...]
    observation: Observation | None
    children: tuple[Part, ...]

    def walk(self) -> Iterator[Part]:
        """Yield this part and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Explanation:
    """How one unit's figure came about."""

    unit: str
    titles: Mapping[str, str]
    included: bool
    share_present: float
    ranked: int
    index: Part

    def find(self, code: str) -> Part:
        """Return the part of a node."""
        for part in self.index.walk():
            if part.code == code:
                return part
        raise refusal("run.unknown-node", marked("There is no node “%(code)s” in this method."), code=code)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        plain: dict[str, Any] = _plain(self)
        return plain


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def explain(run: Run, unit: str) -> Explanation:
    """Return the explanation of one unit; raise `Refused` where there is no such unit."""
    at = run.position(unit)
    return Explanation(
        unit=unit,
        titles={language: column[at] for language, column in run.observations.titles.items()},
        included=bool(run.included[at]),
        share_present=float(run.processed.share[at]),
        ranked=int(np.count_nonzero(~np.isnan(run.ranks()))),
        index=_part(run, at, run.method.index.code, share=1.0, effective=1.0, above=None, linear=True),
    )


def _part(
    run: Run, at: int, code: str, *, share: float, effective: float, above: Aggregation | None, linear: bool
) -> Part:
    method, plan = run.method, run.recipe.plan
    node = method.by_code[code]
    level = method.level(code)
    score = float(run.scores(code)[at])
    rule = None if node.is_indicator else method.aggregation(node)
    children: tuple[Part, ...] = ()
    if rule is not None:
        shares = _shares(run, at, code, rule)
        below_linear = linear and rule.rule == "arithmetic" and not _closed(run, at, code)
        children = tuple(
            _part(
                run,
                at,
                child.code,
                share=shares[child.code],
                effective=effective * shares[child.code],
                above=rule,
                linear=below_linear,
            )
            for child in method.children(code)
        )
        children = _portions(children, rule)
    contribution, kind = _contribution(score, share, above)
    override = run.override(run.units[at], code)
    is_root = plan.row[code] == plan.root
    return Part(
        code=code,
        title=node.title,
        level=level.code if level else None,
        rule=rule.rule if rule else None,
        score=_number(score),
        printed=_number(float(run.printed(code)[at])),
        rank=None if node.is_indicator else _number(float(run.ranks(code)[at])),
        weight=node.weight,
        share=share,
        effective_weight=effective,
        contribution=contribution,
        contribution_kind=kind,
        contribution_to_index=_number(effective * score) if linear and not is_root and share else None,
        override=override.reason if override else None,
        gates=_closed(run, at, code),
        observation=_observation(run, at, code) if node.is_indicator else None,
        children=children,
    )


def _shares(run: Run, at: int, code: str, rule: Aggregation) -> dict[str, float]:
    """Return each child's share of the weights that count for this unit."""
    weights = {}
    for child in run.method.children(code):
        absent = np.isnan(run.scores(child.code)[at]) and rule.missing.rule == "rescale"
        weights[child.code] = 0.0 if absent else child.weight
    total = sum(weights.values())
    return {child: weight / total if total else 0.0 for child, weight in weights.items()}


def _contribution(score: float, share: float, above: Aggregation | None) -> tuple[float | None, str | None]:
    if above is None or np.isnan(score) or not share:
        return None, None
    if above.rule == "arithmetic":
        return share * score, "addend"
    if above.rule == "geometric":
        return score**share, "factor"
    return None, None


def _portions(children: tuple[Part, ...], rule: Aggregation) -> tuple[Part, ...]:
    """Add what each child brings to the sum inside a harmonic or generalised mean."""
    power = -1.0 if rule.rule == "harmonic" else rule.power
    if rule.rule not in {"harmonic", "generalised"} or power == 0.0:
        return children
    inner = {
        part.code: part.share * part.score**power
        for part in children
        if part.score is not None and part.share and not (part.score == 0.0 and power < 0)
    }
    total = sum(inner.values())
    return tuple(
        Part(
            **{
                **{field.name: getattr(part, field.name) for field in fields(part)},
                "contribution": inner[part.code] / total,
                "contribution_kind": "portion",
            }
        )
        if part.code in inner and total
        else part
        for part in children
    )


def _closed(run: Run, at: int, code: str) -> tuple[ClosedGate, ...]:
    found = run.processed.gates.get(run.recipe.plan.row[code], [])
    return tuple(
        ClosedGate(gate.child, gate.at_least, _number(float(run.scores(gate.child)[at])), gate.cap)
        for gate, below in found
        if below[at]
    )


def _observation(run: Run, at: int, code: str) -> Observation:
    method, processed, observations = run.method, run.processed, run.observations
    node = method.by_code[code]
    row = run.recipe.plan.row[code]
    size = run.recipe.denominators[row]
    treatment = processed.treatments.get(row)
    did = None
    if treatment is not None and treatment.did != "nothing":
        did = "log" if treatment.did == "log" else None
        if treatment.did == "winsorised" and (treatment.high[at] or treatment.low[at]):
            did = "winsorised-high" if treatment.high[at] else "winsorised-low"
    scale = processed.scales[row]
    imputation = method.imputation(node)
    return Observation(
        column=node.column,
        line=observations.lines[at],
        unit=node.unit,
        direction="up" if node.direction > 0 else "down",
        raw=_number(processed.raw[row, at]),
        denominator=size,
        denominator_value=None if size is None else _number(observations.denominators[size][at]),
        factor=run.recipe.factors[row],
        denominated=_number(processed.denominated[row, at]),
        imputed=_number(processed.imputed[row, at]),
        imputation=imputation.rule if processed.filled[row, at] else None,
        treated=_number(processed.treated[row, at]),
        treatment=did,
        normalised=_number(processed.normalised[row, at]),
        rule=scale.rule,
        scale=dict(scale.numbers),
    )
