"""Every template of the house keeps the policy: no inline script, style or handler, and no icon that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SALA = Path(__file__).resolve().parents[3]
TEMPLATES = sorted(
    path for path in SALA.rglob("templates/**/*.html") if not {"email", "mail.html"} & set(path.parts)
)
"""Mail is left out: its readers know no style sheet."""
ICONS = {path.stem for path in (SALA.parents[1] / "node_modules" / "lucide-static" / "icons").glob("*.svg")}
INLINE = [
    (re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE), "style attribute"),
    (re.compile(r"<style\b", re.IGNORECASE), "style element"),
    (re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE), "inline handler"),
    (
        re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>", re.IGNORECASE),
        "inline script",
    ),
    (re.compile(r"javascript:", re.IGNORECASE), "javascript: address"),
]
ICON = re.compile(r'<c-icon[^>]*\bname="([a-z][\w-]*)"|\{% icon "([\w-]+)"|\bicon(?:_end)?="([a-z][\w-]*)"')


def _without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(SALA)))
def test_no_template_needs_what_the_policy_forbids(path: Path) -> None:
    text = re.sub(
        r"\{[%{].*?[%}]\}", "", _without_comments(path.read_text(encoding="utf-8")), flags=re.DOTALL
    )
    assert [what for pattern, what in INLINE if pattern.search(text)] == []


def test_every_icon_exists() -> None:
    wrong = {
        f"{path.relative_to(SALA)}: {name}"
        for path in TEMPLATES
        for found in ICON.findall(path.read_text(encoding="utf-8"))
        if (name := next(filter(None, found), "")) and name not in ICONS
    }
    assert wrong == set()


def test_icons_named_in_code_exist() -> None:
    pattern = re.compile(r'\bicon\s*=\s*"([a-z][a-z0-9-]+)"')
    wrong = {
        f"{path.relative_to(SALA)}: {name}"
        for path in SALA.rglob("*.py")
        if "tests" not in path.parts
        for name in pattern.findall(path.read_text(encoding="utf-8"))
        if name not in ICONS
    }
    assert wrong == set()
