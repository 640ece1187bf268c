"""Segment files: records framed so that a torn end is told apart from damage.

A segment begins with 28 bytes: eight that name the format, the index of its first record, a random salt, and
the CRC-32 of these.
A frame is length (4 bytes), CRC-32 (4), the index of the first record of its batch (8), and the record; the
CRC covers all but itself and begins from the salt, so that no record can pose as frames. Numbers are
little-endian.

A batch is written only after the one before it is on the disk. So a broken frame that is followed by a whole
frame of a *later* batch was whole once: that is damage, and nothing may be cut off. A broken frame without
such a follower is a batch that nobody was told of: the torn end of a killed writer.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

MAGIC = b"sala-tl1"
HEADER = struct.Struct("<8sQQI")
FRAME = struct.Struct("<IIQ")
MAX_RECORD_BYTES = 16 * 1024 * 1024

_SIZE = struct.Struct("<I")
_NUMBER = struct.Struct("<Q")


def segment_name(first: int) -> str:
    """Return the file name of the segment that begins with record `first`."""
    return f"{first:020d}.records"


def segment_files(folder: Path) -> list[tuple[int, Path]]:
    """Return the segments of a folder in order, each with the index of its first record."""
    return sorted((int(path.name[:20]), path) for path in folder.glob("*.records"))


def new_header(first: int) -> bytes:
    """Return the beginning of a new segment."""
    salt = secrets.randbits(64)
    return HEADER.pack(MAGIC, first, salt, crc32(HEADER.pack(MAGIC, first, salt, 0)))


def seed_of(header: bytes, first: int) -> int | None:
    """Return what the checksums of a segment begin from, or None where `header` does not begin one."""
    if len(header) < HEADER.size:
        return None
    magic, found, salt, check = HEADER.unpack_from(header)
    whole = magic == MAGIC and found == first and check == crc32(HEADER.pack(magic, found, salt, 0))
    return crc32(_NUMBER.pack(salt)) if whole else None


def frame(record: bytes, batch: int, seed: int) -> bytes:
    """Return the frame of one record."""
    size, first = _SIZE.pack(len(record)), _NUMBER.pack(batch)
    return size + _SIZE.pack(crc32(record, crc32(size + first, seed))) + first + record


def frame_at(data: bytes | memoryview, place: int, seed: int) -> tuple[int, bytes] | None:
    """Return batch and record of the whole frame at `place`, or None where none stands."""
    end = place + FRAME.size
    if end > len(data):
        return None
    size, check, batch = FRAME.unpack_from(data, place)
    if size > MAX_RECORD_BYTES or end + size > len(data):
        return None
    record = bytes(data[end : end + size])
    if crc32(record, crc32(_SIZE.pack(size) + _NUMBER.pack(batch), seed)) != check:
        return None
    return batch, record


@dataclass(frozen=True)
class Scan:
    """What stands in a segment from some place on: whole records with their places, and where they end."""

    records: list[bytes]
    places: list[int]
    end: int
    damaged: bool
    """Whether a broken frame is followed by a later batch, so that it once was whole."""


def scan(data: bytes, place: int, index: int, seed: int) -> Scan:
    """Read the frames from `place`, whose record has `index`, to the last whole one."""
    records: list[bytes] = []
    places: list[int] = []
    batch = -1
    while (found := frame_at(data, place, seed)) is not None:
        # Batches only grow, and none begins after its own record.
        if not batch <= found[0] <= index:
            break
        batch, record = found
        records.append(record)
        places.append(place)
        place += FRAME.size + len(record)
        index += 1
    damaged = place < len(data) and _later_batch(data, place + 1, index, seed)
    return Scan(records, places, place, damaged)


def _later_batch(data: bytes, place: int, index: int, seed: int) -> bool:
    """Tell whether a whole frame of a batch that began after record `index` stands anywhere from `place`."""
    highest = index + (len(data) - place) // FRAME.size + 1
    for start in _candidates(data, place, index, highest):
        found = frame_at(data, start, seed)
        if found is not None and index < found[0] <= highest:
            return True
    return False


def _candidates(data: bytes, place: int, low: int, high: int) -> Iterator[int]:
    """Yield where a frame may begin whose batch number lies between `low` and `high`.

    The upper bytes of such a number are known, so that nearly all places fall out at once.
    """
    loose = (low ^ high).bit_length() // 8 + 1
    known = _NUMBER.pack(low)[loose:]
    at = data.find(known, place + 8 + loose)
    while at != -1:
        yield at - loose - 8
        at = data.find(known, at + 1)
