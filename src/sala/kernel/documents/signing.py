"""Signs documents and their square codes with the key of purpose `documents`, and checks signatures of ours.

The PDF gets a PAdES baseline signature (ETSI EN 319 142-1, B-B) by pyHanko; a time-stamp authority would make it
B-T and is a setting of the key, not of this room.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.keys.pemder import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from sala.engines.wire import NotCanonical, canonical_json, read_json
from sala.engines.wire.identifiers import from_base64url, public_jwk
from sala.engines.wire.jws import WrongSignature
from sala.engines.wire.signatures import algorithm_of
from sala.kernel.keys.interface import (
    DOCUMENTS,
    certificate_chain,
    pdf_signer,
    public_keys,
    read_line,
    sign_line,
)

TYPE = "sala-document"
FIELD = "Sala"
# Room for the signature with its chain, in hexadecimal; measuring it first would sign everything twice.
ROOM_BYTES = 16_384


def sign_pdf(pdf: bytes, *, at: datetime) -> bytes:
    """Return `pdf` with our signature over all of it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    signer = signers.PdfSigner(metadata, signer=pdf_signer(DOCUMENTS))
    signed = signer.sign_pdf(writer, bytes_reserved=ROOM_BYTES)
    return bytes(signed.getbuffer())


def sign_code(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Return the key's id and `payload` as a compact signed line (RFC 7515)."""
    line = sign_line(DOCUMENTS, canonical_json(dict(payload)), type_=TYPE)
    header = read_json(from_base64url(line.partition(".")[0]))
    return str(header["kid"]), line


def read_code(line: str) -> dict[str, Any] | None:
    """Return what a signed line says when one of our keys, old ones too, signed it; else nothing."""
    try:
        payload = read_json(read_line(DOCUMENTS, line, type_=TYPE).payload)
    except (WrongSignature, NotCanonical):
        return None
    return payload if isinstance(payload, dict) else None


@dataclass(frozen=True)
class PdfSignature:
    """What the signature inside a PDF says: whole and by a key of ours, or why not."""

    present: bool
    intact: bool = False
    trusted: bool = False
    covers_all: bool = False
    signed_by: str = ""

    @property
    def is_good(self) -> bool:
        """Whether nothing was changed since one of our keys signed it."""
        return self.intact and self.trusted and self.covers_all


def read_signature(pdf: bytes) -> PdfSignature:
    """Validate the last signature in `pdf` against our own certificates; never raises for a broken file."""
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if not signatures:
            return PdfSignature(present=False)
        embedded = signatures[-1]
        roots = list(load_certs_from_pemder_data(certificate_chain(DOCUMENTS)))
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        status = validate_pdf_signature(embedded, context)
    except (PdfError, ValueError, KeyError, TypeError, IndexError, NotImplementedError):
        return PdfSignature(present=False)
    covers = status.coverage is not None and status.coverage.name == "ENTIRE_FILE"
    return PdfSignature(
        present=True,
        intact=bool(status.intact and status.valid),
        trusted=bool(status.trusted),
        covers_all=covers,
        signed_by=status.signing_cert.subject.human_friendly,
    )


def public_jwks() -> dict[str, Any]:
    """Return our public keys as a JWK set (RFC 7517)."""
    return {
        "keys": [
            {**public_jwk(key), "kid": key_id, "use": "sig", "alg": algorithm_of(key)}
            for key_id, key in public_keys(DOCUMENTS).items()
        ]
    }
