"""Publishes a version of a table, and withdraws one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.interface import Actor, declare, record
from sala.kernel.files.interface import StoredFile, store_bytes
from sala.kernel.publishing import renditions
from sala.kernel.publishing.columns import Column, checked_columns, conformed, framed
from sala.kernel.publishing.models import OfferedTable, PublishedTable
from sala.kernel.publishing.policy import can_offer
from sala.kernel.publishing.signals import table_published, table_withdrawn
from sala.kernel.registry.interface import Organisation

PUBLISHED = declare(
    "publishing.table.published",
    th="เผยแพร่ตารางข้อมูลเปิด",
    en="Published a table as open data",
    fields=("code", "version", "rows", "content_sha256"),
)
WITHDRAWN = declare(
    "publishing.table.withdrawn",
    th="ถอนตารางข้อมูลเปิด",
    en="Withdrew a published table",
    fields=("code", "version", "reason"),
)
PREVIEW_ROWS = 12
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def offer_table(
    *,
    code: str,
    title_th: str,
    title_en: str,
    description_th: str,
    description_en: str,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]] | None = None,
    frame: pl.DataFrame | None = None,
    version: str,
    licence: str,
    publisher: Organisation | None,
    actor: Actor,
    source: str = "",
) -> PublishedTable:
    """Publish `version` of table `code` for ever, with all renditions, in one transaction.

    Idempotent: the same version with the same content is returned as it is; with other content it is refused,
    because an address that was given out must keep saying the same. Raises `DomainError` with row and column
    for values that do not fit.
    """
    if not (decision := can_offer(actor)):
        raise NotAllowed("publishing.offer.not-allowed", decision.reason)
    for name, slug in (("code", code), ("version", version)):
        if not _SLUG.fullmatch(slug):
            raise DomainError(
                f"publishing.{name}",
                _("“%(word)s” is not small letters, digits and hyphens."),
                params={"word": slug},
            )
    checked = checked_columns(columns)
    table = framed(checked, rows or []) if frame is None else conformed(checked, frame)
    digest = renditions.content_sha256(checked, table)
    about: dict[str, object] = {
        "code": code,
        "version": version,
        "title_th": title_th,
        "title_en": title_en,
        "description_th": description_th,
        "description_en": description_en,
        "licence": licence,
        "source": source,
        "publisher": publisher.name_th if publisher else "",
        "content_sha256": digest,
        "columns": [column.as_data() for column in checked],
    }
    with transaction.atomic():
        OfferedTable.objects.get_or_create(code=code)
        offered = OfferedTable.objects.select_for_update().get(code=code)
        known = PublishedTable.objects.filter(table=offered, version=version).first()
        if known is not None:
            if known.content_sha256 == digest:
                return known
            raise DomainError(
                "publishing.version.taken",
                _("Version %(version)s of “%(code)s” was published with other content; give a new version."),
                params={"version": version, "code": code},
                status=409,
            )

        def kept(form: str, name: str, content: bytes) -> StoredFile:
            return store_bytes(
                content,
                name=name,
                media_type=renditions.FORMS[form].partition(";")[0],
                purpose=renditions.PURPOSE,
                actor=actor,
            )

        stem = f"{code}-{version}"
        published = PublishedTable.objects.create(
            table=offered,
            version=version,
            title_th=title_th,
            title_en=title_en,
            description_th=description_th,
            description_en=description_en,
            licence=licence,
            source=source,
            publisher=publisher,
            columns=[column.as_data() for column in checked],
            preview=_preview(table),
            rows=table.height,
            content_sha256=digest,
            parquet=kept("parquet", f"{stem}.parquet", renditions.as_parquet(table)),
            csv=kept("csv", f"{stem}.csv", renditions.as_csv(table)),
            spreadsheet_csv=kept("csv", f"{stem}-spreadsheet.csv", renditions.as_spreadsheet_csv(table)),
            xlsx=kept("xlsx", f"{stem}.xlsx", renditions.as_xlsx(table, checked, about)),
            json=kept("json", f"{stem}.json", renditions.as_json(table, about)),
        )
        record(
            PUBLISHED,
            subject=published,
            actor=actor,
            organisation=publisher,
            data={"code": code, "version": version, "rows": table.height, "content_sha256": digest},
        )
        transaction.on_commit(lambda: table_published.send(sender=PublishedTable, table=published))
    return published


def withdraw_table(table: PublishedTable, *, reason: str, actor: Actor) -> PublishedTable:
    """Stop giving out a version, with the reason on its page; the address stays and says so. Idempotent."""
    if not (decision := can_offer(actor)):
        raise NotAllowed("publishing.withdraw.not-allowed", decision.reason)
    with transaction.atomic():
        locked = PublishedTable.objects.select_for_update().get(pk=table.pk)
        if locked.withdrawn_at is not None:
            return locked
        locked.withdrawn_at, locked.withdrawn_because = timezone.now(), reason
        locked.save(update_fields=["withdrawn_at", "withdrawn_because"])
        record(
            WITHDRAWN,
            subject=locked,
            actor=actor,
            data={"code": locked.code, "version": locked.version, "reason": reason},
        )
        transaction.on_commit(lambda: table_withdrawn.send(sender=PublishedTable, table=locked))
    return locked


def _preview(frame: pl.DataFrame) -> list[list[Any]]:
    return [
        [value.isoformat() if hasattr(value, "isoformat") else value for value in row]
        for row in frame.head(PREVIEW_ROWS).iter_rows()
    ]
