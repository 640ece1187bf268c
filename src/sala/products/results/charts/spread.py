"""How scores are spread: every unit a dot where there are few, bars where there are many; one may be marked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sala.products.results.charts.drawing import SCHEMA, key_of
from sala.products.results.charts.palette import stand_in

MOST_DOTS = 320
_AXIS = {
    "labelColor": stand_in("muted"),
    "titleColor": stand_in("muted"),
    "domainColor": stand_in("line"),
    "tickColor": stand_in("line"),
    "gridColor": stand_in("line"),
    "labelFontSize": 15,
    "titleFontSize": 15,
    "titleFontWeight": "normal",
}


@dataclass(frozen=True)
class Dot:
    """One unit of the plot."""

    code: str
    name: str
    score: float
    is_home: bool = False
    href: str = ""


def scale_of(scores: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the axis: 0 to 1 or 0 to 100 where scores keep to it, else what they span."""
    low, high = min(scores), max(scores)
    for top in (1.0, 10.0, 100.0):
        if low >= 0 and high <= top and high > top * 0.1001:
            return 0.0, top
    margin = (high - low) * 0.05 or 1.0
    return low - margin, high + margin


def spread(
    dots: Sequence[Dot], *, title: str, median_word: str, width: int = 720, in_browser: bool = False
) -> dict[str, Any]:
    """Return the plot of all scores with the median as a line; dots up to 320 units, bars above."""
    scores = sorted(dot.score for dot in dots)
    low, high = scale_of(scores)
    middle = len(scores) // 2
    median = scores[middle] if len(scores) % 2 else (scores[middle - 1] + scores[middle]) / 2
    height = 250 if width > 500 else 230
    layers = (
        _dots(dots, low, high, width, height, in_browser=in_browser)
        if len(dots) <= MOST_DOTS
        else _bars(dots, low, high, 40 if width > 500 else 25)
    )
    rule = {
        "data": {"values": [{"at": median, "word": median_word}]},
        "layer": [
            {
                "mark": {"type": "rule", "stroke": stand_in("ink"), "strokeWidth": 1.5, "strokeDash": [4, 4]},
                "encoding": {"x": {"field": "at", "type": "quantitative"}},
            },
            {
                "mark": {
                    "type": "text",
                    "align": "left",
                    "dx": 6,
                    "baseline": "top",
                    "fill": stand_in("ink"),
                    "fontSize": 15,
                },
                "encoding": {
                    "x": {"field": "at", "type": "quantitative"},
                    "y": {"value": 0},
                    "text": {"field": "word"},
                },
            },
        ],
    }
    return {
        "$schema": SCHEMA,
        "width": "container" if in_browser else width,
        "height": height,
        "padding": {"left": 6, "right": 14, "top": 10, "bottom": 4},
        "background": None,
        "encoding": {
            "x": {
                "type": "quantitative",
                "scale": {"domain": [low, high], "nice": False},
                "axis": _AXIS | {"title": title, "grid": False, "tickCount": 6, "labelPadding": 6},
            }
        },
        "layer": [*layers, rule],
        "config": {"view": {"stroke": None}},
    }


HEADROOM = 1.16
"""How much higher than the tallest pile the plot is, so that the word on the median stands free."""


def _piles(dots: Sequence[Dot], low: float, high: float, columns: int) -> list[int]:
    return [min(columns - 1, max(0, math.floor((dot.score - low) / (high - low) * columns))) for dot in dots]


def _columns(dots: Sequence[Dot], low: float, high: float, width: int, height: int) -> tuple[int, float]:
    """Return the number of columns that lets dots be largest, and how wide a dot then is, in pixels."""
    best, widest = 20, 0.0
    for columns in range(20, 111, 2):
        tallest = max(Counter(_piles(dots, low, high, columns)).values())
        size = min(width / columns, height / (tallest * HEADROOM))
        if size > widest:
            best, widest = columns, size
    return best, widest


def _dots(
    dots: Sequence[Dot], low: float, high: float, width: int, height: int, *, in_browser: bool
) -> list[dict[str, Any]]:
    """Pile the dots of each column; the marked unit lies at the bottom of its pile."""
    columns, across = _columns(dots, low, high, width, height)
    step = (high - low) / columns
    piles: Counter[int] = Counter()
    ordered = sorted(dots, key=lambda one: (not one.is_home, one.score))
    rows = []
    for dot, column in zip(ordered, _piles(ordered, low, high, columns), strict=True):
        piles[column] += 1
        rows.append(
            {
                "at": low + (column + 0.5) * step,
                "high": piles[column] - 0.5,
                "key": key_of(dot.code),
                "name": dot.name,
                "score": dot.score,
                "home": dot.is_home,
                "href": dot.href,
            }
        )
    # A pile of few large dots would float: the plot counts as many rows as fit at this width.
    rows_high = height / across
    size = math.pi / 4 * (min(across, 17) * 0.92) ** 2
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "circle", "opacity": 1, "size": size},
            "encoding": {
                "x": {"field": "at", "type": "quantitative"},
                "y": {
                    "field": "high",
                    "type": "quantitative",
                    "axis": None,
                    "scale": {"domain": [0, rows_high], "nice": False},
                },
                "color": {
                    "condition": {"test": "datum.home", "value": stand_in("accent")},
                    "value": stand_in("primary"),
                },
                "stroke": {
                    "condition": {"test": "datum.home", "value": stand_in("accent-edge")},
                    "value": None,
                },
                "size": {"condition": {"test": "datum.home", "value": max(size * 1.5, 90)}, "value": size},
                "order": {"field": "home"},
                "description": {"field": "key"},
                **({"href": {"field": "href"}} if in_browser else {}),
                "tooltip": [
                    {"field": "name", "type": "nominal", "title": "​"},
                    {"field": "score", "type": "quantitative", "title": " ", "format": ".4~f"},
                ],
            },
        }
    ]


def _bars(dots: Sequence[Dot], low: float, high: float, columns: int) -> list[dict[str, Any]]:
    step = (high - low) / columns
    counts = [0] * columns
    for dot in dots:
        counts[min(columns - 1, max(0, math.floor((dot.score - low) / step)))] += 1
    rows = [
        {"from": low + at * step, "to": low + (at + 1) * step, "count": count}
        for at, count in enumerate(counts)
    ]
    return [
        {
            "data": {"values": rows},
            # Rectangles from edge to edge: a bar of binned values would bring an axis of its own.
            "mark": {
                "type": "rect",
                "fill": stand_in("primary"),
                "stroke": stand_in("ground"),
                "strokeWidth": 2,
            },
            "encoding": {
                "x": {"field": "from", "type": "quantitative"},
                "x2": {"field": "to"},
                "y2": {"datum": 0},
                "y": {
                    "field": "count",
                    "type": "quantitative",
                    "axis": _AXIS | {"title": None, "domain": False, "ticks": False, "tickCount": 4},
                },
            },
        }
    ]
