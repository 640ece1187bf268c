"""Takes files in, and erases them when their time is over."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable
from datetime import timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from sala.kernel.audit.interface import SYSTEM, Actor, declare, record
from sala.kernel.files import blobs, refusals
from sala.kernel.files.archives import check_archive, check_gzip
from sala.kernel.files.checks import Verdict, judge
from sala.kernel.files.models import ScanState, StoredFile
from sala.kernel.files.names import safe_name
from sala.kernel.files.purposes import PURPOSES
from sala.kernel.files.scan import scan

STORED = declare(
    "files.file.stored",
    th="รับไฟล์ไว้",
    en="Stored a file",
    fields=("purpose", "kind", "size_bytes", "sha256", "scan_state"),
)
PURGED = declare(
    "files.file.purged",
    th="ลบเนื้อหาไฟล์เมื่อพ้นกำหนดเก็บ",
    en="Erased a file whose time was over",
    fields=("purpose", "sha256"),
)
SCANNED = declare(
    "files.file.scanned",
    th="ตรวจไวรัสไฟล์ที่เก็บไว้",
    en="Scanned a kept file for viruses",
    fields=("scan_state", "finding"),
)

__all__ = [
    "check_archive",
    "check_gzip",
    "purge_expired",
    "purge_file",
    "remove_orphans",
    "scan_unscanned",
    "store",
    "store_bytes",
]

ORPHAN_AFTER_S = 3600.0


def store(
    upload: UploadedFile[bytes],
    *,
    purpose: str,
    actor: Actor,
    accept: Collection[str] | None = None,
    max_bytes: int | None = None,
    organisation_id: UUID | None = None,
) -> StoredFile:
    """Check an uploaded file and keep it; raises `DomainError` with the reason when it is not taken.

    `accept` names kinds (`xlsx`, `csv`, `pdf`…); `max_bytes` may only be smaller than the installation's limit
    unless the purpose itself declares more.
    """
    return _take_in(
        upload.chunks(),
        name=upload.name or "file",
        purpose=purpose,
        actor=actor,
        accept=accept,
        max_bytes=max_bytes,
        organisation_id=organisation_id,
        declared_bytes=upload.size,
    )


def store_bytes(
    content: bytes,
    *,
    name: str,
    media_type: str = "",
    purpose: str,
    actor: Actor,
    organisation_id: UUID | None = None,
) -> StoredFile:
    """Keep bytes that a room of ours made; `media_type`, when given, wins over what the content looks like."""
    return _take_in(
        [content],
        name=name,
        purpose=purpose,
        actor=actor,
        accept=None,
        max_bytes=max(len(content), 1),
        organisation_id=organisation_id,
        declared_bytes=len(content),
        media_type=media_type,
    )


def _take_in(
    pieces: Iterable[bytes],
    *,
    name: str,
    purpose: str,
    actor: Actor,
    accept: Collection[str] | None,
    max_bytes: int | None,
    organisation_id: UUID | None,
    declared_bytes: int | None,
    media_type: str = "",
) -> StoredFile:
    declared = PURPOSES.get(purpose)
    most = max_bytes or (declared.max_bytes if declared else None) or settings.UPLOAD_MAX_BYTES
    if declared_bytes is not None and declared_bytes > most:
        raise refusals.too_large(most)
    kinds = accept if accept is not None else (declared.accept if declared else None)
    file, path = blobs.incoming_file()
    try:
        with file:
            size, sha256 = _write(file, pieces, most)
        clean_name = safe_name(name)
        if media_type:
            verdict = Verdict.trusted(path, clean_name, media_type, size, sha256)
        else:
            verdict = judge(path, clean_name, size, sha256, accept=kinds)
        retain_days = declared.retain_days if declared else None
        with transaction.atomic():
            blobs.lock_blob(sha256)
            blobs.keep(path, sha256)
            stored = StoredFile.objects.create(
                name=clean_name,
                kind=verdict.kind,
                media_type=verdict.media_type,
                size_bytes=size,
                sha256=sha256,
                purpose=purpose,
                owner_id=actor.id if actor.is_account else None,
                organisation_id=organisation_id,
                scan_state=verdict.scan_state,
                scan_finding=verdict.scan_finding,
                scanned_at=timezone.now() if verdict.scan_state == ScanState.CLEAN else None,
                retain_until=timezone.localdate() + timedelta(days=retain_days) if retain_days else None,
            )
            record(
                STORED,
                subject=stored,
                actor=actor,
                data={
                    "purpose": purpose,
                    "kind": stored.kind,
                    "size_bytes": size,
                    "sha256": sha256,
                    "scan_state": stored.scan_state,
                },
            )
        return stored
    finally:
        path.unlink(missing_ok=True)


def _write(file: IO[bytes], pieces: Iterable[bytes], most: int) -> tuple[int, str]:
    """Write the pieces, stop as soon as they are too many, flush to the disk; returns size and digest."""
    digest = hashlib.sha256()
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise refusals.too_large(most)
        digest.update(piece)
        file.write(piece)
    if size == 0:
        raise refusals.empty()
    file.flush()
    os.fsync(file.fileno())
    return size, digest.hexdigest()


def purge_file(file: StoredFile, *, actor: Actor) -> StoredFile:
    """Erase the content of `file` and keep its row; bytes that another file shares stay. Idempotent."""
    with transaction.atomic():
        locked = StoredFile.objects.select_for_update().get(pk=file.pk)
        if locked.purged_at is not None:
            return locked
        blobs.lock_blob(locked.sha256)
        locked.purged_at = timezone.now()
        locked.save(update_fields=["purged_at"])
        record(PURGED, subject=locked, actor=actor, data={"purpose": locked.purpose, "sha256": locked.sha256})
        shared = StoredFile.objects.filter(sha256=locked.sha256, purged_at__isnull=True).exists()
        if not shared:
            transaction.on_commit(lambda: _erase_if_unowned(locked.sha256))
    return locked


def _erase_if_unowned(sha256: str) -> bool:
    """Erase a blob under its lock, unless a row has come to own it meanwhile."""
    with transaction.atomic():
        blobs.lock_blob(sha256)
        if StoredFile.objects.filter(sha256=sha256, purged_at__isnull=True).exists():
            return False
        blobs.erase(sha256)
        return True


def purge_expired() -> int:
    """Erase the content of every file whose time is over; returns how many. Safe to run twice."""
    today = timezone.localdate()
    purged = 0
    due = StoredFile.objects.filter(retain_until__lt=today, purged_at__isnull=True)
    for file in due.order_by("retain_until").iterator(chunk_size=200):
        purge_file(file, actor=SYSTEM)
        purged += 1
    return purged


def remove_orphans(*, older_than_s: float = ORPHAN_AFTER_S) -> int:
    """Remove blobs that no row owns and uploads that never ended, both left by a crash; returns how many."""
    removed = blobs.remove_stale_incoming(older_than_s)
    batch: list[str] = []
    for sha256, age_s in blobs.blobs():
        if age_s > older_than_s:
            batch.append(sha256)
        if len(batch) == 500:
            removed += _remove_unowned(batch)
            batch = []
    return removed + _remove_unowned(batch)


def _remove_unowned(digests: list[str]) -> int:
    owned = set(
        StoredFile.objects.filter(sha256__in=digests, purged_at__isnull=True).values_list("sha256", flat=True)
    )
    return sum(_erase_if_unowned(sha256) for sha256 in digests if sha256 not in owned)


def scan_unscanned(*, most: int = 200) -> int:
    """Scan kept files that no scanner has seen, newest first; returns how many now have a verdict.

    An infected file is no longer given out; its bytes stay as evidence until its time is over.
    """
    if not settings.CLAMD:
        return 0
    settled = 0
    waiting = StoredFile.objects.filter(scan_state=ScanState.UNSCANNED, purged_at__isnull=True)
    for file in list(waiting.order_by("-created_at")[:most]):
        temporary, path = blobs.incoming_file()
        try:
            with temporary, blobs.open_blob(file.sha256) as source:
                while piece := source.read(1_048_576):
                    temporary.write(piece)
            result = scan(Path(path))
        except FileNotFoundError:
            continue
        finally:
            path.unlink(missing_ok=True)
        if result.state == ScanState.UNSCANNED:
            break  # the scanner is away; the next run tries again
        with transaction.atomic():
            locked = StoredFile.objects.select_for_update().get(pk=file.pk)
            locked.scan_state, locked.scan_finding = result.state, result.finding
            locked.scanned_at = timezone.now()
            locked.save(update_fields=["scan_state", "scan_finding", "scanned_at"])
            record(
                SCANNED,
                subject=locked,
                actor=SYSTEM,
                data={"scan_state": str(result.state), "finding": result.finding},
            )
        settled += 1
    return settled
