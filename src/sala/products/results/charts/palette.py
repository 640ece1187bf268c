"""The colours of charts: drawn with stand-ins, then given the page's own colours, so that dark mode needs no second drawing.

A specification for the server carries stand-ins (`#0a00xx`). `themed` replaces them in the SVG by the theme's
variables, which presentation attributes may hold; `plain` gives colours that read on light and dark ground, for
specifications that the browser draws by itself.
"""

from __future__ import annotations

import json
from typing import Any

STEPS = 7


def _mixed(share: int) -> str:
    return f"color-mix(in oklab, var(--color-primary) {share}%, var(--color-base-100))"


# name: stand-in, colour of the page, colour for either ground
_COLOURS: dict[str, tuple[str, str, str]] = {
    "ground": ("#0a0001", "var(--color-base-100)", "#ffffff"),
    "ink": ("#0a0002", "var(--color-base-content)", "#6b7280"),
    "muted": ("#0a0003", "var(--muted)", "#7a8194"),
    "line": ("#0a0004", "var(--line)", "#9aa0ae"),
    "none": ("#0a0005", "var(--color-base-300)", "#b9bcc6"),
    "accent": ("#0a0006", "var(--color-accent)", "#f4b740"),
    "accent-edge": ("#0a0007", "var(--color-base-content)", "#7a4f00"),
    "primary": ("#0a0008", "var(--color-primary)", "#5468c4"),
    "secondary": ("#0a0009", "var(--color-secondary)", "#2a938d"),
    "soft": ("#0a000a", _mixed(34), "#a5b0e4"),
    "step-1": ("#0a0011", _mixed(14), "#dfe3f6"),
    "step-2": ("#0a0012", _mixed(27), "#c3cbef"),
    "step-3": ("#0a0013", _mixed(41), "#a3afe6"),
    "step-4": ("#0a0014", _mixed(55), "#8493db"),
    "step-5": ("#0a0015", _mixed(70), "#6779cd"),
    "step-6": ("#0a0016", _mixed(85), "#4d60ba"),
    "step-7": ("#0a0017", "var(--color-primary)", "#3a4c9f"),
}

STEP_NAMES = tuple(f"step-{number}" for number in range(1, STEPS + 1))


def stand_in(name: str) -> str:
    """Return the stand-in of a colour, for specifications."""
    return _COLOURS[name][0]


def page_colour(name: str) -> str:
    """Return a colour as the page's style sheet knows it, for drawings made by hand."""
    return _COLOURS[name][1]


def themed(svg: str) -> str:
    """Replace stand-ins in a drawing by the colours of the page."""
    for drawn, page, _either in _COLOURS.values():
        svg = svg.replace(drawn, page)
    return svg


def plain(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a specification with colours that read on light and on dark ground."""
    text = json.dumps(spec, ensure_ascii=False)
    for drawn, _page, either in _COLOURS.values():
        text = text.replace(drawn, either)
    result: dict[str, Any] = json.loads(text)
    return result
