"""Who may change keys."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sala.kernel.audit.interface import Actor, Decision, allow, deny


def can_manage_keys(actor: Actor, *, is_operator_administrator: bool) -> Decision:
    """May rotate, revoke and certify keys: the command line, the system, administrators of the operator."""
    if actor.kind == "system" or is_operator_administrator:
        return allow()
    return deny(_("Only an administrator of the installation may change its keys."))
