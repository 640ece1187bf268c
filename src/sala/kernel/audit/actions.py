"""What auditors do that is itself recorded."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.actor import Actor
from sala.kernel.audit.bundle import bundle_bytes
from sala.kernel.audit.codes import declare
from sala.kernel.audit.models import AuditRecord
from sala.kernel.audit.policy import can_read_records
from sala.kernel.audit.queries import Filters, records
from sala.kernel.audit.reading import scope_of
from sala.kernel.audit.record import record

MAX_EXPORT = 10_000

EXPORTED = declare(
    "audit.records.exported",
    th="ส่งออกบันทึกการตรวจสอบพร้อมหลักฐาน",
    en="Audit records were exported with their proofs",
    fields=("count", "code", "from_on", "until_on"),
)


def export(filters: Filters, *, actor: Actor) -> bytes:
    """Return a bundle of the records that the actor may read and the filters leave, and record the export."""
    scope = scope_of(actor)
    decision = can_read_records(scope)
    if not decision:
        raise NotAllowed("audit.read.not-allowed", decision.reason)
    wanted: list[UUID] = list(records(scope, filters).values_list("id", flat=True)[: MAX_EXPORT + 1])
    if len(wanted) > MAX_EXPORT:
        raise DomainError(
            "audit.export.too-many",
            _("More than %(limit)s records: choose fewer days or one kind of action."),
            params={"limit": f"{MAX_EXPORT:,}"},
        )
    with transaction.atomic():
        record(
            EXPORTED,
            subject="audit.AuditRecord",
            actor=actor,
            data={
                "count": len(wanted),
                "code": filters.code,
                "from_on": filters.from_on,
                "until_on": filters.until_on,
            },
            organisation=filters.organisation,
        )
    return bundle_bytes(AuditRecord.objects.filter(id__in=wanted))
