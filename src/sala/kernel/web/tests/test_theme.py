"""Colours that text uses can be read, in light and in dark: WCAG 2.2, 1.4.3 and 1.4.11."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

THEME = (Path(__file__).parents[1] / "styles" / "theme.css").read_text(encoding="utf-8")
NAMED = ("primary", "secondary", "accent", "neutral", "info", "success", "warning", "error")
TEXT = [
    *((f"--color-{name}-content", f"--color-{name}") for name in NAMED),
    *(("--color-base-content", f"--color-base-{ground}") for ground in (100, 200, 300)),
    *(("--muted", f"--color-base-{ground}") for ground in (100, 200)),
    *(
        (ink, f"--color-base-{ground}")
        for ink in ("--color-primary", "--color-error")
        for ground in (100, 200)
    ),
    *((f"--color-{name}", f"--tint-{name}") for name in ("primary", "info", "success", "error")),
    ("--ink-warning", "--tint-warning"),
    *(
        ("--color-base-content", f"--tint-{name}")
        for name in ("primary", "info", "success", "warning", "error")
    ),
    ("--muted", "--tint-primary"),
    ("--hero-ink", "--hero"),
    ("--hero-soft", "--hero"),
]
MARKS = [
    ("--edge", "--color-base-100"),
    ("--focus", "--color-base-100"),
    ("--focus", "--color-base-200"),
    ("--color-accent", "--hero"),
    ("--color-primary", "--color-base-300"),
    ("--color-success", "--color-base-300"),
]


def themes() -> dict[str, dict[str, str]]:
    """Return the colours of each theme by their names."""
    blocks = re.findall(r'@plugin "daisyui/theme" \{(.*?)\n\}', THEME, re.DOTALL)
    found = [dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", block)) for block in blocks]
    return dict(zip(("light", "dark"), found, strict=True))


def luminance(colour: str) -> float:
    """Return the relative luminance of a hex colour."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme: str, ink: str, ground: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_edges_and_bars_can_be_seen(theme: str, mark: str, ground: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[mark], colours[ground]) >= 3


def test_both_themes_name_the_same_colours() -> None:
    found = themes()
    assert found["light"].keys() == found["dark"].keys()
