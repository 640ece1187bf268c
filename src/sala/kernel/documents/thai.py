"""Keeps Thai marks with their words: typst breaks a line before ฯ and ๆ unless a word joiner stands there."""

from __future__ import annotations

import re
from typing import Any

# U+2060 word joiner; typst issue seen with 0.15: a line may begin with ฯ or ๆ.
_MARK = re.compile("(?<=[\u0e01-\u0e5b])([ \u00a0]?)([ฯๆ])")


def joined(value: Any) -> Any:
    """Return `value` with every text in it, however deep, made safe against such breaks."""
    if isinstance(value, str):
        return _MARK.sub(lambda found: ("\u00a0" if found[1] else "") + "\u2060" + found[2], value)
    if isinstance(value, dict):
        return {key: joined(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [joined(item) for item in value]
    return value
