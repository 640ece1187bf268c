"""Who may download an issued document: what its kind says, else nobody."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sala.kernel.audit.interface import Actor, Decision, deny
from sala.kernel.documents.kinds import KINDS
from sala.kernel.documents.models import IssuedDocument
from sala.kernel.files.interface import StoredFile


def can_read_pdf(actor: Actor, file: StoredFile) -> Decision:
    """Whether `actor` may open the PDF `file` of an issued document."""
    document = IssuedDocument.objects.filter(file=file).first()
    kind = KINDS.get(document.kind) if document else None
    if document is None or kind is None or kind.may_read is None:
        return deny(_("This document is handed to its owner only."))
    return kind.may_read(actor, document)
