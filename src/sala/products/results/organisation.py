"""The card that an organisation's page shows of rankings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sala.kernel.registry.interface import Organisation, OrganisationCard
from sala.products.results import queries


def cards(organisation: Organisation) -> list[OrganisationCard]:
    """Return a card with the organisation's place in every published ranking, where it has one."""
    places = queries.of_organisation(organisation.pk)
    if not places:
        return []
    return [
        OrganisationCard(
            _("Place in rankings"),
            "results/card_organisation.html",
            "chart-column",
            {"places": places},
            place=10,
        )
    ]
