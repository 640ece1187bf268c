"""What other apps may import of keys."""

from sala.kernel.keys.actions import certify, ensure_key, revoke, rotate
from sala.kernel.keys.models import SigningKey
from sala.kernel.keys.purposes import AUDIT, DOCUMENTS, RECORDS, Purpose, declare_purpose
from sala.kernel.keys.signing import (
    Signature,
    certificate_chain,
    pdf_signer,
    public_keys,
    read_line,
    sign,
    sign_line,
    verify,
)
from sala.kernel.keys.stores import KeyUnavailable

__all__ = [
    "AUDIT",
    "DOCUMENTS",
    "RECORDS",
    "KeyUnavailable",
    "Purpose",
    "Signature",
    "SigningKey",
    "certificate_chain",
    "certify",
    "declare_purpose",
    "ensure_key",
    "pdf_signer",
    "public_keys",
    "read_line",
    "revoke",
    "rotate",
    "sign",
    "sign_line",
    "verify",
]
