"""Which roles an actor holds, by own grant or as a substitute, and on whose behalf."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from sala.kernel.audit.interface import Actor
from sala.kernel.registry.models import Delegation, Organisation, Role, RoleGrant, Substitution

NOT_SUBSTITUTED = (Role.ADMINISTRATOR, Role.AUDITOR)
"""Nobody grants roles or audits by standing in for another."""


@dataclass(frozen=True)
class HeldRole:
    """A role that counts today: at `organisation_id`, everywhere if `is_operator`, for `principal_id` as a substitute."""

    role: str
    organisation_id: UUID
    is_operator: bool = False
    principal_id: UUID | None = None


def today() -> dt.date:
    """Return today in Bangkok."""
    return timezone.localdate()


def _current(day: dt.date) -> Q:
    return Q(revoked_at__isnull=True, from_on__lte=day) & (Q(until_on__isnull=True) | Q(until_on__gte=day))


def _account_id(actor: Actor) -> UUID | None:
    if not actor.is_account:
        return None
    try:
        return UUID(actor.id)
    except ValueError:
        return None


def roles_of(actor: Actor) -> frozenset[HeldRole]:
    """Return every role that counts today for the actor: own ones and those held as a substitute (one query)."""
    account = _account_id(actor)
    if account is None:
        return frozenset()
    day = today()
    standing_in = Substitution.objects.filter(
        substitute_id=account,
        principal_id=OuterRef("account_id"),
        organisation_id=OuterRef("organisation_id"),
        from_on__lte=day,
        until_on__gte=day,
        ended_at__isnull=True,
    )
    rows = (
        RoleGrant.objects.filter(_current(day))
        .filter(Q(account_id=account) | (Q(Exists(standing_in)) & ~Q(role__in=NOT_SUBSTITUTED)))
        .values_list("role", "organisation_id", "organisation__is_operator", "account_id")
    )
    return frozenset(
        HeldRole(role, organisation, is_operator, None if holder == account else holder)
        for role, organisation, is_operator, holder in rows
    )


def holds(
    held: Iterable[HeldRole], role: str | Iterable[str], organisation: Organisation | UUID | None = None
) -> HeldRole | None:
    """Return the held role that fits (own before substituted), or None; roles at the operator fit everywhere.

    Without `organisation`, the role must be held at the operator.
    """
    wanted = {role} if isinstance(role, str) else set(role)
    place = organisation.pk if isinstance(organisation, Organisation) else organisation
    fitting = [
        one for one in held if one.role in wanted and (one.is_operator or one.organisation_id == place)
    ]
    return min(fitting, key=lambda one: one.principal_id is not None, default=None)


def has_role(
    actor: Actor, role: str | Iterable[str], organisation: Organisation | UUID | None = None
) -> bool:
    """Return whether the actor holds one of `role` at `organisation` today, or at the operator."""
    return holds(roles_of(actor), role, organisation) is not None


def acting(actor: Actor, role: str | Iterable[str], organisation: Organisation | UUID | None = None) -> Actor:
    """Return the actor to record: with `on_behalf_of` where the role is held as a substitute."""
    held = holds(roles_of(actor), role, organisation)
    if held is None or held.principal_id is None:
        return actor
    return replace(actor, on_behalf_of=str(held.principal_id))


def organisations_of(actor: Actor, role: str | Iterable[str] | None = None) -> list[UUID]:
    """Return the ids of organisations where the actor holds a role (or one of `role`) today."""
    wanted = None if role is None else {role} if isinstance(role, str) else set(role)
    return sorted({one.organisation_id for one in roles_of(actor) if wanted is None or one.role in wanted})


def holders(role: str, organisation: Organisation) -> list[UUID]:
    """Return the account ids that hold `role` at `organisation` today by own grant."""
    rows = RoleGrant.objects.filter(_current(today()), organisation=organisation, role=role)
    return list(rows.values_list("account_id", flat=True))


def delegated_administrators_of(organisation: Organisation) -> set[UUID]:
    """Return the ids of organisations whose administrators may administer this one."""
    covers = Q(organisation=organisation)
    if organisation.parent_id:
        covers |= Q(organisation__isnull=True, to_id=organisation.parent_id)
    return set(Delegation.objects.filter(covers, revoked_at__isnull=True).values_list("to_id", flat=True))
