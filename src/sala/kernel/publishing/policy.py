"""Who may offer and withdraw tables, and who may read them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sala.kernel.audit.interface import Actor, Decision, allow, deny
from sala.kernel.files.interface import StoredFile


def can_offer(actor: Actor) -> Decision:
    """Whether `actor` may offer: the offering room has decided about the person; nobody unknown ever offers."""
    if actor.kind == "anonymous":
        return deny(_("Tables are published by the rooms of this platform, not by visitors."))
    return allow()


def anyone_may_read(actor: Actor, file: StoredFile) -> Decision:
    """What is published is open to everyone."""
    return allow()
