"""Who may look at progress, and who may operate the queues."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sala.kernel.audit.interface import Actor, Decision, allow, deny
from sala.kernel.jobs.models import Progress
from sala.kernel.registry.interface import Role, has_role


def can_operate_jobs(actor: Actor) -> Decision:
    """Whether `actor` may see queues and failures, and retry or discard jobs: an administrator of the operator."""
    if actor.kind == "system" or (actor.is_account and has_role(actor, Role.ADMINISTRATOR)):
        return allow()
    return deny(_("Only administrators of the organisation that runs this site may see its jobs."))


def can_see_progress(actor: Actor, progress: Progress) -> Decision:
    """Whether `actor` may follow `progress`: its owner, or an administrator of the operator."""
    if actor.is_account and progress.owner_id is not None and str(progress.owner_id) == actor.id:
        return allow()
    if can_operate_jobs(actor):
        return allow()
    return deny(_("Only the person who started this work may follow it."))
