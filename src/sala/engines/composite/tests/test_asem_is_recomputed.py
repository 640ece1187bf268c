"""ASEM, stage by stage, against the tables that COINr 1.1.14 computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sala.engines.composite import Method, Run, Table, compute
from sala.engines.composite.method import STAGES

FOLDER = Path(__file__).parents[5] / "examples" / "asem"


@pytest.fixture(scope="module")
def asem() -> Run:
    return compute(Method.load(FOLDER / "method.yaml"), Table.read(FOLDER / "data.csv"))


def expected(name: str) -> pl.DataFrame:
    return pl.read_csv(FOLDER / "expected" / f"{name}.csv", infer_schema_length=None, null_values=["NA"])


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_agrees_with_coinr_to_a_billionth(asem: Run, stage: str) -> None:
    table = expected(stage).sort("uCode")
    assert table["uCode"].to_list() == list(asem.units)
    codes = asem.recipe.plan.codes if stage == "aggregated" else asem.observations.indicators
    assert set(codes) == set(table.columns) - {"uCode"}
    for row, code in enumerate(codes):
        theirs = table[code].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        ours = asem.stage(stage)[row]
        np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9, err_msg=f"{stage} {code}")


def test_printed_results_and_ranks_are_those_of_coinr(asem: Run) -> None:
    theirs = expected("results")
    ours = asem.results(indicators=True)
    assert ours["unit"].to_list() == theirs["uCode"].to_list()
    assert ours["rank"].to_list() == theirs["Rank"].to_list()
    for code in asem.recipe.plan.codes:
        assert ours[code].to_list() == theirs[code].to_list(), code


def test_the_treated_indicators_are_named_with_what_was_done(asem: Run) -> None:
    rows = {code: row for row, code in enumerate(asem.observations.indicators)}
    done = {code: asem.processed.treatments[row].did for code, row in rows.items()}
    raw, treated = expected("imputed").sort("uCode"), expected("treated").sort("uCode")
    for code, did in done.items():
        assert (did != "nothing") == (
            not raw[code].cast(pl.Float64).equals(treated[code].cast(pl.Float64))
        ), code
    assert {"nothing", "winsorised"} <= set(done.values())
