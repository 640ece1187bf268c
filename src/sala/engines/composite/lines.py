"""Reads YAML as plain JSON values and remembers on which line each stands.

A method is hashed as JSON, so only what JSON has is read: texts, numbers, true, false, null, lists and mappings
(the core schema of YAML 1.2, where `no` and `1:30` are texts). Tags, aliases and repeated keys are refused: they
let one file mean two things, or a small file grow without bound.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml

from sala.engines.composite.problems import refusal
from sala.engines.wire.errors import Place, marked

Address = tuple[str | int, ...]
"""Where a part stands: names of members and positions in lists, from the root."""

MOST_BYTES = 8 * 1024 * 1024
MOST_DEPTH = 40

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_PLAIN_TAGS = {
    "tag:yaml.org,2002:" + kind
    for kind in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp", "merge", "value")
}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Document:
    """The value of a YAML file, and the line of each of its parts."""

    def __init__(self, value: Any, lines: dict[Address, int]) -> None:
        self.value = value
        self._lines = lines

    def line(self, path: Address) -> int | None:
        """Return the line of the part at `path`, or of the nearest part around it."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return self._lines.get((), None)

    def place(self, *path: str | int) -> Place:
        """Return where the part at `path` stands: its line, and its address such as `nodes[3].weight`."""
        return Place(line=self.line(path), field=written(path))


def written(path: Address) -> str:
    """Return a path as people write it: `nodes[3].weight`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read(text: str) -> Document:
    """Read one YAML document; raise `Refused` with the line where it is not one."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise refusal(
            "method.too-large", marked("The method is larger than %(limit)s MB."), limit=MOST_BYTES // 2**20
        )
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.AliasEvent):
                raise refusal(
                    "method.alias",
                    marked("An alias (*%(name)s) stands here; a method writes each part out."),
                    place=Place(line=event.start_mark.line + 1 if event.start_mark else None),
                    name=event.anchor,
                )
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise refusal(
            "method.yaml",
            marked("This is not YAML: %(reason)s."),
            place=Place(line=mark.line + 1 if mark else None, column=str(mark.column + 1) if mark else None),
            reason=error.problem or error.context or "?",
        ) from error
    except (yaml.YAMLError, UnicodeError, RecursionError) as error:
        raise refusal(
            "method.yaml", marked("This is not YAML: %(reason)s."), reason=_first_line(error)
        ) from error
    if root is None:
        raise refusal("method.empty", marked("The method is empty."), place=Place(line=1))
    lines: dict[Address, int] = {}
    return Document(_value(root, (), lines), lines)


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _value(node: yaml.Node, path: Address, lines: dict[Address, int]) -> Any:
    line = node.start_mark.line + 1
    lines[path] = line
    if len(path) > MOST_DEPTH:
        raise refusal(
            "method.too-deep",
            marked("The parts are nested deeper than %(limit)s levels."),
            place=Place(line=line),
            limit=MOST_DEPTH,
        )
    if node.tag not in _PLAIN_TAGS:
        raise refusal(
            "method.tag",
            marked("The tag %(tag)s is not allowed; a method holds plain values."),
            place=Place(line=line, field=written(path)),
            tag=node.tag,
        )
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, index), lines) for index, child in enumerate(node.value)]
    return _scalar(node, path)


def _mapping(node: yaml.MappingNode, path: Address, lines: dict[Address, int]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key_node, child in node.value:
        key: Hashable = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
        place = Place(line=key_node.start_mark.line + 1, field=written(path))
        if not isinstance(key, str):
            raise refusal("method.key", marked("A name here is not a text."), place=place)
        if key in members:
            raise refusal(
                "method.repeated-key", marked("“%(name)s” stands twice in one part."), place=place, name=key
            )
        members[key] = _value(child, (*path, key), lines)
        lines[(*path, key)] = key_node.start_mark.line + 1
    return members


def _scalar(node: yaml.Node, path: Address) -> Any:
    text = node.value
    # Quoted, folded and explicitly tagged texts stay texts; only plain words can be something else.
    if getattr(node, "style", None):
        return text
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    if text in {"true", "True", "TRUE"}:
        return True
    if text in {"false", "False", "FALSE"}:
        return False
    if _INTEGER.fullmatch(text):
        whole = int(text)
        if abs(whole) >= 2**53:
            raise refusal(
                "method.number-too-large",
                marked("%(number)s is larger than can be kept exactly."),
                place=Place(line=node.start_mark.line + 1, field=written(path)),
                number=text,
            )
        return whole
    if _FLOAT.fullmatch(text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise refusal(
                "method.number-too-large",
                marked("%(number)s is larger than can be kept exactly."),
                place=Place(line=node.start_mark.line + 1, field=written(path)),
                number=text,
            )
        return number
    return text
