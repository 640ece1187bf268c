"""Check digits, and how people are called."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sala.kernel.text.interface import (
    baht,
    national_id_check_digit,
    national_id_grouped,
    national_id_is_valid,
    person_name,
)

TWELVE = st.tuples(st.sampled_from("12345678"), st.text("0123456789", min_size=11, max_size=11)).map("".join)


@given(TWELVE)
def test_exactly_one_last_digit_is_right(twelve: str) -> None:
    right = [digit for digit in "0123456789" if national_id_is_valid(twelve + digit)]
    assert right == [str(national_id_check_digit(twelve))]


@given(TWELVE, st.sampled_from([place for place in range(12) if place != 2]), st.integers(1, 9))
def test_a_changed_digit_is_noticed_unless_the_check_digit_hides_it(
    twelve: str, place: int, step: int
) -> None:
    """The third digit weighs 11 and so counts for nothing; remainders 0 and 10 share the check digit 1."""
    changed = twelve[:place] + str((int(twelve[place]) + step) % 10) + twelve[place + 1 :]
    remainders = {sum(int(d) * (13 - i) for i, d in enumerate(text)) % 11 for text in (twelve, changed)}
    assert len(remainders) == 2
    same_digit = national_id_check_digit(twelve) == national_id_check_digit(changed)
    assert same_digit == (remainders == {0, 10})


def test_known_shapes() -> None:
    assert national_id_is_valid("1101700230708") is (national_id_check_digit("110170023070") == 8)
    for wrong in ("", "110170023070", "๑๑๐๑๗๐๐๒๓๐๗๐๘", "0101700230708", "11017002307080", "110170023070a"):
        assert not national_id_is_valid(wrong)
    assert national_id_grouped("1101700230708") == "1-1017-00230-70-8"


def test_thai_titles_are_written_together_with_the_name() -> None:
    assert person_name(title="นางสาว", given="มาลี", family="ใจดี") == "นางสาวมาลี ใจดี"
    assert person_name(title="ดร.", given="มาลี", family="ใจดี") == "ดร. มาลี ใจดี"
    assert person_name(title="Ms", given="Malee", family="Jaidee", language="en") == "Ms Malee Jaidee"


@given(st.integers(-(10**12), 10**12))
def test_money_is_exact(satang: int) -> None:
    shown = baht(satang, "en").removeprefix("THB ").replace(",", "")
    sign = -1 if shown.startswith("-") else 1
    whole, part = shown.lstrip("-").split(".")
    assert sign * (int(whole) * 100 + int(part)) == satang
