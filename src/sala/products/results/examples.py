"""The rankings that come with the product: their methods and words lie under `examples/` and are read from there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

REGISTER_INDEX = "service-register-index"
EGDI = "egdi-2022"


def folder(example: str) -> Path:
    """Return the folder of an example."""
    return Path(settings.ROOT) / "examples" / example


def method_text(example: str) -> str:
    """Return the method of an example, as it is written."""
    return (folder(example) / "method.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class About:
    """What a ranking says of itself: its slug, kind, and the fields of `Ranking`."""

    slug: str
    kind: str
    words: dict[str, Any]


def about(path: Path) -> About:
    """Read a `ranking.yaml`: texts are given in both languages, everything else as the model holds it."""
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    slug, kind = read.pop("slug"), read.pop("kind")
    words: dict[str, Any] = {}
    for name, value in read.items():
        if isinstance(value, dict) and value.keys() <= {"th", "en"}:
            words |= {f"{name}_{language}": text.strip() for language, text in value.items()}
        else:
            words[name] = value
    return About(slug, kind, words)
