"""Keeps a run as a folder that proves itself, and tells the first difference where it does not.

    method.yaml              the method as it was written
    data.csv                 the observations, in the order of units and of the method's columns
    results.csv .json .parquet   what is published
    stages/<stage>.parquet   every stage, exact
    manifest.json            hashes of data, method, result and every file

The folder is written beside its place, flushed, and renamed: it is there whole or not at all.
"""

from __future__ import annotations

import csv
import ctypes
import io
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from sala.engines.composite import fenced, tables
from sala.engines.composite.exact import Floats
from sala.engines.composite.method import STAGES, Method
from sala.engines.composite.problems import Refused, refusal
from sala.engines.composite.run import Run, compute
from sala.engines.composite.table import Table
from sala.engines.composite.version import ENGINE_VERSION
from sala.engines.wire.canonical import canonical_json, sha256_hex
from sala.engines.wire.errors import marked

FORMAT = "sala-composite-run/1"
MANIFEST = "manifest.json"
MOST_BYTES = 1024 * 1024 * 1024
PROBES = 10


def number_text(value: float) -> str:
    """Return a number in the shortest digits that read back as the same double; missing is empty."""
    if np.isnan(value):
        return ""
    return repr(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))


# --- writing ----------------------------------------------------------------------------------------------


def contents(run: Run, identifier: str | None = None) -> dict[str, bytes]:
    """Return every file of a saved run but the manifest.

    The results carry the run's id; `identifier` stands in for it where a run of another version is repeated.
    """
    files = {
        "method.yaml": run.method.source_text.encode("utf-8"),
        "data.csv": _data(run),
        "results.csv": _csv(run.results()),
        "results.json": _results_json(run, identifier or run.id),
        "results.parquet": _parquet(run.results()),
    }
    for stage in STAGES:
        files[f"stages/{stage}.parquet"] = _parquet(tables.stage(run, stage))
    return files


def described(run: Run, engine_version: str = ENGINE_VERSION) -> dict[str, Any]:
    """Return what the manifest says of the run itself; it carries no time and no machine."""
    identity = {**run.identity, "engine_version": engine_version}
    return {
        "format": FORMAT,
        "id": sha256_hex(canonical_json(identity)),
        **identity,
        "method": {"code": run.method.code, "version": run.method.version},
        "units": len(run.units),
        "ranked": int(np.count_nonzero(~np.isnan(run.ranks()))),
        "stages": dict(run.stage_hashes),
    }


def manifest(run: Run, files: Mapping[str, bytes]) -> bytes:
    """Return the manifest of a run and its files."""
    digests = {name: {"sha256": sha256_hex(data), "bytes": len(data)} for name, data in files.items()}
    return canonical_json({**described(run), "files": digests})


def save(run: Run, folder: Path, *, replace: bool = False) -> Path:
    """Write the run to `folder`, whole or not at all.

    An existing folder is refused; with `replace` an earlier run in it gives way, anything else is still refused.
    """
    folder = Path(os.path.abspath(folder))
    if os.path.lexists(folder) and not (_is_empty(folder) or (replace and (folder / MANIFEST).is_file())):
        raise refusal(
            "run.folder-taken",
            marked("%(folder)s is already there, and is not a run that may be replaced.")
            if replace
            else marked("%(folder)s is already there."),
            folder=str(folder),
        )
    files = contents(run)
    files[MANIFEST] = manifest(run, files)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        (partial / "stages").mkdir()
        for name, data in files.items():
            with (partial / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        partial.chmod(0o755)
        for path in (partial / "stages", partial):
            _flush(path)
        # An empty folder gives way to a rename; an earlier run changes places with the new one in one step.
        if not os.path.lexists(folder) or _is_empty(folder):
            partial.rename(folder)
        elif not _exchanged(partial, folder):
            earlier = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            folder.rename(earlier)
            partial.rename(folder)
            shutil.rmtree(earlier)
        _flush(folder.parent)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can (Linux's renameat2)."""
    call = getattr(ctypes.CDLL(None), "renameat2", None)
    here, exchange = -100, 2
    return call is not None and call(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0


def _unwritable(folder: Path, error: OSError) -> Refused:
    return refusal(
        "run.unwritable",
        marked("%(folder)s cannot be written: %(reason)s."),
        folder=str(folder),
        reason=error.strerror or "?",
    )


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir())


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _data(run: Run) -> bytes:
    method, observations = run.method, run.observations
    columns: list[tuple[str, Sequence[str]]] = [(method.units.column, observations.units)]
    columns += [(method.units.titles[key], texts) for key, texts in observations.titles.items()]
    columns += [*observations.groups.items(), *observations.carried.items()]
    columns += [
        (size.column, [number_text(value) for value in observations.denominators[size.code]])
        for size in method.denominators
    ]
    columns += [
        (node.column, [number_text(value) for value in observations.values[row]])
        for row, node in enumerate(method.indicators)
    ]
    return _rows([name for name, _ in columns], zip(*(values for _, values in columns), strict=True))


def _rows(heading: Sequence[str], rows: Any) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _csv(frame: pl.DataFrame) -> bytes:
    def shown(cell: object) -> object:
        return "" if cell is None else number_text(cell) if isinstance(cell, float) else cell

    return _rows(frame.columns, ([shown(cell) for cell in row] for row in frame.iter_rows()))


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True)
    return buffer.getvalue()


def _results_json(run: Run, identifier: str) -> bytes:
    observations, method = run.observations, run.method
    ranks, index = run.ranks(), method.index.code
    overridden: dict[str, list[dict[str, Any]]] = {}
    for one in method.overrides:
        overridden.setdefault(one.unit, []).append(
            {
                "node": one.node,
                "printed": one.value,
                "computed": _json(run.scores(one.node)[run.position(one.unit)]),
                "reason": {"th": one.reason.th, "en": one.reason.en},
            }
        )
    units = []
    for at in tables.order_by_rank(run):
        entry: dict[str, Any] = {
            "unit": run.units[at],
            "rank": _json(ranks[at]),
            "index": _json(run.printed(index)[at]),
            "included": bool(run.included[at]),
            "titles": {language: texts[at] for language, texts in observations.titles.items()},
            "groups": {column: texts[at] for column, texts in observations.groups.items()},
            "carried": {column: texts[at] for column, texts in observations.carried.items()},
            "printed": {node.code: _json(run.printed(node.code)[at]) for node in method.aggregates},
            "exact": {node.code: _json(run.scores(node.code)[at]) for node in method.aggregates},
        }
        if run.units[at] in overridden:
            entry["overrides"] = overridden[run.units[at]]
        units.append(entry)
    return canonical_json(
        {
            "format": "sala-composite-results/1",
            "method": {
                "code": method.code,
                "version": method.version,
                "title": {"th": method.title.th, "en": method.title.en},
                "hash": run.method_hash,
            },
            "index": index,
            "id": identifier,
            "units": units,
        }
    )


def _json(value: float) -> float | int | None:
    if np.isnan(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


# --- reading ----------------------------------------------------------------------------------------------


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
