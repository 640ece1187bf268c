"""The colours of charts: drawn with stand-ins, then given the page's own colours, so that dark mode needs no second drawing.

A specification carries stand-ins (`#0a00xx`), because the drawing engine wants colours it can read. `themed` replaces
them, in a drawing or in a specification for the browser, by the theme's variables: presentation attributes of SVG may
hold those, and they follow the reader's theme.
"""

from __future__ import annotations

STEPS = 7


def _mixed(share: int) -> str:
    return f"color-mix(in oklab, var(--color-primary) {share}%, var(--color-base-100))"


# name: stand-in, colour of the page
_COLOURS: dict[str, tuple[str, str]] = {
    "ground": ("#0a0001", "var(--color-base-100)"),
    "ink": ("#0a0002", "var(--color-base-content)"),
    "muted": ("#0a0003", "var(--muted)"),
    "line": ("#0a0004", "var(--line)"),
    "none": ("#0a0005", "var(--color-base-300)"),
    "accent": ("#0a0006", "var(--color-accent)"),
    "accent-edge": ("#0a0007", "var(--color-base-content)"),
    "primary": ("#0a0008", "var(--color-primary)"),
    "secondary": ("#0a0009", "var(--color-secondary)"),
    "soft": ("#0a000a", _mixed(34)),
    "step-1": ("#0a0011", _mixed(14)),
    "step-2": ("#0a0012", _mixed(27)),
    "step-3": ("#0a0013", _mixed(41)),
    "step-4": ("#0a0014", _mixed(55)),
    "step-5": ("#0a0015", _mixed(70)),
    "step-6": ("#0a0016", _mixed(85)),
    "step-7": ("#0a0017", "var(--color-primary)"),
}

STEP_NAMES = tuple(f"step-{number}" for number in range(1, STEPS + 1))


def stand_in(name: str) -> str:
    """Return the stand-in of a colour, for specifications."""
    return _COLOURS[name][0]


def page_colour(name: str) -> str:
    """Return a colour as the page's style sheet knows it, for drawings made by hand."""
    return _COLOURS[name][1]


def themed(text: str) -> str:
    """Replace stand-ins in a drawing or a specification by the colours of the page."""
    for drawn, page in _COLOURS.values():
        text = text.replace(drawn, page)
    return text
