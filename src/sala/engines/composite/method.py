"""A methodology as versioned data: read, checked whole, hashed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sala.engines.composite import lines, rules, schema
from sala.engines.composite.legality import check_legality
from sala.engines.composite.lines import Document
from sala.engines.composite.names import check_names
from sala.engines.composite.problems import Faults, refusal
from sala.engines.composite.rules import (
    Aggregation,
    Availability,
    Denominator,
    Imputation,
    Level,
    Node,
    Normalisation,
    Override,
    Printing,
    Ranking,
    Text,
    Treatment,
    UnitColumns,
)
from sala.engines.composite.structure import Hierarchy, build, check_weights
from sala.engines.wire.canonical import canonical_json, sha256_hex
from sala.engines.wire.errors import Place, marked

DEFAULT_MISSING = ("", "NA", "N/A", "NULL")
STAGES = ("raw", "denominated", "imputed", "treated", "normalised", "aggregated")


@dataclass(frozen=True)
class Stages:
    """The rule of each stage where a node has none of its own."""

    denomination: bool
    availability: Availability
    imputation: Imputation
    treatment: Treatment
    normalisation: Normalisation
    aggregation: Aggregation


@dataclass(frozen=True, eq=False)
class Method:
    """A methodology that was checked whole; make one with `Method.load`.

    Two methods are the same where their `hash` is: it is taken from the values of the document, so comments,
    order of names and line breaks do not count.
    """

    document: Document
    source_text: str
    code: str
    version: str
    title: Text
    description: Text | None
    source: Text | None
    units: UnitColumns
    missing: tuple[str, ...]
    denominators: tuple[Denominator, ...]
    levels: tuple[Level, ...]
    stages: Stages
    nodes: tuple[Node, ...]
    hierarchy: Hierarchy
    printing: Printing
    ranking: Ranking
    overrides: tuple[Override, ...]

    @classmethod
    def load(cls, source: str | Path) -> Method:
        """Read a method from a path, or from YAML text, and check it whole.

        A `str` with a line break or a colon followed by a blank is text; anything else is a path. Raises
        `Refused` with every fault that was found, each with its line.
        """
        if isinstance(source, Path) or not ("\n" in source or ": " in source):
            source = _read_file(Path(source))
        return _checked(source)

    @cached_property
    def hash(self) -> str:
        """The SHA-256 of the method's canonical JSON."""
        return sha256_hex(canonical_json(self.document.value))

    @cached_property
    def by_code(self) -> Mapping[str, Node]:
        """Nodes by their code."""
        return {node.code: node for node in self.nodes}

    @cached_property
    def indicators(self) -> tuple[Node, ...]:
        """The indicators, in the order of the file."""
        return tuple(node for node in self.nodes if node.is_indicator)

    @cached_property
    def aggregates(self) -> tuple[Node, ...]:
        """The aggregates, children before parents; the last one is the index."""
        return tuple(
            self.by_code[code] for code in self.hierarchy.bottom_up if not self.by_code[code].is_indicator
        )

    @property
    def index(self) -> Node:
        """The node at the top."""
        return self.by_code[self.hierarchy.root]

    def children(self, code: str) -> tuple[Node, ...]:
        """Return the children of a node, in the order of the file."""
        return tuple(self.by_code[child] for child in self.hierarchy.children[code])

    def level(self, code: str) -> Level | None:
        """Return the level that a node stands on, where the method names levels."""
        return self.levels[self.hierarchy.depth[code]] if self.levels else None

    def aggregation(self, node: Node) -> Aggregation:
        """Return how a node's children become it: its own rule, else its level's, else the method's."""
        return _aggregation(node, self.levels, self.hierarchy, self.stages)

    def imputation(self, node: Node) -> Imputation:
        """Return the rule for an indicator's missing values."""
        return node.imputation or self.stages.imputation

    def treatment(self, node: Node) -> Treatment:
        """Return the rule for an indicator's outliers."""
        return node.treatment or self.stages.treatment

    def normalisation(self, node: Node) -> Normalisation:
        """Return how an indicator's values become scores."""
        return node.normalisation or self.stages.normalisation


def _aggregation(node: Node, levels: Sequence[Level], hierarchy: Hierarchy, stages: Stages) -> Aggregation:
    level = levels[hierarchy.depth[node.code]] if levels else None
    return node.aggregation or (level.aggregation if level else None) or stages.aggregation


