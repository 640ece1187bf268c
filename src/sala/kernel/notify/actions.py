"""Tells a person of an event, marks notices as read, and keeps preferences."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.interface import Actor, declare, record
from sala.kernel.jobs.interface import defer
from sala.kernel.notify.delivering import deliver
from sala.kernel.notify.models import Channel, Delivery, Notice, Preference
from sala.kernel.notify.notices import NOTICES
from sala.kernel.people.interface import Account

NOTIFIED = declare("notify.notice.sent", th="ส่งการแจ้งเตือน", en="Sent a notice", fields=("code", "channels"))
PREFERRED = declare(
    "notify.preference.changed",
    th="เปลี่ยนวิธีรับการแจ้งเตือน",
    en="Changed how notices are received",
    fields=("code", "channel", "wanted"),
)


def notify(
    *,
    account: Account | UUID | str,
    code: str,
    params: Mapping[str, Any],
    actor: Actor,
    channels: Collection[str] = ("inbox", "email"),
    path: str = "",
    key: str | None = None,
) -> Notice:
    """Tell `account` of an event in the transaction that is open; its mail leaves after the commit.

    `code` was declared by `declare_notice`; `params` are JSON texts and numbers; `path` is where the matter goes
    on. The same `key` for the same account tells once and returns the first notice. What a person turned off
    is left out, unless the notice is required.
    """
    declared = NOTICES.get(code)
    if declared is None:
        raise ValueError(f"notice {code} is not declared")
    account_id = account.pk if isinstance(account, Account) else UUID(str(account))
    with transaction.atomic():
        if key is not None and (known := Notice.objects.filter(account_id=account_id, key=key).first()):
            return known
        unwanted = (
            set()
            if declared.required
            else set(
                Preference.objects.filter(account_id=account_id, code=code, wanted=False).values_list(
                    "channel", flat=True
                )
            )
        )
        wanted = [channel for channel in channels if channel not in unwanted]
        notice, made = _write(account_id, code, params, path, key, in_inbox=Channel.INBOX in wanted)
        if not made:
            return notice
        if Channel.EMAIL in wanted and settings.MAIL_ENABLED and _has_address(account_id):
            queue_mail(notice)
        record(NOTIFIED, subject=notice, actor=actor, data={"code": code, "channels": sorted(wanted)})
    return notice


def _write(
    account_id: UUID, code: str, params: Mapping[str, Any], path: str, key: str | None, *, in_inbox: bool
) -> tuple[Notice, bool]:
    fields = {"code": code, "params": dict(params), "path": path, "in_inbox": in_inbox}
    if key is None:
        return Notice.objects.create(account_id=account_id, **fields), True
    return Notice.objects.get_or_create(account_id=account_id, key=key, defaults=fields)


def _has_address(account_id: UUID) -> bool:
    return (
        Account.objects.filter(pk=account_id, is_active=True).exclude(email=None).exclude(email="").exists()
    )


def queue_mail(notice: Notice) -> Delivery:
    """Put the mail of `notice` into the outbox, with a job that sends it after the commit."""
    delivery_id = uuid7()
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    delivery = Delivery.objects.create(
        id=delivery_id,
        notice=notice,
        message_id=f"<{delivery_id}@{host}>",
        next_at=timezone.now(),
    )
    defer(deliver, delivery_id=str(delivery_id))
    return delivery


def mark_read(notice: Notice, *, actor: Actor) -> Notice:
    """Mark one notice of the actor's own as read; again changes nothing."""
    if str(notice.account_id) != actor.id or not actor.is_account:
        raise NotAllowed("notify.not-yours", _("This notice is for another person."))
    if notice.read_at is None:
        Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now())
        notice.refresh_from_db(fields=["read_at"])
    return notice


def mark_all_read(*, actor: Actor) -> int:
    """Mark everything in the actor's own inbox as read; returns how many were not."""
    if not actor.is_account:
        raise NotAllowed("notify.sign-in", _("Sign in to see your notices."))
    return Notice.objects.filter(account_id=actor.id, in_inbox=True, read_at__isnull=True).update(
        read_at=timezone.now()
    )


def set_preference(*, code: str, channel: str, wanted: bool, actor: Actor) -> None:
    """Keep whether the actor wants notices of kind `code` through `channel`."""
    if not actor.is_account:
        raise NotAllowed("notify.sign-in", _("Sign in to see your notices."))
    declared = NOTICES.get(code)
    if declared is None or channel not in Channel.values:
        raise DomainError("notify.unknown", _("There is no such kind of notice."), status=404)
    if declared.required and not wanted:
        raise DomainError("notify.required", _("This notice is required and cannot be turned off."))
    with transaction.atomic():
        held, made = Preference.objects.select_for_update().get_or_create(
            account_id=actor.id, code=code, channel=channel, defaults={"wanted": wanted}
        )
        if not made and held.wanted == wanted:
            return
        if not made:
            held.wanted = wanted
            held.save(update_fields=["wanted"])
        elif wanted:
            held.delete()  # wanting is what holds without a row
            return
        record(
            PREFERRED, subject=held, actor=actor, data={"code": code, "channel": channel, "wanted": wanted}
        )
