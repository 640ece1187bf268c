"""The shape of a hierarchy: one root, known parents, no cycle, and weights that add up where they must."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sala.engines.composite.lines import Document
from sala.engines.composite.problems import Faults
from sala.engines.composite.rules import Level, Node
from sala.engines.wire.errors import marked


@dataclass(frozen=True)
class Hierarchy:
    """Nodes by code, children in the order of the file, and depth from the root (0)."""

    root: str
    children: Mapping[str, tuple[str, ...]]
    depth: Mapping[str, int]
    bottom_up: tuple[str, ...]


def build(
    nodes: Sequence[Node], levels: Sequence[Level], document: Document, faults: Faults
) -> Hierarchy | None:
    """Return the hierarchy of `nodes`, or None after adding faults that name line and node."""
    codes: dict[str, Node] = {}
    for node in nodes:
        if node.code in codes:
            faults.add(
                "method.duplicate-code",
                marked("The code “%(code)s” is already taken by the node on line %(line)s."),
                place=document.place("nodes", node.position, "code"),
                code=node.code,
                line=document.line(("nodes", codes[node.code].position)),
            )
        else:
            codes[node.code] = node
    children: dict[str, list[str]] = {code: [] for code in codes}
    roots = [node for node in codes.values() if node.parent is None]
    sound = len(codes) == len(nodes)
    for node in codes.values():
        if node.parent is None:
            continue
        if node.parent not in codes:
            sound = False
            faults.add(
                "method.unknown-parent",
                marked("The parent “%(parent)s” of “%(code)s” is not among the nodes."),
                place=document.place("nodes", node.position, "parent"),
                parent=node.parent,
                code=node.code,
            )
        else:
            children[node.parent].append(node.code)
    cycle = _cycle(codes)
    if cycle:
        faults.add(
            "method.cycle",
            marked("The nodes go round in a circle: %(path)s."),
            place=document.place("nodes", codes[cycle[0]].position, "parent"),
            path=" → ".join([*cycle, cycle[0]]),
        )
        return None
    if not roots and sound:
        faults.add(
            "method.no-root",
            marked("No node stands at the top: one node, the index, has no parent."),
            place=document.place("nodes"),
        )
    for extra in roots[1:]:
        sound = False
        faults.add(
            "method.two-roots",
            marked("“%(code)s” has no parent, but “%(root)s” already stands at the top."),
            place=document.place("nodes", extra.position),
            code=extra.code,
            root=roots[0].code,
        )
    if not sound or not roots:
        return None
    depth: dict[str, int] = {}
    order: list[str] = []
    waiting = [(roots[0].code, 0)]
    while waiting:
        code, deep = waiting.pop()
        depth[code] = deep
        order.append(code)
        waiting.extend((child, deep + 1) for child in children[code])
    _check_kinds(codes, children, document, faults)
    if levels and max(depth.values()) >= len(levels):
        deepest = max(depth, key=lambda code: depth[code])
        faults.add(
            "method.too-few-levels",
            marked("“%(code)s” stands on level %(level)s, but the method names only %(count)s levels."),
            place=document.place("nodes", codes[deepest].position),
            code=deepest,
            level=depth[deepest] + 1,
            count=len(levels),
        )
    return Hierarchy(
        root=roots[0].code,
        children={code: tuple(found) for code, found in children.items()},
        depth=depth,
        bottom_up=tuple(sorted(order, key=lambda code: (-depth[code], codes[code].position))),
    )


def _cycle(codes: Mapping[str, Node]) -> list[str]:
    """Return the nodes of one circle, in the order from child to parent, or nothing."""
    done: set[str] = set()
    for start in codes:
        path: list[str] = []
        at: str | None = start
        while at is not None and at in codes and at not in done:
            if at in path:
                return path[path.index(at) :]
            path.append(at)
            at = codes[at].parent
        done.update(path)
    return []


def _check_kinds(
    codes: Mapping[str, Node], children: Mapping[str, list[str]], document: Document, faults: Faults
) -> None:
    for code, node in codes.items():
        place = document.place("nodes", node.position)
        if node.is_indicator and children[code]:
            faults.add(
                "method.indicator-with-children",
                marked("“%(code)s” has a direction, so it is an indicator, but “%(child)s” stands under it."),
                place=document.place("nodes", node.position, "direction"),
                code=code,
                child=children[code][0],
            )
        elif not node.is_indicator and not children[code]:
            faults.add(
                "method.childless",
                marked("“%(code)s” has no children; an indicator needs a direction (up or down)."),
                place=place,
                code=code,
            )


def check_weights(
    nodes: Sequence[Node],
    hierarchy: Hierarchy,
    wanted: float | None,
    tolerance: float,
    document: Document,
    faults: Faults,
) -> None:
    """Add a fault for each parent whose children's weights do not add up to what the method says."""
    codes = {node.code: node for node in nodes}
    for parent, found in hierarchy.children.items():
        if not found:
            continue
        place = document.place("nodes", codes[parent].position)
        weights = [decimal(codes[child].weight) for child in found]
        if not any(weights):
            faults.add(
                "method.no-weight",
                marked("All children of “%(code)s” weigh zero."),
                place=place,
                code=parent,
            )
        elif wanted is not None and abs(sum(weights) - decimal(wanted)) > decimal(tolerance):
            faults.add(
                "method.weights-do-not-sum",
                marked("The weights under “%(code)s” add up to %(sum)s, but the method says %(wanted)s."),
                place=place,
                code=parent,
                sum=float(sum(weights)),
                wanted=wanted,
            )


def decimal(number: float) -> Fraction:
    """Return a weight as it was written: 0.1 is one tenth, not the nearest binary fraction."""
    return Fraction(repr(number))