def _read_file(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise refusal(
            "method.unreadable",
            marked("%(path)s cannot be read: %(reason)s."),
            path=str(path),
            reason=error.strerror,
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refusal(
            "method.encoding",
            marked("The file is not UTF-8: byte %(byte)s on this line."),
            place=Place(line=line),
            byte=f"0x{content[error.start]:02X}",
        ) from error


def _checked(text: str) -> Method:
    document = lines.read(text)
    faults = Faults()
    schema.check(document, faults)
    # What follows relies on the form, so it looks only where the form holds.
    faults.refuse_if_any()
    value: dict[str, Any] = document.value
    nodes = tuple(_node(entry, position) for position, entry in enumerate(value["nodes"]))
    levels = tuple(
        Level(entry["code"], rules.required_text(entry["title"]), rules.aggregation(entry.get("aggregation")))
        for entry in value.get("levels", ())
    )
    stages = _stages(value.get("stages", {}))
    units = _units(value["units"])
    hierarchy = build(nodes, levels, document, faults)
    denominators = tuple(
        Denominator(
            entry["code"],
            rules.required_text(entry["title"]),
            entry.get("column", entry["code"]),
            rules.text(entry.get("unit")),
        )
        for entry in value.get("denominators", ())
    )
    if hierarchy:
        weights = value.get("weights", {})
        check_weights(
            nodes, hierarchy, weights.get("sum"), float(weights.get("tolerance", 1e-9)), document, faults
        )
        if not faults:
            check_legality(
                nodes,
                hierarchy,
                {
                    node.code: _aggregation(node, levels, hierarchy, stages)
                    for node in nodes
                    if not node.is_indicator
                },
                {
                    node.code: node.normalisation or stages.normalisation
                    for node in nodes
                    if node.is_indicator
                },
                document,
                faults,
            )
    check_names(value, nodes, denominators, units, stages.imputation, document, faults)
    faults.refuse_if_any()
    if hierarchy is None:
        raise AssertionError("a hierarchy is only missing where faults were found")
    printing = value.get("printing", {})
    ranking = value.get("ranking", {})
    return Method(
        document=document,
        source_text=text,
        code=value["code"],
        version=value["version"],
        title=rules.required_text(value["title"]),
        description=rules.text(value.get("description")),
        source=rules.text(value.get("source")),
        units=units,
        missing=tuple(value.get("missing", DEFAULT_MISSING)),
        denominators=denominators,
        levels=levels,
        stages=stages,
        nodes=nodes,
        hierarchy=hierarchy,
        printing=Printing(printing.get("decimals"), printing.get("half", "up")),
        ranking=Ranking(
            ranking.get("on", "printed" if printing else "exact"),
            ranking.get("ties", "min"),
            tuple(ranking.get("break_by", ())),
        ),
        overrides=tuple(
            Override(
                entry["unit"],
                entry["node"],
                None if entry["value"] is None else float(entry["value"]),
                rules.required_text(entry["reason"]),
            )
            for entry in value.get("overrides", ())
        ),
    )


def _node(entry: Mapping[str, Any], position: int) -> Node:
    normalisation = rules.normalisation(entry.get("normalisation"))
    return Node(
        code=entry["code"],
        title=rules.required_text(entry["title"]),
        parent=entry.get("parent"),
        weight=float(entry.get("weight", 1)),
        position=position,
        note=rules.text(entry.get("note")),
        aggregation=rules.aggregation(entry.get("aggregation")),
        direction={"up": 1, "down": -1}.get(entry.get("direction", ""), 0),
        column=entry.get("column", entry["code"]),
        unit=rules.text(entry.get("unit")),
        denominator=entry.get("denominator"),
        factor=float(entry.get("factor", 1)),
        imputation=rules.imputation(entry.get("imputation")),
        treatment=rules.treatment(entry.get("treatment")),
        normalisation=normalisation,
        target=None if entry.get("target") is None else float(entry["target"]),
    )


def _stages(value: Mapping[str, Any]) -> Stages:
    return Stages(
        denomination=value.get("denomination", {}).get("on", True),
        availability=rules.availability(value.get("availability")),
        imputation=rules.imputation(value.get("imputation")) or Imputation(),
        treatment=rules.treatment(value.get("treatment")) or rules.Treatment(),
        normalisation=rules.normalisation(value.get("normalisation")) or Normalisation(),
        aggregation=rules.aggregation(value.get("aggregation")) or Aggregation(),
    )


def _units(value: Mapping[str, Any]) -> UnitColumns:
    return UnitColumns(
        column=value["column"],
        titles=dict(value.get("titles", {})),
        groups=tuple(value.get("groups", ())),
        carried=tuple(value.get("carried", ())),
        ignored=tuple(value.get("ignored", ())),
        known=tuple(value.get("known", ())),
        complete=value.get("complete", True),
    )
