"""The log on disk: one folder that only grows, written by one process and read by any number.

| File | Holds | Trusted |
|---|---|---|
| `records/<first index>.records` | the records, framed (`segments`) | by checksum, up to a torn end |
| `index` | place of each record in its segment, 8 bytes each | up to the mark; made again after it |
| `nodes` | the full nodes of the tree in the order of completion, 32 bytes each | as `index`, and by the root |
| `mark` | checkpoint text up to which everything is on the disk | written by rename |
| `checkpoint` | the last signed checkpoint | written by rename |
| `torn/` | ends that were cut off after a kill | never read |

An append is answered when its record is on the disk; records that wait together go with one fdatasync.
"""

from __future__ import annotations

import fcntl
import os
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from pathlib import Path

from sala.engines.tlog import segments
from sala.engines.tlog.checkpoints import Checkpoint
from sala.engines.tlog.commit import GroupCommit, LogUnusable
from sala.engines.tlog.files import GrowingFile, replace_file, sync_folder
from sala.engines.tlog.notes import NoteSigner
from sala.engines.tlog.reader import LogDamaged, LogReader
from sala.engines.tlog.tree import Frontier, hash_leaf, range_hash, stored_count

__all__ = ["Log", "LogBusy", "LogDamaged", "LogReader", "LogUnusable"]

SEGMENT_BYTES = 64 * 1024 * 1024


class LogBusy(RuntimeError):
    """Another process writes to this log."""


