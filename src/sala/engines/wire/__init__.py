"""What is signed, named and sent: canonical bytes, signatures, identifiers and the error form.

Words it owns: canonical form (RFC 8785), content id (`sha256:…`), key id (RFC 7638 thumbprint), compact
signature (RFC 7515), problem (RFC 9457), place (where in a file something is wrong).

It is the one engine that the others may import. It never touches a database, a file or the network, holds
no key of its own, and knows no framework.
"""

from sala.engines.wire.canonical import NotCanonical, canonical_json, read_json, sha256_hex
from sala.engines.wire.errors import DomainError, NotAllowed, Place, Problem
from sala.engines.wire.identifiers import content_id, key_id, public_jwk, read_jwk, value_id
from sala.engines.wire.jws import Signed, WrongSignature, read_compact, sign_compact
from sala.engines.wire.signatures import Algorithm, algorithm_of, generate, sign, verify

__all__ = [
    "Algorithm",
    "DomainError",
    "NotAllowed",
    "NotCanonical",
    "Place",
    "Problem",
    "Signed",
    "WrongSignature",
    "algorithm_of",
    "canonical_json",
    "content_id",
    "generate",
    "key_id",
    "public_jwk",
    "read_compact",
    "read_json",
    "read_jwk",
    "sha256_hex",
    "sign",
    "sign_compact",
    "value_id",
    "verify",
]
