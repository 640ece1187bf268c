"""Says in a sentence what the kernel names by row and column."""

from __future__ import annotations

from typing import NoReturn

from sala.engines.composite.aggregating import Illegal
from sala.engines.composite.method import Method
from sala.engines.composite.observations import Observations
from sala.engines.composite.pipeline import CannotScore, NobodyLeft, Recipe, TooFewUnits
from sala.engines.composite.problems import refusal
from sala.engines.wire.errors import Place, marked

_UNDEFINED = {
    "constant": marked("All units have the same “%(code)s” (%(value)s), so %(rule)s gives no score."),
    "empty": marked("No unit has a value for “%(code)s”."),
    "too-few": marked("“%(code)s” has too few values for %(rule)s."),
    "aim-is-worst": marked(
        "The aim of “%(code)s” (%(value)s) is the worst value itself, so no distance is left."
    ),
    "no-target": marked("“%(code)s” is scored by its distance to a target, but no target is given."),
    "no-reference": marked("The reference unit of “%(code)s” is not among the units that are scored."),
    "reference-missing": marked("The reference unit of “%(code)s” has no value."),
    "target-behind": marked("The target of “%(code)s” (%(value)s) is worse than every unit's value."),
    "not-positive": marked(
        "“%(code)s” of the unit “%(unit)s” is %(value)s; a fraction of the best needs values above zero."
    ),
}


def refuse_kernel(
    error: TooFewUnits | NobodyLeft | CannotScore | Illegal,
    method: Method,
    observations: Observations,
    recipe: Recipe,
) -> NoReturn:
    """Raise `Refused` with the node, the unit and the value that the kernel stumbled over."""
    if isinstance(error, NobodyLeft):
        raise refusal(
            "run.nobody-left",
            marked("No unit has the %(share)s %% of indicators that the method asks."),
            share=round(method.stages.availability.units * 100),
        ) from error
    if isinstance(error, TooFewUnits):
        node = method.indicators[error.row]
        raise refusal(
            "run.indicator-availability",
            marked("“%(code)s” has values for %(found)s %% of units; the method asks for %(wanted)s %%."),
            place=Place(column=node.column, field=node.code),
            code=node.code,
            found=round(error.share * 100, 1),
            wanted=round(method.stages.availability.indicators * 100, 1),
        ) from error
    if isinstance(error, CannotScore):
        node = method.indicators[error.row]
        cause = error.cause
        raise refusal(
            f"run.{cause.reason}",
            _UNDEFINED[cause.reason],
            place=Place(column=node.column, field=node.code),
            code=node.code,
            rule=method.normalisation(node).rule,
            value=f"{cause.value:.12g}",
            unit=observations.units[cause.unit] if cause.unit is not None else "",
        ) from error
    code = recipe.plan.codes[error.step.row]
    child = recipe.plan.codes[error.child]
    unit = observations.units[error.unit]
    place = Place(
        row=observations.lines[error.unit],
        line=observations.lines[error.unit],
        column=method.by_code[child].column if method.by_code[child].is_indicator else None,
        field=code,
    )
    if error.value != error.value:
        raise refusal(
            "run.missing-child",
            marked("“%(child)s” of the unit “%(unit)s” is missing, and “%(code)s” allows no gap."),
            place=place,
            child=child,
            unit=unit,
            code=code,
        ) from error
    raise refusal(
        "run.illegal-value",
        marked(
            "“%(child)s” of the unit “%(unit)s” scores %(value)s, and “%(code)s” is a %(mean)s mean, which is not"
            " defined for it."
        ),
        place=place,
        child=child,
        unit=unit,
        value=f"{error.value:.12g}",
        code=code,
        mean=error.step.rule.rule,
    ) from error
