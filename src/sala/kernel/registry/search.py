"""What the one search of the site finds in the registry: organisations and areas."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from sala.kernel.audit.interface import Actor
from sala.kernel.registry.finding import search_organisations
from sala.kernel.registry.models import Area
from sala.kernel.registry.queries import organisations
from sala.kernel.text.interface import SearchHit, normal


def search(query: str, *, actor: Actor, limit: int) -> list[SearchHit]:
    """Return organisations and areas that the words may mean, best first; both are public."""
    text = normal(query)
    if not text:
        return []
    found = search_organisations(organisations(ended=True), text).select_related("parent", "province")[:limit]
    hits = [
        SearchHit(
            title=one.title,
            url=reverse("registry:organisation", args=[one.code]),
            kind=_("Organisation"),
            summary=" · ".join(
                part
                for part in (
                    one.get_kind_display(),
                    one.parent.title if one.parent else "",
                    one.province.title if one.province else "",
                    _("invented, for demonstration") if one.is_demonstration else "",
                )
                if part
            ),
            score=float(getattr(one, "score", 0.0)),
        )
        for one in found
    ]
    areas = (
        Area.objects.filter(search_text__contains=text.casefold())
        .select_related("province")
        .order_by("code")[: max(0, min(5, limit - len(hits)))]
    )
    hits += [
        SearchHit(
            title=area.title,
            url=reverse("registry:area", args=[area.code]),
            kind=_("Area"),
            summary=" · ".join(
                part
                for part in (area.get_level_display(), area.province.title if area.province else "")
                if part
            ),
            score=0.4,
        )
        for area in areas
    ]
    return hits
