"""Writes the demonstration country into the registry, again and again the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from sala.kernel.audit.interface import Actor
from sala.kernel.registry.interface import (
    Area,
    Organisation,
    OrganisationEvent,
    keep_demonstration_organisations,
    operator,
    set_operator,
)
from sala.sandbox.country.generate import OPERATOR_CODE, Made, MadeEvent, country, history


@dataclass(frozen=True)
class LoadedCountry:
    """How many organisations there are and how many rows were written."""

    organisations: int
    written: int


class AreasMissing(RuntimeError):
    """The map must be loaded first."""


def _organisation(made: Made) -> Organisation:
    return Organisation(
        code=made.code,
        kind=made.kind,
        name_th=made.name_th,
        name_en=made.name_en,
        area_id=made.area,
        province_id=made.area[:2] if made.area else None,
        is_demonstration=True,
    )


def _event(made: MadeEvent, by_code: dict[str, Organisation]) -> OrganisationEvent:
    before = by_code[made.parent_before] if made.parent_before else None
    organisation = by_code[made.code]
    return OrganisationEvent(
        organisation=organisation,
        kind=made.kind,
        happened_on=made.on,
        name_th_before=made.name_th_before,
        name_en_before=made.name_en_before,
        kind_before=made.kind_before,
        parent_before=before,
        other_id=organisation.parent_id if before else None,
        source="ข้อมูลสาธิต / demonstration value",
    )


def load_country(*, actor: Actor) -> LoadedCountry:
    """Write all invented organisations and their history; only rows that differ are written."""
    areas = list(Area.objects.values_list("code", flat=True))
    if not areas:
        raise AreasMissing("Load the map first: load_reference.")
    made = country(areas)
    parents = {one.code: one.parent for one in made if one.parent}
    with transaction.atomic():
        by_code, written = keep_demonstration_organisations(
            [_organisation(one) for one in made], parents, actor=actor
        )
        if not OrganisationEvent.objects.filter(organisation__is_demonstration=True).exists():
            OrganisationEvent.objects.bulk_create([_event(one, by_code) for one in history(made)])
        if operator() is None:
            set_operator(by_code[OPERATOR_CODE], actor=actor)
    return LoadedCountry(len(made), written)
