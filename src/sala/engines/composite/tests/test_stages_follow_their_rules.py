"""Each rule of each stage, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sala.engines.composite import Method, Refused, Run, Table, compute
from sala.engines.composite.tests.building import aggregate, document, indicator, method, table, text, title

NONE = float("nan")


def scored(
    values: list[Any], normalisation: dict[str, Any], direction: str = "up", **more: Any
) -> list[float]:
    made = method(
        indicator("x", direction=direction, **more),
        stages={"normalisation": normalisation},
    )
    found: list[float] = compute(made, table(x=values)).stage("normalised")[0].tolist()
    return found


@pytest.mark.parametrize(
    ("values", "rule", "direction", "wanted"),
    [
        ([1, 2, 5], {"rule": "min-max"}, "up", [0, 25, 100]),
        ([1, 2, 5], {"rule": "min-max"}, "down", [100, 75, 0]),
        ([1, None, 5], {"rule": "min-max", "range": [1, 2]}, "up", [1, NONE, 2]),
        ([4, 4, 4], {"rule": "min-max", "constant": 50}, "up", [50, 50, 50]),
        ([-1, 2, 9], {"rule": "goalposts", "low": 0, "high": 4, "range": [0, 1]}, "up", [0, 0.5, 1]),
        ([-1, 2, 9], {"rule": "goalposts", "low": 0, "high": 4, "range": [0, 1]}, "down", [1, 0.5, 0]),
        ([-1, 2, 9], {"rule": "goalposts", "low": 0, "high": 4, "range": [0, 1], "truncate": False}, "up", [-0.25, 0.5, 2.25]),
        ([1, 2, 3], {"rule": "z-score"}, "up", [-1, 0, 1]),
        ([1, 2, 3], {"rule": "z-score", "mean": 50, "deviation": 10}, "down", [60, 50, 40]),
        ([30, 10, 20, 20], {"rule": "rank"}, "up", [4, 1, 2, 2]),
        ([30, 10, 20, 20], {"rule": "rank", "ties": "average"}, "up", [4, 1, 2.5, 2.5]),
        ([30, 10, 20, 20], {"rule": "rank", "ties": "max"}, "down", [1, 4, 3, 3]),
        ([30, 10, 20, 20], {"rule": "borda"}, "up", [3, 0, 1, 1]),
        ([30, 10, None, 20], {"rule": "percentile-rank"}, "up", [1, 0, NONE, 0.5]),
        ([1, 3, 5], {"rule": "distance-to-maximum"}, "up", [0, 0.5, 1]),
        ([1, 3, 5], {"rule": "distance-to-maximum"}, "down", [1, 0.5, 0]),
        ([1, 3, 5], {"rule": "distance-to-reference", "reference": "u001"}, "up", [0, 1, 2]),
        ([1, 3, 5], {"rule": "distance-to-reference", "reference": "u001", "cap": True}, "up", [0, 1, 1]),
        ([1, 3, 5], {"rule": "distance-to-reference", "reference": "u001"}, "down", [2, 1, 0]),
        ([1, 3, 5], {"rule": "distance-to-target", "target": 9}, "up", [0, 0.25, 0.5]),
        ([1, 3, 5], {"rule": "distance-to-target", "target": 0}, "down", [0.8, 0.4, 0]),
        ([1, 2, 4], {"rule": "fraction-of-maximum"}, "up", [0.25, 0.5, 1]),
        ([1, 2, 4], {"rule": "fraction-of-maximum"}, "down", [1, 0.5, 0.25]),
        ([0, 5, 10, 20], {"rule": "anchors", "points": [[0, 0], [10, 1]]}, "up", [0, 0.5, 1, 2]),
        ([0, 5, 10, 20], {"rule": "anchors", "points": [[0, 0], [10, 1]], "outside": "hold"}, "up", [0, 0.5, 1, 1]),
        ([-1, 1, 2, 4, 9], {"rule": "anchors", "points": [[0, 100], [2, 40], [4, 0]], "outside": "hold"}, "down", [100, 70, 40, 0, 0]),
        ([1, 2, None], {"rule": "none"}, "up", [1, 2, NONE]),
        ([1, 2, None], {"rule": "min-max", "on": False}, "up", [1, 2, NONE]),
    ],
)  # fmt: skip
def test_normalisation(values: list[Any], rule: dict[str, Any], direction: str, wanted: list[float]) -> None:
    np.testing.assert_allclose(scored(values, rule, direction), wanted, rtol=1e-15, atol=1e-15)


def test_the_target_of_an_indicator_serves_the_distance_to_it() -> None:
    assert scored([1, 3, 5], {"rule": "distance-to-target"}, target=9) == [0, 0.25, 0.5]


@pytest.mark.parametrize(
    ("values", "rule", "direction", "code"),
    [
        ([4, 4], {"rule": "min-max"}, "up", "constant"),
        ([0.1, 0.1, 0.1], {"rule": "z-score"}, "up", "constant"),
        ([4, 4], {"rule": "distance-to-maximum"}, "up", "constant"),
        ([None, None], {"rule": "min-max"}, "up", "empty"),
        ([None, 3], {"rule": "percentile-rank"}, "up", "too-few"),
        ([1, 3], {"rule": "distance-to-reference", "reference": "u000"}, "up", "aim-is-worst"),
        ([1, 3], {"rule": "distance-to-reference", "reference": "u009"}, "up", "no-reference"),
        ([1, 3, None], {"rule": "distance-to-reference", "reference": "u002"}, "up", "reference-missing"),
        ([1, 3], {"rule": "distance-to-target", "target": 0}, "up", "target-behind"),
        ([1, -3], {"rule": "fraction-of-maximum"}, "up", "not-positive"),
        ([1, 0], {"rule": "fraction-of-maximum"}, "down", "not-positive"),
    ],
)
def test_a_score_that_does_not_exist_is_refused(
    values: list[Any], rule: dict[str, Any], direction: str, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        scored(values, rule, direction)
    assert caught.value.code == f"composite.run.{code}"
    assert caught.value.params["code"] == "x"
    assert "%(" not in caught.value.message


# --- denomination, imputation, availability ---------------------------------------------------------------------


def test_denomination_divides_and_multiplies_and_can_be_switched_off() -> None:
    nodes = [indicator("x", denominator="people", factor=1000), indicator("y", factor=2)]
    sizes = {"denominators": [{"code": "people", "title": title()}]}
    columns = {"x": [1, 2, 3], "y": [1, 2, 3], "people": [10, None, 20]}
    run = compute(method(*nodes, **sizes, stages={}), table(**columns))
    np.testing.assert_array_equal(run.stage("denominated"), [[100, NONE, 150], [2, 4, 6]])
    off = compute(method(*nodes, **sizes, stages={"denomination": {"on": False}}), table(**columns))
    np.testing.assert_array_equal(off.stage("denominated"), off.stage("raw"))
    with pytest.raises(Refused) as caught:
        compute(method(*nodes, **sizes), table(**{**columns, "people": [10, 0, 20]}))
    assert caught.value.code == "composite.table.zero-denominator"
    assert caught.value.place is not None
    assert (caught.value.place.row, caught.value.place.column) == (2, "people")


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ({"rule": "none"}, [1, NONE, 3, 8, NONE]),
        ({"rule": "mean"}, [1, 4, 3, 8, 4]),
        ({"rule": "median"}, [1, 3, 3, 8, 3]),
        ({"rule": "group-mean", "group": "kind"}, [1, 2, 3, 8, NONE]),
        ({"rule": "group-median", "group": "kind", "fallback": "mean"}, [1, 2, 3, 8, 4]),
        ({"rule": "mean", "on": False}, [1, NONE, 3, 8, NONE]),
    ],
)
def test_imputation(rule: dict[str, Any], wanted: list[float]) -> None:
    units = {"column": "unit", "groups": ["kind"]}
    made = method(indicator("x"), units=units, stages={"imputation": rule})
    run = compute(made, table(x=[1, None, 3, 8, None], kind=["a", "a", "a", "b", "c"]))
    np.testing.assert_array_equal(run.stage("imputed")[0], wanted)
    assert run.processed.filled[0].tolist() == [
        False,
        wanted[1] == wanted[1],
        False,
        False,
        wanted[4] == wanted[4],
    ]


def test_an_indicator_may_have_its_own_imputation() -> None:
    made = method(
        indicator("x"), indicator("y", imputation={"rule": "none"}), stages={"imputation": {"rule": "mean"}}
    )
    run = compute(made, table(x=[1, None, 3], y=[1, None, 3]))
    np.testing.assert_array_equal(run.stage("imputed"), [[1, 2, 3], [1, NONE, 3]])


def test_units_with_too_little_data_are_left_out_of_everything() -> None:
    stages = {"availability": {"units": 0.5}, "normalisation": {"rule": "min-max"}}
    made = method(indicator("x"), indicator("y"), indicator("z"), stages=stages)
    run = compute(made, table(x=[1, 900, 3, 2], y=[1, None, 3, None], z=[1, None, 3, 2]))
    assert run.included.tolist() == [True, False, True, True]
    # The 900 of the unit left out does not stretch the scale of the others.
    np.testing.assert_array_equal(run.stage("normalised")[0], [0, NONE, 100, 50])
    np.testing.assert_array_equal(run.ranks(), [3, NONE, 1, 2])
    explanation = run.explain("u001")
    assert not explanation.included
    assert explanation.share_present == pytest.approx(1 / 3)
    assert explanation.index.score is None
    assert run.results()["rank"].to_list() == [1, 2, 3, None]


def test_availability_after_imputation_counts_what_was_filled() -> None:
    stages = {"availability": {"units": 0.9, "after": "imputation"}, "imputation": {"rule": "mean"}}
    run = compute(method(indicator("x"), indicator("y"), stages=stages), table(x=[1, 2], y=[1, None]))
    assert run.included.all()


def test_too_little_data_of_an_indicator_or_of_everybody_is_refused() -> None:
    made = method(indicator("x"), indicator("y"), stages={"availability": {"indicators": 0.6}})
    with pytest.raises(Refused) as caught:
        compute(made, table(x=[1, 2], y=[1, None]))
    assert (caught.value.code, caught.value.params["code"]) == ("composite.run.indicator-availability", "y")
    made = method(indicator("x"), indicator("y"), stages={"availability": {"units": 1}})
    with pytest.raises(Refused) as caught:
        compute(made, table(x=[1, None], y=[None, 2]))
    assert caught.value.code == "composite.run.nobody-left"
    assert "100 %" in caught.value.message


# --- treatment --------------------------------------------------------------------------------------------------

SPIKE = [*range(1, 21), 500]


def treated(values: list[Any], rule: dict[str, Any]) -> Run:
    return compute(method(indicator("x"), stages={"treatment": rule}), table(x=values))


def test_an_outlier_is_moved_to_the_next_value_inside() -> None:
    run = treated(SPIKE, {"rule": "winsorise-then-log"})
    assert run.stage("treated")[0].tolist() == [*range(1, 21), 20]
    done = run.processed.treatments[0]
    assert (done.did, done.high.sum(), done.low.sum()) == ("winsorised", 1, 0)
    assert done.skew > 2 > abs(done.skew_after)
    observation = run.explain("u020").find("x").observation
    assert observation is not None
    assert (observation.raw, observation.treated, observation.treatment) == (500, 20, "winsorised-high")


def test_a_low_outlier_is_moved_up() -> None:
    run = treated([-500, *range(1, 21)], {"rule": "winsorise"})
    assert run.stage("treated")[0].tolist() == [1, *range(1, 21)]
    assert run.processed.treatments[0].low.sum() == 1


def test_too_many_outliers_end_in_a_logarithm_of_the_untreated_values() -> None:
    values = [float(9**at) for at in range(15)]
    run = treated(values, {"rule": "winsorise-then-log", "points": 1})
    assert run.processed.treatments[0].did == "log"
    lowest, highest = min(values), max(values)
    wanted = np.log(np.array(values) - lowest + 0.01 * (highest - lowest))
    np.testing.assert_allclose(run.stage("treated")[0], wanted, rtol=1e-14)


def test_winsorising_alone_stops_at_its_number_of_points() -> None:
    values = [*range(1, 31), 1000, 2000, 3000]
    run = treated(
        [float(value) for value in values], {"rule": "winsorise", "points": 2, "skew": 0.1, "kurtosis": -9}
    )
    assert run.processed.treatments[0].high.sum() == 2
    assert run.stage("treated")[0].max() == 1000


def test_a_distribution_that_passes_or_cannot_be_judged_is_left_alone() -> None:
    for values in (list(range(20)), [1, 1, 9], [5, 5, 5, 5, 5]):
        run = treated([float(value) for value in values], {"rule": "winsorise-then-log"})
        assert run.processed.treatments[0].did == "nothing"
        assert run.stage("treated") is run.stage("imputed")
    assert treated(SPIKE, {"rule": "none"}).stage("treated")[0].max() == 500
    assert treated(SPIKE, {"rule": "winsorise", "on": False}).stage("treated")[0].max() == 500
    assert treated(list(range(1, 9)), {"rule": "log", "always": True}).processed.treatments[0].did == "log"


# --- aggregation ------------------------------------------------------------------------------------------------


def combined(
    aggregation: dict[str, Any], *columns: list[Any], weights: list[float] | None = None
) -> list[float]:
    names = "xyz"[: len(columns)]
    made = method(
        *(indicator(code, weight=(weights or [1] * 3)[at]) for at, code in enumerate(names)),
        stages={"aggregation": aggregation},
    )
    found: list[float] = (
        compute(made, table(**dict(zip(names, columns, strict=True)))).scores("index").tolist()
    )
    return found


@pytest.mark.parametrize(
    ("aggregation", "columns", "weights", "wanted"),
    [
        ({"rule": "arithmetic"}, ([1, 2], [4, 8]), [3, 1], [1.75, 3.5]),
        ({"rule": "geometric"}, ([1, 4], [4, 9]), None, [2, 6]),
        ({"rule": "geometric", "zeros": "allow"}, ([0, 4], [4, 9]), None, [0, 6]),
        ({"rule": "harmonic"}, ([1, 2], [3, 6]), None, [1.5, 3]),
        ({"rule": "harmonic", "zeros": "allow"}, ([0, 2], [3, 6]), None, [0, 3]),
        ({"rule": "generalised", "power": 2}, ([1, 2], [7, 14]), None, [5, 10]),
        ({"rule": "generalised", "power": 0.5}, ([0, 4], [4, 16]), None, [1, 9]),
        ({"rule": "minimum"}, ([1, 9], [3, 2]), None, [1, 2]),
        ({"rule": "copeland"}, ([3, 2, 1], [1, 2, 3], [3, 2, 1]), None, [2, 0, -2]),
        ({"rule": "copeland", "score": "share"}, ([3, 2, 1], [1, 2, 3], [3, 2, 1]), None, [1, 0.5, 0]),
        ({"rule": "outranking"}, ([3, 2, 1], [1, 2, 3]), None, [1, 1, 1]),
        ({"rule": "arithmetic"}, ([1, None], [3, 5]), [1, 3], [2.5, 5]),
        (
            {"rule": "arithmetic", "missing": {"rule": "rescale", "minimum": 0.6}},
            ([1, None], [3, 5]),
            None,
            [2, NONE],
        ),
        ({"rule": "arithmetic", "missing": {"rule": "absent"}}, ([1, None], [3, 5]), None, [2, NONE]),
        (
            {"rule": "arithmetic", "missing": {"rule": "value", "value": 0}},
            ([1, None], [3, 5]),
            None,
            [2, 2.5],
        ),
        ({"rule": "geometric"}, ([4, None], [9, 5]), None, [6, 5]),
        ({"rule": "minimum"}, ([4, None], [9, 5]), None, [4, 5]),
        ({"rule": "arithmetic"}, ([None, 1], [None, 3]), None, [NONE, 2]),
        ({"rule": "arithmetic"}, ([None, 1], [2, 3]), [0, 1], [2, 3]),
    ],
)
def test_aggregation(
    aggregation: dict[str, Any],
    columns: tuple[list[Any], ...],
    weights: list[float] | None,
    wanted: list[float],
) -> None:
    np.testing.assert_allclose(combined(aggregation, *columns, weights=weights), wanted, rtol=1e-14)


@pytest.mark.parametrize(
    ("aggregation", "value"),
    [
        ({"rule": "geometric"}, -1),
        ({"rule": "geometric"}, 0),
        ({"rule": "harmonic"}, 0),
        ({"rule": "harmonic", "zeros": "allow"}, -0.5),
        ({"rule": "generalised", "power": 2}, -1),
    ],
)
def test_a_value_that_a_mean_is_not_defined_for_is_named_with_its_unit(
    aggregation: dict[str, Any], value: float
) -> None:
    with pytest.raises(Refused) as caught:
        combined(aggregation, [1, 2, 3], [4, value, 8])
    error = caught.value
    assert error.code == "composite.run.illegal-value"
    assert (error.params["code"], error.params["child"], error.params["unit"]) == ("index", "y", "u001")
    assert error.place is not None
    assert (error.place.row, error.place.column) == (2, "y")


def test_the_unit_is_named_rightly_where_others_were_left_out() -> None:
    stages = {"availability": {"units": 1}, "aggregation": {"rule": "geometric"}}
    made = method(indicator("x"), indicator("y"), stages=stages)
    with pytest.raises(Refused) as caught:
        compute(made, table(x=[None, 2, 3], y=[1, 2, -3]))
    assert caught.value.params["unit"] == "u002"


def test_a_gap_is_refused_where_the_method_allows_none() -> None:
    with pytest.raises(Refused) as caught:
        combined({"rule": "arithmetic", "missing": {"rule": "refuse"}}, [1, 2], [3, None])
    assert caught.value.code == "composite.run.missing-child"
    assert (caught.value.params["child"], caught.value.params["unit"]) == ("y", "u001")


def test_each_level_and_node_may_have_its_own_rule() -> None:
    levels = [
        {"code": "index", "title": title(), "aggregation": {"rule": "geometric"}},
        {"code": "side", "title": title(), "aggregation": {"rule": "minimum"}},
        {"code": "indicator", "title": title()},
    ]
    nodes = [
        aggregate("index"),
        aggregate("a", "index"),
        aggregate("b", "index", aggregation={"rule": "arithmetic"}),
        indicator("w", "a"),
        indicator("x", "a"),
        indicator("y", "b"),
        indicator("z", "b"),
    ]
    run = compute(method(*nodes, levels=levels, stages={}), table(w=[4], x=[5], y=[8], z=[10]))
    assert (run.scores("a")[0], run.scores("b")[0]) == (4, 9)
    assert run.scores("index")[0] == pytest.approx(6)
    assert run.method.level("x") is run.method.levels[2]


def test_a_ragged_and_deep_hierarchy_is_computed_bottom_up() -> None:
    nodes = [indicator("x", "d"), indicator("y", "index"), aggregate("index")]
    nodes += [aggregate(code, parent) for code, parent in zip("abcd", ["index", *"abc"], strict=True)]
    run = compute(method(*nodes, stages={}), table(x=[2, 4], y=[4, 8]))
    assert run.scores("index").tolist() == [3, 6]
    assert run.recipe.plan.codes[-1] == "index"


def test_a_gate_caps_or_bars_whoever_does_not_reach_it() -> None:
    def index(gate: dict[str, Any]) -> Run:
        rule = {"rule": "arithmetic", "gates": [{"child": "x", "at_least": 40, **gate}]}
        return compute(
            method(aggregate("index", aggregation=rule), indicator("x"), indicator("y"), stages={}),
            table(x=[30, 40, 20, None], y=[90, 90, 10, 90]),
        )

    capped = index({"cap": 50})
    assert capped.scores("index").tolist() == [50, 65, 15, 50]
    np.testing.assert_array_equal(index({}).scores("index"), [NONE, 65, NONE, NONE])
    part = capped.explain("u000").index
    assert [(gate.child, gate.at_least, gate.score, gate.cap) for gate in part.gates] == [("x", 40, 30, 50)]
    assert part.children[0].contribution_to_index is None
    assert capped.explain("u001").index.gates == ()


# --- printing, ranking, overrides ----------------------------------------------------------------------------------


def ranked(**more: Any) -> list[float]:
    made = method(indicator("x"), indicator("y"), stages={}, **more)
    found: list[float] = compute(made, table(x=[1.04, 1.0, 3, 0], y=[1, 1, 3, 9])).ranks().tolist()
    return found


def test_ranks_are_made_from_printed_or_exact_figures() -> None:
    assert ranked() == [3, 4, 2, 1]
    assert ranked(printing={"decimals": 1}) == [3, 3, 2, 1]
    assert ranked(printing={"decimals": 1}, ranking={"on": "exact"}) == [3, 4, 2, 1]
    assert ranked(printing={"decimals": 1}, ranking={"ties": "average"}) == [3.5, 3.5, 2, 1]
    assert ranked(printing={"decimals": 1}, ranking={"ties": "ordinal"}) == [3, 4, 2, 1]
    assert ranked(printing={"decimals": 1}, ranking={"break_by": ["x"]}) == [3, 4, 2, 1]


def test_an_override_is_printed_and_ranked_and_changes_no_other_node() -> None:
    reason = title("Printed so by the office")
    override = {"unit": "u003", "node": "index", "value": 2, "reason": reason}
    made = method(indicator("x"), indicator("y"), stages={}, overrides=[override])
    run = compute(made, table(x=[1.04, 1.0, 3, 0], y=[1, 1, 3, 9]))
    assert run.printed("index")[3] == 2
    assert run.scores("index")[3] == 4.5
    assert run.ranks().tolist() == [3, 4, 1, 2]
    hidden = method(indicator("x"), indicator("y"), stages={}, overrides=[{**override, "value": None}])
    np.testing.assert_array_equal(
        compute(hidden, table(x=[1, 2, 3, 0], y=[1, 2, 3, 9])).ranks(), [3, 2, 1, NONE]
    )
    with pytest.raises(Refused) as caught:
        compute(made, table(x=[1.0], y=[2.0]))
    assert caught.value.code == "composite.method.unknown-override-unit"


def test_ranks_within_a_group() -> None:
    made = method(indicator("x"), units={"column": "unit", "groups": ["kind"]}, stages={})
    run = compute(made, table(x=[1, 2, 3, 4], kind=["a", "b", "a", "b"]))
    assert run.ranks(within="kind").tolist() == [2, 2, 1, 1]


def test_an_explanation_leads_from_the_index_to_the_observation() -> None:
    sizes = {"denominators": [{"code": "people", "title": title()}]}
    nodes = [
        aggregate("index"),
        aggregate("side", "index", weight=3, aggregation={"rule": "geometric"}),
        indicator("x", "side", denominator="people"),
        indicator("y", "side"),
        indicator("z", weight=1),
    ]
    stages = {"normalisation": {"rule": "min-max", "range": [1, 101]}, "imputation": {"rule": "mean"}}
    made = method(*nodes, **sizes, stages=stages)
    run = compute(
        made,
        Table.from_columns(
            {"unit": ["A", "B", "C"], "x": [2, 4, 12], "y": [1, 2, 3], "z": [None, 1, 3], "people": [2, 2, 2]}
        ),
    )
    explanation = run.explain("A")
    x = explanation.find("x").observation
    assert x is not None
    assert (x.raw, x.denominator, x.denominator_value, x.denominated, x.normalised) == (2, "people", 2, 1, 1)
    assert x.scale == {"minimum": 1, "maximum": 6, "low": 1, "high": 101}
    z = explanation.find("z").observation
    assert z is not None
    assert (z.raw, z.imputed, z.imputation) == (None, 2, "mean")
    side = explanation.find("side")
    assert [part.contribution_kind for part in side.children] == ["factor", "factor"]
    assert np.prod([part.contribution for part in side.children]) == pytest.approx(side.score)
    assert (side.share, side.children[0].effective_weight) == (0.75, 0.375)
    assert side.children[0].contribution_to_index is None
    assert side.contribution_to_index == pytest.approx(0.75 * side.score)
    assert explanation.as_dict()["index"]["children"][0]["code"] == "side"
    with pytest.raises(Refused) as caught:
        run.explain("Z")
    assert caught.value.code == "composite.run.unknown-unit"
    with pytest.raises(Refused):
        explanation.find("nothing")


def test_portions_of_a_harmonic_mean_are_parts_of_its_sum() -> None:
    made = method(indicator("x"), indicator("y"), stages={"aggregation": {"rule": "harmonic"}})
    parts = compute(made, table(x=[1], y=[3])).explain("u000").index.children
    assert [part.contribution for part in parts] == pytest.approx([0.75, 0.25])
    assert {part.contribution_kind for part in parts} == {"portion"}


def test_a_method_says_how_it_reads_itself() -> None:
    made = Method.load(text(document(indicator("x"), description=title("Why"), source=title("Who"))))
    assert made.description is not None
    assert made.description.in_language("en") == "Why"
    assert made.source is not None
    assert made.source.in_language("th-TH") == "ก"
