"""The tables of audit: records that nobody changes, the queue of the sealer, and the seals."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Cast, Now
from uuid_utils.compat import uuid7


class AuditRecord(models.Model):
    """One thing that somebody did; PostgreSQL itself refuses to change or delete it (migration 0002)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # A bigint, not an xid8: 63 bits outlast every installation, and Django can compare it.
    txid = models.BigIntegerField(
        db_default=Cast(
            Cast(models.Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
        ),
        editable=False,
    )
    at = models.DateTimeField(db_default=Now(), editable=False)
    code = models.CharField(max_length=100)
    subject = models.CharField(max_length=200)
    organisation_id = models.UUIDField(null=True)
    """The organisation whose auditors may read this record; none where no single one is concerned."""
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=100, blank=True)
    on_behalf_of = models.CharField(max_length=100, blank=True)
    via = models.CharField(max_length=20)
    ial = models.CharField(max_length=10, blank=True)
    aal = models.PositiveSmallIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_record"
        indexes = [
            BrinIndex(fields=["at"], name="audit_record_at_brin"),
            models.Index(fields=["code", "-id"], name="audit_record_code"),
            models.Index(fields=["subject", "-id"], name="audit_record_subject"),
            models.Index(fields=["organisation_id", "-id"], name="audit_record_organisation"),
            models.Index(fields=["actor_id", "-id"], name="audit_record_actor"),
        ]


class PendingSeal(models.Model):
    """A record that the sealer has not yet appended to the log; a trigger adds it with the record."""

    record_id = models.UUIDField(primary_key=True, editable=False)
    txid = models.BigIntegerField(editable=False)

    class Meta:
        db_table = "audit_pending"
        indexes = [models.Index(fields=["txid", "record_id"], name="audit_pending_order")]


class Seal(models.Model):
    """The place of a record in the Merkle log; it outlives a record that a restored database has lost."""

    position = models.BigIntegerField(primary_key=True)
    record_id = models.UUIDField(unique=True, editable=False)
    sealed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "audit_seal"
