"""Thai dictionary order without ICU: a key that sorts by code points."""

from __future__ import annotations

import re

from sala.kernel.text.normal import arabic_digits, normal

_LEADING_VOWEL = re.compile("([\u0e40-\u0e44])([\u0e01-\u0e2e])")
_SECOND_LEVEL = dict.fromkeys(map(ord, "\u0e2f\u0e46\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e\u0e3a"))
_BREAK = "\u0001"


def sort_key(text: str) -> str:
    """Return the key by which `text` stands where a Thai dictionary puts it.

    A leading vowel counts after the consonant that it is read with; tone marks, ์, ็, ๆ and ฯ count only
    between words that are otherwise equal. Latin letters come before Thai and ignore case; Thai digits
    sort as digits. Compare keys by code point (a `C` collation in the database).
    """
    swapped = _LEADING_VOWEL.sub(r"\2\1", arabic_digits(normal(text)).casefold())
    return f"{swapped.translate(_SECOND_LEVEL)}{_BREAK}{swapped}"
