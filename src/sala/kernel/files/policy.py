"""Who may read a stored file: what its purpose says, else nobody."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sala.kernel.audit.interface import Actor, Decision, allow, deny
from sala.kernel.files.models import StoredFile
from sala.kernel.files.purposes import PURPOSES


def can_read(actor: Actor, file: StoredFile) -> Decision:
    """Whether `actor` may open `file`: its purpose decides; an undeclared purpose lets nobody in."""
    purpose = PURPOSES.get(file.purpose)
    if purpose is None:
        return deny(_("This file is not for reading on pages."))
    if actor.kind == "system":
        return allow()
    return purpose.may_read(actor, file)


def owner_may_read(actor: Actor, file: StoredFile) -> Decision:
    """The plainest rule of a purpose: who handed the file in may open it."""
    if actor.is_account and file.owner_id is not None and str(file.owner_id) == actor.id:
        return allow()
    return deny(_("Only the person who sent this file may open it."))
