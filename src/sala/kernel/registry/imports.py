"""Every write of imports: taking a file in, planning it, accepting or withdrawing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sala.engines.wire import sha256_hex
from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import Actor, declare, record
from sala.kernel.registry.actions import require_operator, tell_changed
from sala.kernel.registry.appointments import account_of_actor
from sala.kernel.registry.importing.mapping import load_mapping
from sala.kernel.registry.importing.opening import MAX_BYTES
from sala.kernel.registry.importing.planning import OrganisationChange, Plan, plan_import
from sala.kernel.registry.importing.problems import Problem, Refused
from sala.kernel.registry.models import (
    BatchState,
    EventKind,
    ImportBatch,
    ImportKind,
    Organisation,
    OrganisationEvent,
    RegisterService,
    RegisterVersion,
    ServiceRegister,
)
from sala.kernel.registry.signals import services_imported
from sala.kernel.text.interface import search_text, sort_key

UPLOADED = declare(
    "registry.import.uploaded",
    th="อัปโหลดไฟล์เพื่อนำเข้าทะเบียน",
    en="A file was uploaded for import",
    fields=("file_sha256", "mapping_sha256", "kind"),
)
ACCEPTED = declare(
    "registry.import.accepted",
    th="ยืนยันการนำเข้าทะเบียน",
    en="An import was accepted",
    fields=(
        "file_sha256",
        "mapping_sha256",
        "organisations_new",
        "organisations_changed",
        "services",
        "version",
    ),
)
WITHDRAWN = declare(
    "registry.import.withdrawn",
    th="ยกเลิกการนำเข้าทะเบียน",
    en="An import was withdrawn",
    fields=("file_sha256",),
)

_runner: Callable[[str], None] | None = None


def set_import_runner(runner: Callable[[str], None]) -> None:
    """Let a higher room plan uploads in a job (it gets the batch's id inside the transaction); set once, at start."""
    global _runner
    _runner = runner


def take_file(
    *, content: bytes, file_name: str, mapping_text: str, as_at_on: dt.date | None = None, actor: Actor
) -> ImportBatch:
    """Keep an uploaded file with its mapping and have it planned; nothing of it enters the registry yet."""
    require_operator(actor)
    if len(content) > MAX_BYTES:
        problem = Problem(
            "error", "too-large", {"size": len(content) // 1024**2, "limit": MAX_BYTES // 1024**2}
        )
        raise DomainError("registry.import.too-large", problem.sentence, status=413)
    try:
        kind = load_mapping(mapping_text).kind
    except Refused as refused:
        raise DomainError("registry.import.mapping", refused.problem.sentence) from refused
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            kind=ImportKind(kind),
            file_name=file_name[-200:],
            file_sha256=sha256_hex(content),
            size_bytes=len(content),
            content=content,
            mapping=mapping_text,
            mapping_sha256=sha256_hex(mapping_text.encode()),
            as_at_on=as_at_on,
            uploaded_by_id=account_of_actor(actor),
        )
        data = {"file_sha256": batch.file_sha256, "mapping_sha256": batch.mapping_sha256, "kind": kind}
        record(UPLOADED, subject=batch, actor=actor, data=data)
        if _runner is not None:
            _runner(str(batch.pk))
        else:
            transaction.on_commit(lambda: plan_batch(batch))
    return batch


def _plan(batch: ImportBatch) -> Plan:
    return plan_import(
        content=bytes(batch.content or b""),
        file_name=batch.file_name,
        mapping_text=batch.mapping,
        as_at_on=batch.as_at_on,
    )


def plan_batch(batch: ImportBatch) -> ImportBatch:
    """Read the file and write the preview; run by the job. A batch that was decided stays as it is."""
    try:
        plan = _plan(batch)
        summary, problems = plan.summary(), plan.findings.problems
        as_at_on = plan.as_at_on
        state = BatchState.PREVIEW
    except Refused as refused:
        summary, problems, as_at_on = {"errors": 1}, [refused.problem], batch.as_at_on
        state = BatchState.REFUSED
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update().defer("content").get(pk=batch.pk)
        if row.state in (BatchState.UPLOADED, BatchState.PREVIEW):
            row.state, row.summary, row.as_at_on = state, summary, as_at_on
            row.problems = [problem.to_json() for problem in problems]
            fields = ["state", "summary", "problems", "as_at_on"]
            if state == BatchState.REFUSED:
                row.content = None
                fields.append("content")
            row.save(update_fields=fields)
    batch.refresh_from_db()
    return batch


def withdraw_batch(batch: ImportBatch, *, actor: Actor) -> ImportBatch:
    """Throw an upload away. Idempotent; an accepted one stays."""
    require_operator(actor)
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update().defer("content").get(pk=batch.pk)
        if row.state in (BatchState.ACCEPTED, BatchState.WITHDRAWN):
            return row
        _decide(row, BatchState.WITHDRAWN, actor)
        record(WITHDRAWN, subject=row, actor=actor, data={"file_sha256": row.file_sha256})
    return row


def _decide(
    row: ImportBatch, state: BatchState, actor: Actor, version: RegisterVersion | None = None
) -> None:
    row.state, row.content, row.version = state, None, version
    row.decided_at, row.decided_by_id = timezone.now(), account_of_actor(actor)
    row.save(update_fields=["state", "content", "version", "decided_at", "decided_by"])


def accept_batch(batch: ImportBatch, *, actor: Actor) -> ImportBatch:
    """Write what the file says into the registry, all or nothing.

    The file is compared again with the registry as it is now. Idempotent: accepting twice, or the same file
    again, changes nothing. Raises `DomainError` when errors remain.
    """
    require_operator(actor)
    try:
        with transaction.atomic():
            row = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            if row.state == BatchState.ACCEPTED:
                return row
            if row.state != BatchState.PREVIEW:
                raise DomainError(
                    "registry.import.decided",
                    _("This import was refused or withdrawn; upload the file again."),
                    status=409,
                )
            _write(row, _fresh_plan(row), actor)
    except IntegrityError as error:
        raise DomainError(
            "registry.import.collision",
            _(
                "Somebody changed the same organisations in this moment. Open the preview again and accept it."
            ),
            status=409,
        ) from error
    return row


def _fresh_plan(row: ImportBatch) -> Plan:
    _register_lock(load_mapping(row.mapping).register_code)
    plan = _plan(row)
    if plan.findings.errors:
        raise DomainError(
            "registry.import.errors",
            _("The file still has errors, so nothing was written. Mend it and upload it again."),
        )
    return plan


def _register_lock(code: str) -> None:
    """Hold the register's row, so that two imports of the same register come one after the other."""
    if code:
        ServiceRegister.objects.select_for_update().filter(code=code).first()


def _write(row: ImportBatch, plan: Plan, actor: Actor) -> None:
    new = _write_organisations(plan, row)
    version = _write_services(plan, row, actor) if plan.services else None
    _decide(row, BatchState.ACCEPTED, actor, version)
    row.summary = {**row.summary, **plan.summary()}
    row.save(update_fields=["summary"])
    record(
        ACCEPTED,
        subject=row,
        actor=actor,
        data={
            "file_sha256": row.file_sha256,
            "mapping_sha256": row.mapping_sha256,
            "organisations_new": new,
            "organisations_changed": len(plan.organisations) - new,
            "services": len(plan.services),
            "version": version.number if version else None,
        },
    )
    if plan.organisations:
        transaction.on_commit(tell_changed([change.code for change in plan.organisations], actor))
    if version is not None and plan.same_as is None:
        transaction.on_commit(lambda: _tell_imported(version, actor))


def _tell_imported(version: RegisterVersion, actor: Actor) -> None:
    services_imported.send(RegisterVersion, version=version, actor=actor)


# --- organisations ------------------------------------------------------------------------------------------


def _write_organisations(plan: Plan, row: ImportBatch) -> int:
    """Write new and changed organisations with their events; returns how many are new."""
    fresh = {
        change.code: _filled(Organisation(code=change.code), change)
        for change in plan.organisations
        if change.before is None
    }
    ids = sorted(change.before.pk for change in plan.organisations if change.before is not None)
    held = {
        one.code: one
        for one in Organisation.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    }
    wanted = {change.values.get("parent") for change in plan.organisations} - {None}
    parents = {**{one.code: one for one in Organisation.objects.filter(code__in=wanted)}, **fresh}
    events: list[OrganisationEvent] = []
    day = plan.as_at_on or timezone.localdate()
    for change in plan.organisations:
        if change.before is not None:
            events += _events(held[change.code], change, parents, day, row.file_name)
            _filled(held[change.code], change)
        if "parent" in change.values:
            parent = parents.get(change.values["parent"] or "")
            (fresh | held)[change.code].parent_id = parent.pk if parent else None
    Organisation.objects.bulk_create(_parents_first(fresh), batch_size=1000)
    for one in held.values():
        one.save()
    OrganisationEvent.objects.bulk_create(events)
    return len(fresh)


def _parents_first(fresh: dict[str, Organisation]) -> list[Organisation]:
    ids = {one.pk for one in fresh.values()}
    first = [one for one in fresh.values() if one.parent_id not in ids]
    placed = {one.pk for one in first}
    rest = [one for one in fresh.values() if one.pk not in placed]
    while rest:
        ready = [one for one in rest if one.parent_id in placed]
        first += ready
        placed |= {one.pk for one in ready}
        rest = [one for one in rest if one.pk not in placed]
    return first


def _filled(organisation: Organisation, change: OrganisationChange) -> Organisation:
    values = change.values
    for name in ("kind", "name_th", "name_en", "short_name_th", "short_name_en", "website", "kind_in_source"):
        if name in values:
            setattr(organisation, name, values[name] or "")
    if "established_on" in values:
        organisation.established_on = values["established_on"]
    if "area" in values:
        organisation.area_id = values["area"]
        organisation.province_id = values["area"][:2] if values["area"] else None
    return organisation.prepared()


def _events(
    held: Organisation,
    change: OrganisationChange,
    parents: dict[str, Organisation],
    day: dt.date,
    source: str,
) -> list[OrganisationEvent]:
    made: list[OrganisationEvent] = []

    def add(kind: EventKind, **before: Any) -> None:
        made.append(OrganisationEvent(organisation=held, kind=kind, happened_on=day, source=source, **before))

    if {"name_th", "name_en"} & set(change.fields):
        add(EventKind.RENAMED, name_th_before=held.name_th, name_en_before=held.name_en)
    if "kind" in change.fields:
        add(EventKind.CHANGED_KIND, kind_before=held.kind)
    if "parent" in change.fields:
        parent = parents.get(change.values["parent"] or "")
        add(EventKind.MOVED, parent_before_id=held.parent_id, other_id=parent.pk if parent else None)
    return made


# --- services ---------------------------------------------------------------------------------------------------


def _write_services(plan: Plan, row: ImportBatch, actor: Actor) -> RegisterVersion:
    """Write a new version with its rows; the same content gives the version that holds it already."""
    if plan.same_as is not None:
        return plan.same_as
    mapping = plan.mapping
    register, _new = ServiceRegister.objects.get_or_create(
        code=mapping.register_code,
        defaults={"title_th": mapping.register_title_th, "title_en": mapping.register_title_en},
    )
    last = register.versions.order_by("-number").values_list("number", flat=True).first() or 0
    ids = dict(
        Organisation.objects.filter(code__in={one.organisation for one in plan.services}).values_list(
            "code", "id"
        )
    )
    version = RegisterVersion.objects.create(
        register=register,
        number=last + 1,
        as_at_on=plan.as_at_on or timezone.localdate(),
        statuses=[
            {"code": one["code"], "th": one["th"], "en": one["en"], "is_online": one.get("is_online", False)}
            for one in mapping.statuses
        ],
        counts={one["code"]: plan.statuses[one["code"]] for one in mapping.statuses},
        services=len(plan.services),
        organisations=len(ids),
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        mapping_sha256=row.mapping_sha256,
        content_sha256=plan.content_sha256,
        accepted_by_id=account_of_actor(actor),
    )
    RegisterService.objects.bulk_create(
        (
            RegisterService(
                organisation_id=ids[one.organisation],
                version=version,
                code=one.code,
                source_row=one.row,
                sort_key=sort_key(one.values["name_th"])[:1300],
                search_text=search_text(one.values["name_th"], one.values["name_en"])[:1500],
                **one.values,
            )
            for one in plan.services
        ),
        batch_size=1000,
    )
    return version
