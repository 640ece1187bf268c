"""Django's forms come out in Sala's look, with errors that a person can find and mend."""

from __future__ import annotations

import datetime as dt

import pytest
from django import forms
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from sala.kernel.text.interface import PartialDate
from sala.kernel.web.dates import ThaiDateField
from sala.kernel.web.templatetags.sala import form_errors


class Application(forms.Form):
    name = forms.CharField(label="Name", help_text="As on your card")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")])
    how = forms.ChoiceField(label="How", choices=[("m", "Mail"), ("s", "SMS")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="I agree")
    paper = forms.FileField(label="Paper", required=False)
    born = ThaiDateField(label="Born", partial=True)


def test_an_empty_form_has_labels_hints_and_no_errors() -> None:
    html = str(Application())
    assert '<label for="id_name">Name</label>' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert 'class="textarea"' in html
    assert 'class="select"' in html
    assert 'class="radio"' in html
    assert 'class="checkbox"' in html
    assert 'class="file-input"' in html
    assert "<legend>How" in html
    assert "aria-invalid" not in html
    assert "error-summary" not in html


def test_optional_fields_are_called_so_and_required_ones_are_not_starred() -> None:
    with override("en"):
        html = str(Application())
    assert html.count("(optional)") == 2
    assert "*" not in html


def test_a_refused_form_lists_its_errors_with_links_to_the_inputs() -> None:
    with override("en"):
        html = str(Application({"born_month": "13", "born_year": "2530"}))
    assert 'href="#id_name"' in html
    assert 'href="#id_how_0"' in html
    assert 'href="#id_born_0"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert "The month must be between 1 and 12." in html


def test_every_link_of_the_summary_leads_to_an_input_that_exists() -> None:
    form = Application({})
    html = str(form)
    targets = [target for _label, _message, target in form_errors(form)]
    assert len(targets) == 5
    assert all(f'id="{target}"' in html for target in targets)


def test_what_was_typed_is_escaped_and_kept() -> None:
    html = str(Application({"name": '"><script>', "note": "</textarea><script>"}))
    assert "<script>" not in html
    assert "&lt;/textarea&gt;" in html


class WithDate(forms.Form):
    day = ThaiDateField()


class WithPartialDate(forms.Form):
    day = ThaiDateField(partial=True, required=False)


def read(form: type[forms.Form], day: str, month: str, year: str) -> forms.Form:
    """Fill the three boxes and check them."""
    filled = form({"day_day": day, "day_month": month, "day_year": year})
    filled.is_valid()
    return filled


def test_a_buddhist_date_is_read() -> None:
    assert read(WithDate, "3", "5", "2569").cleaned_data["day"] == dt.date(2026, 5, 3)


def test_thai_digits_are_read() -> None:
    assert read(WithDate, "๓", "๕", "๒๕๖๙").cleaned_data["day"] == dt.date(2026, 5, 3)


def test_a_christian_year_is_understood() -> None:
    assert read(WithDate, "3", "5", "2026").cleaned_data["day"] == dt.date(2026, 5, 3)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("", "", "2500"), PartialDate(1957)),
        (("", "3", "2500"), PartialDate(1957, 3)),
        (("29", "2", "2567"), PartialDate(2024, 2, 29)),
        (("0", "0", "2500"), PartialDate(1957)),
    ],
)
def test_a_partial_date_may_lack_day_and_month(typed: tuple[str, str, str], meant: PartialDate) -> None:
    assert read(WithPartialDate, *typed).cleaned_data["day"] == meant


def test_nothing_typed_is_nothing_where_it_may_be() -> None:
    assert read(WithPartialDate, "", "", "").cleaned_data["day"] is None
    assert read(WithDate, "", "", "").errors["day"].as_data()[0].code == "required"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (("30", "2", "2569"), "no-such-day"),
        (("29", "2", "2566"), "no-such-day"),
        (("1", "13", "2569"), "month"),
        (("1", "", "2569"), "month"),
        (("", "4", "2569"), "day"),
        (("1", "4", ""), "year"),
        (("x", "4", "2569"), "digits"),
    ],
)
def test_a_wrong_date_is_refused_with_what_to_mend(typed: tuple[str, str, str], code: str) -> None:
    form = read(WithDate, *typed)
    assert form.errors["day"].as_data()[0].code == code


@given(st.dates(min_value=dt.date(1941, 1, 1), max_value=dt.date(2400, 12, 31)))
def test_a_date_that_is_shown_is_read_back(day: dt.date) -> None:
    shown = ThaiDateField().widget.decompress(day)
    assert ThaiDateField().clean(shown) == day
