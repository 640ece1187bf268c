"""The charts of a version: what is drawn when it is computed, in both languages and for wide and narrow screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from sala.products.results.charts.drawing import Mark, draw
from sala.products.results.charts.spread import Dot, spread
from sala.products.results.charts.world import Country, world_map
from sala.products.results.models import Drawing, RankingVersion, UnitResult

LANGUAGES = ("th", "en")


def drawings_of(
    version: RankingVersion, rows: Sequence[UnitResult], numbers: Mapping[str, str] | None = None
) -> list[Drawing]:
    """Return the drawings of a version, unsaved; `numbers` are ISO numeric codes by unit, for a map."""
    made: list[Drawing] = []
    for language in LANGUAGES:
        with override(language):
            made.extend(_in_language(version, rows, numbers, language))
    return made


def _in_language(
    version: RankingVersion, rows: Sequence[UnitResult], numbers: Mapping[str, str] | None, language: str
) -> list[Drawing]:
    ranking = version.ranking
    scored = [row for row in rows if row.score is not None]
    if not scored:
        return []
    decimals = ranking.decimals

    def said(row: UnitResult) -> str:
        rank = "" if row.whole_rank is None else _("rank %(rank)s") % {"rank": row.whole_rank}
        return f"{row.name} · {row.score:,.{decimals}f} · {rank}"

    marks = {
        row.code: Mark(reverse("results:unit", args=[ranking.slug, version.number, row.code]), said(row))
        for row in scored
    }
    untitled = {code: Mark(mark.href, "") for code, mark in marks.items()}
    dots = [
        Dot(row.code, row.name, row.score or 0.0, row.code == ranking.home_unit, marks[row.code].href)
        for row in scored
    ]
    middle = sorted(dot.score for dot in dots)
    median = (middle[(len(middle) - 1) // 2] + middle[len(middle) // 2]) / 2
    word = _("median %(score)s") % {"score": f"{median:,.{decimals}f}"}
    title = _("Score")
    label = _("How the scores are spread; the table below holds the same numbers.")
    made = []
    for code, width in (("spread", 600), ("spread-narrow", 350)):
        spec = spread(dots, title=title, median_word=word, width=width)
        made.append(
            Drawing(
                version=version,
                code=code,
                language=language,
                spec=spread(dots, title=title, median_word=word, width=width, in_browser=True),
                # A phone has no pointer to rest on a mark, so the narrow drawing carries no titles.
                svg=draw(spec, marks=marks if code == "spread" else untitled, label=label),
            )
        )
    if numbers is not None and ranking.map == "world":
        made.append(_map(version, rows, numbers, marks, language))
    return made


def _map(
    version: RankingVersion,
    rows: Sequence[UnitResult],
    numbers: Mapping[str, str],
    marks: dict[str, Mark],
    language: str,
) -> Drawing:
    home = version.ranking.home_unit
    countries = [
        Country(
            numbers[row.code].zfill(3), row.code, row.name, row.score, row.code == home, marks[row.code].href
        )
        for row in rows
        if row.score is not None and numbers.get(row.code)
    ]
    label = _("World map of the scores; the table below holds the same numbers.")
    return Drawing(
        version=version,
        code="map",
        language=language,
        # The outlines are fetched by the browser from the address that the page adds.
        spec=world_map(countries, outline_url="outlines"),
        svg=draw(world_map(countries), marks=marks, label=label),
    )
