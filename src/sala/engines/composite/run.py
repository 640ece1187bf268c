"""A run: a method applied to a table, with every stage kept, and a hash that anyone can arrive at again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sala.engines.composite import pipeline, ranking
from sala.engines.composite.aggregating import Illegal
from sala.engines.composite.exact import Bools, Floats
from sala.engines.composite.method import STAGES, Method
from sala.engines.composite.observations import Observations, bind, digest
from sala.engines.composite.pipeline import Context, Processed, Recipe
from sala.engines.composite.problems import Faults
from sala.engines.composite.refusals import refuse_kernel
from sala.engines.composite.rules import Override
from sala.engines.composite.table import Table
from sala.engines.composite.version import ENGINE_NAME, ENGINE_VERSION
from sala.engines.wire.canonical import canonical_json, sha256_hex
from sala.engines.wire.errors import Place, marked

if TYPE_CHECKING:
    import polars as pl

    from sala.engines.composite.explaining import Explanation


@dataclass(frozen=True, eq=False)
class Run:
    """What `compute` gives: units in the order of their codes, every stage, printed figures and ranks.

    `seed` is part of a run's identity; the stages here draw nothing from it.
    """

    method: Method
    observations: Observations
    seed: int
    recipe: Recipe
    processed: Processed

    # --- identity ----------------------------------------------------------------------------------------

    @property
    def data_hash(self) -> str:
        """The SHA-256 of the canonical data: neither order of rows nor form of file counts."""
        return self.observations.hash

    @property
    def method_hash(self) -> str:
        """The SHA-256 of the method's canonical JSON."""
        return self.method.hash

    @cached_property
    def stage_hashes(self) -> Mapping[str, str]:
        """The SHA-256 of each stage's matrix, and of what is published."""
        units = list(self.units)
        made: dict[int, str] = {}
        found: dict[str, str] = {}
        for stage in STAGES:
            matrix = self.stage(stage)
            # A stage that changed nothing is the same matrix as the one before.
            if id(matrix) not in made or stage == "aggregated":
                nodes = self.recipe.plan.codes if stage == "aggregated" else self.observations.indicators
                made[id(matrix)] = digest({"units": units, "nodes": list(nodes)}, matrix)
            found[stage] = made[id(matrix)]
        found["published"] = digest(
            {"units": units, "nodes": [*self.recipe.plan.codes, "rank"]}, [*self.published, self.ranks()]
        )
        return found

    @cached_property
    def result_hash(self) -> str:
        """The SHA-256 of all stages and of what is published."""
        return sha256_hex(canonical_json(dict(self.stage_hashes)))

    @cached_property
    def id(self) -> str:
        """The content id of the run: data, method, engine, seed and result in one SHA-256."""
        return sha256_hex(canonical_json(self.identity))

    @property
    def identity(self) -> Mapping[str, str | int]:
        """What the content id is made of."""
        return {
            "engine": ENGINE_NAME,
            "engine_version": ENGINE_VERSION,
            "method_hash": self.method_hash,
            "data_hash": self.data_hash,
            "seed": self.seed,
            "result_hash": self.result_hash,
        }

    # --- numbers -----------------------------------------------------------------------------------------

    @property
    def units(self) -> tuple[str, ...]:
        """The codes of units, sorted; columns of every matrix are in this order."""
        return self.observations.units

    @cached_property
    def _position(self) -> Mapping[str, int]:
        return {unit: at for at, unit in enumerate(self.units)}

    def position(self, unit: str) -> int:
        """Return the column of a unit, or raise `Refused` where there is none."""
        if unit not in self._position:
            faults = Faults()
            faults.add(
                "run.unknown-unit",
                marked("There is no unit “%(unit)s” in this run."),
                unit=unit,
                place=Place(field="unit"),
            )
            faults.refuse_if_any()
        return self._position[unit]

    def stage(self, name: str) -> Floats:
        """Return the matrix of a stage: raw, denominated, imputed, treated, normalised or aggregated.

        Rows are indicators in the method's order; `aggregated` has the aggregates below them, the index last.
        """
        if name not in STAGES:
            raise KeyError(name)
        matrix: Floats = self.processed.scores if name == "aggregated" else getattr(self.processed, name)
        return matrix

    def scores(self, code: str) -> Floats:
        """Return the exact scores of a node."""
        row: Floats = self.processed.scores[self.recipe.plan.row[code]]
        return row

    @cached_property
    def published(self) -> Floats:
        """The figures as printed, for each node of the plan: rounded, then overridden where the method says."""
        figures = pipeline.printed(self.recipe, self.processed.scores)
        if self.method.overrides:
            figures = figures.copy()
            for override in self.method.overrides:
                value = np.nan if override.value is None else override.value
                figures[self.recipe.plan.row[override.node], self._position[override.unit]] = value
        figures.flags.writeable = False
        return figures

    def printed(self, code: str) -> Floats:
        """Return the figures of a node as they are published."""
        row: Floats = self.published[self.recipe.plan.row[code]]
        return row

    def _ranked(self, code: str) -> Floats:
        """Return what the ranks of a node are made from."""
        if self.recipe.ranking.on == "printed":
            return self.printed(code)
        if not self.method.overrides:
            return self.scores(code)
        exact = self.scores(code).copy()
        for override in self.method.overrides:
            if override.node == code:
                exact[self._position[override.unit]] = np.nan if override.value is None else override.value
        return exact

    @cached_property
    def _ranks(self) -> dict[tuple[str, str | None], Floats]:
        """Ranks that were asked for; pages ask for those of every node, unit after unit."""
        return {}

    def ranks(self, code: str | None = None, *, within: str | None = None) -> Floats:
        """Return ranks by a node (the index where none is named); NaN where a unit is not ranked.

        `within` names a group column: units are then ranked among those of their group.
        """
        index = self.method.index.code
        key = (code or index, within)
        if key not in self._ranks:
            figures = self._ranked(key[0])
            if within is not None:
                result = self._ranks_within(figures, within)
            elif key[0] == index:
                result = pipeline.rank_index(self.recipe, figures, self.processed.scores)
            else:
                result = ranking.ranks(figures, self.recipe.ranking.ties)
            result.flags.writeable = False
            self._ranks[key] = result
        return self._ranks[key]

    def _ranks_within(self, figures: Floats, column: str) -> Floats:
        groups = np.asarray(self.observations.groups[column])
        result = np.full(len(self.units), np.nan)
        for group in set(self.observations.groups[column]):
            members = groups == group
            result[members] = ranking.ranks(figures[members], self.recipe.ranking.ties)
        return result

    @property
    def included(self) -> Bools:
        """Which units have data enough to be scored."""
        return self.processed.included

    def override(self, unit: str, code: str) -> Override | None:
        """Return the override of a figure, where there is one."""
        return next((one for one in self.method.overrides if one.unit == unit and one.node == code), None)

    # --- ways out ----------------------------------------------------------------------------------------

    def explain(self, unit: str) -> Explanation:
        """Return how a unit's figure came about, from the index down to each observation."""
        from sala.engines.composite.explaining import explain

        return explain(self, unit)

    def results(self, *, indicators: bool = False) -> pl.DataFrame:
        """Return the published table: a row for each unit by rank, a column for each aggregate.

        With `indicators` their scores are added.
        """
        from sala.engines.composite.tables import results

        return results(self, indicators=indicators)

    def save(self, folder: str | Path, *, replace: bool = False) -> Path:
        """Write the run as a folder, whole or not at all; see `storing`."""
        from sala.engines.composite.storing import save

        return save(self, Path(folder), replace=replace)

    @classmethod
    def load(cls, folder: str | Path) -> Run:
        """Read a saved run, computing it again; raise `Refused` where the result is not the stored one."""
        from sala.engines.composite.proving import load

        return load(Path(folder))


