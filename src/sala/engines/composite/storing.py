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
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from sala.engines.composite import tables
from sala.engines.composite.method import STAGES
from sala.engines.composite.problems import Refused, refusal
from sala.engines.composite.run import Run
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
