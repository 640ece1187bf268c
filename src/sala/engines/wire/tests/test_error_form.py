"""A refused action becomes one form of problem document (RFC 9457)."""

from __future__ import annotations

import doctest
from pathlib import Path

from sala.engines.wire.errors import DomainError, NotAllowed, Place, Problem


def test_a_problem_tells_code_reason_and_place() -> None:
    error = DomainError(
        "registry.import.unknown-kind",
        "%(kind)s is not a kind of organisation.",
        params={"kind": "x"},
        place=Place(row=7, column="C"),
    )
    assert Problem.of(error, types="https://sala.example/problems/").members() == {
        "type": "https://sala.example/problems/registry.import.unknown-kind",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "x is not a kind of organisation.",
        "code": "registry.import.unknown-kind",
        "errors": [{"detail": "x is not a kind of organisation.", "row": 7, "column": "C"}],
    }


def test_a_refusal_is_403_and_empty_members_are_left_out() -> None:
    problem = Problem.of(NotAllowed("cases.open", "No."))
    assert problem.members() == {
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
        "detail": "No.",
        "code": "cases.open",
    }
    assert Problem("about:blank", "Error", 499).members() == {
        "type": "about:blank",
        "title": "Error",
        "status": 499,
    }
    assert Problem.of(DomainError("a.b", "x", status=799)).title == "Error"


def test_the_examples_of_the_readme_run() -> None:
    readme = Path(__file__).parents[1] / "README.md"
    failed, tried = doctest.testfile(str(readme), module_relative=False)
    assert tried > 5
    assert failed == 0
