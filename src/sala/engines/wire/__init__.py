"""What is signed, named and sent: canonical bytes, signatures, identifiers and the error form.

Words it owns: canonical form (RFC 8785), content id (`sha256:…`), key id (RFC 7638 thumbprint), compact
signature (RFC 7515), problem (RFC 9457), place (where in a file something is wrong).

It is the one engine that the others may import. It never touches a database, a file or the network, holds
no key of its own, and knows no framework.
"""

from sala.engines.wire.canonical import NotCanonical, canonical_json, read_json, sha256_hex
from sala.engines.wire.errors import DomainError, NotAllowed, Place, Problem

__all__ = [
    "DomainError",
    "NotAllowed",
    "NotCanonical",
    "Place",
    "Problem",
    "canonical_json",
    "read_json",
    "sha256_hex",
]
