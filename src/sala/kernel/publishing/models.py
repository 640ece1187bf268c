"""Offered tables and their published versions."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from uuid_utils.compat import uuid7


class OfferedTable(models.Model):
    """A permanent code under which versions of one table appear."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=100, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)


class PublishedTable(models.Model):
    """One version of an offered table; everything but its withdrawal stands for ever."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    table = models.ForeignKey(OfferedTable, on_delete=models.PROTECT, related_name="versions")
    version = models.SlugField(max_length=40)
    title_th = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    description_th = models.TextField()
    description_en = models.TextField()
    licence = models.CharField(max_length=300)
    source = models.TextField(blank=True)
    publisher = models.ForeignKey(
        "registry.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    columns = models.JSONField()
    preview = models.JSONField()
    rows = models.PositiveIntegerField()
    content_sha256 = models.CharField(max_length=64)
    parquet = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    csv = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    spreadsheet_csv = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    xlsx = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    json = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "version"], name="publishing_version_once")]
        indexes = [models.Index(fields=["table", "-published_at"], name="publishing_newest")]

    @property
    def title(self) -> str:
        """The title in the language that is active now."""
        return self.title_en if _english() else self.title_th

    @property
    def description(self) -> str:
        """The description in the language that is active now."""
        return self.description_en if _english() else self.description_th

    @property
    def code(self) -> str:
        """The code of the offered table."""
        return self.table.code

    def address(self, form: str = "") -> str:
        """Return the permanent path of this version's page, or of one rendition of it."""
        if form:
            return reverse("publishing:download", args=[self.code, self.version, form])
        return reverse("publishing:version", args=[self.code, self.version])

    def dictionary(self) -> list[dict[str, Any]]:
        """Return the columns with title and description in the language that is active now."""
        language = "en" if _english() else "th"
        return [
            column | {"title": column[f"title_{language}"], "description": column[f"description_{language}"]}
            for column in self.columns
        ]


def _english() -> bool:
    return (get_language() or "th").startswith("en")
