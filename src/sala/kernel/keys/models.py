"""The table of keys: public halves, states and certificates; private halves are in a store."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from sala.engines.wire.signatures import PublicKey, read_public_pem


class SigningKey(models.Model):
    """A key pair of one purpose; at most one of them is active."""

    class State(models.TextChoices):
        ACTIVE = "active", _("In use")
        RETIRED = "retired", _("Retired")
        REVOKED = "revoked", _("Revoked")

    class Store(models.TextChoices):
        FILE = "file", _("File")
        PKCS11 = "pkcs11", _("Security module")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=40)
    key_id = models.CharField(max_length=43, unique=True, editable=False)
    algorithm = models.CharField(max_length=10, editable=False)
    store = models.CharField(max_length=10, choices=Store.choices, editable=False)
    public_pem = models.TextField(editable=False)
    certificate_pem = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revocation_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "keys_key"
        constraints = [
            models.UniqueConstraint(
                fields=["purpose"], condition=models.Q(state="active"), name="keys_one_active_per_purpose"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["active", "retired", "revoked"]), name="keys_state_known"
            ),
        ]
        indexes = [models.Index(fields=["purpose", "state"], name="keys_purpose_state")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.key_id[:8]}"

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return read_public_pem(self.public_pem)
