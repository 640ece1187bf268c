"""One value has one canonical sequence of bytes (RFC 8785), and what has none is refused."""

from __future__ import annotations

import json
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.engines.wire.canonical import NotCanonical, canonical_json, number, read_json, sha256_hex

SAFE = 2**53 - 1
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-SAFE, SAFE)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=5)
    ),
    max_leaves=25,
)


def test_the_sample_of_rfc_8785_section_3_2_2() -> None:
    value = json.loads(
        r"""{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "€$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
             "literals": [null, true, false]}"""
    )
    assert canonical_json(value).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_names_are_sorted_by_utf_16_units_as_in_rfc_8785_section_3_2_3() -> None:
    value = {
        "€": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "ö": "Latin Small Letter O With Diaeresis",
    }
    assert list(json.loads(canonical_json(value)).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


@pytest.mark.parametrize(
    ("bits", "printed"),
    [
        (0x0000000000000000, "0"),
        (0x8000000000000000, "0"),
        (0x0000000000000001, "5e-324"),
        (0x8000000000000001, "-5e-324"),
        (0x7FEFFFFFFFFFFFFF, "1.7976931348623157e+308"),
        (0xFFEFFFFFFFFFFFFF, "-1.7976931348623157e+308"),
        (0x4340000000000000, "9007199254740992"),
        (0xC340000000000000, "-9007199254740992"),
        (0x4430000000000000, "295147905179352830000"),
        (0x44B52D02C7E14AF5, "9.999999999999997e+22"),
        (0x44B52D02C7E14AF6, "1e+23"),
        (0x44B52D02C7E14AF7, "1.0000000000000001e+23"),
        (0x444B1AE4D6E2EF4E, "999999999999999700000"),
        (0x444B1AE4D6E2EF4F, "999999999999999900000"),
        (0x444B1AE4D6E2EF50, "1e+21"),
        (0x3EB0C6F7A0B5ED8C, "9.999999999999997e-7"),
        (0x3EB0C6F7A0B5ED8D, "0.000001"),
        (0x41B3DE4355555553, "333333333.3333332"),
        (0x41B3DE4355555554, "333333333.33333325"),
        (0x41B3DE4355555555, "333333333.3333333"),
        (0x41B3DE4355555556, "333333333.3333334"),
        (0x41B3DE4355555557, "333333333.33333343"),
        (0xBECBF647612F3696, "-0.0000033333333333333333"),
        (0x43143FF3C1CB0959, "1424953923781206.2"),
    ],
)
def test_numbers_print_as_in_rfc_8785_appendix_b(bits: int, printed: str) -> None:
    (value,) = struct.unpack(">d", bits.to_bytes(8, "big"))
    assert number(value) == printed


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_printed_number_reads_back_as_the_same_number(value: float) -> None:
    printed = number(value)
    assert float(printed) == value
    assert ("e" in printed) == (value != 0 and not 1e-6 <= abs(value) < 1e21)


@given(values)
def test_canonical_bytes_read_back_as_the_value_and_are_their_own_canonical_form(value: object) -> None:
    written = canonical_json(value)
    assert read_json(written) == value
    assert canonical_json(read_json(written)) == written
    assert json.loads(written, parse_int=float) == value


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 9)))
def test_the_order_in_which_names_were_set_does_not_matter(value: dict[str, int]) -> None:
    assert canonical_json(value) == canonical_json(dict(reversed(value.items())))


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (math.nan, r"\$: nan"),
        ([1, math.inf], r"\$\[1\]: inf"),
        ({"a": {"b": 2**53}}, r"\$\.a\.b: 9007199254740992"),
        ({1: "a"}, "the name 1 is not a text"),
        ({"a": object()}, r"\$\.a: object"),
        (b"bytes", "bytes is not"),
        ("\ud800", "lone surrogate"),
    ],
)
def test_what_has_no_canonical_form_is_refused_with_its_place(value: object, place: str) -> None:
    with pytest.raises(NotCanonical, match=place):
        canonical_json(value)


def test_strict_refuses_fractions_and_endless_nesting_is_refused() -> None:
    assert canonical_json({"a": 1}, strict=True) == b'{"a":1}'
    with pytest.raises(NotCanonical, match="no fractions"):
        canonical_json({"a": 1.0}, strict=True)
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(NotCanonical, match="nested deeper"):
        canonical_json(loop)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        "NaN",
        "[Infinity]",
        "{",
        b"\xff",
        '"\\ud800"',
        "[" * 100_000,
        "",
        "9007199254740993",
        "9" * 400,
    ],
)
def test_json_that_readers_understand_differently_is_refused(text: str | bytes) -> None:
    with pytest.raises(NotCanonical):
        canonical_json(read_json(text))


def test_the_digest_of_fips_180_4() -> None:
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
