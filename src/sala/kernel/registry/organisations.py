"""Organisations and what happened to them."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from sala.kernel.text.interface import in_language, normal, search_text, sort_key


class Kind(models.TextChoices):
    """What an organisation is in law."""

    MINISTRY = "ministry", _("Ministry")
    DEPARTMENT = "department", _("Department")
    PUBLIC_ORGANISATION = "public_organisation", _("Public organisation")
    STATE_ENTERPRISE = "state_enterprise", _("State enterprise")
    PROVINCE = "province", _("Province (provincial committee)")
    PAO = "pao", _("Provincial administrative organisation")
    CITY = "city", _("City municipality")
    TOWN = "town", _("Town municipality")
    SUBDISTRICT = "subdistrict", _("Subdistrict municipality")
    TAO = "tao", _("Subdistrict administrative organisation")
    SPECIAL = "special", _("Special local government")
    OTHER = "other", _("Other")


ICONS = {
    Kind.MINISTRY: "landmark",
    Kind.DEPARTMENT: "building-2",
    Kind.PUBLIC_ORGANISATION: "building",
    Kind.STATE_ENTERPRISE: "factory",
    Kind.PROVINCE: "map",
    Kind.PAO: "map-pinned",
    Kind.CITY: "hotel",
    Kind.TOWN: "store",
    Kind.SUBDISTRICT: "house",
    Kind.TAO: "tree-palm",
    Kind.SPECIAL: "star",
    Kind.OTHER: "shapes",
}
LOCAL_KINDS = (Kind.PAO, Kind.CITY, Kind.TOWN, Kind.SUBDISTRICT, Kind.TAO, Kind.SPECIAL)


class Organisation(models.Model):
    """A state body: its present name, kind, parent and area; the past is in `OrganisationEvent`.

    Names are written through `actions` (or `prepared`) only, because `sort_key` and `search_text` follow from them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=24, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    area = models.ForeignKey("registry.Area", models.PROTECT, null=True, blank=True, related_name="+")
    province = models.ForeignKey("registry.Area", models.PROTECT, null=True, blank=True, related_name="+")
    name_th = models.CharField(max_length=250)
    name_en = models.CharField(max_length=250, blank=True)
    short_name_th = models.CharField(max_length=60, blank=True)
    short_name_en = models.CharField(max_length=60, blank=True)
    website = models.URLField(max_length=200, blank=True)
    kind_in_source = models.CharField(max_length=200, blank=True)
    sort_key = models.CharField(max_length=600, db_collation="C")
    search_text = models.CharField(max_length=900)
    is_demonstration = models.BooleanField(default=False)
    is_operator = models.BooleanField(default=False)
    established_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "is_operator", condition=Q(is_operator=True), name="organisation_one_operator"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Kind]), name="organisation_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")), name="organisation_not_its_own_parent"
            ),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="organisation_sort"),
            models.Index(fields=["kind", "sort_key"], name="organisation_kind_sort"),
            models.Index(fields=["parent", "sort_key"], name="organisation_parent_sort"),
            models.Index(fields=["province", "sort_key"], name="organisation_province_sort"),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="organisation_search"),
        ]

    def __str__(self) -> str:
        return self.name_th

    def name(self, language: str) -> str:
        """Return the name in this language, or the Thai one where there is none."""
        return in_language(self.name_th, self.name_en, language)

    @property
    def title(self) -> str:
        """The name in the language of the page."""
        return self.name(get_language() or "th")

    @property
    def other_title(self) -> str:
        """The name in the other language, or nothing."""
        name = self.name_th if self.title == self.name_en else self.name_en
        return "" if name == self.title else name

    @property
    def icon(self) -> str:
        """The name of the drawing that stands for its kind."""
        return ICONS[Kind(self.kind)]

    @property
    def is_local(self) -> bool:
        """Whether this is a local government (องค์กรปกครองส่วนท้องถิ่น)."""
        return self.kind in LOCAL_KINDS

    def prepared(self) -> Organisation:
        """Bring names into one spelling and fill what follows from them; returns itself, unsaved."""
        self.name_th, self.name_en = normal(self.name_th), normal(self.name_en)
        self.sort_key = sort_key(self.name_th)[:600]
        compact = self.name_th.replace(" ", "").casefold()
        shorts = (self.short_name_th, self.short_name_en)
        self.search_text = " ".join(
            part for part in (search_text(self.name_th, self.name_en, *shorts), compact) if part
        )[:900]
        return self


class EventKind(models.TextChoices):
    """What happens to an organisation."""

    ESTABLISHED = "established", _("Established")
    RENAMED = "renamed", _("Renamed")
    MOVED = "moved", _("Moved to another parent")
    MERGED = "merged", _("Merged into another organisation")
    SPLIT = "split", _("Split off from another organisation")
    CHANGED_KIND = "changed_kind", _("Changed its kind")
    ABOLISHED = "abolished", _("Abolished")


class OrganisationEvent(models.Model):
    """One dated change of an organisation; holds what was before, so that any day can be told again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=EventKind)
    happened_on = models.DateField()
    other = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="events_as_other"
    )
    parent_before = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    name_th_before = models.CharField(max_length=250, blank=True)
    name_en_before = models.CharField(max_length=250, blank=True)
    kind_before = models.CharField(max_length=24, blank=True)
    source = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["happened_on", "recorded_at", "id"]
        indexes = [models.Index(fields=["organisation", "happened_on"], name="event_organisation_day")]

    @property
    def kind_before_title(self) -> str:
        """The kind before, in the language of the page."""
        return str(Kind(self.kind_before).label) if self.kind_before in Kind.values else ""
