"""Loads provinces, districts and subdistricts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sala.kernel.registry.reference import data_version, load_areas


class Command(BaseCommand):
    """Load the map of Thailand; running it again writes only what differs."""

    help = "Load 77 provinces, 928 districts and 7,436 subdistricts (data: GeoThai, CC BY 4.0)."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_areas()
        self.stdout.write(
            f"{loaded.areas:,} areas of GeoThai {data_version()} (CC BY 4.0); {loaded.written:,} written."
        )
