"""What the registry itself shows on an organisation's page: its services by status."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sala.kernel.registry.cards import OrganisationCard
from sala.kernel.registry.models import Organisation, RegisterVersion
from sala.kernel.registry.register import current_version, register_services
from sala.kernel.text.interface import in_language

TONES = ("success", "primary", "warning", "info", "")


def status_bars(version: RegisterVersion, counts: dict[str, int]) -> list[dict[str, object]]:
    """Return each status of a register with its number and share, in the register's order."""
    language = get_language() or "th"
    total = sum(counts.values())
    return [
        {
            "code": status["code"],
            "title": in_language(status["th"], status["en"], language),
            "number": counts.get(status["code"], 0),
            "share": round(100 * counts.get(status["code"], 0) / total, 1) if total else 0,
            "tone": TONES[min(place, len(TONES) - 1)],
        }
        for place, status in enumerate(version.statuses)
    ]


def cards(organisation: Organisation) -> Sequence[OrganisationCard]:
    """Return the card of registered services, if there are any."""
    if organisation.is_demonstration or (version := current_version()) is None:
        return ()
    rows = register_services(organisation, version).order_by().values("status").annotate(number=Count("id"))
    counts = {row["status"]: row["number"] for row in rows}
    if not counts:
        return ()
    context = {"version": version, "bars": status_bars(version, counts), "total": sum(counts.values())}
    return [
        OrganisationCard(
            _("Services in the register"), "registry/cards/services.html", "layout-list", context, place=20
        )
    ]
