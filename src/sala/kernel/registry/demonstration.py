"""Keeps the organisations of a demonstration, thousands at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import Actor, declare, record
from sala.kernel.registry.actions import require_operator, tell_changed
from sala.kernel.registry.models import Organisation

KEPT = declare(
    "registry.demonstration.loaded",
    th="โหลดหน่วยงานสมมุติของประเทศสาธิต",
    en="The invented organisations of the demonstration country were loaded",
    fields=("organisations", "written"),
)
_COMPARED = ["kind", "name_th", "name_en", "area_id", "province_id", "parent_id"]
_WRITTEN = ["kind", "name_th", "name_en", "area", "province", "parent", "sort_key", "search_text"]


def keep_demonstration_organisations(
    rows: Sequence[Organisation], parents: Mapping[str, str], *, actor: Actor
) -> tuple[dict[str, Organisation], int]:
    """Write invented organisations (parents before children, names in normal spelling); returns all by code and how many were written.

    Rows that are the same already are left alone. A code that belongs to a real organisation is refused.
    """
    require_operator(actor)
    by_code = {row.code: row for row in rows}
    with transaction.atomic():
        present = {one.code: one for one in Organisation.objects.filter(code__in=by_code)}
        if real := sorted(code for code, one in present.items() if not one.is_demonstration):
            raise DomainError(
                "registry.demonstration.real-code",
                "The code %(code)s is a real one.",
                params={"code": real[0]},
            )
        for code, row in by_code.items():
            row.is_demonstration = True
            if code in present:
                row.pk = present[code].pk
        for code, parent in parents.items():
            by_code[code].parent_id = by_code[parent].pk
        new = [row.prepared() for code, row in by_code.items() if code not in present]
        changed = [
            row.prepared()
            for code, row in by_code.items()
            if code in present
            and any(getattr(row, name) != getattr(present[code], name) for name in _COMPARED)
        ]
        Organisation.objects.bulk_create(new, batch_size=1000)
        Organisation.objects.bulk_update(changed, _WRITTEN, batch_size=500)
        written = len(new) + len(changed)
        if written:
            data = {"organisations": len(by_code), "written": written}
            record(KEPT, subject="registry.Organisation:demonstration", actor=actor, data=data)
            transaction.on_commit(tell_changed([row.code for row in [*new, *changed]], actor))
    return by_code, written