class Log(LogReader):
    """An append-only log in a folder, opened to write; safe to share between threads."""

    def __init__(
        self,
        folder: Path,
        origin: str,
        *,
        signers: Sequence[NoteSigner] = (),
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        (folder / "records").mkdir(parents=True, exist_ok=True)
        self._lock_file = _lock(folder)
        super().__init__(folder, origin, writable=True)
        self._signers = tuple(signers)
        self._segment_bytes = segment_bytes
        self._frontier = Frontier()
        self._tail: GrowingFile | None = None
        self._seed = 0
        self._broken: str | None = None
        self._group = GroupCommit(self._write)

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        origin: str,
        signers: Sequence[NoteSigner] = (),
        segment_bytes: int = SEGMENT_BYTES,
    ) -> Log:
        """Open the log in `folder` to write, made where absent, and put it right after a kill.

        `origin` is the log's name in its checkpoints (`sala.example/audit`); a folder of another origin is
        refused. A torn end is cut off; whatever was acknowledged and is missing or changed raises
        `LogDamaged`. Raises `LogBusy` while another process writes.
        """
        log = cls(Path(folder), origin, signers=signers, segment_bytes=segment_bytes)
        try:
            log._recover()
        except BaseException:
            log.close()
            raise
        return log

    def close(self) -> None:
        """Let go of the folder; what was acknowledged is on the disk already."""
        with self._group.lock:
            self._broken = self._broken or "the log is closed"
            if self._tail is not None:
                self._tail.close()
            super().close()
            if self._lock_file >= 0:
                os.close(self._lock_file)
                self._lock_file = -1

    def refresh(self) -> None:
        """Do nothing: the writer knows all there is."""

    # --- recovery ------------------------------------------------------------------------------------

    def _recover(self) -> None:
        """Trust what the mark covers, read the records after it, cut a torn end, and go on from there."""
        self._read_mark()
        self._segments = segments.segment_files(self.folder / "records")
        trusted = self._trusted_size()
        self._index.cut(8 * trusted)
        self._nodes.cut(32 * stored_count(trusted))
        self._frontier = Frontier.of(trusted, self._node)
        self._size = trusted
        starts = [first for first, _ in self._segments]
        if trusted and not starts:
            raise LogDamaged(f"the segments of {trusted} records are missing")
        if starts and starts[0] != 0:
            raise LogDamaged(f"the records before {starts[0]} are missing")
        for start in starts[1:]:
            if start <= trusted:
                # Its last record tells that a segment is there to its end.
                self._check_place(start - 1)
        for first, path in self._segments[max(bisect_right(starts, trusted) - 1, 0) :]:
            self._replay(first, path, last=first == starts[-1])
        marked = self._marked
        if self._size < marked.size:
            raise LogDamaged(f"the log ends before record {self._size}; it once held {marked.size}")
        if range_hash(0, marked.size, self._node) != marked.root:
            raise LogDamaged(f"the first {marked.size} records are not those that were checkpointed")
        if self._tail is not None:
            # A killed writer may have written a whole batch and died before the disk had it.
            self._tail.sync()
        sync_folder(self.folder / "records")
        sync_folder(self.folder)

    def _trusted_size(self) -> int:
        """Return up to where `index` and `nodes` can stay: the mark if its root comes out, else nothing."""
        size = self._marked.size
        if self._index.size < 8 * size or self._nodes.size < 32 * stored_count(size):
            return 0
        return size if range_hash(0, size, self._node) == self._marked.root else 0

    def _replay(self, first: int, path: Path, *, last: bool) -> None:
        """Take in what a segment holds beyond the trusted part."""
        data = path.read_bytes()
        seed = segments.seed_of(data, first)
        if seed is None:
            # A kill while the segment was made leaves no more than a part of its header.
            if last and len(data) <= segments.HEADER.size and self._size == first >= self._marked.size:
                path.unlink()
                self._segments.pop()
                if self._segments:
                    self._tail, self._seed = self._open_tail(self._segments[-1])
                return
            raise LogDamaged(f"{path.name} does not begin as a segment")
        place = segments.HEADER.size
        if self._size > first:
            place = self._place(self._size - 1) + segments.FRAME.size + self._check_place(self._size - 1)
        elif self._size != first:
            raise LogDamaged(f"the records {self._size} to {first - 1} are missing before {path.name}")
        found = segments.scan(data, place, self._size, seed)
        self._take_in(found.records, found.places)
        torn = data[found.end :]
        if torn and (found.damaged or not last or self._size < self._marked.size):
            raise LogDamaged(f"record {self._size} is broken in {path.name} at byte {found.end}")
        if last:
            self._tail, self._seed = GrowingFile(path), seed
            if torn:
                self._cut_torn_end(torn, found.end)

    def _check_place(self, index: int) -> int:
        """Return the length of a record that stands where it should; else raises `LogDamaged`."""
        record = self.read(index)
        if hash_leaf(record) != self._node(0, index):
            raise LogDamaged(f"record {index} is not the one that was appended")
        return len(record)

    def _cut_torn_end(self, torn: bytes, end: int) -> None:
        """Cut what nobody was told of, and keep a copy for whoever wants to look."""
        assert self._tail is not None  # noqa: S101
        folder = self.folder / "torn"
        folder.mkdir(exist_ok=True)
        (folder / f"{self._size:020d}").write_bytes(torn)
        self._tail.cut(end)

    def _open_tail(self, segment: tuple[int, Path]) -> tuple[GrowingFile, int]:
        first, path = segment
        tail = GrowingFile(path)
        seed = segments.seed_of(tail.read(segments.HEADER.size, 0), first)
        if seed is None:
            tail.close()
            raise LogDamaged(f"{path.name} does not begin as a segment")
        return tail, seed

    # --- appending -------------------------------------------------------------------------------------

    def append(self, record: bytes) -> int:
        """Append one record and return its index; when this returns, the record is on the disk."""
        return self.append_many((record,)).start

    def append_many(self, records: Sequence[bytes]) -> range:
        """Append records that stay together and in order; returns their indexes when all are on the disk.

        Raises `LogUnusable` after a failed sync, and OSError when the disk is full: nothing of the batch is
        kept then, and a later try may succeed.
        """
        for record in records:
            if len(record) > segments.MAX_RECORD_BYTES:
                raise ValueError(f"a record has at most {segments.MAX_RECORD_BYTES} bytes")
        first = self._group.append(records)
        return range(first, first + len(records))

    def _write(self, records: list[bytes]) -> int:
        """Write a batch, wait for the disk, and return the index of its first record."""
        self._check_usable()
        first = self._size
        if not records:
            return first
        tail = self._tail
        if tail is None or tail.size >= self._segment_bytes:
            tail = self._new_segment()
        begin, seed = tail.size, self._seed
        frames = [segments.frame(record, first, seed) for record in records]
        places = []
        at = begin
        for framed in frames:
            places.append(at)
            at += len(framed)
        try:
            tail.append(b"".join(frames))
        except OSError:
            self._take_back(tail, begin)
            raise
        try:
            # Whatever stops the next steps, the disk then holds more than is known here.
            self._broken = "a batch was interrupted on its way to the disk"
            tail.sync()
            self._take_in(records, places)
        except OSError as error:
            self._broken = f"the disk did not take a batch: {error.strerror}"
            raise LogUnusable(self._broken) from error
        self._broken = None
        return first

    def _take_back(self, tail: GrowingFile, end: int) -> None:
        try:
            tail.cut(end)
        except OSError as error:
            self._broken = f"a failed write could not be taken back: {error.strerror}"

    def _new_segment(self) -> GrowingFile:
        first = self._size
        path = self.folder / "records" / segments.segment_name(first)
        made = GrowingFile(path)
        try:
            # A try before this one may have left a part of a header; it holds no record.
            made.cut(0)
            header = segments.new_header(first)
            made.append(header)
            made.sync()
            sync_folder(path.parent)
        except OSError:
            made.close()
            raise
        if self._tail is not None:
            self._tail.close()
        self._tail, self._seed = made, segments.seed_of(header, first) or 0
        self._segments = [*(known for known in self._segments if known[0] != first), (first, path)]
        return made

    def _take_in(self, records: Sequence[bytes], places: Iterable[int]) -> None:
        """Note places and tree nodes of records that are on the disk."""
        nodes: list[bytes] = []
        append = self._frontier.append
        for record in records:
            nodes += append(hash_leaf(record))
        self._index.append(b"".join(place.to_bytes(8, "little") for place in places))
        self._nodes.append(b"".join(nodes))
        self._size = self._frontier.size

    def _check_usable(self) -> None:
        if self._broken is not None:
            raise LogUnusable(self._broken)

    # --- checkpoints -------------------------------------------------------------------------------------

    def checkpoint(self, *, signers: Sequence[NoteSigner] | None = None) -> str:
        """Make everything durable, sign size and root, and return the signed note.

        Without signers the note carries no signature and is not kept as `checkpoint`; readers still move on.
        """
        by = self._signers if signers is None else tuple(signers)
        with self._group.lock:
            self._check_usable()
            head = Checkpoint(self.origin, self._size, self._frontier.root())
            self._index.sync()
            self._nodes.sync()
            replace_file(self.folder / "mark", head.text().encode("utf-8"))
            self._marked = head
            note = head.sign(by)
            if by:
                replace_file(self.folder / "checkpoint", note.encode("utf-8"))
            return note


def _lock(folder: Path) -> int:
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise LogBusy(f"another process writes to the log in {folder}") from None
    return handle
