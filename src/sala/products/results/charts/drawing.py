"""Draws a specification as SVG without a browser, cleans it, and links its marks to pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.html import escape

from sala.products.results.charts.palette import themed

VEGA_LITE = "6.4"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_KEY = "unit:"


@dataclass(frozen=True)
class Mark:
    """Where a mark leads and what it says when pointed at."""

    href: str
    title: str


def key_of(code: str) -> str:
    """Return the description by which a mark is found again in the drawing."""
    return f"{_KEY}{code}"


@cache
def _engine() -> Any:
    """Load the drawing engine once (it brings its own script engine), with our own fonts and no network."""
    import vl_convert

    fonts = Path(settings.BUILD) / "fonts"
    if fonts.is_dir():
        vl_convert.register_font_directory(str(fonts))
    return vl_convert


def draw(spec: dict[str, Any], *, marks: Mapping[str, Mark] | None = None, label: str) -> str:
    """Return the SVG of a specification in the colours of the page, `label` read aloud in its place.

    Marks whose description is `key_of(code)` become links; everything else about single marks is hidden from
    readers, who get the table beside the chart.
    """
    svg = str(_engine().vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[]))
    svg = _linked(_shortened(svg), marks or {})
    svg = re.sub(
        r' (?:role|aria-roledescription|aria-label|aria-hidden|xmlns:xlink|version|opacity)="[^"]*"', "", svg
    )
    svg = re.sub(r' font-family="[^"]*"', "", svg)
    svg = re.sub(r'<path class="background"[^>]*/>', "", svg)
    size = re.search(r'<svg [^>]*width="([\d.]+)" height="([\d.]+)" viewBox="([^"]+)"[^>]*>', svg)
    if size is None:  # a drawing engine of another make
        raise ValueError("the drawing has no size")
    # Hundreds of marks read aloud help nobody: who hears the page gets the label, and the table beside the chart.
    head = (
        f'<p class="sr-only">{escape(label)}</p><svg xmlns="http://www.w3.org/2000/svg" class="h-auto w-full"'
        f' viewBox="{size.group(3)}" aria-hidden="true" font-family="inherit">'
    )
    return themed(head + svg[size.end() :])


def _shortened(svg: str) -> str:
    """Write coordinates with one decimal, and circles as circles: half the bytes, the same picture."""
    svg = re.sub(
        r'<path((?:(?! d=")[^>])*) d="M([\d.]+),0A\2,\2,0,1,1,-\2,0A\2,\2,0,1,1,\2,0"',
        r'<circle\1 r="\2"',
        svg,
    )
    return re.sub(
        r' (?:d|transform|r)="[^"]*"', lambda found: re.sub(r"-?\d+\.\d+", _rounded, found.group()), svg
    )


def _rounded(number: re.Match[str]) -> str:
    return f"{round(float(number.group()), 1) + 0.0:g}"


def _linked(svg: str, marks: Mapping[str, Mark]) -> str:
    def link(found: re.Match[str]) -> str:
        kind, before, code, after = found.groups()
        mark = marks.get(code)
        bare = f"<{kind}{before}{after}"
        if mark is None:
            return bare
        if mark.title:
            bare = bare.removesuffix("/>") + f"><title>{escape(mark.title)}</title></{kind}>"
        return f'<a href="{escape(mark.href)}" tabindex="-1">{bare}</a>'

    pattern = rf'<(path|circle)((?:(?! aria-label=)[^>])*) aria-label="{_KEY}([^"]*)"([^>]*/>)'
    return re.sub(pattern, link, svg)
