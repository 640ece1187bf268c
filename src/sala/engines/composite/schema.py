"""Checks a method's document against the JSON Schema, and says what is wrong in sentences with a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from sala.engines.composite.lines import Document
from sala.engines.composite.problems import Faults
from sala.engines.wire.errors import marked

SCHEMA_FILE = Path(__file__).with_name("method.schema.json")


@cache
def validator() -> Draft202012Validator:
    """Return the validator of methods; the schema itself is checked once."""
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def check(document: Document, faults: Faults) -> None:
    """Add a fault for each part of the document that the schema does not allow, in the order of the file."""
    errors: Iterable[ValidationError] = validator().iter_errors(document.value)

    def line(error: ValidationError) -> int:
        return document.line(tuple(error.absolute_path)) or 0

    for error in sorted(errors, key=lambda one: (line(one), list(map(str, one.absolute_path)))):
        _say(error, document, faults)


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return "…"
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= 80 else written[:79] + "…"


def _listed(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values)


_TYPES = {
    "object": marked("%(found)s stands where the method needs a part with names and values."),
    "array": marked("%(found)s stands where the method needs a list."),
    "string": marked("%(found)s stands where the method needs a text; put it in quotes."),
    "number": marked("%(found)s stands where the method needs a number."),
    "integer": marked("%(found)s stands where the method needs a whole number."),
    "boolean": marked("%(found)s stands where the method needs true or false."),
}


_SIGNS = {"minimum": "≥", "maximum": "≤", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}


def _say(error: ValidationError, document: Document, faults: Faults) -> None:
    path = tuple(error.absolute_path)
    place = document.place(*path)
    found: Any = error.instance
    demand: Any = error.validator_value
    rule = str(error.validator)
    if rule == "required":
        for name in demand:
            if name not in found and error.message.startswith(repr(name)):
                faults.add("method.required", marked("“%(name)s” is missing here."), place=place, name=name)
    elif rule == "additionalProperties":
        known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        for name in found:
            if name not in known:
                faults.add(
                    "method.unknown-field",
                    marked("“%(name)s” is not known here; known are: %(known)s."),
                    place=document.place(*path, name),
                    name=name,
                    known=_listed(known),
                )
    elif rule == "type":
        wanted = demand if isinstance(demand, str) else demand[0]
        faults.add("method.type", _TYPES[wanted], place=place, found=_shown(found))
    elif rule in {"enum", "const"}:
        faults.add(
            "method.choice",
            marked("%(found)s is not one of: %(known)s."),
            place=place,
            found=_shown(found),
            known=_listed(demand if rule == "enum" else [demand]),
        )
    elif rule in _SIGNS:
        faults.add(
            "method.limit",
            marked("%(found)s must be %(sign)s %(limit)s."),
            place=place,
            found=_shown(found),
            sign=_SIGNS[rule],
            limit=demand,
        )
    elif rule == "pattern":
        faults.add(
            "method.code-form",
            marked("%(found)s is not a code: Latin letters, digits, “_”, “.” and “-” only, at most 64."),
            place=place,
            found=_shown(found),
        )
    else:
        faults.add(
            "method.form",
            marked("%(found)s does not have the form that the method needs (%(rule)s: %(limit)s)."),
            place=place,
            found=_shown(found),
            rule=rule,
            limit=_shown(demand),
        )
