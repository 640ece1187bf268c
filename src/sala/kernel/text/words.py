"""Cutting Thai, which writes no spaces, into words."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import cast

from sala.kernel.text.normal import arabic_digits, normal

_LATIN_WORD = re.compile("[A-Za-z0-9]+")


@cache
def _splitter() -> Callable[..., list[str]]:
    """Read the dictionary once (about 0.4 s); nothing is fetched and nothing is written to the home folder."""
    os.environ.setdefault("PYTHAINLP_OFFLINE", "1")
    if "PYTHAINLP_READ_MODE" not in os.environ:
        os.environ.setdefault("PYTHAINLP_READ_ONLY", "1")
    from pythainlp.tokenize import word_tokenize

    return cast(Callable[..., list[str]], word_tokenize)


@lru_cache(maxsize=4096)
def _cut(text: str) -> tuple[str, ...]:
    if text.isascii():
        return tuple(_LATIN_WORD.findall(text))
    return tuple(
        word.strip()
        for word in _splitter()(text, engine="newmm", keep_whitespace=False)
        if any(sign.isalnum() for sign in word)
    )


def words(text: str) -> list[str]:
    """Return the words of `text` in their order, without spaces and punctuation."""
    return list(_cut(normal(text)))


def search_text(*texts: str) -> str:
    """Return `texts` as one line of lower-case words parted by spaces, to be indexed for search."""
    return " ".join(word for text in texts if text for word in _cut(arabic_digits(normal(text)).casefold()))
