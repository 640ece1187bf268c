"""Whose audit records an auditor may read."""

from __future__ import annotations

from sala.kernel.audit.interface import Actor, Scope
from sala.kernel.registry.models import Organisation, Role
from sala.kernel.registry.roles import roles_of


def audit_scope(actor: Actor) -> Scope:
    """Return all for an auditor of the operator, else the audited organisations and those below them."""
    held = [one for one in roles_of(actor) if one.role == Role.AUDITOR]
    if any(one.is_operator for one in held):
        return Scope(everything=True)
    found = level = {one.organisation_id for one in held}
    while level:
        level = set(Organisation.objects.filter(parent_id__in=level).values_list("id", flat=True)) - found
        found = found | level
    return Scope(organisations=frozenset(found))
