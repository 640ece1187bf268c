"""The colours of a make-up, ordered from the best state to the last: two of one colour online, two of another coming, grey for not."""

from __future__ import annotations

TONES: dict[str, str] = {
    "linked": "var(--color-primary)",
    "unlinked": "color-mix(in oklab, var(--color-primary) 52%, var(--color-base-100))",
    "building": "var(--color-accent)",
    "funded": "color-mix(in oklab, var(--color-accent) 42%, var(--color-base-100))",
    "none": "color-mix(in oklab, var(--edge) 45%, var(--color-base-100))",
}
ORDER = tuple(TONES)


def fill(tone: str) -> str:
    """Return the fill of a tone; an unknown one is grey."""
    return TONES.get(tone, TONES["none"])
