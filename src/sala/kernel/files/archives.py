"""Looks into compressed files before anything else opens them: bombs, passwords, macros, unsafe names.

The declared sizes are checked first, then every entry is unpacked in small pieces and counted, because a
declared size can lie. Nothing is written to disk.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sala.kernel.files import refusals
from sala.kernel.files.scan import EICAR, EICAR_NAME

MOST_ENTRIES = 10_000
MOST_UNPACKED_BYTES = 400 * 1_048_576
MOST_RATIO = 150
RATIO_COUNTS_FROM_BYTES = 8 * 1_048_576
DEEPEST = 3
MOST_NESTED_BYTES = 64 * 1_048_576
_PIECE = 262_144
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml", "macrosheets/", "basic/script-lb.xml")
_MACRO_TYPES = (b"macroenabled", b"vnd.ms-office.vbaproject", b"ms-excel.macrosheet")


@dataclass
class _Budget:
    """How much may still be unpacked, shared by an archive and those inside it."""

    bytes_left: int = MOST_UNPACKED_BYTES
    entries_left: int = MOST_ENTRIES


def check_archive(path: Path) -> None:
    """Refuse the ZIP (or office file) at `path` when it is a bomb, locked, damaged, or carries macros."""
    with path.open("rb") as file:
        _check(file, path.stat().st_size, _Budget(), depth=1)


def check_gzip(path: Path) -> None:
    """Refuse a gzip file that grows beyond all measure."""
    unpacked = 0
    packed = max(1, path.stat().st_size)
    stream = zlib.decompressobj(wbits=31)
    with path.open("rb") as file:
        piece = file.read(_PIECE)
        while piece and not stream.eof:
            try:
                unpacked += len(stream.decompress(piece, 4 * _PIECE))
            except zlib.error as error:
                raise refusals.damaged() from error
            if unpacked > MOST_UNPACKED_BYTES or _too_steep(unpacked, packed):
                raise refusals.bomb("gzip")
            piece = stream.unconsumed_tail or file.read(_PIECE)


def _check(file: IO[bytes], packed_bytes: int, budget: _Budget, *, depth: int) -> None:
    if depth > DEEPEST:
        raise refusals.too_deep()
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_declared(entries, packed_bytes, budget)
            for entry in entries:
                _check_entry(archive, file, entry, budget, depth=depth)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError) as error:
        raise refusals.damaged() from error


def _check_declared(entries: list[zipfile.ZipInfo], packed_bytes: int, budget: _Budget) -> None:
    budget.entries_left -= len(entries)
    if budget.entries_left < 0:
        raise refusals.bomb(f"> {MOST_ENTRIES}")
    # Entries that overlap share the same compressed bytes: many large files out of one small one.
    ends = 0
    for entry in sorted(entries, key=lambda item: item.header_offset):
        if entry.header_offset < ends:
            raise refusals.bomb(_shown(entry.filename))
        ends = entry.header_offset + entry.compress_size
    if ends > packed_bytes:
        raise refusals.damaged()
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise refusals.encrypted()
        parts = entry.filename.replace("\\", "/").split("/")
        if entry.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
            raise refusals.unsafe_entry(_shown(entry.filename))
        if _too_steep(entry.file_size, entry.compress_size):
            raise refusals.bomb(_shown(entry.filename))
        if any(part in entry.filename.lower() for part in _MACRO_PARTS):
            raise refusals.macros(_shown(entry.filename))
    if sum(entry.file_size for entry in entries) > budget.bytes_left:
        raise refusals.bomb(f"> {MOST_UNPACKED_BYTES // 1_048_576} MB")


def _check_entry(
    archive: zipfile.ZipFile, file: IO[bytes], entry: zipfile.ZipInfo, budget: _Budget, *, depth: int
) -> None:
    head = b""
    counted = 0
    is_types = entry.filename == "[Content_Types].xml"
    nested = entry.filename.lower().endswith(
        (".zip", ".xlsx", ".docx", ".pptx", ".ods", ".odt", ".jar", ".xlsm")
    )
    kept = bytearray()
    for piece in _pieces(archive, file, entry):
        counted += len(piece)
        budget.bytes_left -= len(piece)
        if counted > entry.file_size or budget.bytes_left < 0:
            raise refusals.bomb(_shown(entry.filename))
        if not head:
            head = piece[:4096]
            nested = nested or head.startswith(b"PK\x03\x04")
        if is_types or nested:
            kept += piece
            if len(kept) > MOST_NESTED_BYTES:
                raise refusals.too_deep()
    if head.startswith(EICAR):
        raise refusals.infected(EICAR_NAME)
    if is_types and any(mark in bytes(kept).lower() for mark in _MACRO_TYPES):
        raise refusals.macros("[Content_Types].xml")
    if nested and head.startswith(b"PK"):
        _check(io.BytesIO(bytes(kept)), len(kept), budget, depth=depth + 1)


def _pieces(archive: zipfile.ZipFile, file: IO[bytes], entry: zipfile.ZipInfo) -> list[bytes] | _Inflated:
    """Unpack by what the bytes say, not by the declared size: zipfile itself stops at the declared one."""
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        return _Inflated(file, entry)
    if entry.compress_type == zipfile.ZIP_STORED:
        return [archive.read(entry)] if entry.file_size else []
    raise refusals.damaged()  # rarer methods are not needed by any office file


class _Inflated:
    """Iterates over an entry's unpacked bytes in pieces of at most 1 MB."""

    def __init__(self, file: IO[bytes], entry: zipfile.ZipInfo) -> None:
        self.file = file
        self.entry = entry

    def __iter__(self) -> _Inflated:
        self.file.seek(self.entry.header_offset)
        header = self.file.read(30)
        if header[:4] != b"PK\x03\x04":
            raise zipfile.BadZipFile
        lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        self.file.seek(self.entry.header_offset + 30 + lengths)
        self.left = self.entry.compress_size
        self.stream = zlib.decompressobj(wbits=-15)
        self.waiting = b""
        return self

    def __next__(self) -> bytes:
        while not self.stream.eof:
            if not self.waiting:
                self.waiting = self.file.read(min(_PIECE, self.left))
                self.left -= len(self.waiting)
                if not self.waiting:
                    raise zipfile.BadZipFile
            piece = self.stream.decompress(self.waiting, 4 * _PIECE)
            self.waiting = self.stream.unconsumed_tail
            if piece:
                return piece
        raise StopIteration


def _too_steep(unpacked: int, packed: int) -> bool:
    return unpacked > RATIO_COUNTS_FROM_BYTES and unpacked > MOST_RATIO * max(1, packed)


def _shown(name: str) -> str:
    return name if len(name) <= 60 else name[:57] + "…"
