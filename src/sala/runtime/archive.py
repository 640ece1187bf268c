"""The form of a backup: one `.tar.gz` whose first member lists every other with its size and SHA-256.

    manifest.json     {"format": 1, "sala": …, "postgres": …, "made_at": …, "parts": {name: {"bytes", "sha256"}}}
    database.dump     pg_dump, custom format
    var/…             files, keys, audit log and whatever else the rooms keep below the data folder

A reader refuses what is not listed, what is listed and absent, what differs, every member that is no plain
file, and every name that leads out of the folder. Nothing is used before all of it was read.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sala.runtime.console import CannotGoOn

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.dump"
DATA = "var/"
MANIFEST_MAX_BYTES = 64 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Part:
    """One file of the archive."""

    bytes: int
    sha256: str
    mode: int


@dataclass(frozen=True)
class Manifest:
    """What the archive says of itself."""

    sala: str
    postgres: str
    made_at: str
    demonstration: bool
    audit_records: int
    parts: Mapping[str, Part]

    def as_json(self) -> bytes:
        """Return the manifest as it stands in the archive."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True).encode()


def measure(path: Path) -> Part:
    """Return size, hash and mode of a file."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return Part(size, digest.hexdigest(), path.stat().st_mode & 0o700)


def write(target: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write the archive, readable by its owner alone; it appears under its name only when complete."""
    half = target.with_name(target.name + ".half")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3) as tar:
                content = manifest.as_json()
                head = tarfile.TarInfo(MANIFEST)
                head.size, head.mode = len(content), 0o600
                tar.addfile(head, _bytes(content))
                for name in sorted(files):
                    member = tarfile.TarInfo(name)
                    member.size, member.mode = manifest.parts[name].bytes, manifest.parts[name].mode
                    with files[name].open("rb") as file:
                        tar.addfile(member, file)
            raw.flush()
            os.fsync(raw.fileno())
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)


def _bytes(content: bytes) -> Any:
    import io

    return io.BytesIO(content)


def unpack(source: Path, folder: Path) -> Manifest:
    """Read the whole archive into `folder`, every part checked; raises before anything is used."""
    try:
        with tarfile.open(source, mode="r:gz") as tar:
            return _unpack(source, tar, folder)
    except FileNotFoundError:
        raise CannotGoOn(f"There is no file {source}.") from None
    except (tarfile.TarError, EOFError, zlib.error, OSError, UnicodeDecodeError) as error:
        raise _broken(source, f"it is truncated or no backup ({type(error).__name__})") from None


def _unpack(source: Path, tar: tarfile.TarFile, folder: Path) -> Manifest:
    head = tar.next()
    if head is None or head.name != MANIFEST or not head.isreg() or head.size > MANIFEST_MAX_BYTES:
        raise _broken(source, "its first part is not a manifest")
    said = tar.extractfile(head)
    manifest = _read_manifest(source, said.read() if said else b"")
    missing = set(manifest.parts)
    while (member := tar.next()) is not None:
        part = manifest.parts.get(member.name)
        if part is None or member.name not in missing:
            raise _broken(source, f"{member.name!r} is not in its manifest")
        if not member.isreg() or not is_inside(member.name):
            raise _broken(source, f"{member.name!r} is no plain file inside the backup")
        content = tar.extractfile(member)
        if content is None or member.size != part.bytes:
            raise _broken(source, f"{member.name!r} has another size than its manifest says")
        path = folder / member.name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with path.open("xb") as file:
            while chunk := content.read(CHUNK_BYTES):
                digest.update(chunk)
                file.write(chunk)
        if digest.hexdigest() != part.sha256:
            raise _broken(source, f"{member.name!r} was changed: its SHA-256 differs")
        path.chmod(part.mode & 0o700)
        missing.discard(member.name)
    while tar.fileobj is not None and tar.fileobj.read(CHUNK_BYTES):
        pass  # to the very end, where gzip's own sum stands
    if missing:
        raise _broken(source, f"{len(missing)} parts are missing, first {min(missing)!r}")
    return manifest


def _read_manifest(source: Path, content: bytes) -> Manifest:
    try:
        found = json.loads(content)
        if found["format"] != FORMAT:
            raise CannotGoOn(
                f"{source} has form {found['format']}; this release reads form {FORMAT}.",
                f"git checkout v{found.get('sala', '')}",
            )
        parts = {
            str(name): Part(int(part["bytes"]), str(part["sha256"]), int(part["mode"]))
            for name, part in found["parts"].items()
        }
        return Manifest(
            sala=str(found["sala"]),
            postgres=str(found["postgres"]),
            made_at=str(found["made_at"]),
            demonstration=bool(found["demonstration"]),
            audit_records=int(found["audit_records"]),
            parts=parts,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _broken(source, "its manifest cannot be read") from None


def is_inside(name: str) -> bool:
    """Whether a member's name stays inside the folder that it is unpacked into."""
    path = PurePosixPath(name)
    return (
        not path.is_absolute()
        and ".." not in path.parts
        and "\\" not in name
        and "\0" not in name
        and (name == DATABASE or (name.startswith(DATA) and len(path.parts) > 1))
    )


def _broken(source: Path, reason: str) -> CannotGoOn:
    return CannotGoOn(
        f"{source} cannot be restored: {reason}. Nothing was changed.", "./sala restore ANOTHER-FILE"
    )
