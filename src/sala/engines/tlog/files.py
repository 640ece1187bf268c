"""The few file operations that the store stands on."""

from __future__ import annotations

import os
from pathlib import Path


class GrowingFile:
    """A file that grows at its end and may be cut there."""

    __slots__ = ("_handle", "path", "size")

    def __init__(self, path: Path, *, writable: bool = True) -> None:
        flags = os.O_RDWR | os.O_CREAT if writable else os.O_RDONLY
        self.path = path
        self._handle = os.open(path, flags | os.O_CLOEXEC, 0o600)
        self.size = os.fstat(self._handle).st_size

    def append(self, data: bytes) -> None:
        """Write `data` at the end; on failure the size stays, and what was written is beyond it."""
        at, view = self.size, memoryview(data)
        while view:
            written = os.pwrite(self._handle, view, at)
            at += written
            view = view[written:]
        self.size = at

    def read(self, count: int, place: int) -> bytes:
        """Return `count` bytes at `place`, fewer at the end of the file."""
        return os.pread(self._handle, count, place)

    def cut(self, size: int) -> None:
        """Keep the first `size` bytes."""
        os.ftruncate(self._handle, size)
        self.size = size

    def sync(self) -> None:
        """Return when the content is on the disk."""
        os.fdatasync(self._handle)

    def close(self) -> None:
        """Close the file; closing twice does nothing."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def read_exactly(handle: int, count: int, place: int) -> bytes:
    """Return `count` bytes at `place`, fewer only at the end of the file."""
    parts = []
    while count:
        part = os.pread(handle, count, place)
        if not part:
            break
        parts.append(part)
        place += len(part)
        count -= len(part)
    return b"".join(parts)


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` in the place of `path` so that a reader, or a kill, sees the old or the new whole."""
    fresh = path.with_name(path.name + ".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(handle, view) :]
        os.fdatasync(handle)
    finally:
        os.close(handle)
    os.replace(fresh, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
