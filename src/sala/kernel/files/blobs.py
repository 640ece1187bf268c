"""Keeps bytes under their own SHA-256 in Django's default storage: a disk or an S3-compatible store.

On a disk a blob is written to a temporary name, flushed to the platter and renamed, so that a name never shows
half a file. A blob that no row owns (the process died before its commit) is removed by `remove_orphans`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import connection

_FOLDER = "blobs"
_INCOMING = "incoming"


def blob_path(sha256: str) -> str:
    """Return the storage path of the bytes with this digest."""
    return f"{_FOLDER}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _storage() -> Storage:
    return storages["default"]


def _is_local() -> bool:
    return isinstance(_storage(), FileSystemStorage)


def incoming_folder() -> Path:
    """Return the folder for files on their way in; on the same disk as the blobs where they are local."""
    base = Path(_storage().path("")) if _is_local() else Path(settings.VAR)
    folder = base / _INCOMING
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def incoming_file() -> tuple[IO[bytes], Path]:
    """Open a new temporary file for what comes in; returns it and its path."""
    descriptor, name = tempfile.mkstemp(dir=incoming_folder(), prefix="in-")
    return os.fdopen(descriptor, "w+b"), Path(name)


def lock_blob(sha256: str) -> None:
    """Hold this digest until the transaction ends, so that no one stores and erases the same bytes at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x46494C45, int(sha256[:8], 16) - 2**31])


def keep(path: Path, sha256: str) -> None:
    """Move the flushed file at `path` to its place; bytes that are there already stay as they are."""
    target = blob_path(sha256)
    if _is_local():
        final = Path(_storage().path(target))
        if final.exists() and final.stat().st_size == path.stat().st_size:
            path.unlink()
            return
        final.parent.mkdir(parents=True, exist_ok=True)
        path.chmod(0o600)
        path.replace(final)
        _flush_folder(final.parent)
        return
    if not _storage().exists(target):
        with path.open("rb") as file:
            saved = _storage().save(target, File(file))
        if saved != target:  # another process was first; the store gave this copy another name
            _storage().delete(saved)
    path.unlink()


def open_blob(sha256: str) -> IO[bytes]:
    """Open the bytes with this digest for reading; raises FileNotFoundError when they are gone."""
    return _storage().open(blob_path(sha256), "rb")


def erase(sha256: str) -> None:
    """Remove the bytes with this digest; nothing happens when they are gone already."""
    _storage().delete(blob_path(sha256))


def blobs() -> Iterator[tuple[str, float]]:
    """Yield the digest and age in seconds of each blob in the store."""
    now = time.time()
    for first in _folders(_FOLDER):
        for second in _folders(f"{_FOLDER}/{first}"):
            folder = f"{_FOLDER}/{first}/{second}"
            for name in _storage().listdir(folder)[1]:
                try:
                    changed = _storage().get_modified_time(f"{folder}/{name}").timestamp()
                except FileNotFoundError:
                    continue
                yield name, now - changed


def remove_stale_incoming(older_than_s: float) -> int:
    """Remove temporary files of uploads that never ended; returns how many."""
    removed = 0
    for path in incoming_folder().glob("in-*"):
        try:
            if time.time() - path.stat().st_mtime > older_than_s:
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed


def free_bytes() -> int | None:
    """Return the free space of the disk that holds the blobs, or nothing for a remote store."""
    return shutil.disk_usage(_storage().path("")).free if _is_local() else None


def _folders(path: str) -> list[str]:
    try:
        return sorted(_storage().listdir(path)[0])
    except FileNotFoundError:
        return []


def _flush_folder(folder: Path) -> None:
    """A rename is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
