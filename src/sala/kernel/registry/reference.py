"""Loads the map of Thailand: 77 provinces, 928 districts, 7,436 subdistricts (GeoThai data, CC BY 4.0)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from sala.kernel.registry.models import Area, AreaLevel
from sala.kernel.text.interface import normal, sort_key

_UPDATED = ["level", "parent", "province", "name_th", "name_en", "sort_key", "search_text", "postal_codes"]
_SOURCE_LEVELS = (AreaLevel.PROVINCE, AreaLevel.DISTRICT, AreaLevel.SUBDISTRICT)


@dataclass(frozen=True)
class Loaded:
    """How many areas there are now and how many rows were written."""

    areas: int
    written: int


def _area(
    level: AreaLevel, code: str, name_th: str, name_en: str, postal_codes: tuple[str, ...] = ()
) -> Area:
    name_th, name_en = normal(name_th), normal(name_en)
    return Area(
        code=code,
        level=level,
        parent_id={2: None, 4: code[:2], 6: code[:4]}[len(code)],
        province_id=None if len(code) == 2 else code[:2],
        name_th=name_th,
        name_en=name_en,
        sort_key=sort_key(name_th),
        search_text=f"{name_th} {name_en}".casefold(),
        postal_codes=" ".join(postal_codes),
    )


def _areas() -> list[Area]:
    import geothai

    rows: list[Area] = []
    for province in geothai.provinces():
        rows.append(_area(AreaLevel.PROVINCE, province.code, province.name_th, province.name_en))
        for district in geothai.districts(province.code):
            rows.append(_area(AreaLevel.DISTRICT, district.code, district.name_th, district.name_en))
            rows.extend(
                _area(AreaLevel.SUBDISTRICT, one.code, one.name_th, one.name_en, one.postal_codes)
                for one in geothai.subdistricts(district.code)
            )
    return rows


def data_version() -> str:
    """Return the release of the GeoThai data that is installed, such as `2026.10.22`."""
    from geothai import DATA_VERSION

    return str(DATA_VERSION)


def load_areas() -> Loaded:
    """Bring the areas up to the installed data; only rows that differ are written, none is deleted."""
    wanted = _areas()
    fields = [field if field not in {"parent", "province"} else f"{field}_id" for field in _UPDATED]
    with transaction.atomic():
        present = {row[0]: row[1:] for row in Area.objects.values_list("code", *fields)}
        changed = [
            area for area in wanted if present.get(area.code) != tuple(getattr(area, name) for name in fields)
        ]
        for level in _SOURCE_LEVELS:
            rows = [area for area in changed if area.level == level]
            Area.objects.bulk_create(
                rows, batch_size=2000, update_conflicts=True, unique_fields=["code"], update_fields=_UPDATED
            )
    return Loaded(len(wanted), len(changed))
