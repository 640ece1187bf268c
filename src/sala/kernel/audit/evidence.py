"""What of a record goes into the log, and where the log is."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from sala.engines.tlog import LogReader
from sala.engines.tlog.files import replace_file
from sala.engines.wire.canonical import canonical_json
from sala.kernel.audit.models import AuditRecord

VERSION = 1


def log_folder() -> Path:
    """Return the folder of the audit log."""
    return Path(settings.VAR) / "audit-log"


def log_origin() -> str:
    """Return the name of this installation's log; it stays when the site moves to another address."""
    path = log_folder() / "origin"
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return f"{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}/audit"


def keep_origin() -> str:
    """Return the name of the log, and keep it from now on."""
    origin = log_origin()
    path = log_folder() / "origin"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, f"{origin}\n".encode())
    return origin


def open_log() -> LogReader | None:
    """Return the log to read and prove from, or None where nothing was ever sealed."""
    try:
        return LogReader.open_reader(log_folder(), origin=log_origin())
    except FileNotFoundError:
        return None


def content(record: AuditRecord) -> dict[str, Any]:
    """Return all that a record says, as it is sealed: JSON types, time in UTC to the microsecond."""
    return {
        "v": VERSION,
        "id": str(record.id),
        "at": record.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "code": record.code,
        "subject": record.subject,
        "organisation": str(record.organisation_id) if record.organisation_id else None,
        "actor": {
            "kind": record.actor_kind,
            "id": record.actor_id,
            "on_behalf_of": record.on_behalf_of or None,
            "via": record.via,
            "ial": record.ial or None,
            "aal": record.aal,
        },
        "data": record.data,
    }


def leaf(record: AuditRecord) -> bytes:
    """Return the bytes of a record that the log holds."""
    return canonical_json(content(record), strict=True)
