"""Judges a file before it is kept: kind by content, name against kind, what hides inside, viruses."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from sala.kernel.files import blobs, refusals
from sala.kernel.files.archives import check_archive, check_gzip
from sala.kernel.files.kinds import KINDS, Kind, kind_of_extension, sniff
from sala.kernel.files.models import ScanState
from sala.kernel.files.names import extension_of, safe_name
from sala.kernel.files.scan import scan

_ARCHIVES = {"zip", "xlsx", "docx", "pptx", "ods", "odt", "epub"}
_MACRO_EXTENSIONS = {"xlsm", "xlsb", "xltm", "xlam", "docm", "dotm", "pptm", "potm", "ppam", "ppsm"}
_SHOWN = {
    "old-office": "Office 97–2003",
    "jpeg": "JPEG",
    "unknown": "?",
    "text": "TXT",
    "program": "EXE",
    "archive": "7Z/RAR",
}


@dataclass(frozen=True)
class Verdict:
    """A file that may be kept: what it is, its digest, and what the scanner said."""

    kind: str
    media_type: str
    size_bytes: int
    sha256: str
    scan_state: ScanState
    scan_finding: str = ""

    @classmethod
    def trusted(cls, path: Path, name: str, media_type: str, size_bytes: int, sha256: str) -> Verdict:
        """The verdict on a file of our own making: nothing to refuse, nothing to scan."""
        kind = next((kind.word for kind in KINDS.values() if kind.media_type == media_type), "unknown")
        if kind == "unknown":
            kind = sniff(path, name).word
        return cls(kind, media_type, size_bytes, sha256, ScanState.CLEAN, "made here")


def verdict(
    upload: UploadedFile[bytes], *, accept: Collection[str] | None = None, max_bytes: int | None = None
) -> Verdict:
    """Judge an upload without keeping it; raises `DomainError` with the reason when it would not be taken."""
    most = max_bytes or settings.UPLOAD_MAX_BYTES
    if upload.size is not None and upload.size > most:
        raise refusals.too_large(most)
    digest = hashlib.sha256()
    size = 0
    file, path = blobs.incoming_file()
    try:
        with file:
            for piece in upload.chunks():
                size += len(piece)
                if size > most:
                    raise refusals.too_large(most)
                digest.update(piece)
                file.write(piece)
        if size == 0:
            raise refusals.empty()
        return judge(path, safe_name(upload.name or "file"), size, digest.hexdigest(), accept=accept)
    finally:
        path.unlink(missing_ok=True)


def judge(path: Path, name: str, size: int, sha256: str, *, accept: Collection[str] | None) -> Verdict:
    """Judge the file at `path` that came under the (safe) name `name`."""
    scanned = scan(path)
    if scanned.state == ScanState.INFECTED:
        raise refusals.infected(scanned.finding)
    kind = sniff(path, name)
    _refuse_never_taken(kind, name)
    if kind.word in _ARCHIVES:
        check_archive(path)
    elif kind.word == "gzip":
        check_gzip(path)
    elif kind.word == "pdf":
        _refuse_locked_pdf(path)
    _refuse_wrong_name(kind, name)
    if accept is not None and kind.word not in accept:
        wanted = ", ".join(_shown(word) for word in sorted(accept))
        raise refusals.not_accepted(_shown(kind.word), wanted)
    return Verdict(kind.word, kind.media_type, size, sha256, scanned.state, scanned.finding)


def _refuse_never_taken(kind: Kind, name: str) -> None:
    if kind.word == "program":
        raise refusals.program()
    if kind.word in {"html", "svg"}:
        raise refusals.active_page()
    if extension_of(name) in _MACRO_EXTENSIONS:
        raise refusals.macros(f".{extension_of(name)}")
    if kind.word == "old-office":
        raise refusals.old_office()
    if kind.word == "archive":
        raise refusals.not_accepted(_shown("archive"), "ZIP")


def _refuse_wrong_name(kind: Kind, name: str) -> None:
    extension = extension_of(name)
    if not extension:
        return
    claimed = kind_of_extension(name)
    if claimed is not None and claimed.word != kind.word:
        raise refusals.wrong_extension(extension, _shown(kind.word))


def _refuse_locked_pdf(path: Path) -> None:
    try:
        with pikepdf.open(path):
            return
    except pikepdf.PasswordError as error:
        raise refusals.encrypted() from error
    except pikepdf.PdfError as error:
        raise refusals.damaged() from error


def _shown(word: str) -> str:
    return _SHOWN.get(word, word.upper())
