"""Provinces, districts and subdistricts of Thailand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sala.kernel.text.interface import in_language


class AreaLevel(models.TextChoices):
    """The three levels of the map."""

    PROVINCE = "province", _("Province")
    DISTRICT = "district", _("District")
    SUBDISTRICT = "subdistrict", _("Subdistrict")


class Area(models.Model):
    """A province, district or subdistrict under its code of the Department of Provincial Administration."""

    code = models.CharField(max_length=6, primary_key=True)
    level = models.CharField(max_length=12, choices=AreaLevel)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    province = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    name_th = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=300, db_collation="C")
    search_text = models.CharField(max_length=400)
    postal_codes = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["level", "sort_key"], name="area_level_sort")]

    def __str__(self) -> str:
        return self.name_th

    def name(self, language: str) -> str:
        """Return the name in this language."""
        return in_language(self.name_th, self.name_en, language)

    @property
    def title(self) -> str:
        """The name in the language of the page."""
        return self.name(get_language() or "th")
