"""Drawings of icons, by their lucide names (ISC), from what the front-end build prepared."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import cast

from django.conf import settings


@cache
def drawings() -> dict[str, str]:
    """Return the inner drawing of every icon; empty where the front end was never built."""
    path = Path(settings.BUILD) / "icons.json"
    return cast(dict[str, str], json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def drawing(name: str) -> str:
    """Return the drawing called `name`, or a plain ring: a page never breaks for an icon."""
    return drawings().get(name, '<circle cx="12" cy="12" r="9"/>')
