"""Inviting officials by e-mail: the token goes out once and only its hash stays."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Sequence
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import Actor, declare, record
from sala.kernel.registry import policy
from sala.kernel.registry.actions import locked
from sala.kernel.registry.appointments import account_of_actor, appoint, require
from sala.kernel.registry.models import Invitation, Organisation, Role, RoleGrant
from sala.kernel.registry.roles import delegated_administrators_of, roles_of, today

INVITED = declare(
    "registry.official.invited",
    th="เชิญเจ้าหน้าที่เข้าร่วมหน่วยงาน",
    en="An official was invited",
    fields=("organisation", "roles"),
)
ACCEPTED = declare(
    "registry.invitation.accepted",
    th="ตอบรับคำเชิญเข้าร่วมหน่วยงาน",
    en="An invitation was accepted",
    fields=("organisation", "roles", "account"),
)
WITHDRAWN = declare(
    "registry.invitation.withdrawn",
    th="ถอนคำเชิญ",
    en="An invitation was withdrawn",
    fields=("organisation",),
)
VALID_FOR = dt.timedelta(days=7)

Sender = Callable[[str, str, str], None]
"""Sends one letter: address, subject, text."""


def _by_mail(address: str, subject: str, text: str) -> None:
    send_mail(subject, text, None, [address])


_sender: Sender = _by_mail


def set_invitation_sender(sender: Sender) -> None:
    """Let a higher room send invitations its own way (with an outbox); set once, at start."""
    global _sender
    _sender = sender


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite(
    *,
    organisation: Organisation,
    email: str,
    roles: Sequence[str],
    title_th: str = "",
    title_en: str = "",
    role_until_on: dt.date | None = None,
    actor: Actor,
) -> tuple[Invitation, str]:
    """Invite somebody by e-mail; returns the invitation and its address. An open one to the same address is replaced."""
    wanted = sorted({Role(role).value for role in roles})
    held, delegated = roles_of(actor), delegated_administrators_of(organisation)
    require(policy.can_administer(actor, held, organisation.pk, delegated))
    for role in wanted:
        require(policy.can_give(actor, held, role, organisation.pk, delegated))
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise DomainError("registry.invitation.address", _("This is not an e-mail address.")) from None
    if not wanted:
        raise DomainError("registry.invitation.no-role", _("Choose at least one role."))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        (row,) = locked(organisation)
        Invitation.objects.filter(
            organisation=row, email=email, accepted_at__isnull=True, withdrawn_at__isnull=True
        ).update(withdrawn_at=timezone.now())
        invitation = Invitation.objects.create(
            organisation=row,
            email=email,
            roles=wanted,
            title_th=title_th,
            title_en=title_en,
            role_until_on=role_until_on,
            token_sha256=_hash(token),
            invited_by_id=account_of_actor(actor),
            expires_at=timezone.now() + VALID_FOR,
        )
        record(INVITED, subject=invitation, actor=actor, data={"organisation": row.code, "roles": wanted})
        address = settings.PUBLIC_URL + reverse("registry:invitation", args=[token])
        transaction.on_commit(lambda: _send(invitation, address))
    return invitation, address


def _send(invitation: Invitation, address: str) -> None:
    """Write the letter in both languages, Thai first: the invited person's language is not known yet."""
    texts, subject = [], ""
    for language in ("th", "en"):
        with translation.override(language):
            subject = subject or gettext("Invitation to work in Sala")
            texts.append(
                render_to_string(
                    "registry/mail/invitation.txt",
                    {"invitation": invitation, "address": address, "language": language},
                ).strip()
            )
    _sender(invitation.email, subject, "\n\n---\n\n".join(texts) + "\n")


def open_invitation(token: str) -> Invitation:
    """Return the invitation that this token opens; a used, withdrawn, expired or unknown one is refused."""
    invitation = Invitation.objects.select_related("organisation").filter(token_sha256=_hash(token)).first()
    if invitation is None or invitation.withdrawn_at is not None:
        raise DomainError(
            "registry.invitation.unknown",
            _("This invitation does not exist or was withdrawn. Ask your administrator for a new one."),
            status=404,
        )
    if invitation.accepted_at is not None:
        raise DomainError(
            "registry.invitation.used",
            _("This invitation was used already. Sign in to continue."),
            status=410,
        )
    if invitation.expires_at < timezone.now():
        raise DomainError(
            "registry.invitation.expired",
            _("This invitation has expired. Ask your administrator for a new one."),
            status=410,
        )
    return invitation


def accept_invitation(token: str, *, actor: Actor) -> Invitation:
    """Take up the post and roles of an invitation; only a signed-in person can, and only once."""
    account_id = account_of_actor(actor)
    if account_id is None:
        raise DomainError(
            "registry.invitation.sign-in", _("Sign in first, then accept the invitation."), status=403
        )
    with transaction.atomic():
        found = open_invitation(token)
        (organisation,) = locked(found.organisation)
        invitation = Invitation.objects.select_for_update().get(pk=found.pk)
        open_invitation(token)
        _give(invitation, organisation, account_id)
        invitation.accepted_at, invitation.accepted_by_id = timezone.now(), account_id
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        data = {"organisation": organisation.code, "roles": invitation.roles, "account": account_id}
        record(ACCEPTED, subject=invitation, actor=actor, data=data)
    return invitation


def _give(invitation: Invitation, organisation: Organisation, account_id: UUID) -> None:
    appoint(
        account_id=account_id,
        organisation=organisation,
        title_th=invitation.title_th,
        title_en=invitation.title_en,
    )
    for role in invitation.roles:
        RoleGrant.objects.get_or_create(
            organisation=organisation,
            account_id=account_id,
            role=role,
            revoked_at=None,
            defaults={
                "from_on": today(),
                "until_on": invitation.role_until_on,
                "granted_by_id": invitation.invited_by_id,
            },
        )


def withdraw_invitation(invitation: Invitation, *, actor: Actor) -> Invitation:
    """Take an open invitation back; its link stops working. Idempotent."""
    delegated = delegated_administrators_of(invitation.organisation)
    require(policy.can_administer(actor, roles_of(actor), invitation.organisation_id, delegated))
    with transaction.atomic():
        row = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if row.withdrawn_at is not None or row.accepted_at is not None:
            return row
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        record(WITHDRAWN, subject=row, actor=actor, data={"organisation": invitation.organisation.code})
    return row
