"""Reads of service registers: versions, services of an organisation, counts by status."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db.models import Count, QuerySet

from sala.kernel.registry.models import Organisation, RegisterService, RegisterVersion


def service_register_imports(register: str | None = None) -> QuerySet[RegisterVersion]:
    """Return accepted versions, newest first (of one register, by its code)."""
    found = RegisterVersion.objects.select_related("register").order_by("-accepted_at", "-number")
    return found.filter(register__code=register) if register else found


def current_version(register: str | None = None) -> RegisterVersion | None:
    """Return the version accepted last (of one register, by its code)."""
    return service_register_imports(register).first()


def register_services(
    organisation: Organisation | None = None, version: RegisterVersion | None = None
) -> QuerySet[RegisterService]:
    """Return services in the order of their codes, of the version accepted last if none is named."""
    version = version or current_version()
    found = RegisterService.objects.filter(version=version).order_by("code")
    return found.filter(organisation=organisation) if organisation is not None else found


def status_counts(version: RegisterVersion | None = None) -> dict[UUID, dict[str, int]]:
    """Return, for each organisation of the version, the number of its services by status code: one query."""
    version = version or current_version()
    counted: dict[UUID, dict[str, int]] = defaultdict(dict)
    rows = (
        RegisterService.objects.filter(version=version)
        .values("organisation_id", "status")
        .annotate(number=Count("id"))
        .order_by()
    )
    for row in rows:
        counted[row["organisation_id"]][row["status"]] = row["number"]
    return dict(counted)
