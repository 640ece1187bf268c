"""What the site's search finds of rankings: the rankings themselves, and units by name."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.kernel.audit.interface import Actor
from sala.kernel.text.interface import SearchHit, normal
from sala.products.results import queries
from sala.products.results.models import UnitResult


def search(query: str, *, actor: Actor, limit: int) -> list[SearchHit]:
    """Return published rankings and units whose names hold the words, in two queries."""
    text = normal(query)[:120].casefold().strip()
    if not text:
        return []
    versions = {version.pk: version for version in queries.open_versions()}
    hits = [
        SearchHit(
            version.ranking.title,
            reverse("results:ranking", args=[version.ranking.slug]),
            _("Ranking"),
            version.ranking.summary,
            0.9,
        )
        for version in versions.values()
        if text in f"{version.ranking.title_th} {version.ranking.title_en} {version.ranking.slug}".casefold()
    ]
    found = (
        UnitResult.objects.filter(version__in=list(versions))
        .filter(Q(search_text__contains=text) | Q(search_text__contains=text.replace(" ", "")))
        .defer("nodes")
        .order_by("order")[:limit]
    )
    for row in found:
        version = versions[row.version_id]
        hits.append(
            SearchHit(
                row.name,
                reverse("results:unit", args=[version.ranking.slug, version.number, row.code]),
                _("Place in a ranking"),
                _("%(ranking)s: rank %(rank)s of %(count)s")
                % {
                    "ranking": version.ranking.title,
                    "rank": row.whole_rank if row.whole_rank is not None else "–",
                    "count": f"{version.unit_count:,}",
                },
                0.7 if row.name.casefold() == text else 0.5,
            )
        )
    return hits[:limit]
