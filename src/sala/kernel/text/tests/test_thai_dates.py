"""Dates read and write as Thai pages and registers do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from sala.kernel.text.interface import PartialDate, be_year, ce_year, read_thai_date, thai_date, thai_datetime

DAY = dt.date(2026, 5, 3)
DAYS = st.dates(min_value=dt.date(1889, 4, 1), max_value=dt.date(2200, 12, 31))


@given(DAYS)
def test_a_date_in_the_buddhist_era_reads_back_as_itself(day: dt.date) -> None:
    assert ce_year(be_year(day), day.month) == day.year
    assert read_thai_date(thai_date(day)) == day
    assert read_thai_date(thai_date(day, "numeric")) == day


def test_a_date_has_three_lengths_in_two_languages() -> None:
    assert thai_date(DAY) == "3 พฤษภาคม 2569"
    assert thai_date(DAY, "short") == "3 พ.ค. 69"
    assert thai_date(DAY, "numeric") == "03/05/2569"
    assert thai_date(DAY, language="en") == "3 May 2026"
    assert thai_date(DAY, "numeric", "en") == "2026-05-03"


def test_times_are_told_in_bangkok() -> None:
    late = dt.datetime(2026, 5, 2, 18, 5, tzinfo=dt.UTC)
    assert thai_datetime(late) == "3 พฤษภาคม 2569 เวลา 01.05 น."
    assert thai_datetime(late, language="en") == "3 May 2026, 01:05"
    assert thai_date(late) == "3 พฤษภาคม 2569"


def test_before_2483_the_year_began_in_april() -> None:
    assert be_year(dt.date(1940, 3, 31)) == 2482
    assert be_year(dt.date(1940, 4, 1)) == 2483
    assert be_year(dt.date(1941, 1, 1)) == 2484
    with pytest.raises(ValueError, match="January"):
        ce_year(2483, 2)


@pytest.mark.parametrize("text", ["31/02/2569", "3 พฤษภา 2569", "03/05/26", "2026-05-03", ""])
def test_what_is_no_thai_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_thai_date(text)


def test_thai_digits_and_abbreviations_are_read() -> None:
    assert read_thai_date("๓ พ.ค. พ.ศ. ๒๕๖๙") == DAY


def test_partial_dates_are_legal_birth_dates() -> None:
    year = PartialDate.from_register("25000000")
    assert (year, year.to_iso(), year.shown(), year.is_full) == (
        PartialDate(1957),
        "1957",
        "พ.ศ. 2500",
        False,
    )
    month = PartialDate.from_register("25000300")
    assert (month.to_iso(), month.shown()) == ("1957-03", "มีนาคม 2500")
    assert month.shown(language="en") == "March 1957"
    full = PartialDate.from_register("25000305")
    assert (full.to_iso(), full.shown()) == ("1957-03-05", "5 มีนาคม 2500")


def test_age_counts_from_the_first_day_of_what_is_known() -> None:
    assert PartialDate(1957).age_on(dt.date(2025, 1, 1)) == 68
    assert PartialDate(1957, 3).age_on(dt.date(2025, 2, 28)) == 67


@given(
    st.integers(1850, 2100),
    st.one_of(st.none(), st.integers(1, 12)),
    st.one_of(st.none(), st.integers(1, 28)),
)
def test_partial_dates_survive_their_iso_form(year: int, month: int | None, day: int | None) -> None:
    known = PartialDate(year, month, day if month else None)
    assert PartialDate.from_iso(known.to_iso()) == known


@pytest.mark.parametrize("wrong", ["2500", "2500x000", "25001300", "25000230"])
def test_impossible_partial_dates_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError):
        PartialDate.from_register(wrong)


def test_filters_follow_the_language_of_the_page() -> None:
    template = Template(
        "{% load thai %}{{ day|thaidate }}|{{ day|thaidate:'short' }}|{{ day|be_year }}|{{ n|thainumber }}|{{ n|thaidigits }}"
        "|{{ n|baht }}|{{ none|thaidate }}{% inlanguage 'ไทย' 'English' %}"
    )
    context = Context({"day": DAY, "n": 123450, "none": None})
    with translation.override("th"):
        assert template.render(context) == "3 พฤษภาคม 2569|3 พ.ค. 69|2569|123,450|๑๒๓๔๕๐|1,234.50 บาท|ไทย"
    with translation.override("en"):
        assert template.render(context) == "3 May 2026|3 May 2026|2026|123,450|123450|THB 1,234.50|English"
