"""Laws that hold for every table: scale of weights, order of rows, monotony, ranks, bounds."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sala.engines.composite import Refused, Table, compute, copeland, exact, ranking
from sala.engines.composite.tests.building import aggregate, indicator, method

numbers = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
columns = st.integers(3, 12).flatmap(
    lambda n: st.lists(
        st.lists(numbers, min_size=n, max_size=n).filter(lambda c: min(c) < max(c)), min_size=3, max_size=3
    )
)
weights = st.lists(st.integers(1, 9), min_size=3, max_size=3)
fast = settings(max_examples=40, deadline=None)


def three(values: list[list[float]], by: list[float], **more: Any) -> Any:
    made = method(*(indicator(code, weight=w) for code, w in zip("xyz", by, strict=True)), **more)
    return compute(made, table(values))


def table(values: list[list[float]]) -> Table:
    return Table.from_columns(
        {"unit": [f"u{at:02d}" for at in range(len(values[0]))], **dict(zip("xyz", values, strict=True))}
    )


@fast
@given(columns, weights, st.sampled_from([0.1, 0.001, 3, 7.25, 1000]))
def test_the_scale_of_weights_changes_no_bit(values: list[list[float]], by: list[int], scale: float) -> None:
    scaled = [float(Decimal(str(scale)) * w) for w in by]
    one, other = three(values, list(by)), three(values, scaled)
    assert one.scores("index").tobytes() == other.scores("index").tobytes()


@fast
@given(columns, weights, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_changes_no_hash(
    values: list[list[float]], by: list[int], chance: random.Random
) -> None:
    made = method(*(indicator(code, weight=w) for code, w in zip("xyz", by, strict=True)))
    names = [f"u{at:02d}" for at in range(len(values[0]))]
    order = list(range(len(names)))
    chance.shuffle(order)
    shuffled = {"z": values[2], "unit": names, "x": values[0], "y": values[1]}
    one = compute(made, Table.from_columns({"unit": names, **dict(zip("xyz", values, strict=True))}))
    other = compute(
        made, Table.from_columns({name: [column[at] for at in order] for name, column in shuffled.items()})
    )
    assert (one.data_hash, one.result_hash, one.id) == (other.data_hash, other.result_hash, other.id)


@fast
@given(columns, weights, st.sampled_from(["arithmetic", "geometric", "harmonic", "generalised", "minimum"]))
def test_whoever_is_better_everywhere_scores_no_less(
    values: list[list[float]], by: list[int], rule: str
) -> None:
    aggregation = {"rule": rule, **({"power": 2} if rule == "generalised" else {})}
    stages = {"normalisation": {"rule": "min-max", "range": [1, 100]}, "aggregation": aggregation}
    run = three(values, list(by), stages=stages)
    normalised, scores = run.stage("normalised"), run.scores("index")
    for one in range(len(scores)):
        for other in range(len(scores)):
            if (normalised[:, one] >= normalised[:, other]).all():
                assert scores[one] >= scores[other] - 1e-9
    assert (scores >= normalised.min(axis=0) - 1e-9).all()
    assert (scores <= normalised.max(axis=0) + 1e-9).all()


@fast
@given(columns, weights)
def test_means_are_ordered_harmonic_geometric_arithmetic_quadratic(
    values: list[list[float]], by: list[int]
) -> None:
    def scores(**aggregation: Any) -> np.ndarray:
        stages = {"normalisation": {"rule": "min-max", "range": [1, 100]}, "aggregation": aggregation}
        return three(values, list(by), stages=stages).scores("index")

    rising = [
        scores(rule="minimum"),
        scores(rule="harmonic"),
        scores(rule="geometric"),
        scores(rule="arithmetic"),
        scores(rule="generalised", power=2),
    ]
    for lower, upper in pairwise(rising):
        assert (lower <= upper * (1 + 1e-12)).all()
    assert np.allclose(scores(rule="generalised", power=0), rising[2], rtol=1e-13)
    assert np.allclose(scores(rule="generalised", power=-1), rising[1], rtol=1e-13)


@fast
@given(columns, st.sampled_from([(0, 100), (0, 1), (1, 7), (-3, 5)]), st.sampled_from(["up", "down"]))
def test_min_max_reaches_both_ends_and_keeps_the_order(
    values: list[list[float]], span: tuple[float, float], direction: str
) -> None:
    made = method(
        *(indicator(code, direction=direction) for code in "xyz"),
        stages={"normalisation": {"rule": "min-max", "range": list(span)}},
    )
    run = compute(made, table(values))
    for raw, score in zip(run.stage("raw"), run.stage("normalised"), strict=True):
        assert (score.min(), score.max()) == (pytest.approx(span[0]), pytest.approx(span[1]))
        worst = np.argmin(raw) if direction == "up" else np.argmax(raw)
        assert score[worst] == span[0]
        order = np.argsort(raw if direction == "up" else -raw, kind="stable")
        assert (np.diff(score[order]) >= 0).all()


scores_with_gaps = arrays(
    np.float64, st.integers(1, 30), elements=st.one_of(st.integers(0, 6).map(float), st.just(float("nan")))
)


@fast
@given(scores_with_gaps)
def test_ranks_by_each_rule_for_ties(scores: np.ndarray) -> None:
    present = [value for value in scores if value == value]
    found = {ties: ranking.ranks(scores, ties) for ties in ("min", "max", "dense", "average", "ordinal")}
    for at, value in enumerate(scores):
        if value != value:
            assert all(np.isnan(ranks[at]) for ranks in found.values())
            continue
        above = sum(other > value for other in present)
        same = sum(other == value for other in present)
        assert found["min"][at] == above + 1
        assert found["max"][at] == above + same
        assert found["average"][at] == above + (same + 1) / 2
        assert found["dense"][at] == len({other for other in present if other > value}) + 1
        earlier = sum(other == value for other in scores[:at])
        assert found["ordinal"][at] == above + 1 + earlier
    assert sorted(rank for rank in found["ordinal"] if rank == rank) == list(range(1, len(present) + 1))


@fast
@given(scores_with_gaps, st.randoms(use_true_random=False))
def test_a_breaker_decides_between_equal_scores_only(scores: np.ndarray, chance: random.Random) -> None:
    breaker = np.array([float(chance.randint(0, 3)) for _ in scores])
    ranks = ranking.ranks(scores, "min", [breaker])
    for one in range(len(scores)):
        for other in range(len(scores)):
            if scores[one] > scores[other] or (
                scores[one] == scores[other] and breaker[one] > breaker[other]
            ):
                assert ranks[one] < ranks[other]
            elif scores[one] == scores[other] and breaker[one] == breaker[other]:
                assert ranks[one] == ranks[other]


@fast
@given(
    st.lists(st.decimals(-9999, 9999, places=6), min_size=1, max_size=30),
    st.integers(0, 5),
    st.sampled_from(["up", "even"]),
)
def test_rounding_is_that_of_the_decimal_number(values: list[Decimal], decimals: int, half: str) -> None:
    rule = ROUND_HALF_UP if half == "up" else ROUND_HALF_EVEN
    wanted = [float(value.quantize(Decimal(1).scaleb(-decimals), rule)) for value in values]
    rounded = ranking.round_printed(np.array([float(value) for value in values]), decimals, half)
    assert rounded.tolist() == wanted


def test_a_mean_that_is_a_decimal_half_rounds_as_the_half() -> None:
    # 0.1234 and 0.1235 have the mean 0.12345, which a double holds as slightly less.
    run = compute(
        method(indicator("x"), indicator("y"), stages={}, printing={"decimals": 4}),
        Table.from_columns({"unit": ["A"], "x": [0.1234], "y": [0.1235]}),
    )
    assert run.printed("index").tolist() == [0.1235]


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 5).flatmap(
        lambda k: st.tuples(
            st.integers(1, 90).flatmap(
                lambda n: arrays(
                    np.float64,
                    (k, n),
                    elements=st.one_of(st.integers(0, 4).map(float), st.just(float("nan"))),
                )
            ),
            st.lists(st.sampled_from([0.1, 0.2, 0.25, 1.0, 2.0, 0.0123]), min_size=k, max_size=k),
        )
    )
)
def test_copeland_is_that_of_all_pairs(case: tuple[np.ndarray, list[float]]) -> None:
    values, by = case
    exact_weights = [Decimal(str(weight)) for weight in by]
    criteria, count = values.shape
    cells = values.tolist()
    net, met = copeland.net_wins(values, by)
    outranked = copeland.outranking(values, by)
    for one in range(count):
        wins, pairs, row = 0, 0, Decimal(0)
        for other in range(count):
            if one == other:
                continue
            balance = Decimal(0)
            shared = False
            for k in range(criteria):
                left, right = cells[k][one], cells[k][other]
                if left == left and right == right:
                    shared = True
                    balance += exact_weights[k] * ((left > right) - (left < right))
                    row += exact_weights[k] * (
                        Decimal(1) if left > right else Decimal("0.5") if left == right else 0
                    )
            pairs += shared
            wins += (balance > 0) - (balance < 0)
        if np.isnan(values[:, one]).all():
            assert np.isnan(net[one])
            assert np.isnan(outranked[one])
        else:
            assert net[one] == wins
            assert met[one] == pairs
            assert outranked[one] == pytest.approx(float(row / sum(exact_weights)))


@fast
@given(arrays(np.float64, st.integers(1, 50), elements=st.floats(1e-300, 1e300)))
def test_logarithms_and_exponentials_are_right_to_the_last_digits(values: np.ndarray) -> None:
    assert np.allclose(exact.log(values), np.log(values), rtol=4e-16, atol=2e-16)
    powers = np.clip(np.log(values), -700, 700)
    assert np.allclose(exact.exp(powers), np.exp(powers), rtol=5e-16)


@fast
@given(arrays(np.float64, st.integers(1, 200), elements=st.floats(-1e6, 1e6)))
def test_sums_in_halves_are_close_to_the_true_sum(values: np.ndarray) -> None:
    true = float(sum(map(Decimal, values.tolist())))
    assert float(exact.total(values)) == pytest.approx(true, abs=1e-9 + 1e-13 * float(np.abs(values).sum()))


@fast
@given(columns, weights)
def test_contributions_add_up_to_each_score(values: list[list[float]], by: list[int]) -> None:
    nodes = [
        aggregate("index"),
        aggregate("side", "index", weight=2),
        indicator("x", "side", weight=by[0]),
        indicator("y", "side", weight=by[1]),
        indicator("z", weight=by[2]),
    ]
    run = compute(method(*nodes), table(values))
    for unit in run.units:
        explanation = run.explain(unit)
        for part in explanation.index.walk():
            if part.children:
                assert sum(child.contribution or 0.0 for child in part.children) == pytest.approx(part.score)
        leaves = [part for part in explanation.index.walk() if not part.children]
        assert sum(part.contribution_to_index or 0.0 for part in leaves) == pytest.approx(
            explanation.index.score
        )
        assert sum(part.effective_weight for part in leaves) == pytest.approx(1.0)


@fast
@given(columns)
def test_a_constant_indicator_is_refused_by_name(values: list[list[float]]) -> None:
    values = [values[0], [5.0] * len(values[0]), values[2]]
    with pytest.raises(Refused) as caught:
        three(values, [1, 1, 1])
    assert caught.value.code == "composite.run.constant"
    assert caught.value.params["code"] == "y"
