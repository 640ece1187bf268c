"""What an app's `search.py` returns to the one search of the site."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SearchHit:
    """One thing found: `kind` a translated word (organisation, ranking), `score` from 0 to 1."""

    title: str
    url: str
    kind: str
    summary: str = ""
    score: float = 0.0
