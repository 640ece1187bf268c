"""Uploaded files on their way into the registry."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from uuid_utils.compat import uuid7


class ImportKind(models.TextChoices):
    """What a mapping brings in."""

    ORGANISATIONS = "organisations", _("Organisations")
    SERVICES = "services", _("Service register")


class BatchState(models.TextChoices):
    """Where an upload stands."""

    UPLOADED = "uploaded", _("Being read")
    PREVIEW = "preview", _("Waiting for your decision")
    REFUSED = "refused", pgettext_lazy("import", "Refused")
    ACCEPTED = "accepted", pgettext_lazy("import", "Accepted")
    WITHDRAWN = "withdrawn", pgettext_lazy("import", "Withdrawn")


class ImportBatch(models.Model):
    """An uploaded file with its mapping; the bytes go when it is decided, the digests stay.

    `summary` holds what the preview shows: counts of new, changed and unchanged rows, notices, a sample;
    `problems` every error and warning as `{"severity", "code", "params", "sheet", "row", "column"}`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16, choices=ImportKind)
    state = models.CharField(max_length=12, choices=BatchState, default=BatchState.UPLOADED)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    content = models.BinaryField(null=True)
    mapping = models.TextField()
    mapping_sha256 = models.CharField(max_length=64)
    as_at_on = models.DateField(null=True, blank=True)
    summary = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.ForeignKey(
        "registry.RegisterVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["-uploaded_at"], name="import_batch_newest")]
