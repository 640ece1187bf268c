"""Small methods and tables for tests."""

from __future__ import annotations

import copy
from typing import Any

import yaml

from sala.engines.composite import Method, Run, Table, compute

Plain = dict[str, Any]


def title(text: str = "a") -> Plain:
    return {"th": "ก", "en": text}


def indicator(code: str, parent: str = "index", **more: Any) -> Plain:
    return {"code": code, "title": title(code), "parent": parent, "direction": "up", **more}


def aggregate(code: str, parent: str | None = None, **more: Any) -> Plain:
    node = {"code": code, "title": title(code), **more}
    return node if parent is None else {**node, "parent": parent}


def document(*nodes: Plain, **more: Any) -> Plain:
    """Return a method's document: an index over `nodes`, min-max to 0..100 and arithmetic unless told otherwise."""
    return {
        "format": "sala-composite/1",
        "code": "test",
        "version": "1",
        "title": title("Test"),
        "units": {"column": "unit"},
        "stages": {"normalisation": {"rule": "min-max"}},
        "nodes": [aggregate("index"), *nodes]
        if not any(node["code"] == "index" for node in nodes)
        else list(nodes),
        **copy.deepcopy(more),
    }


def text(value: Plain) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False)


def method(*nodes: Plain, **more: Any) -> Method:
    return Method.load(text(document(*nodes, **more)))


def table(**columns: list[Any]) -> Table:
    length = len(next(iter(columns.values())))
    return Table.from_columns({"unit": [f"u{at:03d}" for at in range(length)], **columns})


def run(made: Method, **columns: list[Any]) -> Run:
    return compute(made, table(**columns))
