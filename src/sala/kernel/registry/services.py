"""Service registers: lists of public services, kept as immutable versions."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from uuid_utils.compat import uuid7

from sala.kernel.registry.organisations import Organisation
from sala.kernel.text.interface import in_language


class ServiceRegister(models.Model):
    """A list of services that somebody keeps, imported again and again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    title_th = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    def title(self, language: str) -> str:
        """Return the title in this language."""
        return in_language(self.title_th, self.title_en, language)


class RegisterVersion(models.Model):
    """One accepted import of a register; its rows never change.

    `statuses` lists the register's statuses in order: `[{"code", "th", "en", "is_online"}]`; `counts` holds
    the number of services of each status.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    register = models.ForeignKey(ServiceRegister, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    as_at_on = models.DateField()
    statuses = models.JSONField()
    counts = models.JSONField()
    services = models.PositiveIntegerField()
    organisations = models.PositiveIntegerField()
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    mapping_sha256 = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("register", "number", name="register_version_number_once"),
        ]


class RegisterService(models.Model):
    """One service of one organisation as one version of a register tells it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="register_services")
    version = models.ForeignKey(RegisterVersion, models.PROTECT, related_name="rows")
    code = models.CharField(max_length=40)
    name_th = models.CharField(max_length=600)
    name_en = models.CharField(max_length=600, blank=True)
    status = models.CharField(max_length=40)
    project = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=500, blank=True)
    url = models.URLField(max_length=300, blank=True)
    source_row = models.PositiveIntegerField()
    sort_key = models.CharField(max_length=1300, db_collation="C")
    search_text = models.CharField(max_length=1500)

    class Meta:
        constraints = [models.UniqueConstraint("version", "code", name="register_service_once")]
        indexes = [
            models.Index(fields=["version", "organisation", "status"], name="register_service_counts"),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="register_service_search"),
        ]

    def name(self, language: str) -> str:
        """Return the name in this language."""
        return in_language(self.name_th, self.name_en, language)
