"""Signatures over bytes: Ed25519 (RFC 8032) and ECDSA P-256 with SHA-256, always 64 bytes of fixed form.

ECDSA values are `r ‖ s` as RFC 7518 section 3.4 and PKCS#11 write them, not the DER form of X.509, so that a
signature has one length and one form whichever key store made it.
"""

from __future__ import annotations

from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

Algorithm = Literal["Ed25519", "ES256"]
"""The name in a signature's header: `Ed25519` (RFC 9864) or `ES256` (RFC 7518)."""

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey

_ECDSA = ec.ECDSA(hashes.SHA256())


class WrongKey(ValueError):
    """The key is of a kind or curve that is not used here."""


def generate(algorithm: Algorithm) -> PrivateKey:
    """Make a new private key."""
    if algorithm == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def algorithm_of(key: PrivateKey | PublicKey) -> Algorithm:
    """Return the one algorithm that `key` may be used with; other curves raise `WrongKey`."""
    if isinstance(key, ed25519.Ed25519PrivateKey | ed25519.Ed25519PublicKey):
        return "Ed25519"
    if isinstance(key.curve, ec.SECP256R1):
        return "ES256"
    raise WrongKey(f"the curve {key.curve.name} is not used here")


def sign(key: PrivateKey, data: bytes) -> bytes:
    """Return the 64-byte signature of `data`."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    algorithm_of(key)
    return raw_from_der(key.sign(data, _ECDSA))


def verify(key: PublicKey, data: bytes, signature: bytes) -> bool:
    """Tell whether `signature` is that of `data` by the private half of `key`."""
    if len(signature) != 64:
        return False
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
        else:
            algorithm_of(key)
            key.verify(der_from_raw(signature), data, _ECDSA)
    except InvalidSignature:
        return False
    return True


def raw_from_der(signature: bytes) -> bytes:
    """Turn a DER P-256 signature into `r ‖ s`."""
    r, s = decode_dss_signature(signature)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def der_from_raw(signature: bytes) -> bytes:
    """Turn `r ‖ s` of P-256 into DER, as X.509 and CMS want it."""
    return encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


def private_pem(key: PrivateKey, passphrase: bytes | None = None) -> bytes:
    """Return PKCS#8 PEM of `key`, encrypted when there is a passphrase."""
    protection: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)


def read_private_pem(pem: bytes, passphrase: bytes | None = None) -> PrivateKey:
    """Read a PKCS#8 PEM; raises `WrongKey` for another kind of key or a wrong passphrase."""
    try:
        key = serialization.load_pem_private_key(pem, passphrase or None)
    except (ValueError, TypeError) as error:
        raise WrongKey(f"the private key cannot be read: {error}") from error
    if not isinstance(key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
        raise WrongKey("the private key is neither Ed25519 nor P-256")
    algorithm_of(key)
    return key


def public_pem(key: PublicKey) -> str:
    """Return SubjectPublicKeyInfo PEM of `key`."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode("ascii")


def read_public_pem(pem: str | bytes) -> PublicKey:
    """Read a SubjectPublicKeyInfo PEM; raises `WrongKey` for another kind of key."""
    try:
        key = serialization.load_pem_public_key(pem.encode() if isinstance(pem, str) else pem)
    except ValueError as error:
        raise WrongKey(f"the public key cannot be read: {error}") from error
    if not isinstance(key, ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey):
        raise WrongKey("the public key is neither Ed25519 nor P-256")
    algorithm_of(key)
    return key
