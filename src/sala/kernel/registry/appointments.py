"""Every write of officials and roles: granting, revoking, substituting, delegating."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.interface import Actor, Decision, declare, record
from sala.kernel.registry import policy
from sala.kernel.registry.actions import locked
from sala.kernel.registry.models import Delegation, Official, Organisation, Role, RoleGrant, Substitution
from sala.kernel.registry.roles import delegated_administrators_of, roles_of, today

GRANTED = declare(
    "registry.role.granted",
    th="มอบบทบาทให้เจ้าหน้าที่",
    en="A role was granted to an official",
    fields=("account", "role", "organisation", "from_on", "until_on"),
)
REVOKED = declare(
    "registry.role.revoked",
    th="ยกเลิกบทบาทของเจ้าหน้าที่",
    en="A role was taken from an official",
    fields=("account", "role", "organisation"),
)
SUBSTITUTED = declare(
    "registry.substitution.made",
    th="แต่งตั้งผู้ปฏิบัติหน้าที่แทน",
    en="A substitute was named",
    fields=("principal", "substitute", "organisation", "from_on", "until_on"),
)
SUBSTITUTION_ENDED = declare(
    "registry.substitution.ended",
    th="ยุติการปฏิบัติหน้าที่แทน",
    en="A substitution was ended",
    fields=("principal", "substitute", "organisation"),
)
DELEGATED = declare(
    "registry.administration.delegated",
    th="มอบอำนาจการจัดการเจ้าหน้าที่ให้ต้นสังกัด",
    en="Administration was delegated to a parent organisation",
    fields=("to", "organisation"),
)
DELEGATION_REVOKED = declare(
    "registry.administration.delegation-revoked",
    th="ยกเลิกการมอบอำนาจการจัดการเจ้าหน้าที่",
    en="A delegation of administration was revoked",
    fields=("to", "organisation"),
)


def require(decision: Decision) -> None:
    """Raise `NotAllowed` with the policy's reason unless allowed."""
    if not decision:
        raise NotAllowed("registry.not-administrator", decision.reason)


def account_of_actor(actor: Actor) -> UUID | None:
    """Return the account id to write as `granted_by`, or None for the system."""
    return UUID(actor.id) if actor.is_account else None


def require_administration(actor: Actor, organisation: Organisation) -> None:
    """Raise `NotAllowed` unless the actor may administer this organisation."""
    require(
        policy.can_administer(
            actor, roles_of(actor), organisation.pk, delegated_administrators_of(organisation)
        )
    )


def _require_gift(actor: Actor, organisation: Organisation, role: str) -> None:
    delegated = delegated_administrators_of(organisation)
    require(policy.can_give(actor, roles_of(actor), role, organisation.pk, delegated))


def _refuse_days(from_on: dt.date, until_on: dt.date | None) -> None:
    if until_on is not None and until_on < from_on:
        raise DomainError("registry.days-out-of-order", _("The last day is before the first day."))


def appoint(
    *,
    account_id: UUID,
    organisation: Organisation,
    title_th: str = "",
    title_en: str = "",
) -> Official:
    """Keep the account's post at the organisation; called inside an action, never by itself."""
    official, new = Official.objects.get_or_create(
        account_id=account_id,
        organisation=organisation,
        defaults={"title_th": title_th, "title_en": title_en, "since_on": today()},
    )
    if not new and (title_th or title_en):
        official.title_th, official.title_en, official.until_on = title_th, title_en, None
        official.save(update_fields=["title_th", "title_en", "until_on"])
    return official


def grant_role(
    *,
    account_id: UUID,
    organisation: Organisation,
    role: str,
    from_on: dt.date | None = None,
    until_on: dt.date | None = None,
    title_th: str = "",
    title_en: str = "",
    actor: Actor,
) -> RoleGrant:
    """Give an account a role at an organisation. Idempotent: a role that is held with the same days stays as it is."""
    role = Role(role)
    from_on = from_on or today()
    _require_gift(actor, organisation, role)
    _refuse_days(from_on, until_on)
    with transaction.atomic():
        (row,) = locked(organisation)
        held = RoleGrant.objects.filter(
            organisation=row, account_id=account_id, role=role, revoked_at__isnull=True
        ).first()
        if held is not None and held.until_on == until_on:
            return held
        if held is not None:
            held.until_on = until_on
            held.from_on = min(held.from_on, from_on)
            held.save(update_fields=["until_on", "from_on"])
            grant = held
        else:
            appoint(account_id=account_id, organisation=row, title_th=title_th, title_en=title_en)
            grant = RoleGrant.objects.create(
                organisation=row,
                account_id=account_id,
                role=role,
                from_on=from_on,
                until_on=until_on,
                granted_by_id=account_of_actor(actor),
            )
        record(
            GRANTED,
            subject=grant,
            actor=actor,
            data={
                "account": account_id,
                "role": role,
                "organisation": row.code,
                "from_on": grant.from_on,
                "until_on": until_on,
            },
        )
    return grant


