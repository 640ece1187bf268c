"""What other apps may import of documents.

    declare_kind("results.certificate", title_th="ประกาศนียบัตร", title_en="Certificate", prefix="ปก")
    document = issue(kind="results.certificate", title_th=…, title_en=…, template="documents/certificate.typ",
                     data={…}, subject=award, actor=actor)          # numbered, signed, kept; one transaction
    revoke(document, reason="…", actor=actor)

Templates are typst files in `<app>/templates_typst/<app>/name.typ` with `#let document(data) = …`; the base ones
are `documents/letter.typ`, `documents/certificate.typ` and `documents/report.typ`.
"""

from sala.kernel.documents.actions import issue, render, revoke
from sala.kernel.documents.kinds import declare_kind
from sala.kernel.documents.models import IssuedDocument
from sala.kernel.documents.queries import document_by_public_id, documents_about
from sala.kernel.documents.setting import Attachment

__all__ = [
    "Attachment",
    "IssuedDocument",
    "declare_kind",
    "document_by_public_id",
    "documents_about",
    "issue",
    "render",
    "revoke",
]
