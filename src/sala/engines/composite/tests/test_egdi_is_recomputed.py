"""EGDI 2022: 193 states, printed figures and ranks as the United Nations published them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from sala.engines.composite import Method, Run, Table, compute

FOLDER = Path(__file__).parents[5] / "examples" / "egdi-2022"


@pytest.fixture(scope="module")
def egdi() -> Run:
    return compute(Method.load(FOLDER / "method.yaml"), Table.read(FOLDER / "data.csv"))


@pytest.fixture(scope="module")
def published() -> dict[str, tuple[int, float]]:
    with (FOLDER / "expected" / "printed.csv").open(encoding="utf-8") as file:
        return {row["code"]: (int(row["rank"]), float(row["egdi"])) for row in csv.DictReader(file)}


def test_every_state_has_its_printed_figure_and_rank(
    egdi: Run, published: dict[str, tuple[int, float]]
) -> None:
    assert len(egdi.units) == 193
    found = {
        unit: (int(egdi.ranks()[at]), float(egdi.printed("EGDI")[at])) for at, unit in enumerate(egdi.units)
    }
    assert found == published


def test_thailand_is_fifty_fifth_with_0_7660(egdi: Run) -> None:
    index = egdi.explain("THA").index
    assert index.rank == 55
    assert f"{index.printed:.4f}" == "0.7660"
    assert index.override is None
    assert sum(part.contribution or 0.0 for part in index.children) == pytest.approx(0.766)


def test_without_overrides_the_ranks_stay_and_figures_move_by_one_in_the_last_place(
    egdi: Run, published: dict[str, tuple[int, float]]
) -> None:
    text = (FOLDER / "method.yaml").read_text(encoding="utf-8")
    plain = compute(Method.load(text[: text.index("overrides:")]), Table.read(FOLDER / "data.csv"))
    assert plain.ranks().tolist() == egdi.ranks().tolist()
    apart = np.flatnonzero(plain.printed("EGDI") != egdi.printed("EGDI"))
    assert {plain.units[at] for at in apart} == {one.unit for one in egdi.method.overrides}
    assert np.abs(plain.printed("EGDI") - egdi.printed("EGDI")).max() == pytest.approx(0.0001)


def test_an_override_is_explained_beside_the_computed_figure(egdi: Run) -> None:
    index = egdi.explain("NZL").index
    assert (index.printed, round(index.score or 0, 6)) == (0.9432, 0.943267)
    assert index.override is not None
    assert "UN" in index.override.en


def test_the_units_file_names_the_same_states(egdi: Run) -> None:
    with (FOLDER / "units.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["code"] for row in rows] == list(egdi.units)
    assert tuple(row["numeric"] for row in rows) == egdi.observations.carried["numeric"]
    assert tuple(row["name_th"] for row in rows) == egdi.observations.titles["th"]
    assert all(len(row["numeric"]) == 3 and len(row["alpha2"]) == 2 for row in rows)
