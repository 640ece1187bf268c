"""The bridge to pyHanko: a PAdES signature whose private key stays where it lives."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from sala.engines.wire.signatures import der_from_raw


class PdfSigner(Signer):
    """Signs PDF documents by a function; `chain` is the key's own certificate, then its issuers."""

    def __init__(self, chain: Sequence[x509.Certificate], sign: Callable[[bytes], bytes]) -> None:
        known = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in chain]
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(known)
        super().__init__(signing_cert=known[0], cert_registry=store)
        self._sign = sign

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Return the DER signature of `data`; no database is asked here, in pyHanko's own event loop."""
        if digest_algorithm.lower() != "sha256":
            raise ValueError(f"documents are signed with SHA-256, not {digest_algorithm}")
        if dry_run:
            return bytes(72)  # the longest DER form of a P-256 signature
        return der_from_raw(self._sign(data))
