"""Components draw what they promise, escape what they are given and name what they show."""

from __future__ import annotations

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils.translation import override

from sala.kernel.web import showcase


def draw(source: str, address: str = "", /, **values: object) -> str:
    """Draw a template written as pages write it."""
    request = RequestFactory().get(f"/list/{address}")
    return engines["django"].from_string(_compiled(source)).render(values, request)


def _compiled(source: str) -> str:
    from django_cotton.compiler_regex import CottonCompiler

    return str(CottonCompiler().process(source))


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(
    "sample", [sample for group in showcase.groups() for sample in group.samples], ids=lambda one: one.code
)
def test_each_sample_draws_in_both_languages(sample: showcase.Sample, language: str) -> None:
    from django.template.loader import render_to_string

    with override(language):
        html = render_to_string(
            sample.template, {**showcase.values(), "here": "/"}, RequestFactory().get("/design/")
        )
    assert "<c-" not in html
    assert "{%" not in html
    assert html.strip()


def test_each_sample_file_is_on_the_living_page() -> None:
    shown = {sample.code for group in showcase.groups() for sample in group.samples}
    assert shown == {path.stem for path in showcase.SAMPLES.glob("*.html")}


def test_a_button_with_an_address_is_a_link() -> None:
    assert draw('<c-button href="/x/">go</c-button>').startswith('<a href="/x/" class="btn btn-primary')
    assert draw("<c-button>go</c-button>").startswith('<button type="submit"')


def test_a_field_ties_label_hint_and_error_to_its_input() -> None:
    html = draw('<c-field name="age" label="Age" hint="In years" error="Write a number" />')
    assert '<label for="age">' in html
    assert 'aria-describedby="age_helptext age_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="age_error"' in html


def test_a_field_without_error_is_not_called_invalid() -> None:
    assert "aria-invalid" not in draw('<c-field name="age" label="Age" />')


def test_what_people_wrote_is_escaped() -> None:
    nasty = '"><script>alert(1)</script>'
    for source in (
        '<c-field name="a" :label="x" :value="x" :hint="x" :error="x" />',
        '<c-textarea name="a" :label="x" :value="x" />',
        '<c-alert :title="x">{{ x }}</c-alert>',
        '<c-service-card :title="x" :sentence="x" href="/" />',
        '<c-fact :key="x">{{ x }}</c-fact>',
        "{% bar 3 10 'success' x %}{% icon 'bell' 20 x %}{{ x|highlight:'alert' }}",
    ):
        assert "<script>" not in draw(source, x=nasty), source


def test_checkboxes_and_radios_stand_in_a_fieldset_with_a_legend() -> None:
    html = draw(
        '<c-radios name="who" label="Who?" :options="options" value="b" />', options=[("a", "A"), ("b", "B")]
    )
    assert "<fieldset" in html
    assert "<legend>Who?</legend>" in html
    assert html.count("checked") == 1


def test_a_sorted_column_says_so_and_turns_round() -> None:
    rising = draw('<c-sort name="score">Score</c-sort>', "?sort=score&q=x&page=4")
    assert 'aria-sort="ascending"' in rising
    assert 'href="?q=x&amp;sort=-score"' in rising
    assert "aria-sort" not in draw('<c-sort name="score">Score</c-sort>', "?sort=name")


def test_pagination_keeps_the_filters_and_marks_the_page() -> None:
    page = showcase.values()["sample_page"]
    html = draw('<c-pagination :page="page" />', "?kind=a", page=page)
    assert 'href="?kind=a&amp;page=7"' in html
    assert html.count('aria-current="page"') == 1
    assert "…" in html


def test_one_page_needs_no_pagination() -> None:
    from django.core.paginator import Paginator

    assert "<nav" not in draw('<c-pagination :page="page" />', page=Paginator([1, 2], 10).page(1))


@pytest.mark.parametrize(
    ("value", "maximum", "width"),
    [(62, 100, "62"), (0.766, 1, "76.6"), (-5, 100, "0"), (500, 100, "100"), ("?", 100, "0"), (1, 0, "0")],
)
def test_a_bar_is_drawn_by_attributes_and_stays_inside(value: object, maximum: object, width: str) -> None:
    html = draw("{% bar value maximum %}", value=value, maximum=maximum)
    assert f'<rect width="{width}"' in html
    assert "style" not in html


def test_an_unknown_icon_draws_a_ring_and_breaks_nothing() -> None:
    assert "<circle" in draw('<c-icon name="no-such-icon" />')


def test_an_icon_with_a_title_is_read_aloud_and_without_is_not() -> None:
    assert 'role="img" aria-label="Place"' in draw('<c-icon name="map-pin" title="Place" />')
    assert 'aria-hidden="true"' in draw('<c-icon name="map-pin" />')


def test_highlight_marks_thai_words_of_a_phrase() -> None:
    html = draw("{{ text|highlight:query }}", text="คำขออนุญาตก่อสร้างอาคาร", query="อาคาร ก่อสร้าง")
    assert html == "คำขออนุญาต<mark>ก่อสร้าง</mark><mark>อาคาร</mark>"


def test_highlight_ignores_case_and_escapes() -> None:
    assert draw("{{ 'Open <Data>'|highlight:'data' }}") == "Open &lt;<mark>Data</mark>&gt;"


@pytest.mark.parametrize(
    ("name", "letter"),
    [("นางสาวมาลี ใจดี", "ม"), ("เอก ชัย", "อ"), ("Mr. Somsak", "S"), ("", "?"), ("dao", "D")],
)
def test_an_avatar_shows_the_first_consonant(name: str, letter: str) -> None:
    assert draw("{{ name|initial }}", name=name) == letter


def test_a_table_cell_says_its_heading_on_a_phone() -> None:
    html = draw('<c-table caption="T"><tbody><tr><td data-label="Score">1</td></tr></tbody></c-table>')
    assert "<caption>T</caption>" in html
    assert 'data-label="Score"' in html


def test_navigation_marks_the_page_and_what_lies_below() -> None:
    assert "aria-current" in draw('{% nav_active "/list/" %}')
    assert "aria-current" in draw('{% nav_active "/list/" %}', "7/")
    assert "aria-current" not in draw('{% nav_active "/list/" True %}', "7/")
    assert "aria-current" not in draw('{% nav_active "/" %}')
    assert "aria-current" not in draw('{% nav_active "" %}')
