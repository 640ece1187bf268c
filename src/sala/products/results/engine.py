"""The door to engines/composite: a version's method and table in, a run out, and the run once more for explaining."""

from __future__ import annotations

import math
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sala.engines.composite import ENGINE_VERSION, Method, Run, Table
from sala.engines.composite import compute as compute_run
from sala.engines.wire import DomainError
from sala.kernel.files.interface import StoredFile, open_file
from sala.products.results.models import RankingVersion
from sala.products.results.standings import Number, Outcome


def method_of(text: str) -> Method:
    """Read and check a method; raises `Refused` with every fault and its line."""
    return Method.load(text if "\n" in text else text + "\n")


def table_of(file: StoredFile) -> Table:
    """Read a stored table; raises `Refused` with row and column."""
    with tempfile.TemporaryDirectory(prefix="sala-results-") as folder:
        path = Path(folder) / Path(file.name).name
        with open_file(file) as content, path.open("wb") as copy:
            while piece := content.read(1_048_576):
                copy.write(piece)
        return Table.read(path)


def run_of(method: Method, file: StoredFile) -> Run:
    """Apply a method to a stored table."""
    return compute_run(method, table_of(file))


def outcome_of(run: Run) -> Outcome:
    """Return what pages need of a run: printed scores, ranks, names, and the method as a tree."""
    observations = run.observations
    plan = run.recipe.plan
    titles = observations.titles
    units = list(run.units)
    english = titles.get("en") or titles.get("th") or tuple(units)
    thai = titles.get("th") or english
    index = run.method.index.code
    return Outcome(
        units=units,
        names_th=thai,
        names_en=english,
        scores=_numbers(run.printed(index)),
        ranks=_numbers(run.ranks()),
        nodes={code: _numbers(run.published[row]) for row, code in enumerate(plan.codes)},
        columns={**observations.groups, **observations.carried},
        tree=tree_of(run.method, dict(zip(plan.codes, map(float, plan.effective_weights()), strict=True))),
        method_sha256=run.method_hash,
        data_sha256=run.data_hash,
        result_sha256=run.result_hash,
        engine_version=ENGINE_VERSION,
    )


def _numbers(row: Any) -> list[Number]:
    return [None if math.isnan(value) else float(value) for value in row.tolist()]


def tree_of(method: Method, shares: dict[str, float]) -> dict[str, Any]:
    """Return the method's nodes as nested JSON values, with what each counts for in the whole."""

    def entry(code: str, depth: int, parent: str) -> dict[str, Any]:
        node = method.by_code[code]
        siblings = method.children(parent) if parent else (node,)
        return {
            "code": code,
            "title_th": node.title.th,
            "title_en": node.title.en,
            "note_th": node.note.th if node.note else "",
            "note_en": node.note.en if node.note else "",
            "unit_th": node.unit.th if node.unit else "",
            "unit_en": node.unit.en if node.unit else "",
            "depth": depth,
            "parent": parent,
            "weight": node.weight / sum(sibling.weight for sibling in siblings),
            "share": shares[code],
            "is_indicator": node.is_indicator,
            "column": node.column if node.is_indicator else "",
            "children": []
            if node.is_indicator
            else [entry(child.code, depth + 1, code) for child in method.children(code)],
        }

    return entry(method.index.code, 0, "")


class _Unavailable(Exception):
    """The table cannot be read at this moment; the next reader tries again."""


@lru_cache(maxsize=3)
def _again(version_id: UUID, result_sha256: str) -> Run | None:
    version = RankingVersion.objects.select_related("data").get(pk=version_id)
    if version.data is None:
        return None
    try:
        run = run_of(method_of(version.method_text), version.data)
    except DomainError as error:
        raise _Unavailable from error
    return run if run.result_hash == result_sha256 else None


def run_again(version: RankingVersion) -> Run | None:
    """Return the version's run, computed again and kept for the next reader; nothing when it comes out otherwise.

    A published number is thus only ever explained by a run that arrives at it.
    """
    try:
        return _again(version.pk, version.result_sha256)
    except _Unavailable:
        return None
