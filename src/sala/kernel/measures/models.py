"""The tables of measures: what is measured, each delivery, and the observations that nobody changes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class Measure(models.Model):
    """One version of a measure as it was declared when the first observation of it came."""

    class Direction(models.TextChoices):
        HIGHER = "higher", _("Higher is better")
        LOWER = "lower", _("Lower is better")
        NONE = "none", _("Neither is better")

    class Unit(models.TextChoices):
        PERCENT = "percent", _("per cent")
        COUNT = "count", _("count")
        DAYS = "days", _("days")
        HOURS = "hours", _("hours")
        SECONDS = "seconds", _("seconds")
        POINTS = "points", _("points")
        BAHT = "baht", _("baht")
        RATIO = "ratio", _("ratio")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=100)
    version = models.PositiveSmallIntegerField()
    title_th = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    definition_th = models.TextField()
    definition_en = models.TextField()
    unit = models.CharField(max_length=10, choices=Unit.choices)
    direction = models.CharField(max_length=10, choices=Direction.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="measures_code_version")]

    @property
    def title(self) -> str:
        """The title in the language that is active now."""
        return self.title_en if (get_language() or "th").startswith("en") else self.title_th

    @property
    def definition(self) -> str:
        """The definition in the language that is active now."""
        return self.definition_en if (get_language() or "th").startswith("en") else self.definition_th


class Recording(models.Model):
    """One delivery of observations of one measure for one window: its source, its count and its digest."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="recordings")
    window_start = models.DateField()
    window_end = models.DateField()
    source = models.CharField(max_length=300)
    count = models.PositiveIntegerField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["measure", "-window_end", "-recorded_at"], name="measures_recording_newest")
        ]


class Observation(models.Model):
    """One reading: the value, and the raw figures it was made of. The organisation leads the key (sharding).

    PostgreSQL refuses to change or delete a row (migration 0002).
    """

    pk = models.CompositePrimaryKey("organisation_id", "id")
    id = models.UUIDField(default=uuid7, editable=False)
    organisation = models.ForeignKey("registry.Organisation", on_delete=models.PROTECT, related_name="+")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="observations")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="observations")
    window_start = models.DateField()
    window_end = models.DateField()
    value = models.FloatField()
    raw = models.JSONField(default=dict)
    source = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(window_end__gte=models.F("window_start")), name="measures_window_order"
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation", "measure", "-window_end", "-id"], name="measures_by_organisation"
            ),
            models.Index(
                fields=["measure", "window_start", "window_end", "organisation", "-id"],
                name="measures_by_measure",
            ),
        ]
