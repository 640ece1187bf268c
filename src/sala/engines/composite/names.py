"""Checks that every name a method speaks of exists, stands where it may, and means one thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sala.engines.composite.lines import Document
from sala.engines.composite.problems import Faults
from sala.engines.composite.rules import Denominator, Imputation, Node, UnitColumns
from sala.engines.wire.errors import Place, marked

INDICATOR_FIELDS = frozenset(
    {"column", "unit", "denominator", "factor", "target", "imputation", "treatment", "normalisation"}
)


def check_names(
    value: Mapping[str, Any],
    nodes: Sequence[Node],
    denominators: Sequence[Denominator],
    units: UnitColumns,
    imputation: Imputation,
    document: Document,
    faults: Faults,
) -> None:
    """Check that every name a rule speaks of exists."""
    codes = {node.code: node for node in nodes}
    sizes = [denominator.code for denominator in denominators]
    for position, size in enumerate(sizes):
        if size in sizes[:position]:
            faults.add(
                "method.duplicate-code",
                marked("The code “%(code)s” is already taken by the node on line %(line)s."),
                place=document.place("denominators", position),
                code=size,
                line=document.line(("denominators", sizes.index(size))),
            )
    _check_columns(nodes, denominators, units, document, faults)
    for node in nodes:
        place = ("nodes", node.position)
        if node.denominator and node.denominator not in sizes:
            faults.add(
                "method.unknown-denominator",
                marked("“%(name)s” is not among the denominators."),
                place=document.place(*place, "denominator"),
                name=node.denominator,
            )
        if node.imputation:
            _check_group(node.imputation, units, (*place, "imputation"), document, faults)
        entry = value["nodes"][node.position]
        for name in sorted(({"aggregation"} if node.is_indicator else INDICATOR_FIELDS) & set(entry)):
            faults.add(
                "method.misplaced-field",
                marked("“%(name)s” is for aggregates, but “%(code)s” is an indicator.")
                if node.is_indicator
                else marked("“%(name)s” is for indicators, but “%(code)s” is an aggregate."),
                place=document.place(*place, name),
                name=name,
                code=node.code,
            )
        for number, gate in enumerate(node.aggregation.gates if node.aggregation else ()):
            if gate.child not in codes or codes[gate.child].parent != node.code:
                faults.add(
                    "method.unknown-gate",
                    marked("The gate names “%(name)s”, which is not a child of “%(code)s”."),
                    place=document.place(*place, "aggregation", "gates", number, "child"),
                    name=gate.child,
                    code=node.code,
                )
    _check_group(imputation, units, ("stages", "imputation"), document, faults)
    for name, entry in (
        ("stages", value.get("stages", {}).get("aggregation", {})),
        *(
            (f"levels[{at}]", level.get("aggregation", {}))
            for at, level in enumerate(value.get("levels", ()))
        ),
    ):
        if entry.get("gates"):
            faults.add(
                "method.gate-without-node",
                marked("A gate belongs to one node; move it from %(name)s to the node that it guards."),
                place=Place(field=name),
                name=name,
            )
    for number, entry in enumerate(value.get("overrides", ())):
        node_ = codes.get(entry["node"])
        if node_ is None or node_.is_indicator:
            faults.add(
                "method.unknown-override",
                marked("The override names “%(name)s”, which is not an aggregate of this method."),
                place=document.place("overrides", number, "node"),
                name=entry["node"],
            )
        if units.known and entry["unit"] not in units.known:
            faults.add(
                "method.unknown-override-unit",
                marked("The override names the unit “%(name)s”, which the method does not know."),
                place=document.place("overrides", number, "unit"),
                name=entry["unit"],
            )
        earlier = [(one["unit"], one["node"]) for one in value["overrides"][:number]]
        if (entry["unit"], entry["node"]) in earlier:
            faults.add(
                "method.repeated-override",
                marked("“%(unit)s” has a second override of “%(node)s”."),
                place=document.place("overrides", number),
                unit=entry["unit"],
                node=entry["node"],
            )
    for number, code in enumerate(value.get("ranking", {}).get("break_by", ())):
        if code not in codes:
            faults.add(
                "method.unknown-node",
                marked("“%(name)s” is not among the nodes."),
                place=document.place("ranking", "break_by", number),
                name=code,
            )


def _check_group(
    rule: Imputation, units: UnitColumns, path: tuple[str | int, ...], document: Document, faults: Faults
) -> None:
    if rule.group is not None and rule.group not in units.groups:
        faults.add(
            "method.unknown-group",
            marked("“%(name)s” is not among the group columns of the units."),
            place=document.place(*path, "group"),
            name=rule.group,
        )


def _check_columns(
    nodes: Sequence[Node],
    denominators: Sequence[Denominator],
    units: UnitColumns,
    document: Document,
    faults: Faults,
) -> None:
    """Check that no column is read as two different things."""
    taken: dict[str, str] = {}
    claims: list[tuple[str, str, tuple[str | int, ...]]] = [
        (units.column, "units.column", ("units", "column")),
        *((name, f"units.titles.{key}", ("units", "titles", key)) for key, name in units.titles.items()),
        *((name, "units.groups", ("units", "groups", at)) for at, name in enumerate(units.groups)),
        *((name, "units.carried", ("units", "carried", at)) for at, name in enumerate(units.carried)),
        *((name, "units.ignored", ("units", "ignored", at)) for at, name in enumerate(units.ignored)),
        *((size.column, f"denominators[{at}]", ("denominators", at)) for at, size in enumerate(denominators)),
        *((node.column, node.code, ("nodes", node.position)) for node in nodes if node.is_indicator),
    ]
    for column, owner, path in claims:
        if column in taken:
            faults.add(
                "method.column-used-twice",
                marked("The column “%(column)s” of “%(owner)s” is already used by “%(other)s”."),
                place=document.place(*path),
                column=column,
                owner=owner,
                other=taken[column],
            )
        taken[column] = owner
