"""Bundles: records with their proofs and the signed checkpoint, in one file that verifies without us."""

from __future__ import annotations

import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from django.db.models import QuerySet

from sala.engines.tlog import Checkpoint, LogReader, write_proof
from sala.kernel.audit import verify_offline
from sala.kernel.audit.checkpoints import checkpoint_verifiers
from sala.kernel.audit.evidence import leaf, log_origin, open_log
from sala.kernel.audit.models import AuditRecord, Seal

CHUNK = 1000


def write_bundle(target: BinaryIO, *, records: QuerySet[AuditRecord] | None = None) -> int:
    """Write a bundle and return how many records it holds.

    Without `records` it is complete: every record that the last checkpoint covers, so that one which is
    missing from the database is told too. Records as the database has them stand beside proofs as the log
    gives them: whoever changed a row is found. Records that are not sealed yet are left out.
    """
    log = open_log()
    size, note = (0, "")
    if log is not None:
        note = log.last_checkpoint() or ""
        # A checkpoint may be a moment older than the mark, never newer.
        size = Checkpoint.read(note.rpartition("\n\n")[0] + "\n").size if note else log.size
    count = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("records.jsonl", "w") as file:
            for chunk in _chunks(records, size):
                assert log is not None  # noqa: S101 - without a log there is no seal
                for position, text in chunk:
                    proof = [
                        b64encode(value).decode("ascii") for value in log.prove_inclusion(position, size)
                    ]
                    file.write(
                        json.dumps({"index": position, "record": text, "proof": proof}).encode() + b"\n"
                    )
                    count += text is not None
        archive.writestr("checkpoint", note)
        archive.writestr("keys.txt", "".join(f"{key}\n" for key in checkpoint_verifiers(log_origin())))
        manifest = {"format": "sala-audit-bundle-1", "origin": log_origin(), "complete": records is None}
        archive.writestr("bundle.json", json.dumps(manifest, indent=1))
        archive.writestr("verify_offline.py", Path(verify_offline.__file__).read_bytes())
    if log is not None:
        log.close()
    return count


def bundle_bytes(records: QuerySet[AuditRecord]) -> bytes:
    """Return a bundle of a few records as bytes."""
    target = io.BytesIO()
    write_bundle(target, records=records)
    return target.getvalue()


def proof_file(record: AuditRecord) -> str | None:
    """Return the `.tlog-proof` of a record under the last signed checkpoint, or None while there is none."""
    seal = Seal.objects.filter(record_id=record.id).first()
    log = open_log()
    if seal is None or log is None:
        return None
    with log:
        note = log.last_checkpoint()
        if note is None:
            return None
        size = Checkpoint.read(note.rpartition("\n\n")[0] + "\n").size
        if seal.position >= size:
            return None
        return _proof(log, seal.position, size, note)


def _proof(log: LogReader, position: int, size: int, note: str) -> str:
    return write_proof(index=position, hashes=log.prove_inclusion(position, size), checkpoint=note)


def _chunks(records: QuerySet[AuditRecord] | None, size: int) -> Iterable[list[tuple[int, str | None]]]:
    """Yield places with the record that the database has there, None where it is gone."""
    seals = Seal.objects.filter(position__lt=size)
    if records is not None:
        seals = seals.filter(record_id__in=records.values("id"))
    after = -1
    while chunk := list(seals.filter(position__gt=after).order_by("position")[:CHUNK]):
        after = chunk[-1].position
        rows = AuditRecord.objects.in_bulk([seal.record_id for seal in chunk])
        yield [
            (seal.position, leaf(rows[seal.record_id]).decode() if seal.record_id in rows else None)
            for seal in chunk
        ]
