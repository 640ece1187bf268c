"""Every write of organisations and their history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.interface import Actor, declare, record
from sala.kernel.registry import policy
from sala.kernel.registry.models import Area, EventKind, Kind, Organisation, OrganisationEvent
from sala.kernel.registry.roles import roles_of
from sala.kernel.registry.signals import organisations_changed

CREATED = declare(
    "registry.organisation.created",
    th="เพิ่มหน่วยงานลงในทะเบียน",
    en="An organisation was added to the registry",
    fields=("code", "kind"),
)
RENAMED = declare(
    "registry.organisation.renamed",
    th="เปลี่ยนชื่อหน่วยงาน",
    en="An organisation was renamed",
    fields=("code", "on", "name_th_before", "name_th", "name_en_before", "name_en"),
)
MOVED = declare(
    "registry.organisation.moved",
    th="ย้ายสังกัดของหน่วยงาน",
    en="An organisation moved to another parent",
    fields=("code", "on", "parent_before", "parent"),
)
MERGED = declare(
    "registry.organisation.merged",
    th="ควบรวมหน่วยงานเข้ากับหน่วยงานอื่น",
    en="An organisation was merged into another",
    fields=("code", "on", "into"),
)
SPLIT = declare(
    "registry.organisation.split",
    th="แยกหน่วยงานใหม่ออกจากหน่วยงานเดิม",
    en="An organisation was split off from another",
    fields=("code", "on", "from"),
)
ABOLISHED = declare(
    "registry.organisation.abolished",
    th="ยุบเลิกหน่วยงาน",
    en="An organisation was abolished",
    fields=("code", "on"),
)
OPERATOR_SET = declare(
    "registry.operator.set",
    th="กำหนดหน่วยงานผู้ดูแลระบบกลาง",
    en="The organisation that runs this installation was named",
    fields=("code",),
)


def require_operator(actor: Actor) -> None:
    """Raise `NotAllowed` unless the actor runs the registry."""
    decision = policy.can_run_registry(actor, roles_of(actor))
    if not decision:
        raise NotAllowed("registry.not-operator", decision.reason)


def locked(*organisations: Organisation) -> list[Organisation]:
    """Lock these rows in the order of their ids and return them as they are now, in the order asked."""
    rows = {
        row.pk: row
        for row in Organisation.objects.select_for_update(of=("self",))
        .filter(pk__in={one.pk for one in organisations})
        .order_by("pk")
    }
    return [rows[one.pk] for one in organisations]


def tell_changed(codes: list[str], actor: Actor) -> Callable[[], None]:
    """Return what to run after commit."""

    def send() -> None:
        organisations_changed.send(Organisation, codes=codes, actor=actor)

    return send


def _refuse_ended(organisation: Organisation) -> None:
    if organisation.ended_on is not None:
        raise DomainError(
            "registry.organisation.ended",
            _("%(name)s no longer exists, so nothing more can happen to it."),
            params={"name": organisation.name_th},
            status=409,
        )


def _refuse_out_of_order(organisation: Organisation, on: dt.date) -> None:
    """Refuse a day before what is already recorded, since present names would then be wrong."""
    last = organisation.events.order_by("-happened_on").values_list("happened_on", flat=True).first()
    earliest = max((day for day in (organisation.established_on, last) if day is not None), default=None)
    if earliest is not None and on < earliest:
        raise DomainError(
            "registry.organisation.out-of-order",
            _(
                "Something later is already recorded for this organisation; choose a day that is not before it."
            ),
        )


def create_organisation(
    *,
    code: str,
    kind: str,
    name_th: str,
    name_en: str = "",
    parent: Organisation | None = None,
    area: Area | None = None,
    established_on: dt.date | None = None,
    is_demonstration: bool = False,
    actor: Actor,
    **more: Any,
) -> Organisation:
    """Add one organisation; a code that is taken is refused."""
    require_operator(actor)
    with transaction.atomic():
        if Organisation.objects.filter(code=code).exists():
            raise DomainError(
                "registry.organisation.code-taken",
                _("The code %(code)s is taken by another organisation."),
                params={"code": code},
                status=409,
            )
        organisation = Organisation(
            code=code,
            kind=Kind(kind),
            name_th=name_th,
            name_en=name_en,
            parent=parent,
            area=area,
            province_id=area.code[:2] if area else None,
            established_on=established_on,
            is_demonstration=is_demonstration,
            **more,
        ).prepared()
        organisation.save()
        if established_on:
            organisation.events.create(kind=EventKind.ESTABLISHED, happened_on=established_on)
        record(CREATED, subject=organisation, actor=actor, data={"code": code, "kind": kind})
        transaction.on_commit(tell_changed([code], actor))
    return organisation


def rename_organisation(
    organisation: Organisation, *, name_th: str, name_en: str, on: dt.date, source: str = "", actor: Actor
) -> Organisation:
    """Give an organisation a new name from a day on; the old one stays in its history."""
    require_operator(actor)
    with transaction.atomic():
        (row,) = locked(organisation)
        _refuse_ended(row)
        _refuse_out_of_order(row, on)
        before_th, before_en = row.name_th, row.name_en
        row.name_th, row.name_en = name_th, name_en
        row.prepared().save()
        OrganisationEvent.objects.create(
            organisation=row,
            kind=EventKind.RENAMED,
            happened_on=on,
            name_th_before=before_th,
            name_en_before=before_en,
            source=source,
        )
        data = {"code": row.code, "on": on, "name_th_before": before_th, "name_th": row.name_th}
        record(
            RENAMED,
            subject=row,
            actor=actor,
            data={**data, "name_en_before": before_en, "name_en": row.name_en},
        )
        transaction.on_commit(tell_changed([row.code], actor))
    return row


def move_organisation(
    organisation: Organisation, *, parent: Organisation | None, on: dt.date, source: str = "", actor: Actor
) -> Organisation:
    """Put an organisation under another parent from a day on; a circle is refused."""
    require_operator(actor)
    with transaction.atomic():
        (row,) = locked(organisation)
        _refuse_ended(row)
        _refuse_out_of_order(row, on)
        above = parent
        while above is not None:
            if above.pk == row.pk:
                raise DomainError(
                    "registry.organisation.circle",
                    _("An organisation cannot stand below itself or below one of its own."),
                )
            above = above.parent
        before = row.parent
        row.parent = parent
        row.save()
        OrganisationEvent.objects.create(
            organisation=row,
            kind=EventKind.MOVED,
            happened_on=on,
            parent_before=before,
            other=parent,
            source=source,
        )
        data = {"code": row.code, "on": on, "parent_before": before.code if before else None}
        record(MOVED, subject=row, actor=actor, data={**data, "parent": parent.code if parent else None})
        transaction.on_commit(tell_changed([row.code], actor))
    return row


def merge_organisation(
    organisation: Organisation, *, into: Organisation, on: dt.date, source: str = "", actor: Actor
) -> Organisation:
    """End an organisation on a day because another takes it over; its children move there."""
    require_operator(actor)
    if organisation.pk == into.pk:
        raise DomainError("registry.organisation.circle", _("An organisation cannot be merged into itself."))
    with transaction.atomic():
        row, heir = locked(organisation, into)
        _refuse_ended(row)
        _refuse_ended(heir)
        _refuse_out_of_order(row, on)
        row.ended_on = on
        row.save()
        OrganisationEvent.objects.create(
            organisation=row, kind=EventKind.MERGED, happened_on=on, other=heir, source=source
        )
        for child in row.children.select_for_update().order_by("pk"):
            OrganisationEvent.objects.create(
                organisation=child,
                kind=EventKind.MOVED,
                happened_on=on,
                parent_before=row,
                other=heir,
                source=source,
            )
        row.children.update(parent=heir)
        record(MERGED, subject=row, actor=actor, data={"code": row.code, "on": on, "into": heir.code})
        transaction.on_commit(tell_changed([row.code, heir.code], actor))
    return row


def split_organisation(
    origin: Organisation,
    *,
    code: str,
    name_th: str,
    name_en: str,
    on: dt.date,
    source: str = "",
    actor: Actor,
) -> Organisation:
    """Found a new organisation out of an existing one, of the same kind, parent and area."""
    require_operator(actor)
    with transaction.atomic():
        (row,) = locked(origin)
        _refuse_ended(row)
        new = create_organisation(
            code=code,
            kind=row.kind,
            name_th=name_th,
            name_en=name_en,
            parent=row.parent,
            area=row.area,
            is_demonstration=row.is_demonstration,
            actor=actor,
        )
        Organisation.objects.filter(pk=new.pk).update(established_on=on)
        new.established_on = on
        OrganisationEvent.objects.create(
            organisation=new, kind=EventKind.SPLIT, happened_on=on, other=row, source=source
        )
        record(SPLIT, subject=new, actor=actor, data={"code": code, "on": on, "from": row.code})
    return new


def abolish_organisation(
    organisation: Organisation, *, on: dt.date, source: str = "", actor: Actor
) -> Organisation:
    """End an organisation on a day; one that still has others below it is refused."""
    require_operator(actor)
    with transaction.atomic():
        (row,) = locked(organisation)
        _refuse_ended(row)
        _refuse_out_of_order(row, on)
        if row.children.filter(ended_on__isnull=True).exists():
            raise DomainError(
                "registry.organisation.has-children",
                _("Organisations still stand below this one; move or end them first."),
                status=409,
            )
        row.ended_on = on
        row.save()
        OrganisationEvent.objects.create(
            organisation=row, kind=EventKind.ABOLISHED, happened_on=on, source=source
        )
        record(ABOLISHED, subject=row, actor=actor, data={"code": row.code, "on": on})
        transaction.on_commit(tell_changed([row.code], actor))
    return row


def set_operator(organisation: Organisation, *, actor: Actor) -> Organisation:
    """Name the organisation that runs this installation; there is always at most one. Idempotent."""
    require_operator(actor)
    with transaction.atomic():
        before = list(Organisation.objects.select_for_update().filter(is_operator=True).order_by("pk"))
        if [one.pk for one in before] == [organisation.pk]:
            return before[0]
        Organisation.objects.filter(is_operator=True).update(is_operator=False)
        Organisation.objects.filter(pk=organisation.pk).update(is_operator=True, updated_at=F("updated_at"))
        organisation.is_operator = True
        record(OPERATOR_SET, subject=organisation, actor=actor, data={"code": organisation.code})
    return organisation
