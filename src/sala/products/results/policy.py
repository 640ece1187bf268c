"""Who may make, publish and withdraw rankings, and who may see one before it is published."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sala.kernel.audit.interface import Actor, Decision, allow, deny
from sala.kernel.files.interface import StoredFile
from sala.kernel.registry.interface import Role, has_role
from sala.products.results.models import RankingVersion

MAKERS = (Role.AWARDING_OFFICE, Role.ADMINISTRATOR)


def can_make(actor: Actor) -> Decision:
    """Whether `actor` may make rankings: the awarding office and administrators of the operator, or the platform."""
    if actor.kind == "system" or has_role(actor, MAKERS):
        return allow()
    return deny(_("Rankings are made by the awarding office and by administrators of this installation."))


def can_publish(actor: Actor, version: RankingVersion) -> Decision:
    """Whether `actor` may publish this version now."""
    if not (decision := can_make(actor)):
        return decision
    if version.state != "computed":
        return deny(_("Only a computed version can be published."))
    return allow()


def can_withdraw(actor: Actor, version: RankingVersion) -> Decision:
    """Whether `actor` may withdraw this version now."""
    if not (decision := can_make(actor)):
        return decision
    if version.state != "published":
        return deny(_("Only a published version can be withdrawn."))
    return allow()


def can_see(actor: Actor, version: RankingVersion) -> Decision:
    """Whether `actor` may read this version: everyone once it is published, its makers before."""
    if version.is_open:
        return allow()
    return can_make(actor)


def makers_may_read(actor: Actor, file: StoredFile) -> Decision:
    """Files of a version go through its own pages; the plain file address is for its makers."""
    return can_make(actor)
