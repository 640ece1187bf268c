"""Reading a log's folder and proving from it, beside the one process that writes."""

from __future__ import annotations

import os
import threading
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from sala.engines.tlog import segments
from sala.engines.tlog.checkpoints import Checkpoint, WrongCheckpoint
from sala.engines.tlog.files import GrowingFile, read_exactly
from sala.engines.tlog.proofs import prove_consistency, prove_inclusion
from sala.engines.tlog.tree import EMPTY_ROOT, Frontier, hash_leaf, range_hash, stored_place


class LogDamaged(RuntimeError):
    """What the log once acknowledged is no longer there or no longer the same; nothing was mended."""


class LogReader:
    """The log as its writer last marked it; `refresh` moves on. Safe to share between threads."""

    def __init__(self, folder: Path, origin: str, *, writable: bool = False) -> None:
        self.folder = folder
        self.origin = origin
        self._size = 0
        self._marked = Checkpoint(origin, 0, EMPTY_ROOT)
        self._segments: list[tuple[int, Path]] = []
        self._opened: dict[int, tuple[int, int]] = {}
        self._opened_lock = threading.Lock()
        self._index = GrowingFile(folder / "index", writable=writable)
        self._nodes = GrowingFile(folder / "nodes", writable=writable)

    @classmethod
    def open_reader(cls, folder: Path | str, *, origin: str) -> LogReader:
        """Open the log in `folder` to read; FileNotFoundError where nobody has written one."""
        reader = LogReader(Path(folder), origin)
        try:
            reader.refresh()
        except BaseException:
            reader.close()
            raise
        return reader

    def refresh(self) -> None:
        """Move on to the state that the writer last marked with a checkpoint."""
        self._read_mark()
        self._segments = segments.segment_files(self.folder / "records")
        self._size = self._marked.size

    def close(self) -> None:
        """Close the files."""
        with self._opened_lock:
            for handle, _ in self._opened.values():
                os.close(handle)
            self._opened.clear()
        self._index.close()
        self._nodes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read_mark(self) -> None:
        path = self.folder / "mark"
        if not path.exists():
            return
        try:
            self._marked = Checkpoint.read(path.read_text(encoding="utf-8"))
        except (WrongCheckpoint, UnicodeError) as error:
            raise LogDamaged(f"{path} cannot be read: {error}") from error
        if self._marked.origin != self.origin:
            raise LogDamaged(
                f"{self.folder} holds the log of {self._marked.origin!r}, not of {self.origin!r}"
            )

    @property
    def size(self) -> int:
        """How many records there are: the marked ones for a reader, all acknowledged ones for the writer."""
        return self._size

    @property
    def marked_size(self) -> int:
        """How many records the last checkpoint covered."""
        return self._marked.size

    def head(self) -> Checkpoint:
        """Return size and root as they are now."""
        size = self._size
        return Checkpoint(self.origin, size, self.root(size))

    def last_checkpoint(self) -> str | None:
        """Return the last signed checkpoint as it was written, if there is one."""
        try:
            return (self.folder / "checkpoint").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def read(self, index: int) -> bytes:
        """Return one record; IndexError where there is none, `LogDamaged` where its bytes are broken."""
        if not 0 <= index < self._size:
            raise IndexError(index)
        name, handle, seed = self._segment_of(index)
        place = self._place(index)
        head = read_exactly(handle, segments.FRAME.size, place)
        size = segments.FRAME.unpack(head)[0] if len(head) == segments.FRAME.size else 0
        rest = read_exactly(handle, min(size, segments.MAX_RECORD_BYTES), place + len(head))
        found = segments.frame_at(head + rest, 0, seed)
        if found is None:
            raise LogDamaged(f"record {index} is broken in {name} at byte {place}")
        return found[1]

    def records(self, begin: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the records from `begin` up to `end` (by default all there are now)."""
        for index in range(begin, self._size if end is None else min(end, self._size)):
            yield self.read(index)

    def leaf(self, index: int) -> bytes:
        """Return the leaf hash of a record."""
        if not 0 <= index < self._size:
            raise IndexError(index)
        return self._node(0, index)

    def root(self, size: int | None = None) -> bytes:
        """Return the root that the log had when it held `size` records."""
        return range_hash(0, self._at(size), self._node)

    def prove_inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the proof that record `index` is in the log as it was at `size` (by default now)."""
        return prove_inclusion(index, self._at(size), self._node)

    def prove_consistency(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the proof that the log of `old_size` is the beginning of that of `size`."""
        return prove_consistency(old_size, self._at(size), self._node)

    def verify(self) -> Checkpoint:
        """Read every record again and compute the root; raises `LogDamaged` naming the first bad record."""
        frontier = Frontier()
        size = self._size
        for index in range(size):
            for level, node in enumerate(frontier.append(hash_leaf(self.read(index)))):
                if node != self._node(level, index >> level):
                    what = f"record {index}" if level == 0 else f"node {index >> level} of level {level}"
                    raise LogDamaged(f"{what} is not the one that was appended")
        return Checkpoint(self.origin, size, frontier.root())

    def _at(self, size: int | None) -> int:
        if size is None:
            return self._size
        if not 0 <= size <= self._size:
            raise ValueError(f"the log has {self._size} records, not {size}")
        return size

    def _node(self, level: int, number: int) -> bytes:
        found = self._nodes.read(32, 32 * stored_place(level, number))
        if len(found) != 32:
            raise LogDamaged(f"node {number} of level {level} is missing")
        return found

    def _place(self, index: int) -> int:
        return int.from_bytes(self._index.read(8, 8 * index), "little")

    def _segment_of(self, index: int) -> tuple[str, int, int]:
        """Return name, open handle and checksum seed of the segment that holds a record."""
        known = self._segments
        at = bisect_right(known, index, key=lambda segment: segment[0]) - 1
        if at < 0:
            raise LogDamaged(f"the segment of record {index} is missing")
        first, path = known[at]
        with self._opened_lock:
            if first not in self._opened:
                handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                seed = segments.seed_of(read_exactly(handle, segments.HEADER.size, 0), first)
                if seed is None:
                    os.close(handle)
                    raise LogDamaged(f"{path.name} does not begin as a segment")
                self._opened[first] = (handle, seed)
            return path.name, *self._opened[first]
