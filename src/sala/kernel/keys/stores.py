"""Where private keys live: a file of ours, or a PKCS#11 module. Each store makes keys and signs with them."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import DomainError
from sala.engines.wire.signatures import (
    Algorithm,
    PrivateKey,
    PublicKey,
    WrongKey,
    generate,
    private_pem,
    read_private_pem,
    sign,
)


class KeyStore(Protocol):
    """Makes key pairs under an id and signs with them; the private half never leaves it."""

    def make(self, key: UUID, algorithm: Algorithm) -> PublicKey:
        """Make a key pair and return its public half."""

    def sign(self, key: UUID, algorithm: Algorithm, data: bytes) -> bytes:
        """Return the 64-byte signature of `data`."""


class KeyUnavailable(DomainError):
    """The private key cannot be used now: lost, another passphrase, or the module does not answer."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "keys.unavailable",
            _("The signing key cannot be used at the moment: %(why)s"),
            params={"why": why},
            status=503,
        )


class FileStore:
    """PEM files below the data folder, readable by the server's user only, encrypted with the passphrase."""

    @property
    def folder(self) -> Path:
        """The folder of the keys."""
        return Path(settings.VAR) / "keys"

    def make(self, key: UUID, algorithm: Algorithm) -> PublicKey:
        """Make a key pair and put it on the disk, whole or not at all."""
        made = generate(algorithm)
        self.put(key, made)
        return made.public_key()

    def put(self, key: UUID, private: PrivateKey) -> None:
        """Keep a private key under an id that is not in use."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(key)
        fresh = path.with_suffix(".half")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(private_pem(private, _passphrase()))
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)
        fresh.unlink()
        folder = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def sign(self, key: UUID, algorithm: Algorithm, data: bytes) -> bytes:
        """Sign with the key of a file."""
        return sign(self.private(key), data)

    def private(self, key: UUID) -> PrivateKey:
        """Return the private key itself: only the authority's is asked for, to sign certificates."""
        return _read(self._path(key), _passphrase())

    def _path(self, key: UUID) -> Path:
        return self.folder / f"{key}.pem"


def _passphrase() -> bytes | None:
    return settings.KEYS_PASSPHRASE.encode("utf-8") or None


@lru_cache(maxsize=64)
def _read(path: Path, passphrase: bytes | None) -> PrivateKey:
    try:
        return read_private_pem(path.read_bytes(), passphrase)
    except OSError as error:
        raise KeyUnavailable(f"{path.name}: {error.strerror}") from error
    except WrongKey as error:
        raise KeyUnavailable(f"{path.name}: {error}") from error


def store_named(name: str) -> KeyStore:
    """Return the store that keeps keys of this kind."""
    if name == "pkcs11":
        # The module is loaded only where it is used: it is a foreign library in this process.
        from sala.kernel.keys.pkcs11_store import module

        return module()
    return FileStore()
