"""Tells what a file is by its content; the name only chooses among kinds of plain text."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import puremagic

from sala.kernel.files.names import extension_of


@dataclass(frozen=True)
class Kind:
    """A kind of file: our word for it, its media type, and the extensions it may carry."""

    word: str
    media_type: str
    extensions: tuple[str, ...]


_TABLE = (
    Kind("pdf", "application/pdf", ("pdf",)),
    Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
    Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    Kind("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", ("pptx",)),
    Kind("ods", "application/vnd.oasis.opendocument.spreadsheet", ("ods",)),
    Kind("odt", "application/vnd.oasis.opendocument.text", ("odt",)),
    Kind("epub", "application/epub+zip", ("epub",)),
    Kind("zip", "application/zip", ("zip",)),
    Kind("gzip", "application/gzip", ("gz", "tgz")),
    Kind("png", "image/png", ("png",)),
    Kind("jpeg", "image/jpeg", ("jpg", "jpeg")),
    Kind("gif", "image/gif", ("gif",)),
    Kind("webp", "image/webp", ("webp",)),
    Kind("heic", "image/heic", ("heic", "heif")),
    Kind("parquet", "application/vnd.apache.parquet", ("parquet",)),
    Kind("csv", "text/csv", ("csv",)),
    Kind("tsv", "text/tab-separated-values", ("tsv", "tab")),
    Kind("json", "application/json", ("json", "geojson")),
    Kind("yaml", "application/yaml", ("yaml", "yml")),
    Kind("xml", "application/xml", ("xml",)),
    Kind("markdown", "text/markdown", ("md",)),
    Kind("text", "text/plain", ("txt", "log")),
    Kind("html", "text/html", ("html", "htm", "xhtml")),
    Kind("svg", "image/svg+xml", ("svg",)),
    Kind("old-office", "application/x-ole-storage", ("xls", "doc", "ppt", "msg")),
    Kind("program", "application/x-executable", ("exe", "dll", "so", "elf", "com", "scr", "msi")),
    Kind("archive", "application/octet-stream", ("7z", "rar", "xz", "bz2", "tar")),
    Kind("unknown", "application/octet-stream", ()),
)
KINDS = {kind.word: kind for kind in _TABLE}
_BY_EXTENSION = {extension: kind.word for kind in _TABLE for extension in kind.extensions}
TEXT_WORDS = ("csv", "tsv", "json", "yaml", "xml", "markdown", "text")

_HEADS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-office"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"#!", "program"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"BZh", "archive"),
)


def kind_of_extension(name: str) -> Kind | None:
    """Return the kind that the name claims, or nothing when it claims none that we know."""
    word = _BY_EXTENSION.get(extension_of(name))
    return KINDS[word] if word else None


def sniff(path: Path, name: str) -> Kind:
    """Return what the file at `path` is, by its bytes."""
    with path.open("rb") as file:
        head = file.read(8192)
        file.seek(0, 2)
        size = file.tell()
        file.seek(max(0, size - 65_557))  # a ZIP's last record plus its longest comment
        tail = file.read()
    if b"%PDF-" in head[:1024]:
        return KINDS["pdf"]
    for magic, word in _HEADS:
        if head.startswith(magic):
            return KINDS[word]
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return KINDS["webp"]
    if head[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1"}:
        return KINDS["heic"]
    # A ZIP is read from its end, so one may hide behind any beginning.
    if head.startswith(b"PK\x03\x04") or b"PK\x05\x06" in tail:
        return _sniff_zip(path)
    if _is_text(path):
        return _sniff_text(head, name)
    return _sniff_rest(path)


def _sniff_zip(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                declared = archive.read("mimetype").decode("ascii", "replace").strip()
                for kind in _TABLE:
                    if kind.media_type == declared:
                        return kind
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return KINDS["zip"]
    if "[Content_Types].xml" in names:
        for folder, word in (("xl/", "xlsx"), ("word/", "docx"), ("ppt/", "pptx")):
            if any(entry.startswith(folder) for entry in names):
                return KINDS[word]
    return KINDS["zip"]


def _is_text(path: Path) -> bool:
    """Text has no control characters but tab, line ends and form feed; UTF-16 needs its mark."""
    allowed = {9, 10, 12, 13, 27}
    with path.open("rb") as file:
        first = file.read(65_536)
        if first.startswith((b"\xff\xfe", b"\xfe\xff")):
            return True
        while first:
            if any(byte < 32 and byte not in allowed for byte in set(first)):
                return False
            first = file.read(1_048_576)
    return True


def _sniff_text(head: bytes, name: str) -> Kind:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return KINDS["html"]
    if b"<svg" in start[:2048] and start.startswith((b"<?xml", b"<svg", b"<!--", b"<!doctype svg")):
        return KINDS["svg"]
    claimed = kind_of_extension(name)
    if claimed is not None and claimed.word in TEXT_WORDS:
        if claimed.word == "xml" and not start.startswith(b"<"):
            return KINDS["text"]
        if claimed.word == "json" and not start.startswith((b"{", b"[", b'"', b"-", b"t", b"f", b"n", b"0")):
            return KINDS["json" if start[:1].isdigit() else "text"]
        return claimed
    if start.startswith(b"<?xml"):
        return KINDS["xml"]
    return KINDS["text"]


def _sniff_rest(path: Path) -> Kind:
    """Ask puremagic about what our own rules do not know; only kinds of our table are ever answered."""
    try:
        guess = puremagic.from_file(str(path)).lstrip(".").lower()
    except (puremagic.PureError, ValueError, OSError):
        return KINDS["unknown"]
    word = _BY_EXTENSION.get(guess, "unknown")
    return KINDS["unknown" if word in TEXT_WORDS else word]
