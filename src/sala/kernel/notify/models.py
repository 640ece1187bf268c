"""Inbox, outbox and preferences."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from sala.kernel.notify.notices import NOTICES, NoticeCode


class Channel(models.TextChoices):
    INBOX = "inbox", _("Inbox on this site")
    EMAIL = "email", _("E-mail")


class DeliveryState(models.TextChoices):
    QUEUED = "queued", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent yet, will be tried again")
    BOUNCED = "bounced", _("The address does not take mail")
    GIVEN_UP = "given-up", _("Given up")


class Notice(models.Model):
    """One event told to one person; `key` makes telling it twice one notice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict, blank=True)
    path = models.CharField(max_length=300, blank=True, help_text="Where on this site the matter continues.")
    key = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 (nothing is no key, and unique)
    in_inbox = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="notify_notice_key")]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="notify_inbox"),
            models.Index(
                fields=["account"],
                name="notify_unread",
                condition=models.Q(read_at__isnull=True, in_inbox=True),
            ),
        ]

    @property
    def declared(self) -> NoticeCode | None:
        """The declaration of its code, or nothing when the app that declared it is gone."""
        return NOTICES.get(self.code)

    @property
    def title(self) -> str:
        """The title in the language that is active now."""
        declared = self.declared
        return declared.title(self.params, get_language() or "th") if declared else self.code

    @property
    def body(self) -> str:
        """The text in the language that is active now."""
        declared = self.declared
        return declared.body(self.params, get_language() or "th") if declared else ""

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        declared = self.declared
        return declared.icon if declared else "bell"


class Delivery(models.Model):
    """One notice on its way by e-mail; the Message-ID stays the same however often it is tried."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    message_id = models.CharField(max_length=160, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="notify_delivery_once")]
        indexes = [
            models.Index(
                fields=["next_at"], name="notify_due", condition=models.Q(state__in=["queued", "failed"])
            )
        ]


class Preference(models.Model):
    """Whether a person wants a kind of notice through a channel; without a row they do."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=80)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    wanted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "code", "channel"], name="notify_preference_once")
        ]
