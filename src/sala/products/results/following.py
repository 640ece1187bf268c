"""Follows the service register: a new import is measured, and the ranking that stands on it gets a new version."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from sala.kernel.audit.interface import Actor
from sala.kernel.jobs.interface import defer_with
from sala.kernel.registry.interface import RegisterVersion, service_register_imports
from sala.products.results.actions import ask_for_computing, draft_version
from sala.products.results.examples import REGISTER_INDEX, method_text
from sala.products.results.models import Ranking, RankingVersion, State
from sala.products.results.recipe import make_table
from sala.products.results.register import RANKING, is_measurable, measure_register


def on_services_imported(sender: Any, version: RegisterVersion, **more: Any) -> None:
    """Enqueue the measuring of an accepted register; told again, it is enqueued once."""
    with transaction.atomic():
        enqueue_measuring(version)


def enqueue_measuring(version: RegisterVersion) -> None:
    """Enqueue the measuring of a register in the open transaction."""
    from sala.products.results.jobs import measure_register as job

    defer_with(job, key=f"results.register.{version.pk}", kwargs={"register_version_id": str(version.pk)})


def follow_register(register_version_id: str, *, actor: Actor) -> RankingVersion | None:
    """Measure a register and, when its newest state changes the table, draft, compute and publish a version.

    All in one transaction, so that a killed worker leaves either nothing or the whole of it; safe to repeat.
    """
    with transaction.atomic():
        register = RegisterVersion.objects.select_related("register").get(pk=register_version_id)
        if not is_measurable(register):
            return None
        measure_register(register, actor=actor)
        ranking = Ranking.objects.select_for_update().filter(slug=RANKING).first()
        if ranking is None or not ranking.is_automatic:
            return None
        last = (
            ranking.versions.exclude(state=State.WITHDRAWN).select_related("data").order_by("-number").first()
        )
        text = last.method_text if last is not None else method_text(REGISTER_INDEX)
        table = make_table(ranking.recipe)
        if last is not None and _is_same(last, table.content):
            return None
        version = draft_version(ranking, method_text=text, actor=actor, compute=False)
        return ask_for_computing(version, actor=actor, publish=True)


def catch_up_registers(*, actor: Actor) -> int:
    """Enqueue the measuring of the newest import of each register that no measuring has seen; returns how many."""
    enqueued = 0
    with transaction.atomic():
        seen: set[str] = set()
        for version in service_register_imports():
            if version.register.code in seen or not is_measurable(version):
                continue
            seen.add(version.register.code)
            if not _is_measured(version):
                enqueue_measuring(version)
                enqueued += 1
    return enqueued


def _is_measured(version: RegisterVersion) -> bool:
    from sala.kernel.measures.interface import Observation

    return Observation.objects.filter(
        measure__code="services.count", window_end=version.as_at_on, raw__register=str(version.pk)
    ).exists()


def _is_same(version: RankingVersion, content: bytes) -> bool:
    from sala.engines.wire import sha256_hex

    return version.data is not None and version.data.sha256 == sha256_hex(content)
