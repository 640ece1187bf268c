"""Makes a file name safe to store, to show and to send in a header, and keeps it readable."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 150
# Marks that turn the direction of text or hide letters: they make `invoice‮fdp.exe` look like a PDF.
_HIDDEN = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0xFEFF, 0x00AD])
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)


def safe_name(name: str) -> str:
    """Return `name` without folders, control and direction marks, at most 150 characters, extension kept.

    Thai letters stay. An empty or reserved name becomes `file`.
    """
    text = unicodedata.normalize("NFC", name).translate(_HIDDEN)
    text = text.replace("\\", "/").rsplit("/", 1)[-1]
    text = _FORBIDDEN.sub("_", text)
    text = re.sub(r"\s+", " ", text).strip(" .")
    stem, dot, extension = text.rpartition(".")
    if not dot or len(extension) > 10:
        stem, extension = text, ""
    stem = stem.strip(" .")
    if not stem or _RESERVED.match(stem):
        stem = "file"
    tail = f".{extension}" if extension else ""
    return stem[: LONGEST - len(tail)].rstrip() + tail


def extension_of(name: str) -> str:
    """Return the extension in small letters without the dot, or an empty text."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""
