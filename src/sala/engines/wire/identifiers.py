"""Names that anyone can compute again: content ids, and key ids with the JSON Web Key they come from."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from sala.engines.wire.canonical import canonical_json, sha256_hex
from sala.engines.wire.signatures import PublicKey, WrongKey, algorithm_of

_CONTENT_ID = re.compile(r"sha256:[0-9a-f]{64}")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


class WrongIdentifier(ValueError):
    """The text is not an identifier of the form that was asked for."""


def content_id(content: bytes) -> str:
    """Return the name of `content` itself: `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{sha256_hex(content)}"


def value_id(value: object) -> str:
    """Return the content id of a JSON value: that of its canonical bytes."""
    return content_id(canonical_json(value))


def digest_of(identifier: str) -> bytes:
    """Return the 32 bytes that a content id names; raises `WrongIdentifier`."""
    if not _CONTENT_ID.fullmatch(identifier):
        raise WrongIdentifier(f"{identifier[:80]!r} is not a content id (sha256: and 64 hexadecimal digits)")
    return bytes.fromhex(identifier[7:])


def to_base64url(data: bytes) -> str:
    """Return base64url without padding (RFC 7515 section 2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Read base64url without padding; only the one proper spelling is taken, else `WrongIdentifier`."""
    if not _BASE64URL.fullmatch(text):
        raise WrongIdentifier("not base64url")
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except Base64Error as error:
        raise WrongIdentifier("not base64url") from error
    if to_base64url(data) != text:
        raise WrongIdentifier("base64url with stray bits at its end")
    return data


def key_id(key: PublicKey) -> str:
    """Return the RFC 7638 thumbprint of `key`: 43 characters that depend on the key alone."""
    return to_base64url(hashlib.sha256(canonical_json(_required_members(key))).digest())


def public_jwk(key: PublicKey) -> dict[str, str]:
    """Return `key` as a JSON Web Key for signatures (RFC 7517, RFC 8037) with its thumbprint as `kid`."""
    return {**_required_members(key), "use": "sig", "alg": algorithm_of(key), "kid": key_id(key)}


def read_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """Read the public key of a JSON Web Key; raises `WrongKey` for other kinds, curves or broken values."""
    try:
        if jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(from_base64url(str(jwk["x"])))
        if jwk.get("kty") == "EC" and jwk.get("crv") == "P-256":
            x, y = from_base64url(str(jwk["x"])), from_base64url(str(jwk["y"]))
            if len(x) != 32 or len(y) != 32:
                raise WrongKey("a P-256 coordinate has 32 bytes")
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)
    except WrongKey:
        raise
    except (KeyError, ValueError) as error:
        raise WrongKey(f"the JSON Web Key cannot be read: {error}") from error
    raise WrongKey(f"keys of kind {jwk.get('kty')!r} on {jwk.get('crv')!r} are not used here")


def _required_members(key: PublicKey) -> dict[str, str]:
    if isinstance(key, ed25519.Ed25519PublicKey):
        raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {"crv": "Ed25519", "kty": "OKP", "x": to_base64url(raw)}
    algorithm_of(key)
    point = key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return {"crv": "P-256", "kty": "EC", "x": to_base64url(point[1:33]), "y": to_base64url(point[33:])}
