"""Keys in a PKCS#11 module (a hardware security module, a smart card, SoftHSM)."""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import pkcs11
from asn1crypto.keys import ECDomainParameters, NamedCurve  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from django.conf import settings
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass

from sala.engines.wire.signatures import Algorithm, PublicKey
from sala.kernel.keys.stores import KeyUnavailable

_ED25519_OID = "1.3.101.112"


class Pkcs11Store:
    """One token, one session for each process; calls take turns because a session is not for threads."""

    def __init__(self, module: str, token: str, pin: str) -> None:
        self._module, self._token, self._pin = module, token, pin
        self._lock = threading.Lock()
        self._session: Any = None
        self._process = 0

    def make(self, key: UUID, algorithm: Algorithm) -> PublicKey:
        """Make a key pair inside the token; the private half cannot be read out."""
        with self._lock:
            session = self._open()
            try:
                parameters = session.create_domain_parameters(
                    KeyType.EC_EDWARDS if algorithm == "Ed25519" else KeyType.EC,
                    {Attribute.EC_PARAMS: _curve(algorithm)},
                    local=True,
                )
                public, _private = parameters.generate_keypair(
                    id=key.bytes,
                    label=f"sala {key}",
                    store=True,
                    private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
                )
                return _public_key(algorithm, bytes(public[Attribute.EC_POINT]))
            except pkcs11.PKCS11Error as error:
                raise self._failed(error) from error

    def sign(self, key: UUID, algorithm: Algorithm, data: bytes) -> bytes:
        """Sign inside the token."""
        with self._lock:
            try:
                return self._sign(key, algorithm, data)
            except pkcs11.PKCS11Error:
                # A token that was pulled or restarted ends its sessions: try once with a new one.
                self._forget()
            try:
                return self._sign(key, algorithm, data)
            except pkcs11.PKCS11Error as error:
                raise self._failed(error) from error

    def _sign(self, key: UUID, algorithm: Algorithm, data: bytes) -> bytes:
        private = self._open().get_key(object_class=ObjectClass.PRIVATE_KEY, id=key.bytes)
        if algorithm == "Ed25519":
            return bytes(private.sign(data, mechanism=Mechanism.EDDSA))
        # Not every module hashes for ECDSA, so the digest is made here; the result is r ‖ s.
        return bytes(private.sign(sha256(data).digest(), mechanism=Mechanism.ECDSA))

    def _open(self) -> Any:
        if self._session is None or self._process != os.getpid():
            try:
                library = pkcs11.lib(self._module)
                if self._process and self._process != os.getpid():
                    # After a fork the child must not use its parent's sessions (PKCS #11 section 6.6).
                    library.reinitialize()
                self._session = library.get_token(token_label=self._token).open(rw=True, user_pin=self._pin)
            except (pkcs11.PKCS11Error, RuntimeError) as error:
                raise self._failed(error) from error
            self._process = os.getpid()
        return self._session

    def _forget(self) -> None:
        session, self._session = self._session, None
        try:
            if session is not None:
                session.close()
        except pkcs11.PKCS11Error:
            pass

    def _failed(self, error: Exception) -> KeyUnavailable:
        self._forget()
        return KeyUnavailable(f"PKCS#11 {type(error).__name__}")


@lru_cache(maxsize=4)
def _store(module_path: str, token: str, pin: str) -> Pkcs11Store:
    return Pkcs11Store(module_path, token, pin)


def module() -> Pkcs11Store:
    """Return the store of the module that the settings name."""
    if not settings.PKCS11_MODULE:
        raise KeyUnavailable("SALA_PKCS11_MODULE is not set")
    return _store(settings.PKCS11_MODULE, settings.PKCS11_TOKEN, settings.PKCS11_PIN)


def _curve(algorithm: Algorithm) -> bytes:
    if algorithm == "Ed25519":
        return bytes(ECDomainParameters(name="named", value=NamedCurve.unmap(_ED25519_OID)).dump())
    return bytes(ECDomainParameters(name="named", value=NamedCurve("secp256r1")).dump())


def _public_key(algorithm: Algorithm, point: bytes) -> PublicKey:
    """Read a point as modules give it: raw, or wrapped in a DER octet string."""
    size = 32 if algorithm == "Ed25519" else 65
    raw = point[-size:]
    if algorithm == "Ed25519":
        return ed25519.Ed25519PublicKey.from_public_bytes(raw)
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
