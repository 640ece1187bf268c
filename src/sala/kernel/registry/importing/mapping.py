"""The mapping file: YAML, checked against its JSON Schema, that says what somebody's columns mean."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from sala.engines.wire import sha256_hex
from sala.kernel.registry.importing.problems import Refused
from sala.kernel.registry.models import Kind
from sala.kernel.text.interface import ce_year, normal

MAX_MAPPING_BYTES = 512 * 1024
_DATE_AT_END = re.compile(r"(\d{4})-(\d{2})-(\d{2})\.[a-z]+$", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """Where one field comes from: a column or a constant, with its corrections and its table of values."""

    column: str = ""
    constant: str | None = None
    prefix: str = ""
    default: str = ""
    values: MappingOf[str, str] | None = None
    corrections: MappingOf[str, str] | None = None


@dataclass(frozen=True)
class Section:
    """How one sheet is read."""

    sheet: str
    header_row: int
    fields: MappingOf[str, Source]
    changes: MappingOf[str, MappingOf[str, str]]


@dataclass(frozen=True)
class Mapping:
    """A checked mapping; `digest` names the exact text it was read from."""

    kind: str
    title_th: str
    title_en: str
    source: str
    encoding: str
    delimiter: str
    organisations: tuple[Section, ...]
    services: Section | None
    statuses: tuple[dict[str, Any], ...]
    register_code: str
    register_title_th: str
    register_title_en: str
    as_at: MappingOf[str, str]
    digest: str

    def as_at_on(self, file_name: str) -> dt.date | None:
        """Return the day that the data tell of: a fixed one, or the date at the end of the file's name."""
        if fixed := self.as_at.get("date"):
            return dt.date.fromisoformat(fixed)
        found = _DATE_AT_END.search(file_name) if self.as_at.get("file_name") else None
        if found is None:
            return None
        year, month, day = (int(part) for part in found.groups())
        try:
            return dt.date(ce_year(year, month) if self.as_at.get("era") == "buddhist" else year, month, day)
        except ValueError:
            return None


@cache
def _validator() -> Draft202012Validator:
    schema = files(__package__).joinpath("mapping.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(schema))


class _Strict(yaml.SafeLoader):
    """YAML without repeated keys: the second would silently win."""


def _mapping_without_repeats(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"“{key}” appears twice", key_node.start_mark)
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_repeats)


def load_mapping(text: str) -> Mapping:
    """Read and check a mapping; raises `Refused` with the line or the place in it."""
    if len(text.encode()) > MAX_MAPPING_BYTES:
        raise Refused("mapping-too-large")
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, (yaml.AliasToken, yaml.AnchorToken)):
                raise Refused(
                    "mapping-broken",
                    row=token.start_mark.line + 1,
                    line=token.start_mark.line + 1,
                    detail="anchors and aliases are not used in mappings",
                )
        data = yaml.load(text, Loader=_Strict)  # noqa: S506 - a SafeLoader of ours
    except (yaml.YAMLError, RecursionError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        detail = str(getattr(error, "problem", None) or type(error).__name__)
        raise Refused("mapping-broken", row=line, line=line, detail=detail) from error
    wrong = min(_validator().iter_errors(data), key=lambda one: -len(one.absolute_path), default=None)
    if wrong is not None:
        place = ".".join(str(part) for part in wrong.absolute_path) or "(top)"
        raise Refused("mapping-wrong", place=place, detail=wrong.message[:300])
    return _read(data, sha256_hex(text.encode()))


def _sources(fields: MappingOf[str, Any]) -> dict[str, Source]:
    return {
        name: Source(**{key: _spelt(value) for key, value in spec.items()}) for name, spec in fields.items()
    }


def _spelt(value: Any) -> Any:
    """Bring what is compared with cells into the spelling that cells get."""
    return {normal(key): right for key, right in value.items()} if isinstance(value, dict) else value


def _section(data: MappingOf[str, Any]) -> Section:
    return Section(
        data.get("sheet", ""), data.get("header_row", 1), _sources(data["fields"]), data.get("changes", {})
    )


def _refuse_unknown_kinds(
    place: str, source: Source | None, changes: MappingOf[str, MappingOf[str, str]]
) -> None:
    known = {kind.value for kind in Kind}
    named = set() if source is None else set((source.values or {}).values())
    if source is not None and source.constant is not None:
        named.add(source.constant)
    named |= {change["kind"] for change in changes.values() if "kind" in change}
    if wrong := sorted(named - known):
        raise Refused(
            "mapping-wrong",
            place=place,
            detail=f"“{wrong[0]}” is no kind; kinds are {', '.join(sorted(known))}",
        )


def _read(data: MappingOf[str, Any], digest: str) -> Mapping:
    register = data.get("register", {})
    sections = tuple(_section(one) for one in data.get("organisations", []))
    for number, section in enumerate(sections):
        _refuse_unknown_kinds(f"organisations.{number}.fields.kind", section.fields["kind"], section.changes)
    services = data.get("services")
    return Mapping(
        kind=data["kind"],
        title_th=data["title"]["th"],
        title_en=data["title"]["en"],
        source=data.get("source", ""),
        encoding=data.get("encoding", "detect"),
        delimiter=data.get("delimiter", ""),
        organisations=sections,
        services=_section(services) if services else None,
        statuses=tuple(services["statuses"]) if services else (),
        register_code=register.get("code", ""),
        register_title_th=register.get("title", {}).get("th", ""),
        register_title_en=register.get("title", {}).get("en", ""),
        as_at=register.get("as_at", {}),
        digest=digest,
    )
