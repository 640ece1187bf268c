"""A saved run comes out again bit by bit, is whole or not there, and any change in it is found and named."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pytest

from sala.engines.composite import Refused, Run, Table, compute, recompute
from sala.engines.composite.tests.building import indicator, method, title

UNITS = {"column": "code", "titles": {"th": "ชื่อ", "en": "name"}, "groups": ["kind"], "carried": ["iso"]}


@pytest.fixture
def run() -> Run:
    made = method(
        indicator("x", denominator="people", weight=0.25),
        indicator("y", column="คอลัมน์ y", weight=0.75, direction="down"),
        units=UNITS,
        denominators=[{"code": "people", "title": title()}],
        stages={"normalisation": {"rule": "min-max"}, "imputation": {"rule": "mean"}},
        printing={"decimals": 3},
        overrides=[{"unit": "C", "node": "index", "value": 1.5, "reason": title("Printed so")}],
    )
    table = Table.from_columns(
        {
            "code": ["B", "A", "C", 'ง,"x"'],
            "ชื่อ": ["ข", "ก", "ค\nต่อ", "ง"],
            "name": ["b", "a", "c", ""],
            "kind": ["k", "k", "l", ""],
            "iso": ["001", "002", "", "x"],
            "people": [10, 20.5, 1e-9, 3],
            "x": [0.1, None, 1e-300, -0.0],
            "คอลัมน์ y": [1, 2, 3, 1e20],
        }
    )
    return compute(made, table, seed=7)


def test_a_saved_run_is_the_same_run(run: Run, tmp_path: Path) -> None:
    folder = run.save(tmp_path / "run")
    again = Run.load(folder)
    assert again.id == run.id
    assert again.identity == run.identity
    assert again.seed == 7
    found = recompute(folder)
    assert found.same
    assert found.difference is None
    assert found.same_engine


def test_the_folder_holds_what_it_says(run: Run, tmp_path: Path) -> None:
    folder = run.save(tmp_path / "deep" / "run")
    stored = json.loads((folder / "manifest.json").read_bytes())
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {*stored["files"], "manifest.json"}
    assert (stored["id"], stored["result_hash"], stored["units"]) == (run.id, run.result_hash, 4)
    frame = pl.read_parquet(folder / "results.parquet")
    assert frame.equals(run.results())
    results = json.loads((folder / "results.json").read_bytes())
    assert [unit["rank"] for unit in results["units"]] == frame["rank"].to_list()
    overridden = next(unit for unit in results["units"] if unit["unit"] == "C")
    assert overridden["overrides"][0]["printed"] == 1.5
    assert overridden["overrides"][0]["reason"]["en"] == "Printed so"
    assert (
        (folder / "results.csv")
        .read_text(encoding="utf-8")
        .startswith("unit,rank,title_th,title_en,kind,iso,index\n")
    )
    # No trace of the moment or the machine: the same run twice is the same bytes.
    other = run.save(tmp_path / "other")
    for name in files:
        assert (folder / name).read_bytes() == (other / name).read_bytes()


def edited(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def test_each_changed_file_is_found_and_the_first_difference_named(run: Run, tmp_path: Path) -> None:
    folder = run.save(tmp_path / "run")
    edited(folder / "results.csv", "1.5", "2.5")
    difference = recompute(folder).difference
    assert difference is not None
    assert (difference.where, difference.node, difference.unit) == ("results.csv:4", "index", "C")
    assert (difference.stored, difference.recomputed) == ("2.5", "1.5")

    folder = run.save(tmp_path / "method")
    edited(folder / "method.yaml", "weight: 0.25", "weight: 0.5")
    difference = recompute(folder).difference
    assert difference is not None
    assert (difference.where, difference.stored) == ("method.yaml", run.method_hash)

    folder = run.save(tmp_path / "data")
    edited(folder / "data.csv", "20.5", "20.25")
    difference = recompute(folder).difference
    assert difference is not None
    assert difference.where == "data.csv"
    with pytest.raises(Refused) as caught:
        Run.load(folder)
    assert caught.value.code == "composite.run.differs"

    folder = run.save(tmp_path / "comment")
    (folder / "method.yaml").write_text(
        (folder / "method.yaml").read_text(encoding="utf-8") + "# hm\n", encoding="utf-8"
    )
    # A comment changes no number, but the file is no longer the one that the manifest names.
    difference = recompute(folder).difference
    assert difference is not None
    assert difference.where == "method.yaml"


@pytest.mark.parametrize(
    "name", ["results.json", "results.parquet", "stages/treated.parquet", "manifest.json", "data.csv"]
)
def test_a_flipped_bit_is_found_or_refused(run: Run, tmp_path: Path, name: str) -> None:
    folder = run.save(tmp_path / "run")
    content = (folder / name).read_bytes()
    # Each damaged Parquet file starts a process of its own, so fewer are tried.
    for at in range(0, len(content), max(1, len(content) // (4 if name.endswith("parquet") else 15))):
        flipped = bytearray(content)
        flipped[at] ^= 1
        (folder / name).write_bytes(flipped)
        try:
            same = recompute(folder).same
        except Refused:
            same = False
        assert not same, at


def test_another_version_of_the_engine_that_comes_to_the_same_numbers_repeats_the_run(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run.save(tmp_path / "run")
    monkeypatch.setattr("sala.engines.composite.proving.ENGINE_VERSION", "9.0.0")
    monkeypatch.setattr("sala.engines.composite.run.ENGINE_VERSION", "9.0.0")
    found = recompute(folder)
    assert found.same
    assert not found.same_engine


def test_one_number_of_a_stage_is_named_with_node_and_unit(run: Run, tmp_path: Path) -> None:
    folder = run.save(tmp_path / "run")
    path = folder / "stages" / "normalised.parquet"
    frame = pl.read_parquet(path)
    frame.with_columns(
        pl.when(pl.col("unit") == "B").then(pl.col("y") + 1e-13).otherwise(pl.col("y")).alias("y")
    ).write_parquet(path)
    difference = recompute(folder).difference
    assert difference is not None
    assert (difference.where, difference.node, difference.unit) == ("stages/normalised.parquet", "y", "B")
    assert difference.stored != difference.recomputed


def test_a_missing_file_and_a_folder_that_is_no_run_are_told(run: Run, tmp_path: Path) -> None:
    folder = run.save(tmp_path / "run")
    (folder / "stages" / "raw.parquet").unlink()
    difference = recompute(folder).difference
    assert difference is not None
    assert difference.where == "stages/raw.parquet"
    with pytest.raises(Refused) as caught:
        recompute(tmp_path)
    assert caught.value.code == "composite.run.no-manifest"
    (tmp_path / "manifest.json").write_text('{"format": "another/1"}')
    with pytest.raises(Refused) as caught:
        recompute(tmp_path)
    assert caught.value.code == "composite.run.other-format"


def test_a_folder_is_not_overwritten_unless_it_is_a_run_to_replace(run: Run, tmp_path: Path) -> None:
    folder = run.save(tmp_path / "run")
    with pytest.raises(Refused) as caught:
        run.save(folder)
    assert caught.value.code == "composite.run.folder-taken"
    run.save(folder, replace=True)
    other = tmp_path / "mine"
    other.mkdir()
    (other / "letter.txt").write_text("mine")
    for replace in (False, True):
        with pytest.raises(Refused):
            run.save(other, replace=replace)
    assert (other / "letter.txt").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "run"]


def test_nothing_is_half_written_where_writing_fails(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0

    def failing(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(Refused) as caught:
        run.save(tmp_path / "run")
    assert caught.value.code == "composite.run.unwritable"
    assert "No space left" in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_seed_method_and_data_each_change_the_identity(run: Run) -> None:
    made = method(indicator("x"), indicator("y"))
    table = Table.from_columns({"unit": ["A", "B"], "x": [1, 2], "y": [3, 5]})
    one = compute(made, table)
    assert compute(made, table, seed=1).id != one.id
    assert compute(made, table, seed=1).result_hash == one.result_hash
    other = compute(made, Table.from_columns({"unit": ["A", "B"], "x": [1, 2], "y": [3, 5.000000001]}))
    assert other.data_hash != one.data_hash
    assert other.result_hash != one.result_hash
    heavier = compute(method(indicator("x", weight=2), indicator("y")), table)
    assert heavier.method_hash != one.method_hash


def test_stages_that_change_nothing_have_the_hash_of_the_one_before(run: Run) -> None:
    made = compute(method(indicator("x")), Table.from_columns({"unit": ["A", "B"], "x": [1, 2]}))
    hashes = made.stage_hashes
    assert hashes["raw"] == hashes["denominated"] == hashes["imputed"] == hashes["treated"]
    assert hashes["normalised"] != hashes["treated"]