def revoke_role(grant: RoleGrant, *, actor: Actor) -> RoleGrant:
    """Take a role back now. Idempotent; the operator's last administrator stays."""
    _require_gift(actor, grant.organisation, grant.role)
    with transaction.atomic():
        (organisation,) = locked(grant.organisation)
        row = RoleGrant.objects.select_for_update().get(pk=grant.pk)
        if row.revoked_at is not None:
            return row
        if row.role == Role.ADMINISTRATOR and organisation.is_operator:
            lasting = Q(until_on__isnull=True) | Q(until_on__gte=today())
            others = RoleGrant.objects.filter(
                lasting,
                organisation=organisation,
                role=row.role,
                revoked_at__isnull=True,
                from_on__lte=today(),
            ).exclude(pk=row.pk)
            if not others.exists():
                raise DomainError(
                    "registry.role.last-administrator",
                    _(
                        "This is the last administrator of the platform; give the role to somebody else first."
                    ),
                    status=409,
                )
        row.revoked_at = timezone.now()
        row.revoked_by_id = account_of_actor(actor)
        row.save(update_fields=["revoked_at", "revoked_by"])
        record(
            REVOKED,
            subject=row,
            actor=actor,
            data={"account": row.account_id, "role": row.role, "organisation": organisation.code},
        )
    return row


def name_substitute(
    *,
    principal_id: UUID,
    substitute_id: UUID,
    organisation: Organisation,
    from_on: dt.date,
    until_on: dt.date,
    reason: str = "",
    actor: Actor,
) -> Substitution:
    """Let `substitute` act for `principal` at an organisation; both must work there."""
    delegated = delegated_administrators_of(organisation)
    require(policy.can_stand_in(actor, roles_of(actor), principal_id, organisation.pk, delegated))
    _refuse_days(from_on, until_on)
    if principal_id == substitute_id:
        raise DomainError("registry.substitution.oneself", _("Nobody can be their own substitute."))
    with transaction.atomic():
        (row,) = locked(organisation)
        posts = Official.objects.filter(organisation=row, account_id__in=[principal_id, substitute_id])
        if posts.count() != 2:
            raise DomainError(
                "registry.substitution.outsider",
                _("Both must work for this organisation; invite the substitute first."),
            )
        overlapping = Substitution.objects.filter(
            organisation=row,
            principal_id=principal_id,
            from_on__lte=until_on,
            until_on__gte=from_on,
            ended_at__isnull=True,
        )
        if overlapping.exists():
            raise DomainError(
                "registry.substitution.overlaps",
                _("Somebody is already named for some of these days."),
                status=409,
            )
        substitution = Substitution.objects.create(
            organisation=row,
            principal_id=principal_id,
            substitute_id=substitute_id,
            from_on=from_on,
            until_on=until_on,
            reason=reason,
            made_by_id=account_of_actor(actor),
        )
        record(
            SUBSTITUTED,
            subject=substitution,
            actor=actor,
            data={
                "principal": principal_id,
                "substitute": substitute_id,
                "organisation": row.code,
                "from_on": from_on,
                "until_on": until_on,
            },
        )
    return substitution


def end_substitution(substitution: Substitution, *, actor: Actor) -> Substitution:
    """End a substitution now. Idempotent."""
    organisation = substitution.organisation
    delegated = delegated_administrators_of(organisation)
    require(
        policy.can_stand_in(actor, roles_of(actor), substitution.principal_id, organisation.pk, delegated)
    )
    with transaction.atomic():
        row = Substitution.objects.select_for_update().get(pk=substitution.pk)
        if row.ended_at is not None:
            return row
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        data = {
            "principal": row.principal_id,
            "substitute": row.substitute_id,
            "organisation": organisation.code,
        }
        record(SUBSTITUTION_ENDED, subject=row, actor=actor, data=data)
    return row


def delegate_administration(
    *, to: Organisation, organisation: Organisation | None, actor: Actor
) -> Delegation:
    """Let the administrators of `to` administer `organisation`, or all its children when None. Idempotent."""
    require(policy.can_delegate(actor, roles_of(actor), organisation.pk if organisation else None))
    if organisation is not None and organisation.parent_id != to.pk:
        raise DomainError(
            "registry.delegation.not-parent",
            _("Administration can be delegated only to the parent organisation."),
        )
    standing = Delegation.objects.filter(to=to, organisation=organisation, revoked_at__isnull=True)
    try:
        with transaction.atomic():
            if (held := standing.first()) is not None:
                return held
            delegation = Delegation.objects.create(
                to=to, organisation=organisation, granted_by_id=account_of_actor(actor)
            )
            data = {"to": to.code, "organisation": organisation.code if organisation else None}
            record(DELEGATED, subject=delegation, actor=actor, data=data, organisation=to)
    except IntegrityError:  # the same delegation was made in the same moment
        return standing.get()
    return delegation


def revoke_delegation(delegation: Delegation, *, actor: Actor) -> Delegation:
    """Take a delegation back now. Idempotent."""
    require(policy.can_delegate(actor, roles_of(actor), delegation.organisation_id))
    with transaction.atomic():
        row = (
            Delegation.objects.select_for_update(of=("self",))
            .select_related("to", "organisation")
            .get(pk=delegation.pk)
        )
        if row.revoked_at is not None:
            return row
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        data = {"to": row.to.code, "organisation": row.organisation.code if row.organisation else None}
        record(DELEGATION_REVOKED, subject=row, actor=actor, data=data, organisation=row.to)
    return row
