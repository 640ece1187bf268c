"""Reads of stored files."""

from __future__ import annotations

from typing import IO

from django.db import connection

from sala.kernel.files import blobs, refusals
from sala.kernel.files.models import StoredFile


def open_file(file: StoredFile) -> IO[bytes]:
    """Open the content of `file` for reading, for rooms of ours; pages go through the download address.

    Raises `DomainError` when its time is over or a virus was found in it.
    """
    if file.purged_at is not None:
        raise refusals.gone()
    if not file.is_available:
        raise refusals.infected(file.scan_finding)
    try:
        return blobs.open_blob(file.sha256)
    except FileNotFoundError as error:
        raise refusals.gone() from error


def file_figures() -> dict[str, int]:
    """Return counts for the metrics page: files kept, bytes (shared ones once), not scanned, infected."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE scan_state = 'unscanned'),"
            " count(*) FILTER (WHERE scan_state = 'infected') FROM files_storedfile WHERE purged_at IS NULL"
        )
        kept, unscanned, infected = cursor.fetchone()
        cursor.execute(
            "SELECT coalesce(sum(size_bytes), 0) FROM"
            " (SELECT DISTINCT sha256, size_bytes FROM files_storedfile WHERE purged_at IS NULL) AS own"
        )
        size = cursor.fetchone()[0]
    return {"kept": kept, "bytes": int(size), "unscanned": unscanned, "infected": infected}
