"""Compact JSON Web Signatures (RFC 7515): a payload with its signature in one line of text.

The algorithm is decided by the key that the reader holds, never by what the header claims; `none`, symmetric
algorithms and headers that ask for an extension (`crit`) are refused (RFC 8725).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sala.engines.wire.canonical import NotCanonical, canonical_json, read_json
from sala.engines.wire.identifiers import WrongIdentifier, from_base64url, to_base64url
from sala.engines.wire.signatures import Algorithm, PublicKey, algorithm_of, verify

MAX_BYTES = 1_048_576

_ALSO: Mapping[str, Algorithm] = {"EdDSA": "Ed25519"}
"""Older name of an algorithm, still written by others (RFC 8037; RFC 9864 replaces it)."""


class WrongSignature(ValueError):
    """The text is not a compact signature, or not one by a key that the reader trusts."""


@dataclass(frozen=True)
class Signed:
    """A payload whose signature was verified, with the key it was verified by."""

    payload: bytes
    key_id: str
    header: Mapping[str, Any]


def sign_compact(
    payload: bytes,
    *,
    signer: Callable[[bytes], bytes],
    algorithm: Algorithm,
    key_id: str,
    type_: str | None = None,
) -> str:
    """Return `payload` as a compact JWS; `signer` gives the 64-byte signature of the bytes it is handed.

    The signer is a function, so that the key may live in a file or in a security module. `type_` becomes
    the header's `typ`, which keeps a signature of one purpose from being used for another.
    """
    header = {"alg": algorithm, "kid": key_id} | ({"typ": type_} if type_ else {})
    signed = f"{to_base64url(canonical_json(header))}.{to_base64url(payload)}"
    return f"{signed}.{to_base64url(signer(signed.encode('ascii')))}"


def read_compact(text: str, *, keys: Mapping[str, PublicKey] | PublicKey, type_: str | None = None) -> Signed:
    """Verify a compact JWS and return what was signed; raises `WrongSignature` with the reason.

    `keys` is the one trusted key, or trusted keys by key id; with `type_` the header must carry that `typ`.
    """
    if len(text) > MAX_BYTES:
        raise WrongSignature(f"longer than {MAX_BYTES} characters")
    parts = text.split(".")
    if len(parts) != 3:
        raise WrongSignature("a compact signature has three parts")
    try:
        header = read_json(from_base64url(parts[0]))
        payload, signature = from_base64url(parts[1]), from_base64url(parts[2])
    except (WrongIdentifier, NotCanonical) as error:
        raise WrongSignature(f"unreadable: {error}") from error
    if not isinstance(header, dict):
        raise WrongSignature("the header is not an object")
    key_id = header.get("kid", "")
    if isinstance(keys, Mapping):
        key = keys.get(key_id) if isinstance(key_id, str) else None
        if key is None:
            raise WrongSignature("signed by a key that is not trusted here")
    else:
        key = keys
    claimed = header.get("alg")
    if _ALSO.get(str(claimed), claimed) != algorithm_of(key):
        raise WrongSignature(f"the header claims {claimed!r}, the key is for {algorithm_of(key)}")
    if "crit" in header or "b64" in header:
        raise WrongSignature("the header asks for an extension that is not known")
    if type_ is not None and header.get("typ") != type_:
        raise WrongSignature(f"signed as {header.get('typ')!r}, not as {type_!r}")
    if not verify(key, f"{parts[0]}.{parts[1]}".encode("ascii"), signature):
        raise WrongSignature("the signature does not fit")
    return Signed(payload, str(key_id), header)
