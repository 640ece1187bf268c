"""Who may do what with accounts, mandates and consents."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sala.kernel.audit.interface import Actor, Decision, allow, deny
from sala.kernel.people.assurance import AuthContext
from sala.kernel.people.models import Account, Consent, Mandate


def is_self(actor: Actor, account: Account) -> bool:
    """Whether the actor is this very account (and not somebody acting for it)."""
    return actor.is_account and actor.id == str(account.pk)


def may_act(context: AuthContext | None) -> Decision:
    """Whether a session may act at all: one that a password alone opened may only add a second factor."""
    if context is not None and context.lacks_second_factor:
        return deny(_("Please add a second factor first; a password alone is not enough here."))
    return allow()


def may_open(actor: Actor) -> Decision:
    """Accounts are opened by the system: by a sign-in, an invitation, or a command."""
    return allow() if actor.kind == "system" else deny(_("Accounts are not opened by hand."))


def may_change_profile(actor: Actor, account: Account) -> Decision:
    if is_self(actor, account) or actor.kind == "system":
        return allow()
    return deny(_("Only the person themselves may change this."))


def may_end_sessions(actor: Actor, account: Account) -> Decision:
    if is_self(actor, account) or actor.kind == "system":
        return allow()
    return deny(_("Only the person themselves may end these sessions."))


def may_grant(actor: Actor, grantor: Account, grantee: Account, source: str) -> Decision:
    """A person grants for themselves; registers, documents and courts speak through the system."""
    if grantor.pk == grantee.pk:
        return deny(_("Nobody needs a mandate for themselves."))
    if not grantee.is_active or not grantor.is_active:
        return deny(_("One of the two accounts is closed."))
    if source == "person":
        if actor.on_behalf_of:
            return deny(_("While you act for another person you cannot pass that right on."))
        return (
            allow() if is_self(actor, grantor) else deny(_("Only the person themselves may give this right."))
        )
    return (
        allow()
        if actor.kind == "system"
        else deny(_("Such a mandate comes from a register, not from a page."))
    )


def may_revoke(actor: Actor, mandate: Mandate) -> Decision:
    """The grantor may take back what they gave, the grantee may lay down what they hold."""
    if actor.kind == "system":
        return allow()
    if actor.is_account and not actor.on_behalf_of:
        if actor.id == str(mandate.grantee_id):
            return allow()
        if actor.id == str(mandate.grantor_id):
            if mandate.source == "person":
                return allow()
            return deny(_("This right comes from a register; only the register can end it."))
    return deny(_("This mandate is not yours."))


def may_act_for(actor: Actor, mandate: Mandate) -> Decision:
    if actor.is_account and actor.id == str(mandate.grantee_id):
        return allow()
    return deny(_("This mandate is not yours."))


def may_withdraw(actor: Actor, consent: Consent) -> Decision:
    if actor.kind == "system" or (
        actor.is_account and actor.id == str(consent.account_id) and not actor.on_behalf_of
    ):
        return allow()
    return deny(_("Only the person who gave this consent may withdraw it."))
