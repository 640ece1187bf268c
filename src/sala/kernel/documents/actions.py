"""Issues and revokes documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sala.engines.wire import canonical_json, sha256_hex
from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import Actor, declare, record
from sala.kernel.documents.codes import make_code, square_svg, verify_address, verify_host
from sala.kernel.documents.kinds import shown_number
from sala.kernel.documents.models import IssuedDocument, NumberSeries, new_public_id
from sala.kernel.documents.setting import Attachment, typeset
from sala.kernel.documents.signing import sign_pdf
from sala.kernel.files.interface import store_bytes
from sala.kernel.text.interface import be_year

ISSUED = declare(
    "documents.document.issued",
    th="ออกเอกสาร",
    en="Issued a document",
    fields=("kind", "number", "sha256", "data_sha256", "about"),
)
REVOKED = declare(
    "documents.document.revoked", th="เพิกถอนเอกสาร", en="Revoked a document", fields=("number", "reason")
)

PURPOSE = "documents.issued"


def render(
    template: str,
    data: Mapping[str, Any],
    *,
    attachments: Sequence[Attachment] = (),
    title: str = "",
    author: str = "",
    language: str = "th",
    at: datetime | None = None,
) -> bytes:
    """Return an unsigned, unnumbered PDF/A-3 of `data`: a preview, or a paper that needs no verification."""
    moment = at or timezone.now()
    sala = _paper(title or template, author, language, moment, number="–")
    return typeset(template, {**data, "sala": sala}, attachments=attachments, at=moment)


def issue(
    *,
    kind: str,
    title_th: str,
    title_en: str,
    template: str,
    data: Mapping[str, Any],
    subject: models.Model | str,
    actor: Actor,
    attachments: Sequence[Attachment] = (),
    issuer_th: str = "",
    issuer_en: str = "",
    language: str = "th",
) -> IssuedDocument:
    """Number, set, sign and keep one document; everything happens in one transaction or not at all.

    `data` is what `template` needs, of JSON types; it is stored canonically and travels in the PDF as
    `document.json`. The caller's own policy has decided that `actor` may issue. The row of the series stays
    locked until the commit, which keeps its numbers without gaps.
    """
    about = subject if isinstance(subject, str) else f"{subject._meta.label}:{subject.pk}"
    canonical = canonical_json(dict(data))
    now = timezone.now()
    year = be_year(timezone.localdate(now))
    with transaction.atomic():
        sequence = _next_number(kind, year)
        public_id = new_public_id()
        number = shown_number(kind, sequence, year)
        data_sha256 = sha256_hex(canonical)
        key_id, code = make_code(public_id=public_id, number=number, data_sha256=data_sha256, issued_at=now)
        title = title_en if language == "en" else title_th
        issuer = issuer_en if language == "en" else issuer_th
        sala = _paper(title, issuer, language, now, number=number) | {
            "public_id": public_id,
            "public_id_shown": "-".join(
                public_id[start : start + 4] for start in range(0, len(public_id), 4)
            ),
            "verify_address": verify_address(public_id),
            "verify_shown": verify_host(),
            "qr": square_svg(f"{verify_address(public_id)}#{code}"),
        }
        own = Attachment("document.json", canonical, description=title, relationship="source")
        unsigned = typeset(template, {**data, "sala": sala}, attachments=[own, *attachments], at=now)
        signed = sign_pdf(unsigned, at=now)
        file = store_bytes(
            signed,
            name=f"{number.replace('/', '-')}.pdf",
            media_type="application/pdf",
            purpose=PURPOSE,
            actor=actor,
        )
        document = IssuedDocument.objects.create(
            public_id=public_id,
            kind=kind,
            year_be=year,
            sequence=sequence,
            number=number,
            title_th=title_th,
            title_en=title_en,
            issuer_th=issuer_th,
            issuer_en=issuer_en,
            template=template,
            language=language,
            subject=about,
            data=dict(data),
            data_sha256=data_sha256,
            file=file,
            sha256=file.sha256,
            key_id=key_id,
            code=code,
            issued_by=actor.id,
            issued_at=now,
        )
        record(
            ISSUED,
            subject=document,
            actor=actor,
            data={
                "kind": kind,
                "number": number,
                "sha256": document.sha256,
                "data_sha256": data_sha256,
                "about": about,
            },
        )
    return document


def revoke(document: IssuedDocument, *, reason: str, actor: Actor) -> IssuedDocument:
    """Declare that `document` no longer stands, with the reason that its verification page shows. For ever.

    The caller's own policy has decided that `actor` may revoke. Revoking twice changes nothing.
    """
    reason = reason.strip()
    if not reason:
        raise DomainError(
            "documents.revoke.no-reason",
            _("Say why the document is revoked; everyone who verifies it reads this."),
        )
    with transaction.atomic():
        locked = IssuedDocument.objects.select_for_update().get(pk=document.pk)
        if locked.is_revoked:
            return locked
        locked.revoked_at = timezone.now()
        locked.revoked_reason = reason[:500]
        locked.revoked_by = actor.id
        locked.save(update_fields=["revoked_at", "revoked_reason", "revoked_by"])
        record(
            REVOKED,
            subject=locked,
            actor=actor,
            data={"number": locked.number, "reason": locked.revoked_reason},
        )
    return locked


def _next_number(kind: str, year_be: int) -> int:
    """Take the next number under the row's lock; a rollback gives it back."""
    NumberSeries.objects.bulk_create([NumberSeries(kind=kind, year_be=year_be)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update().get(kind=kind, year_be=year_be)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def _paper(title: str, author: str, language: str, at: datetime, *, number: str) -> dict[str, Any]:
    day = timezone.localdate(at)
    return {
        "title": title,
        "author": author,
        "language": language,
        "number": number,
        "issued": {"day": day.day, "month": day.month, "year_be": be_year(day)},
        "demonstration": bool(settings.DEMONSTRATION),
    }
