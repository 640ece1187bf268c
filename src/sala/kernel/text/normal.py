"""One spelling for what looks the same on the screen."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_NIKHAHIT_AA = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_TONE_AFTER_AM = re.compile("\u0e33([\u0e48-\u0e4b])")
THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
_TO_ARABIC = str.maketrans(THAI_DIGITS, "0123456789")
_TO_THAI = str.maketrans("0123456789", THAI_DIGITS)


def normal(text: str) -> str:
    """Return `text` in one spelling: NFC, no invisible signs, one space, สระอำ as one sign, เเ as แ."""
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    text = text.replace("\u0e40\u0e40", "\u0e41")
    text = _NIKHAHIT_AA.sub("\\1\u0e33", text)
    text = _TONE_AFTER_AM.sub("\\1\u0e33", text)
    return _SPACES.sub(" ", text).strip()


def arabic_digits(text: str) -> str:
    """Return `text` with ๐–๙ written 0–9."""
    return text.translate(_TO_ARABIC)


def thai_digits(text: str) -> str:
    """Return `text` with 0–9 written ๐–๙."""
    return text.translate(_TO_THAI)
