"""Reads of organisations: by code, by kind, as they stood on a day, and by a misspelt name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from sala.kernel.registry.models import Area, AreaLevel, EventKind, Organisation, OrganisationEvent


def organisation_by_code(code: str) -> Organisation:
    """Return one organisation; raises `Organisation.DoesNotExist`."""
    return Organisation.objects.select_related("parent", "area", "province").get(code=code)


def operator() -> Organisation | None:
    """Return the organisation that runs this installation; roles held there count everywhere."""
    return Organisation.objects.filter(is_operator=True).first()


def organisations(
    *, kind: str | Iterable[str] | None = None, parent: Organisation | None = None, ended: bool = False
) -> QuerySet[Organisation]:
    """Return organisations in Thai dictionary order, of one kind or several, below one parent."""
    found = Organisation.objects.order_by("sort_key", "id")
    if not ended:
        found = found.filter(ended_on__isnull=True)
    if kind is not None:
        found = found.filter(kind__in=[kind] if isinstance(kind, str) else list(kind))
    if parent is not None:
        found = found.filter(parent=parent)
    return found


def parent_chain(organisation: Organisation) -> list[Organisation]:
    """Return the parents, topmost first; at most eight."""
    chain: list[Organisation] = []
    above = organisation.parent
    while above is not None and len(chain) < 8 and above not in chain:
        chain.insert(0, above)
        above = above.parent
    return chain


def provinces() -> QuerySet[Area]:
    """Return the 77 provinces in Thai order."""
    return Area.objects.filter(level=AreaLevel.PROVINCE).order_by("sort_key")


@dataclass(frozen=True)
class OrganisationState:
    """What an organisation was on one day; `exists` is false before its birth and after its end."""

    id: UUID
    code: str
    kind: str
    name_th: str
    name_en: str
    parent_id: UUID | None
    exists: bool


def _present(organisation: Organisation) -> OrganisationState:
    return OrganisationState(
        organisation.pk,
        organisation.code,
        organisation.kind,
        organisation.name_th,
        organisation.name_en,
        organisation.parent_id,
        exists=True,
    )


def _undone(state: OrganisationState, event: OrganisationEvent) -> OrganisationState:
    """Return the state before `event`."""
    if event.kind == EventKind.RENAMED:
        return replace(state, name_th=event.name_th_before, name_en=event.name_en_before)
    if event.kind == EventKind.MOVED:
        return replace(state, parent_id=event.parent_before_id)
    if event.kind == EventKind.CHANGED_KIND:
        return replace(state, kind=event.kind_before)
    return state


def _lived(organisation: Organisation, day: dt.date) -> bool:
    born, ended = organisation.established_on, organisation.ended_on
    return (born is None or born <= day) and (ended is None or day < ended)


def as_of(day: dt.date, *, among: QuerySet[Organisation] | None = None) -> dict[UUID, OrganisationState]:
    """Return every organisation (of `among`) as it was on `day`, by id: two queries for any number."""
    rows = list(Organisation.objects.all() if among is None else among)
    states = {row.pk: replace(_present(row), exists=_lived(row, day)) for row in rows}
    later = OrganisationEvent.objects.filter(happened_on__gt=day).order_by(
        "-happened_on", "-recorded_at", "-id"
    )
    if among is not None:
        later = later.filter(organisation_id__in=list(states))
    for event in later:
        if event.organisation_id in states:
            states[event.organisation_id] = _undone(states[event.organisation_id], event)
    return states


def organisation_as_of(organisation: Organisation, day: dt.date) -> OrganisationState:
    """Return one organisation as it was on `day`."""
    return as_of(day, among=Organisation.objects.filter(pk=organisation.pk))[organisation.pk]


def events_of(organisation: Organisation) -> QuerySet[OrganisationEvent, Any]:
    """Return the history, newest first, with the other organisation at hand."""
    return organisation.events.select_related("other", "parent_before").order_by(
        "-happened_on", "-recorded_at"
    )
