"""Refusals as data: every fault of a method or a table, kept with its place and shown in either language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext

from sala.engines.composite import Refused, advice
from sala.engines.wire.errors import DomainError, Place


@dataclass(frozen=True)
class Fault:
    """One fault as a page shows it: where (method or data), its place, and the sentence."""

    part: str
    code: str
    sentence: str
    row: int | None = None
    line: int | None = None
    column: str = ""
    field: str = ""
    advice: str = ""


def as_data(error: DomainError, *, part: str) -> list[dict[str, Any]]:
    """Return the faults of an error as JSON values: English template and params, so that both languages can show it."""
    problems: Sequence[DomainError] = error.problems if isinstance(error, Refused) else (error,)
    return [
        {
            "part": part,
            "code": problem.code,
            "template": _source(problem.template),
            "params": {
                name: value if isinstance(value, int | float | str) else str(value)
                for name, value in problem.params.items()
            },
            "place": _place(problem.place),
        }
        for problem in problems
    ]


def _source(template: object) -> str:
    """Return the English source of a lazily translated sentence."""
    if isinstance(template, Promise):
        from django.utils.translation import override

        with override(None):
            return str(template)
    return str(template)


def _place(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    named = {"row": place.row, "line": place.line, "column": place.column, "field": place.field}
    return {name: value for name, value in named.items() if value is not None}


def shown(problems: Sequence[dict[str, Any]]) -> list[Fault]:
    """Return stored faults with their sentences in the language that is active now."""
    made = []
    for problem in problems:
        error = DomainError(problem["code"], problem["template"], params=problem["params"])
        place = problem.get("place", {})
        made.append(
            Fault(
                problem["part"],
                problem["code"],
                error.message,
                place.get("row"),
                place.get("line"),
                place.get("column", ""),
                place.get("field", ""),
                gettext(hint) if (hint := advice(error)) else "",
            )
        )
    return made
