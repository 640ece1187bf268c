"""Every way a method can be wrong is refused with its line, before any data is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sala.engines.composite import Method, Refused, advice
from sala.engines.composite.tests.building import aggregate, document, indicator, text, title

GOOD = """\
format: sala-composite/1
code: test
version: "1"
title: {th: ก, en: a}
units: {column: unit}
stages:
  normalisation: {rule: min-max, range: [0, 100]}
nodes:
  - {code: index, title: {th: ก, en: a}}
  - {code: one, title: {th: ก, en: a}, parent: index, direction: up}
  - {code: two, title: {th: ก, en: a}, parent: index, direction: down}
"""


def refused(source: str) -> Refused:
    with pytest.raises(Refused) as caught:
        Method.load(source)
    return caught.value


def codes(value: dict[str, Any]) -> set[str]:
    return {problem.code.removeprefix("composite.method.") for problem in refused(text(value)).problems}


def test_the_good_method_is_taken() -> None:
    method = Method.load(GOOD)
    assert [node.code for node in method.indicators] == ["one", "two"]
    assert method.index.code == "index"


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("parent: index, direction: up", "parent: nowhere, direction: up", "unknown-parent", 10),
        ("code: two", "code: one", "duplicate-code", 11),
        ("direction: up", "direction: sideways", "choice", 10),
        ("direction: up", "direction: up, weigth: 1", "unknown-field", 10),
        ("direction: up", "direction: up, weight: heavy", "type", 10),
        ("direction: up", "direction: up, weight: -1", "limit", 10),
        ("code: one", 'code: "หนึ่ง"', "code-form", 10),
        ("units: {column: unit}\n", "", "required", 1),
        ("{rule: min-max, range: [0, 100]}", "{rule: min-max, range: [100, 0]}", "empty-range", 10),
        ("{rule: min-max, range: [0, 100]}", "{rule: min-max, low: 3}", "unknown-field", 7),
        ("{rule: min-max, range: [0, 100]}", "{rule: log-odds}", "choice", 7),
        ("{rule: min-max, range: [0, 100]}", "{rule: goalposts, low: 1}", "required", 7),
        ("{rule: min-max, range: [0, 100]}", "{rule: goalposts, low: 9, high: 1}", "goalposts", 10),
        ("{rule: min-max, range: [0, 100]}", "{rule: distance-to-target}", "no-target", 10),
        ("{rule: min-max, range: [0, 100]}", "{rule: none}", "direction-without-scale", 11),
        ("{rule: min-max, range: [0, 100]}", "{rule: anchors, points: [[2, 0], [1, 1]]}", "anchor-order", 10),
        ("{rule: min-max, range: [0, 100]}", "{rule: anchors, points: [[1, 0], [2, 1]]}", "anchor-direction", 11),
        ("parent: index, direction: up", "direction: up", "two-roots", 10),
        (", direction: down", "", "childless", 11),
        ("parent: index, direction: down", "parent: one, direction: down", "indicator-with-children", 10),
        ('version: "1"', "version: 1", "type", 3),
        ("sala-composite/1", "sala-composite/9", "choice", 1),
        ("code: test", "code: test\ncode: again", "repeated-key", 3),
        ("code: test", "code: &a test", "ok", 0),
        ("code: test", "code: !!python/name:os.system test", "tag", 2),
        ("title: {th: ก, en: a}\nunits", "title: &t {th: ก, en: a}\nsource: *t\nunits", "alias", 5),
        ("nodes:", "nodes: [", "yaml", None),
        ("column: unit", "column: one", "column-used-twice", 10),
        ("title: {th: ก, en: a}\nunits", "title: {en: a}\nunits", "required", 4),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_line(old: str, new: str, code: str, line: int | None) -> None:
    assert old in GOOD
    source = GOOD.replace(old, new, 1)
    if code == "ok":
        Method.load(source)
        return
    error = refused(source)
    assert f"composite.method.{code}" in {problem.code for problem in error.problems}
    found = next(problem for problem in error.problems if problem.code.endswith(code))
    if line is not None:
        assert found.place is not None
        assert found.place.line == line
    assert "%(" not in found.message


def test_a_cycle_is_told_with_its_path() -> None:
    value = document(
        aggregate("a", "b"),
        aggregate("b", "c"),
        aggregate("c", "a"),
        indicator("x", "index"),
        indicator("y", "a"),
    )
    error = refused(text(value))
    assert error.code == "composite.method.cycle"
    assert "a → b → c → a" in error.message
    assert error.place is not None
    assert error.place.field == "nodes[1].parent"


def test_a_node_that_is_its_own_parent_is_a_cycle() -> None:
    assert "cycle" in codes(document(indicator("x"), indicator("y", "y")))


def test_no_node_at_the_top_is_refused() -> None:
    value = document(indicator("x"))
    value["nodes"][0]["parent"] = "x"
    assert codes(value) & {"cycle", "no-root"}


def test_weights_must_sum_where_the_method_says_so() -> None:
    nodes = [indicator("x", weight=0.3), indicator("y", weight=0.6)]
    assert codes(document(*nodes, weights={"sum": 1})) == {"weights-do-not-sum"}
    Method.load(text(document(*nodes)))
    thirds = [indicator(code, weight=0.1) for code in "abcdefghij"]
    # Ten tenths are one, though ten binary tenths are not.
    Method.load(text(document(*thirds, weights={"sum": 1, "tolerance": 0})))


def test_a_parent_whose_children_all_weigh_nothing_is_refused() -> None:
    assert codes(document(indicator("x", weight=0), indicator("y", weight=0))) == {"no-weight"}


@pytest.mark.parametrize(
    ("normalisation", "aggregation", "legal"),
    [
        ({"rule": "z-score"}, {"rule": "geometric"}, False),
        ({"rule": "z-score", "mean": 100, "deviation": 10}, {"rule": "geometric"}, True),
        ({"rule": "z-score"}, {"rule": "harmonic"}, False),
        ({"rule": "z-score"}, {"rule": "generalised", "power": 2}, False),
        ({"rule": "z-score"}, {"rule": "generalised", "power": 1}, True),
        ({"rule": "z-score"}, {"rule": "arithmetic"}, True),
        ({"rule": "min-max", "range": [0, 100]}, {"rule": "geometric"}, False),
        ({"rule": "min-max", "range": [1, 100]}, {"rule": "geometric"}, True),
        ({"rule": "min-max", "range": [0, 100]}, {"rule": "geometric", "zeros": "allow"}, True),
        ({"rule": "min-max", "range": [-1, 1]}, {"rule": "geometric", "zeros": "allow"}, False),
        ({"rule": "min-max", "range": [0, 100]}, {"rule": "generalised", "power": 0.5}, True),
        ({"rule": "min-max", "range": [0, 100]}, {"rule": "generalised", "power": -1}, False),
        ({"rule": "borda"}, {"rule": "harmonic"}, False),
        ({"rule": "rank"}, {"rule": "harmonic"}, True),
        ({"rule": "percentile-rank"}, {"rule": "geometric"}, False),
        ({"rule": "distance-to-maximum"}, {"rule": "geometric"}, False),
        ({"rule": "goalposts", "low": 0, "high": 1}, {"rule": "geometric"}, True),
    ],
)
def test_pairs_that_can_never_work_are_refused_before_any_data(
    normalisation: dict[str, Any], aggregation: dict[str, Any], legal: bool
) -> None:
    value = document(
        indicator("x"),
        indicator("y"),
        stages={"normalisation": normalisation, "aggregation": aggregation},
    )
    if legal:
        Method.load(text(value))
        return
    error = refused(text(value))
    assert error.code == "composite.method.illegal-pair"
    assert error.params["code"] == "index"
    assert error.params["child"] == "x"
    assert advice(error) is not None


def test_net_copeland_scores_do_not_go_into_a_geometric_mean() -> None:
    nodes = [
        aggregate("index", aggregation={"rule": "geometric"}),
        aggregate("side", "index", aggregation={"rule": "copeland"}),
        indicator("x", "side"),
        indicator("y", "side"),
    ]
    assert codes(document(*nodes)) == {"illegal-pair"}
    nodes[1]["aggregation"]["score"] = "share"
    Method.load(text(document(*nodes)))


def test_names_that_do_not_exist_are_refused() -> None:
    assert codes(document(indicator("x", denominator="GDP"))) == {"unknown-denominator"}
    assert codes(
        document(indicator("x"), stages={"imputation": {"rule": "group-mean", "group": "kind"}})
    ) == {"unknown-group"}
    assert codes(document(indicator("x"), ranking={"break_by": ["z"]})) == {"unknown-node"}
    override = {"unit": "A", "node": "z", "value": 1, "reason": title()}
    assert codes(document(indicator("x"), overrides=[override])) == {"unknown-override"}
    known = {"column": "unit", "known": ["B"]}
    assert codes(document(indicator("x"), units=known, overrides=[{**override, "node": "index"}])) == {
        "unknown-override-unit"
    }
    gate = {"rule": "arithmetic", "gates": [{"child": "z", "at_least": 1}]}
    assert codes(document(aggregate("index", aggregation=gate), indicator("x"))) == {"unknown-gate"}


def test_levels_must_reach_as_deep_as_the_nodes() -> None:
    levels = [{"code": "index", "title": title()}]
    assert codes(document(indicator("x"), levels=levels)) == {"too-few-levels"}


def test_fields_of_the_other_kind_of_node_are_refused() -> None:
    assert codes(document(aggregate("index", column="c"), indicator("x"))) == {"misplaced-field"}
    assert codes(document(indicator("x", aggregation={"rule": "arithmetic"}))) == {"misplaced-field"}


def test_all_faults_are_told_at_once() -> None:
    error = refused(text(document(indicator("x", "p"), indicator("y", "q"), indicator("y"))))
    assert [problem.code.rpartition(".")[2] for problem in error.problems] == [
        "duplicate-code",
        "unknown-parent",
        "unknown-parent",
        "column-used-twice",
    ]


def test_a_path_without_a_file_and_a_wrong_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        Method.load(tmp_path / "none.yaml")
    assert caught.value.code == "composite.method.unreadable"
    path = tmp_path / "thai.yaml"
    path.write_bytes(GOOD.replace("ก", "ไทย").encode("cp874"))
    with pytest.raises(Refused) as caught:
        Method.load(path)
    assert caught.value.code == "composite.method.encoding"
    assert caught.value.place is not None
    assert caught.value.place.line == 4


def test_words_of_old_yaml_stay_words() -> None:
    value = text(document(indicator("x"))) + "missing: [no, 'NA', 1:30]\n"
    assert Method.load(value).missing == ("no", "NA", "1:30")


def test_comments_and_order_do_not_change_the_hash() -> None:
    lines = GOOD.splitlines()
    turned = "\n".join(["# a comment", *lines[4:], *lines[:4]])
    assert Method.load(turned).hash == Method.load(GOOD).hash
    assert Method.load(GOOD.replace("[0, 100]", "[0, 10]")).hash != Method.load(GOOD).hash
