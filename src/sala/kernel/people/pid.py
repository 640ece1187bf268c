"""The seal of national IDs: AES-256-GCM to open a number again, HMAC-SHA-256 to find it, under one key id.

The keys stand in the secret `SALA_PID_KEYS` (JSON: `{"current": "k2", "keys": {"k1": "<64 hex>", …}}`) or, where
that is not set, in a file that only the server reads, made at first use. Two subkeys are derived of each key, so
the hash never weakens the seal. The account's id is bound into the seal: a ciphertext moved to another row does
not open.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class WrongKeys(ValueError):
    """The keys cannot be read, or none of them opens this seal."""


@dataclass(frozen=True)
class PidKeys:
    """All keys that may still be in use, and the id of the one that seals now."""

    current: str
    keys: Mapping[str, bytes]

    def _subkey(self, key_id: str, use: bytes) -> bytes:
        try:
            return hmac.digest(self.keys[key_id], b"sala.people.pid." + use, sha256)
        except KeyError:
            raise WrongKeys(f"the key {key_id} is not among the keys") from None

    def seal(self, text: str, *, bound_to: str) -> tuple[str, bytes]:
        """Return the current key id and the sealed text (nonce and ciphertext)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        box = AESGCM(self._subkey(self.current, b"seal")).encrypt(nonce, text.encode(), bound_to.encode())
        return self.current, nonce + box

    def open(self, key_id: str, sealed: bytes, *, bound_to: str) -> str:
        """Return the text of a seal; raises `WrongKeys` when it was made by another key or for another row."""
        nonce, box = bytes(sealed[:NONCE_BYTES]), bytes(sealed[NONCE_BYTES:])
        try:
            return AESGCM(self._subkey(key_id, b"seal")).decrypt(nonce, box, bound_to.encode()).decode()
        except InvalidTag:
            raise WrongKeys("the seal does not open") from None

    def hash(self, pid: str, key_id: str | None = None) -> str:
        """Return the keyed hash (64 hex digits) of a national ID under the current key, or another."""
        return hmac.new(self._subkey(key_id or self.current, b"find"), pid.encode(), sha256).hexdigest()

    def hashes(self, pid: str) -> list[str]:
        """Return the hash under each key: while keys rotate a row may still carry an older one."""
        return [self.hash(pid, key_id) for key_id in self.keys]

    def with_new_key(self) -> PidKeys:
        """Return these keys with a fresh one that seals from now on."""
        number = 1 + max((int(k[1:]) for k in self.keys if k[1:].isdigit()), default=0)
        return PidKeys(f"k{number}", {**self.keys, f"k{number}": secrets.token_bytes(32)})

    def without(self, key_ids: set[str]) -> PidKeys:
        """Return these keys less some that no row needs any more."""
        return PidKeys(self.current, {k: v for k, v in self.keys.items() if k not in key_ids})

    def to_json(self) -> str:
        return json.dumps({"current": self.current, "keys": {k: v.hex() for k, v in self.keys.items()}})

    @classmethod
    def from_json(cls, text: str) -> PidKeys:
        try:
            data = json.loads(text)
            keys = {str(k): bytes.fromhex(v) for k, v in data["keys"].items()}
            current = str(data["current"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise WrongKeys('keys are JSON: {"current": "k1", "keys": {"k1": "64 hex digits"}}') from None
        if current not in keys or any(len(key) != 32 for key in keys.values()):
            raise WrongKeys("the current key must be among the keys, and each is 64 hex digits")
        return cls(current, keys)


_read: dict[Path, tuple[int, PidKeys]] = {}


def keys_file() -> Path:
    """Return where the keys stand when no secret is set."""
    return Path(settings.VAR) / "secrets" / "people-pid-keys.json"


def pid_keys() -> PidKeys:
    """Return the keys in use, read anew when their file has changed."""
    if settings.PID_KEYS:
        return PidKeys.from_json(settings.PID_KEYS)
    path = keys_file()
    if not path.exists():
        write_keys(PidKeys("k0", {}).with_new_key(), only_if_absent=True)
    stamp = path.stat().st_mtime_ns
    known = _read.get(path)
    if known is None or known[0] != stamp:
        known = _read[path] = (stamp, PidKeys.from_json(path.read_text(encoding="utf-8")))
    return known[1]


def write_keys(keys: PidKeys, *, only_if_absent: bool = False) -> None:
    """Write the keys in one step, readable by the server alone; two first starts agree on one file."""
    path = keys_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(keys.to_json())
        file.flush()
        os.fsync(file.fileno())
    if only_if_absent:
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    else:
        draft.replace(path)
