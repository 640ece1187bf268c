"""The table of stored files; the bytes themselves lie in Django's default storage under their digest."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class ScanState(models.TextChoices):
    UNSCANNED = "unscanned", _("Not scanned for viruses")
    CLEAN = "clean", _("Scanned, no virus found")
    INFECTED = "infected", _("A virus was found")


class StoredFile(models.Model):
    """One file that someone handed in or a room made; several may share the same bytes.

    `organisation_id` is the owning organisation's id without a foreign key, because a file must outlive
    nothing and be found by nothing else. When its time is over the bytes go and the row stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=180)
    kind = models.CharField(max_length=20)
    media_type = models.CharField(max_length=120)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    purpose = models.CharField(max_length=80)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    organisation_id = models.UUIDField(null=True, blank=True)
    scan_state = models.CharField(max_length=10, choices=ScanState.choices, default=ScanState.UNSCANNED)
    scan_finding = models.CharField(max_length=120, blank=True)
    scanned_at = models.DateTimeField(null=True, blank=True)
    retain_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["sha256"], name="files_sha256"),
            models.Index(fields=["purpose", "-created_at"], name="files_purpose"),
            models.Index(
                fields=["retain_until"], name="files_retain", condition=models.Q(purged_at__isnull=True)
            ),
            models.Index(
                fields=["created_at"], name="files_unscanned", condition=models.Q(scan_state="unscanned")
            ),
        ]

    @property
    def is_available(self) -> bool:
        """Whether the bytes are there and may be handed out at all."""
        return self.purged_at is None and self.scan_state != ScanState.INFECTED
