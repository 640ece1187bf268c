"""Canonical JSON (RFC 8785): one value, one sequence of bytes, so that its digest and signature mean the value."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring
from typing import Any

SAFE_INTEGER = 2**53 - 1
"""Largest whole number that every JSON reader keeps exactly (RFC 7493 section 2.2)."""

MAX_DEPTH = 200
"""Deepest nesting that is written or read; deeper values are an attack or a mistake."""


class NotCanonical(ValueError):
    """The value has no canonical form; the message names the place in it (`$.rows[3].score`)."""


def canonical_json(value: object, *, strict: bool = False) -> bytes:
    """Return the RFC 8785 bytes of `value`.

    Takes None, bool, int, float, str, list, tuple and mappings with text keys; anything else is refused
    with `NotCanonical`, so that no record depends on how a library prints a type. Whole numbers beyond
    ±(2^53 - 1) are refused: readers that hold numbers as doubles would see another value. With `strict`
    floats are refused too; signed records carry whole numbers and texts only.
    """
    parts: list[str] = []
    try:
        _write(value, parts.append, "$", 0, strict)
        return "".join(parts).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("a text holds a lone surrogate, which UTF-8 cannot carry") from error


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 digest of `data` in lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def read_json(data: bytes | str) -> Any:
    """Read JSON that is safe to sign: I-JSON (RFC 7493), so no repeated name, no NaN, no lone surrogate.

    Raises `NotCanonical` for what JSON readers would understand differently.
    """
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_members, parse_int=_whole, parse_constant=_refuse_constant
        )
        text.encode("utf-8")
    except NotCanonical:
        raise
    except (UnicodeError, ValueError, RecursionError) as error:
        raise NotCanonical(f"not JSON: {error}") from error
    return value


def number(value: float) -> str:
    """Return `value` as ECMAScript prints it (RFC 8785 section 3.2.2.3); NaN and infinities are refused."""
    if not math.isfinite(value):
        raise NotCanonical(f"{value} is not a JSON number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    # repr() gives the shortest digits that read back as the same double, as ECMAScript asks.
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0)
    if whole == "0":
        point -= 1 + len(fraction) - len(fraction.lstrip("0"))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    shown = f"{point - 1:+d}"
    return sign + digits[0] + ("." + digits[1:] if count > 1 else "") + "e" + shown


def _write(value: object, put: Callable[[str], None], place: str, depth: int, strict: bool) -> None:
    """Put the canonical text of `value` piece by piece."""
    if value is None:
        put("null")
    elif value is True:
        put("true")
    elif value is False:
        put("false")
    elif isinstance(value, str):
        put(encode_basestring(str(value)))
    elif isinstance(value, int):
        whole = int(value)
        if not -SAFE_INTEGER <= whole <= SAFE_INTEGER:
            raise NotCanonical(f"{place}: {whole} is beyond the whole numbers that JSON keeps exactly")
        put(str(whole))
    elif isinstance(value, float):
        if strict:
            raise NotCanonical(f"{place}: a signed record holds no fractions; write {value!r} as text")
        try:
            put(number(float(value)))
        except NotCanonical as error:
            raise NotCanonical(f"{place}: {error}") from None
    elif depth >= MAX_DEPTH:
        raise NotCanonical(f"nested deeper than {MAX_DEPTH} levels")
    elif isinstance(value, Mapping):
        _write_members(value, put, place, depth, strict)
    elif isinstance(value, list | tuple):
        put("[")
        for index, item in enumerate(value):
            if index:
                put(",")
            _write(item, put, f"{place}[{index}]", depth + 1, strict)
        put("]")
    else:
        raise NotCanonical(f"{place}: {type(value).__name__} is not a JSON type")


def _write_members(
    value: Mapping[Any, object], put: Callable[[str], None], place: str, depth: int, strict: bool
) -> None:
    """Put an object with its names in the order of their UTF-16 code units (RFC 8785 section 3.2.3)."""
    for name in value:
        if not isinstance(name, str):
            raise NotCanonical(f"{place}: the name {name!r} is not a text")
    put("{")
    for index, name in enumerate(sorted(value, key=_utf16)):
        if index:
            put(",")
        put(encode_basestring(name))
        put(":")
        _write(value[name], put, f"{place}.{name}", depth + 1, strict)
    put("}")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        repeated = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise NotCanonical(f"the name {repeated!r} stands twice in one object")
    return members


def _whole(digits: str) -> int | float:
    """Read a whole number; a large one is kept only as the double whose own canonical text it is."""
    if len(digits) < 18 and -SAFE_INTEGER <= (whole := int(digits)) <= SAFE_INTEGER:
        return whole
    if number(float(digits)) != digits:
        raise NotCanonical(f"{digits[:40]} is beyond the whole numbers that JSON keeps exactly")
    return float(digits)


def _refuse_constant(word: str) -> float:
    raise NotCanonical(f"{word} is not a JSON number")
