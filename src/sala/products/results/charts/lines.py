"""Drawings made by hand for every unit: stacked bars and tracks, in SVG whose places are per cent of the width.

They are too many and too small to be drawn beforehand, and they stretch to any width without a script.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sala.products.results.charts.palette import STEP_NAMES, page_colour
from sala.products.results.charts.tones import fill

# Shapes tell units apart where colours do not; each is drawn around 0,0.
SHAPES = (
    "M0,-8.5A8.5,8.5 0 1 1 -0.01,-8.5Z",
    "M-7.5,-7.5H7.5V7.5H-7.5Z",
    "M0,-10L10,0L0,10L-10,0Z",
    "M0,-9.5L9.5,7.5H-9.5Z",
)
BAND = "color-mix(in oklab, var(--color-primary) 22%, var(--color-base-100))"
UNIT_COLOURS = (
    "var(--color-accent)",
    "var(--color-primary)",
    "var(--color-secondary)",
    "var(--color-error)",
)


@dataclass(frozen=True)
class Part:
    """One part of a make-up: how many, of what, in which tone."""

    count: float
    label: str
    tone: str


@dataclass(frozen=True)
class Band:
    """Where the others stand on a track: the middle half and the median, on the scale of the scores."""

    quarter: float
    median: float
    three_quarters: float


def _percent(value: float) -> str:
    return f"{min(100.0, max(0.0, value)):.2f}%"


def stacked(parts: Sequence[Part], *, height: int = 14, label: str = "") -> SafeString:
    """Return a bar of all parts in their order; `label` says the same in words."""
    whole = sum(part.count for part in parts)
    pieces: list[tuple[str, str, str, str]] = []
    at = 0.0
    for part in parts:
        if not whole or not part.count:
            continue
        width = part.count / whole * 100
        pieces.append((_percent(at), _percent(width), fill(part.tone), f"{part.label}: {part.count:,.0f}"))
        at += width
    named = (
        format_html('role="img" aria-label="{}"', label) if label else format_html('aria-hidden="{}"', "true")
    )
    return format_html(
        '<svg class="block w-full overflow-hidden rounded" width="100%" height="{}" {}>{}</svg>',
        height,
        named,
        format_html_join(
            "",
            '<rect x="{}" width="{}" y="0" height="100%" fill="{}" stroke="var(--color-base-100)" stroke-width="1"><title>{}</title></rect>',
            pieces,
        ),
    )


def track(
    scores: Sequence[float | None], scale: tuple[float, float], band: Band | None, *, label: str = ""
) -> SafeString:
    """Return a track from the scale's low to its high end: the others' middle half, their median, and each unit."""
    low, high = scale
    span = (high - low) or 1.0

    def at(value: float) -> str:
        return _percent((value - low) / span * 100)

    pieces = []
    if band is not None:
        pieces.append(
            format_html(
                '<rect x="{}" width="{}" y="9" height="14" rx="3" fill="{}"/>'
                '<line x1="{}" x2="{}" y1="6" y2="26" stroke="var(--color-primary)" stroke-width="2.5"/>',
                at(band.quarter),
                _percent((band.three_quarters - band.quarter) / span * 100),
                BAND,
                at(band.median),
                at(band.median),
            )
        )
    for number, score in enumerate(scores):
        if score is not None:
            pieces.append(
                format_html(
                    '<svg x="{}" y="16" overflow="visible"><path d="{}" fill="{}" stroke="var(--color-base-content)" stroke-width="1.6"/></svg>',
                    at(score),
                    SHAPES[number % len(SHAPES)],
                    UNIT_COLOURS[number % len(UNIT_COLOURS)],
                )
            )
    named = (
        format_html('role="img" aria-label="{}"', label) if label else format_html('aria-hidden="{}"', "true")
    )
    return format_html(
        '<svg class="block w-full overflow-visible" width="100%" height="32" {}>'
        '<rect x="0" y="13" width="100%" height="6" rx="3" fill="var(--color-base-300)"/>{}</svg>',
        named,
        format_html_join("", "{}", ((piece,) for piece in pieces)),
    )


def swatch(tone: str) -> SafeString:
    """Return the small square that a legend begins with."""
    return format_html(
        '<svg class="inline-block shrink-0" width="13" height="13" aria-hidden="true"><rect width="13" height="13" rx="3" fill="{}"/></svg>',
        fill(tone),
    )


def unit_mark(number: int) -> SafeString:
    """Return the shape of the nth compared unit, for legends."""
    return format_html(
        '<svg class="inline-block shrink-0" width="22" height="22" viewBox="-11 -11 22 22" aria-hidden="true">'
        '<path d="{}" fill="{}" stroke="var(--color-base-content)" stroke-width="1.6"/></svg>',
        SHAPES[number % len(SHAPES)],
        UNIT_COLOURS[number % len(UNIT_COLOURS)],
    )


def steps() -> SafeString:
    """Return the seven steps of the map's colour, from the lowest to the highest."""
    return format_html(
        '<svg width="140" height="14" aria-hidden="true">{}</svg>',
        format_html_join(
            "",
            '<rect x="{}" width="20" height="14" fill="{}"/>',
            ((number * 20, page_colour(name)) for number, name in enumerate(STEP_NAMES)),
        ),
    )


def band_mark() -> SafeString:
    """Return what stands for the middle half of all units in legends."""
    return format_html(
        '<svg width="26" height="14" aria-hidden="true"><rect width="26" height="14" rx="3" fill="{}"/></svg>',
        BAND,
    )


def median_mark() -> SafeString:
    """Return what stands for the median in legends."""
    return format_html(
        '<svg width="8" height="18" aria-hidden="true"><line x1="4" x2="4" y1="1" y2="17" stroke="{}" stroke-width="2.5"/></svg>',
        "var(--color-primary)",
    )
