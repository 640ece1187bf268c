"""Reads of issued documents, and what a verification finds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from sala.kernel.documents.models import ALPHABET, PUBLIC_ID_LETTERS, IssuedDocument
from sala.kernel.documents.signing import PdfSignature, read_signature
from sala.kernel.files.interface import verdict

State = Literal["valid", "revoked", "unknown"]
Match = Literal["same", "changed", "another", "not-ours"]
MOST_BYTES = 50 * 1_048_576


def document_by_public_id(public_id: str) -> IssuedDocument | None:
    """Return the document with this printed code; dashes, spaces and capitals do not matter."""
    code = "".join(letter for letter in public_id.lower() if letter in ALPHABET)
    return IssuedDocument.objects.filter(public_id=code).first() if len(code) == PUBLIC_ID_LETTERS else None


def documents_about(subject: str) -> QuerySet[IssuedDocument]:
    """Return the documents about one subject (`app.Model:pk`), newest first."""
    return IssuedDocument.objects.filter(subject=subject).order_by("-issued_at")


def state_of(document: IssuedDocument | None) -> State:
    """Return what the verification page says of a document."""
    if document is None:
        return "unknown"
    return "revoked" if document.is_revoked else "valid"


@dataclass(frozen=True)
class Comparison:
    """What an uploaded copy is: the document itself, a changed one, another one of ours, or none of ours."""

    match: Match
    document: IssuedDocument | None
    signature: PdfSignature
    sha256: str


def compare(upload: UploadedFile[bytes], expected: IssuedDocument | None) -> Comparison:
    """Compare an uploaded PDF with what was issued; nothing of it is kept.

    Raises `DomainError` when it is no PDF or too large.
    """
    verdict(upload, accept={"pdf"}, max_bytes=MOST_BYTES)
    upload.seek(0)
    content = upload.read()
    sha256 = hashlib.sha256(content).hexdigest()
    found = IssuedDocument.objects.filter(sha256=sha256).first()
    signature = read_signature(content)
    if found is not None:
        same = expected is None or found.pk == expected.pk
        return Comparison("same" if same else "another", found, signature, sha256)
    claims_ours = signature.present and (signature.trusted or not signature.intact)
    return Comparison("changed" if claims_ours else "not-ours", expected, signature, sha256)
