"""The very services behind an agency's numbers: rows of the service register that was measured."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from sala.kernel.registry.interface import (
    RegisterService,
    RegisterVersion,
    register_services,
    service_register_imports,
)
from sala.products.results.models import Ranking, RankingVersion, UnitResult
from sala.products.results.register import STATUSES

MOST = 400


@dataclass(frozen=True)
class ServiceGroup:
    """The services of one status: `status` as the register index knows it, the rows, and how many there are."""

    title_th: str
    title_en: str
    tone: str
    rows: list[RegisterService]
    count: int


def register_of(version: RankingVersion) -> RegisterVersion | None:
    """Return the register that the version's observations were counted in, by the day they speak of."""
    if version.ranking.kind != Ranking.Kind.MEASURES or version.window_end is None:
        return None
    found: QuerySet[RegisterVersion] = service_register_imports()
    return found.filter(as_at_on=version.window_end).first()


def services_of(version: RankingVersion, unit: UnitResult) -> list[ServiceGroup]:
    """Return an agency's services by status, the best status first; empty where no register stands behind."""
    register = register_of(version) if unit.organisation_id else None
    if register is None:
        return []
    by_status: dict[str, list[RegisterService]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for row in register_services(unit.organisation, register)[:MOST]:
        by_status[row.status].append(row)
        counts[row.status] += 1
    return [
        ServiceGroup(
            status.title_th, status.title_en, status.tone, by_status[status.code], counts[status.code]
        )
        for status in STATUSES
        if counts[status.code]
    ]


def register_link(version: RankingVersion, unit: UnitResult) -> dict[str, Any] | None:
    """Return the register behind a unit: its title and the day it speaks of."""
    register = register_of(version) if unit.organisation_id else None
    if register is None:
        return None
    return {
        "title_th": register.register.title_th,
        "title_en": register.register.title_en,
        "day": register.as_at_on,
        "sha256": register.file_sha256,
    }
