"""Mail that was caught."""

from __future__ import annotations

from django.db import models
from uuid_utils.compat import uuid7


class CaughtMail(models.Model):
    """One mail as it would have left; the same Message-ID twice is the same mail, caught twice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message_id = models.CharField(max_length=200)
    sender = models.CharField(max_length=200)
    recipients = models.JSONField(default=list)
    subject = models.CharField(max_length=400)
    text = models.TextField()
    html = models.TextField(blank=True)
    times = models.PositiveSmallIntegerField(default=1)
    caught_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message_id"], name="sandbox_mail_message")]
        indexes = [models.Index(fields=["-caught_at"], name="sandbox_mail_newest")]
