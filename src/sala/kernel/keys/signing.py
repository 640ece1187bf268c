"""Signing and verifying by purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sala.engines.tlog import NoteSigner, NoteVerifier
from sala.engines.wire import signatures
from sala.engines.wire.identifiers import public_jwk
from sala.engines.wire.jws import Signed, read_compact, sign_compact
from sala.engines.wire.signatures import Algorithm, PublicKey
from sala.kernel.keys import authority
from sala.kernel.keys.actions import ensure_key
from sala.kernel.keys.models import SigningKey
from sala.kernel.keys.purposes import AUTHORITY, purpose_named
from sala.kernel.keys.stores import store_named

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer


@dataclass(frozen=True)
class Signature:
    """A signature with the key that made it; `value` has 64 bytes (ECDSA as r ‖ s)."""

    key_id: str
    algorithm: Algorithm
    value: bytes


def sign(purpose: str, data: bytes) -> Signature:
    """Sign `data` with the active key of `purpose`."""
    key = ensure_key(purpose)
    return Signature(key.key_id, _algorithm(key), _sign_with(key, data))


def verify(purpose: str, data: bytes, signature: Signature) -> bool:
    """Tell whether `signature` is that of a key of `purpose` that was not revoked."""
    key = public_keys(purpose).get(signature.key_id)
    return key is not None and signatures.verify(key, data, signature.value)


def sign_line(purpose: str, payload: bytes, *, type_: str) -> str:
    """Return `payload` as a compact signature (RFC 7515) by the active key of `purpose`."""
    key = ensure_key(purpose)
    return sign_compact(
        payload,
        signer=lambda data: _sign_with(key, data),
        algorithm=_algorithm(key),
        key_id=key.key_id,
        type_=type_,
    )


def read_line(purpose: str, line: str, *, type_: str) -> Signed:
    """Verify a compact signature by any key of `purpose` that was not revoked; raises `WrongSignature`."""
    return read_compact(line, keys=public_keys(purpose), type_=type_)


def public_keys(purpose: str) -> dict[str, PublicKey]:
    """Return the public keys of `purpose` by key id: the active one and the retired, not the revoked."""
    purpose_named(purpose)
    ensure_key(purpose)
    return {key.key_id: key.public_key for key in _good_keys(purpose)}


def certificate_chain(purpose: str) -> bytes:
    """Return the PEM certificates that a verifier needs: the active key's own, then every issuer's."""
    certificates = authority.read_chain(ensure_key(purpose).certificate_pem)
    for key in [*_good_keys(purpose), *_good_keys(AUTHORITY)]:
        chain = authority.read_chain(key.certificate_pem)
        for certificate in chain if key.purpose == AUTHORITY else chain[1:]:
            if certificate not in certificates:
                certificates.append(certificate)
    return authority.as_pem(*certificates).encode("ascii")


def pdf_signer(purpose: str) -> Signer:
    """Return a pyHanko signer of the active key, for PAdES."""
    # pyHanko takes longer to load than all else here, and most processes sign no document.
    from sala.kernel.keys.pades import PdfSigner

    key = ensure_key(purpose)
    return PdfSigner(authority.read_chain(key.certificate_pem), lambda data: _sign_with(key, data))


def note_signer(purpose: str, name: str) -> NoteSigner:
    """Return the signer of checkpoints named `name` (C2SP signed notes); the purpose's keys are Ed25519."""
    key = ensure_key(purpose)
    public = key.public_key.public_bytes_raw()  # type: ignore[union-attr]
    return NoteSigner(name, public, lambda data: _sign_with(key, data))


def note_verifiers(purpose: str, name: str) -> list[NoteVerifier]:
    """Return the verifier keys of checkpoints named `name`, old ones too."""
    return [
        NoteVerifier(name, key.public_bytes_raw())  # type: ignore[union-attr]
        for key in public_keys(purpose).values()
    ]


def _good_keys(purpose: str) -> list[SigningKey]:
    return list(
        SigningKey.objects.filter(purpose=purpose)
        .exclude(state=SigningKey.State.REVOKED)
        .order_by("created_at", "id")
    )


def _algorithm(key: SigningKey) -> Algorithm:
    return cast(Algorithm, key.algorithm)


def _sign_with(key: SigningKey, data: bytes) -> bytes:
    return store_named(key.store).sign(key.id, _algorithm(key), data)


def jwks() -> dict[str, Any]:
    """Return every public key that still verifies, as a JWK set (RFC 7517)."""
    keys = SigningKey.objects.exclude(state=SigningKey.State.REVOKED).order_by("purpose", "created_at", "id")
    return {"keys": [{**public_jwk(key.public_key), "sala_purpose": key.purpose} for key in keys]}