def compute(method: Method, table: Table, *, seed: int = 0) -> Run:
    """Apply a method to a table.

    Raises `Refused` with every fault of the table by row and column, or with the node, unit and value where a
    rule is not defined; then nothing was computed.
    """
    observations = bind(method, table)
    recipe = Recipe.of(method)
    _check_against_units(method, observations)
    context = Context(
        observations.units,
        observations.denominators,
        {
            column: np.unique(np.asarray(names), return_inverse=True)[1].reshape(-1)
            for column, names in observations.groups.items()
        },
    )
    try:
        processed = pipeline.process(recipe, observations.values, context)
    except (pipeline.TooFewUnits, pipeline.NobodyLeft, pipeline.CannotScore, Illegal) as error:
        refuse_kernel(error, method, observations, recipe)
    for matrix in (
        processed.raw,
        processed.denominated,
        processed.imputed,
        processed.treated,
        processed.scores,
    ):
        matrix.flags.writeable = False
    return Run(method, observations, seed, recipe, processed)


def _check_against_units(method: Method, observations: Observations) -> None:
    """Check what the method says of units that only the table knows, and sizes that nothing can be divided by."""
    faults = Faults()
    units = set(observations.units)
    document = method.document
    for number, override in enumerate(method.overrides):
        if override.unit not in units:
            faults.add(
                "method.unknown-override-unit",
                marked("The override names the unit “%(name)s”, which the method does not know."),
                place=document.place("overrides", number, "unit"),
                name=override.unit,
            )
    used = {node.denominator for node in method.indicators if node.denominator}
    for size in method.denominators:
        if size.code not in used or not method.stages.denomination:
            continue
        for at in np.flatnonzero(observations.denominators[size.code] == 0.0):
            faults.add(
                "table.zero-denominator",
                marked("“%(column)s” of the unit “%(unit)s” is zero, and indicators are divided by it."),
                place=Place(row=observations.lines[at], line=observations.lines[at], column=size.column),
                column=size.column,
                unit=observations.units[at],
            )
    faults.refuse_if_any()
