"""Stamps: the hash of what a step read, kept where its result lies, so that an unchanged step is skipped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def hash_of(files: Iterable[Path], *words: str) -> str:
    """Return one SHA-256 over the names and contents of `files` (in name order) and over `words`."""
    digest = hashlib.sha256()
    for path in sorted(set(files)):
        digest.update(str(path).encode())
        digest.update(b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for word in words:
        digest.update(word.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def quick_hash_of(files: Iterable[Path], *words: str) -> str:
    """Return a hash over names, sizes and times: enough to see that nothing was touched, without reading."""
    digest = hashlib.sha256()
    for path in sorted(set(files)):
        status = path.stat()
        digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    for word in words:
        digest.update(word.encode())
        digest.update(b"\0")
    return digest.hexdigest()


class Stamp:
    """One step's stamp file."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / "stamps" / name

    def matches(self, value: str) -> bool:
        """Whether the step was finished for exactly this input."""
        try:
            return self.path.read_text(encoding="ascii") == value
        except OSError:
            return False

    def set(self, value: str) -> None:
        """Remember that the step is finished."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(value, encoding="ascii")

    def clear(self) -> None:
        """Forget the step, so that it runs again."""
        self.path.unlink(missing_ok=True)
