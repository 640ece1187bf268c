"""A world map of scores: seven steps of one colour, one country marked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings

from sala.products.results.charts.drawing import SCHEMA, key_of
from sala.products.results.charts.palette import STEP_NAMES, STEPS, stand_in

ANTARCTICA = "010"


@dataclass(frozen=True)
class Country:
    """One country of the map: `number` is its ISO 3166-1 numeric code of three digits."""

    number: str
    code: str
    name: str
    score: float
    is_home: bool = False
    href: str = ""


@cache
def outlines() -> dict[str, Any]:
    """Return the outlines of countries (Natural Earth 1:110m by world-atlas), without the Antarctic."""
    path = Path(settings.BUILD) / "assets" / "web" / "world" / "countries-110m.json"
    world = cast(dict[str, Any], json.loads(path.read_text(encoding="utf-8")))
    shapes = world["objects"]["countries"]["geometries"]
    world["objects"] = {
        "countries": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": shape["type"], "arcs": shape["arcs"], "id": shape.get("id", "")}
                for shape in shapes
                if shape.get("id") != ANTARCTICA
            ],
        }
    }
    return world


def drawn_numbers() -> frozenset[str]:
    """Return the numeric codes of the countries that are large enough to be drawn."""
    return frozenset(shape["id"] for shape in outlines()["objects"]["countries"]["geometries"])


def thresholds(scores: Sequence[float]) -> list[float]:
    """Return the six borders between seven steps: quantiles, so that every step holds as many countries."""
    ordered = sorted(scores)
    borders = [ordered[min(len(ordered) - 1, len(ordered) * step // STEPS)] for step in range(1, STEPS)]
    return sorted(set(borders))


def world_map(countries: Sequence[Country], *, outline_url: str = "", width: int = 980) -> dict[str, Any]:
    """Return the map's specification; with `outline_url` the browser fetches the outlines itself."""
    borders = thresholds([country.score for country in countries])
    rows = [
        {
            "id": c.number,
            "key": key_of(c.code),
            "name": c.name,
            "score": c.score,
            "home": c.is_home,
            "href": c.href,
        }
        for c in countries
    ]
    shapes: dict[str, Any] = {"format": {"type": "topojson", "feature": "countries"}}
    shapes |= {"url": outline_url} if outline_url else {"values": outlines()}
    lookup = {
        "lookup": "id",
        "from": {"data": {"values": rows}, "key": "id", "fields": ["key", "name", "score", "home", "href"]},
    }
    base = {"type": "geoshape", "stroke": stand_in("ground"), "strokeWidth": 0.6}
    known = {
        "condition": {
            "test": "isValid(datum.score)",
            "field": "score",
            "type": "quantitative",
            "scale": {
                "type": "threshold",
                "domain": borders,
                "range": [stand_in(name) for name in STEP_NAMES[: len(borders) + 1]],
            },
            "legend": None,
        },
        "value": stand_in("none"),
    }
    # On the server links are made after drawing; the browser needs to be told.
    link = {"href": {"field": "href"}} if outline_url else {}
    tooltip = [
        {"field": "name", "type": "nominal", "title": "​"},
        {"field": "score", "type": "quantitative", "title": " ", "format": ".4f"},
    ]
    return {
        "$schema": SCHEMA,
        "width": width if not outline_url else "container",
        "height": round(width * 0.46),
        "padding": 2,
        "background": None,
        "projection": {"type": "equalEarth"},
        "layer": [
            {
                "data": shapes,
                "transform": [*([{"filter": f"datum.id !== '{ANTARCTICA}'"}] if outline_url else []), lookup],
                "mark": base,
                "encoding": {"fill": known, "description": {"field": "key"}, "tooltip": tooltip, **link},
            },
            {
                "data": shapes,
                "transform": [lookup, {"filter": "datum.home === true"}],
                "mark": base
                | {"fill": stand_in("accent"), "stroke": stand_in("accent-edge"), "strokeWidth": 1.2},
                "encoding": {"description": {"field": "key"}, "tooltip": tooltip, **link},
            },
        ],
        "config": {"view": {"stroke": None}},
    }
