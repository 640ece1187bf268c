"""Computes a saved run again, and tells the first place where it parts from what is stored."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from sala.engines.composite import fenced, tables
from sala.engines.composite.exact import Floats
from sala.engines.composite.method import Method
from sala.engines.composite.problems import refusal
from sala.engines.composite.run import Run, compute
from sala.engines.composite.storing import FORMAT, MANIFEST, MOST_BYTES, contents, described, number_text
from sala.engines.composite.table import Table
from sala.engines.composite.version import ENGINE_VERSION
from sala.engines.wire.canonical import sha256_hex
from sala.engines.wire.errors import marked


@dataclass(frozen=True)
class Difference:
    """The first place where a stored run and its recomputation part.

    `where` is a file or a stage; node and unit are given where one number is meant.
    """

    where: str
    node: str | None = None
    unit: str | None = None
    stored: str | None = None
    recomputed: str | None = None


@dataclass(frozen=True)
class Recomputation:
    """What came of computing a stored run again."""

    same: bool
    difference: Difference | None
    stored: Mapping[str, Any]
    run: Run | None

    @property
    def same_engine(self) -> bool:
        """Whether the stored run was made by this version of the engine."""
        return bool(self.stored.get("engine_version") == ENGINE_VERSION)


def _stored(folder: Path) -> dict[str, Any]:
    try:
        value = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise refusal(
            "run.no-manifest",
            marked("%(folder)s holds no run: its manifest is missing or broken."),
            folder=str(folder),
        ) from error
    if not isinstance(value, dict) or value.get("format") != FORMAT or type(value.get("seed")) is not int:
        raise refusal(
            "run.other-format",
            marked("%(folder)s holds a run in a form that this version does not know."),
            folder=str(folder),
        )
    return value


def _again(folder: Path, stored: Mapping[str, Any]) -> Run:
    method = Method.load(folder / "method.yaml")
    table = Table.read(folder / "data.csv", most_bytes=MOST_BYTES)
    return compute(method, table, seed=stored["seed"])


def load(folder: Path) -> Run:
    """Read a saved run by computing it again; refuse a folder whose result is not the one it names."""
    stored = _stored(folder)
    run = _again(folder, stored)
    if any(run.identity[key] != stored.get(key) for key in ("method_hash", "data_hash", "result_hash")):
        raise refusal(
            "run.differs",
            marked("The run in %(folder)s does not come out again; its files or its engine are others."),
            folder=str(folder),
        )
    return run


def recompute(folder: str | Path) -> Recomputation:
    """Compute a stored run again from its own method and data, and compare everything with what is stored.

    A changed byte in any file is found; the difference names the first place, in the order method, data, stages,
    published tables, manifest. Raises `Refused` where the folder holds no run or its input cannot be used.
    """
    folder = Path(folder)
    stored = _stored(folder)
    for name, key in (("method.yaml", "method_hash"), ("data.csv", "data_hash")):
        if not (folder / name).is_file():
            return Recomputation(False, Difference(name, stored=None, recomputed=key), stored, None)
    run = _again(folder, stored)
    difference = _first_difference(folder, stored, run)
    return Recomputation(difference is None, difference, stored, run)


def _first_difference(folder: Path, stored: Mapping[str, Any], run: Run) -> Difference | None:
    for name, key in (("method.yaml", "method_hash"), ("data.csv", "data_hash")):
        found = run.identity[key]
        if stored.get(key) != found:
            return Difference(name, stored=str(stored.get(key)), recomputed=str(found))
    # Another version of the engine that comes to the same numbers has repeated the run; only its name differs.
    told = described(run, str(stored.get("engine_version")))
    files = contents(run, told["id"])
    for name, data in files.items():
        path = folder / name
        if not path.is_file():
            return Difference(name, stored=None, recomputed=sha256_hex(data))
        if name.startswith("stages/"):
            difference = _in_stage(name, path.read_bytes(), _noted(stored).get(name), run)
            if difference:
                return difference
    for name in sorted(files):
        kept = (folder / name).read_bytes()
        # Another version of the Parquet writer packs the same values into other bytes.
        if name.endswith(".parquet"):
            if name == "results.parquet" and not _holds(kept, _noted(stored).get(name), run):
                return Difference(name)
        elif kept != files[name]:
            return _in_text(name, kept, files[name])
        noted = _noted(stored).get(name)
        if noted != {"sha256": sha256_hex(kept), "bytes": len(kept)}:
            return Difference(name, stored=sha256_hex(kept), recomputed=str(noted))
    for key, value in told.items():
        if stored.get(key) != value:
            return Difference(f"{MANIFEST}: {key}", stored=str(stored.get(key)), recomputed=str(value))
    if unknown := sorted((stored.keys() - told.keys() - {"files"}) | (_noted(stored).keys() - files.keys())):
        return Difference(f"{MANIFEST}: {unknown[0]}")
    return None


def _noted(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a manifest says of its files; a broken one says nothing."""
    files = stored.get("files")
    return files if isinstance(files, dict) else {}


def _holds(data: bytes, noted: object, run: Run) -> bool:
    """Whether a Parquet file holds the published table."""
    kept = _frame(data, noted)
    return kept is not None and kept.equals(run.results())


def _frame(data: bytes, noted: object) -> pl.DataFrame | None:
    """Read a Parquet file of ours, or None where it is damaged; bytes that are not as noted are read in a fence."""
    if noted == {"sha256": sha256_hex(data), "bytes": len(data)}:
        return pl.read_parquet(io.BytesIO(data))
    try:
        return fenced.read_parquet(data, most_rows=10**9, most_columns=10**6, most_cells=10**10)
    except (fenced.Unreadable, fenced.TooLarge):
        return None


def _in_stage(name: str, data: bytes, noted: object, run: Run) -> Difference | None:
    stage = Path(name).stem
    kept = _frame(data, noted)
    if kept is None:
        return Difference(name)
    made = tables.stage(run, stage)
    if kept.columns != made.columns or kept["unit"].to_list() != list(run.units):
        return Difference(name)
    for code in made.columns[1:]:
        left = _doubles(kept[code])
        right = _doubles(made[code])
        if left is None or right is None:
            return Difference(name, node=code)
        apart = np.flatnonzero(~((left == right) | (np.isnan(left) & np.isnan(right))))
        if len(apart):
            at = int(apart[0])
            return Difference(
                name, code, run.units[at], number_text(float(left[at])), number_text(float(right[at]))
            )
    return None


def _doubles(series: pl.Series) -> Floats | None:
    if series.dtype != pl.Float64:
        return None
    values: Floats = series.fill_null(float("nan")).to_numpy()
    return values


def _in_text(name: str, kept: bytes, made: bytes) -> Difference:
    """Name the first line, and in a table the column and unit, where two files part."""
    if name.endswith(".json"):
        return Difference(name, stored=sha256_hex(kept), recomputed=sha256_hex(made))
    left, right = (list(csv.reader(io.StringIO(data.decode("utf-8", "replace")))) for data in (kept, made))
    for number, (one, other) in enumerate(zip(left, right, strict=False), 1):
        for at, (mine, theirs) in enumerate(zip(one, other, strict=False)):
            if mine != theirs:
                heading = right[0][at] if name.endswith(".csv") else None
                unit = other[0] if name.endswith(".csv") and number > 1 else None
                return Difference(f"{name}:{number}", heading, unit, mine, theirs)
    return Difference(name, stored=f"{len(left)}", recomputed=f"{len(right)}")
