"""Authorisation requests of the test provider; nothing here outlives its hour."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

REQUEST_LIVES = timedelta(minutes=10)
CODE_LIVES = timedelta(seconds=60)
TOKEN_LIVES = timedelta(minutes=5)


class State(models.TextChoices):
    """Where a request stands."""

    CHOOSING = "choosing"
    WAITING = "waiting"  # a persona is chosen, the app has not confirmed yet
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    DONE = "done"  # the browser has been sent back


class Request(models.Model):
    """One authorisation request, the code it ended in, and the token given for that code.

    Secrets are kept as SHA-256 only: `browser` of the cookie that began it, `code` and `token`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    client_id = models.CharField(max_length=80)
    redirect_uri = models.TextField()
    scope = models.TextField()
    state = models.TextField(blank=True)
    nonce = models.TextField(blank=True)
    code_challenge = models.CharField(max_length=128)
    acr_values = models.TextField(blank=True)
    max_age = models.PositiveIntegerField(null=True)
    language = models.CharField(max_length=5)
    browser = models.CharField(max_length=64)
    persona = models.CharField(max_length=40, blank=True)
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in State], default=State.CHOOSING
    )
    error = models.CharField(max_length=40, blank=True)
    auth_time = models.DateTimeField(null=True)
    code = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 (unique, or none yet)
    code_at = models.DateTimeField(null=True)
    code_used_at = models.DateTimeField(null=True)
    token = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 (the same)
    token_at = models.DateTimeField(null=True)

    @property
    def is_over(self) -> bool:
        """Whether the person took too long."""
        return timezone.now() - self.created_at > REQUEST_LIVES
