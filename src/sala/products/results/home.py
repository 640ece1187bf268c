"""What rankings put on the home page: the first places and where this country stands."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.kernel.web.interface import HomeCard, HomeFigure, HomeRow
from sala.products.results import queries
from sala.products.results.models import RankingVersion, UnitResult

ROWS = 3
MOST = 3


def cards(request: HttpRequest) -> list[HomeCard]:
    """Return a card for each of the first published rankings, in two queries."""
    versions = list(queries.open_versions()[:MOST])
    if not versions:
        return []
    wanted = UnitResult.objects.filter(version__in=versions).defer("nodes", "search_text")
    rows = list(wanted.filter(order__lte=ROWS).order_by("order"))
    homes = list(wanted.filter(code__in=[version.ranking.home_unit for version in versions]))
    return [_card(version, rows, homes) for version in versions]


def _card(version: RankingVersion, rows: list[UnitResult], homes: list[UnitResult]) -> HomeCard:
    ranking = version.ranking
    low, high = version.summary.get("scale", [0, 1])
    home = next(
        (row for row in homes if row.version_id == version.pk and row.code == ranking.home_unit), None
    )
    shown = [row for row in rows if row.version_id == version.pk]
    if home is not None and home.pk not in {row.pk for row in shown}:
        shown.append(home)
    figures = [
        HomeFigure(
            f"{version.unit_count:,}",
            _("%(units)s ranked") % {"units": ranking.units_word},
            version.address(),
        )
    ]
    if version.summary.get("makeup"):
        figures.append(HomeFigure(f"{sum(version.summary['makeup']):,.0f}", _("services counted one by one")))
    return HomeCard(
        title=ranking.title,
        href=reverse("results:ranking", args=[ranking.slug]),
        kind=_("Ranking"),
        sentence=ranking.summary,
        icon="chart-column",
        rows=[
            HomeRow(
                f"{row.whole_rank}. {row.name}" if row.whole_rank is not None else row.name,
                reverse("results:unit", args=[ranking.slug, version.number, row.code]),
                f"{row.score:,.{ranking.decimals}f}" if row.score is not None else "–",
                (row.score - low) / ((high - low) or 1) if row.score is not None else None,
            )
            for row in shown
        ],
        figures=figures,
        more=_("See the whole ranking"),
        place=ranking.place,
    )
