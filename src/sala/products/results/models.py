"""Rankings, their versions, the rows of units, and the drawings made when a version was computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from sala.kernel.text.interface import in_language


def language() -> str:
    """Return the page's language, `th` or `en`."""
    return "en" if (get_language() or "th").startswith("en") else "th"


class Ranking(models.Model):
    """A ranking as people know it: its address, its words, and how its versions are made.

    `groupings` are at most two attributes by which units are grouped: `{"code", "th", "en", "title_th",
    "title_en"}`, the first three being columns of the table. `makeup` are count columns that together make up a
    unit: `{"column", "title_th", "title_en", "tone"}`. `recipe` says how observations become a table.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("From a data file")
        MEASURES = "measures", _("From what the platform measures")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FILE)
    title_th = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    summary_th = models.TextField()
    summary_en = models.TextField()
    unit_word_th = models.CharField(max_length=60, default="หน่วยงาน")
    unit_word_en = models.CharField(max_length=60, default="agency")
    units_word_en = models.CharField(max_length=60, default="agencies")
    source_th = models.TextField(blank=True)
    source_en = models.TextField(blank=True)
    licence = models.CharField(max_length=300, blank=True)
    publisher = models.ForeignKey(
        "registry.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decimals = models.PositiveSmallIntegerField(default=2)
    home_unit = models.CharField(max_length=64, blank=True)
    map = models.CharField(max_length=20, blank=True)
    groupings = models.JSONField(default=list, blank=True)
    makeup = models.JSONField(default=list, blank=True)
    recipe = models.JSONField(default=dict, blank=True)
    is_automatic = models.BooleanField(default=False)
    place = models.PositiveSmallIntegerField(default=50)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["place", "slug"]

    def __str__(self) -> str:
        return self.slug

    @property
    def title(self) -> str:
        return in_language(self.title_th, self.title_en, language())

    @property
    def summary(self) -> str:
        return in_language(self.summary_th, self.summary_en, language())

    @property
    def source(self) -> str:
        return in_language(self.source_th, self.source_en, language())

    @property
    def unit_word(self) -> str:
        """What one unit is called."""
        return self.unit_word_en if language() == "en" else self.unit_word_th

    @property
    def units_word(self) -> str:
        """What several units are called."""
        return self.units_word_en if language() == "en" else self.unit_word_th


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    COMPUTED = "computed", _("Computed")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RankingVersion(models.Model):
    """One method and one table, and what came of them.

    From `published` on nothing changes but the withdrawal (migration 0002 lets PostgreSQL refuse it). `summary`
    holds what the pages draw: quartiles by node, the tree of the method, groups, the whole make-up.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ranking = models.ForeignKey(Ranking, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    label_th = models.CharField(max_length=120, blank=True)
    label_en = models.CharField(max_length=120, blank=True)
    note_th = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    method_text = models.TextField(blank=True)
    data = models.ForeignKey(
        "files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    data_name = models.CharField(max_length=180, blank=True)
    window_start = models.DateField(null=True, blank=True)
    window_end = models.DateField(null=True, blank=True)
    method_sha256 = models.CharField(max_length=64, blank=True)
    data_sha256 = models.CharField(max_length=64, blank=True)
    result_sha256 = models.CharField(max_length=64, blank=True)
    engine_version = models.CharField(max_length=40, blank=True)
    unit_count = models.PositiveIntegerField(default=0)
    bundle = models.ForeignKey(
        "files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    run = models.ForeignKey(
        "files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    table = models.ForeignKey(
        "publishing.PublishedTable", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    summary = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(default=list, blank=True)
    record = models.TextField(blank=True)
    signature = models.TextField(blank=True)
    signature_key = models.CharField(max_length=100, blank=True)
    signature_algorithm = models.CharField(max_length=20, blank=True)
    progress = models.ForeignKey(
        "jobs.Progress", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because_th = models.TextField(blank=True)
    withdrawn_because_en = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ranking", "number"], name="results_version_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "withdrawn"])
                | (Q(published_at__isnull=False) & ~Q(result_sha256="") & ~Q(record="") & ~Q(signature="")),
                name="results_published_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["ranking", "state", "-number"], name="results_version_state"),
            models.Index(fields=["state", "-published_at"], name="results_version_newest"),
        ]

    @property
    def label(self) -> str:
        """What this version is called, such as a year; its number when nothing else was given."""
        return in_language(self.label_th, self.label_en, language()) or str(self.number)

    @property
    def note(self) -> str:
        return in_language(self.note_th, self.note_en, language())

    @property
    def withdrawn_because(self) -> str:
        return in_language(self.withdrawn_because_th, self.withdrawn_because_en, language())

    @property
    def is_open(self) -> bool:
        """Whether everyone may read it."""
        return self.state in {State.PUBLISHED, State.WITHDRAWN}

    def address(self) -> str:
        """Return the permanent path of this version."""
        return reverse("results:version", args=[self.ranking.slug, self.number])


class UnitResult(models.Model):
    """One unit in one version: what it is called, where it stands, and the scores of the nodes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(RankingVersion, on_delete=models.CASCADE, related_name="units")
    code = models.CharField(max_length=64)
    name_th = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    organisation = models.ForeignKey(
        "registry.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    score = models.FloatField(null=True, blank=True)
    rank = models.FloatField(null=True, blank=True)
    order = models.PositiveIntegerField()
    group = models.CharField(max_length=100, blank=True)
    group_th = models.CharField(max_length=200, blank=True)
    group_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=100, blank=True)
    kind_th = models.CharField(max_length=200, blank=True)
    kind_en = models.CharField(max_length=200, blank=True)
    rank_in_group = models.PositiveIntegerField(null=True, blank=True)
    rank_in_kind = models.PositiveIntegerField(null=True, blank=True)
    nodes = models.JSONField(default=dict)
    makeup = models.JSONField(default=list)
    sort_key = models.CharField(max_length=700, db_collation="C")
    search_text = models.CharField(max_length=1000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="results_unit_once")]
        indexes = [
            models.Index(fields=["version", "order"], name="results_unit_order"),
            models.Index(fields=["version", "group", "order"], name="results_unit_group"),
            models.Index(fields=["version", "kind", "order"], name="results_unit_kind"),
            models.Index(fields=["version", "sort_key"], name="results_unit_name"),
            models.Index(fields=["organisation", "version"], name="results_unit_organisation"),
        ]

    @property
    def name(self) -> str:
        return in_language(self.name_th, self.name_en, language())

    @property
    def group_name(self) -> str:
        return in_language(self.group_th, self.group_en, language())

    @property
    def kind_name(self) -> str:
        return in_language(self.kind_th, self.kind_en, language())

    @property
    def whole_rank(self) -> int | float | None:
        """The rank as it is written: whole, or with a half where ties share the mean of their places."""
        if self.rank is None:
            return None
        return int(self.rank) if self.rank == int(self.rank) else self.rank


class Drawing(models.Model):
    """A chart of a version: the Vega-Lite specification, and the SVG made of it in the colours of the page."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(RankingVersion, on_delete=models.CASCADE, related_name="drawings")
    code = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    spec = models.JSONField()
    svg = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "code", "language"], name="results_drawing_once")
        ]


Tree = Mapping[str, Any]
