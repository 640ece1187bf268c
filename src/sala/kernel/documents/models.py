"""Issued documents and the counters that number them."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import get_language
from uuid_utils.compat import uuid7

# Letters and digits that cannot be mistaken for each other when they are read from paper.
ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
PUBLIC_ID_LETTERS = 16


def new_public_id() -> str:
    """Return a code that nobody can guess: 16 letters, 78 bits."""
    return "".join(secrets.choice(ALPHABET) for _letter in range(PUBLIC_ID_LETTERS))


class NumberSeries(models.Model):
    """The last number given in one kind and Buddhist year; its row lock keeps the series without gaps."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=60)
    year_be = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year_be"], name="documents_series_unique")]


class IssuedDocument(models.Model):
    """One document as it was issued; only its revocation is ever written afterwards.

    `data` is the canonical data that the PDF was set from (and that travels in it as `document.json`), `sha256`
    the digest of the signed PDF. `subject` names what it is about (`app.Model:pk`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    public_id = models.CharField(max_length=PUBLIC_ID_LETTERS, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    year_be = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=60)
    title_th = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    issuer_th = models.CharField(max_length=200, blank=True)
    issuer_en = models.CharField(max_length=200, blank=True)
    template = models.CharField(max_length=100)
    language = models.CharField(max_length=5, default="th")
    subject = models.CharField(max_length=120)
    data = models.JSONField()
    data_sha256 = models.CharField(max_length=64)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    key_id = models.CharField(max_length=120, blank=True)
    code = models.TextField(help_text="The signed code that the square carries behind the #.")
    issued_by = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=500, blank=True)
    revoked_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "year_be", "sequence"], name="documents_number_unique"),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True) | ~models.Q(revoked_reason=""),
                name="documents_revoked_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["subject"], name="documents_subject"),
            models.Index(fields=["sha256"], name="documents_sha256"),
        ]

    @property
    def title(self) -> str:
        """The title in the language that is active now."""
        return self.title_en if get_language() == "en" else self.title_th

    @property
    def issuer(self) -> str:
        """The issuer's name in the language that is active now."""
        return self.issuer_en if get_language() == "en" else self.issuer_th

    @property
    def is_revoked(self) -> bool:
        """Whether the document no longer stands."""
        return self.revoked_at is not None

    @property
    def public_id_shown(self) -> str:
        """The public code in groups of four, as it is printed."""
        return "-".join(self.public_id[start : start + 4] for start in range(0, PUBLIC_ID_LETTERS, 4))
