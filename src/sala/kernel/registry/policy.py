"""Who may do what in the registry: pure functions over the roles that an actor holds."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from sala.kernel.audit.interface import Actor, Decision, allow, deny
from sala.kernel.registry.models import Role
from sala.kernel.registry.roles import HeldRole, holds

OPERATOR_ROLES = frozenset({Role.REVIEWER, Role.JURY, Role.AWARDING_OFFICE})
"""Roles that only the operator gives, because they judge others."""


def can_run_registry(actor: Actor, held: Collection[HeldRole]) -> Decision:
    """May create, rename, merge and import organisations: the operator's administrators, and the system."""
    if actor.kind == "system" or holds(held, Role.ADMINISTRATOR):
        return allow()
    return deny(_("Only an administrator of the organisation that runs this installation may do this."))


def can_administer(
    actor: Actor, held: Collection[HeldRole], organisation_id: UUID, delegated_to: Collection[UUID] = ()
) -> Decision:
    """May invite officials and grant roles: own administrators, those delegated to, and the operator's."""
    if actor.kind == "system" or holds(held, Role.ADMINISTRATOR, organisation_id):
        return allow()
    if any(holds(held, Role.ADMINISTRATOR, above) for above in delegated_to):
        return allow()
    return deny(_("Only an administrator of this organisation may do this."))


def can_see_officials(
    actor: Actor, held: Collection[HeldRole], organisation_id: UUID, delegated_to: Collection[UUID] = ()
) -> Decision:
    """May see who works for an organisation: those who work there, who administer it, and auditors."""
    if can_administer(actor, held, organisation_id, delegated_to):
        return allow()
    if any(one.organisation_id == organisation_id for one in held) or holds(held, Role.AUDITOR):
        return allow()
    return deny(_("Only people who work for this organisation may see this page."))


def can_give(
    actor: Actor,
    held: Collection[HeldRole],
    role: str,
    organisation_id: UUID,
    delegated_to: Collection[UUID] = (),
) -> Decision:
    """May give or take `role`: whoever administers, but reviewers, juries and awarding officers only by the operator."""
    decision = can_administer(actor, held, organisation_id, delegated_to)
    if not decision:
        return decision
    if role in OPERATOR_ROLES and not can_run_registry(actor, held):
        return deny(_("This role is given only by the organisation that runs this installation."))
    return allow()


def can_stand_in(
    actor: Actor,
    held: Collection[HeldRole],
    principal_id: UUID,
    organisation_id: UUID,
    delegated_to: Collection[UUID] = (),
) -> Decision:
    """May name a substitute: the person for themselves, or whoever administers the organisation."""
    if actor.is_account and actor.id == str(principal_id):
        if any(one.organisation_id == organisation_id and one.principal_id is None for one in held):
            return allow()
        return deny(_("You hold no role here that somebody could act in for you."))
    return can_administer(actor, held, organisation_id, delegated_to)


def can_delegate(actor: Actor, held: Collection[HeldRole], organisation_id: UUID | None) -> Decision:
    """May hand administration to a parent: the organisation's own administrators; for all children, the operator."""
    if can_run_registry(actor, held):
        return allow()
    if organisation_id is not None and holds(held, Role.ADMINISTRATOR, organisation_id):
        return allow()
    return deny(_("Only the organisation itself, or the one that runs this installation, may delegate this."))
