"""Reads of published tables."""

from __future__ import annotations

import io

import polars as pl
from django.db.models import QuerySet

from sala.kernel.files.interface import open_file
from sala.kernel.publishing.models import PublishedTable

FILES = ("parquet", "csv", "spreadsheet_csv", "xlsx", "json")


def published_tables() -> QuerySet[PublishedTable]:
    """Return the latest version in force of every offered table, newest first."""
    latest = (
        PublishedTable.objects.filter(withdrawn_at__isnull=True)
        .order_by("table_id", "-published_at", "-id")
        .distinct("table_id")
        .values("id")
    )
    return (
        PublishedTable.objects.filter(id__in=latest)
        .select_related("table", "publisher")
        .order_by("-published_at")
    )


def published_table(code: str, version: str | None = None) -> PublishedTable | None:
    """Return one version, or the latest in force."""
    found = PublishedTable.objects.select_related("table", "publisher").filter(table__code=code)
    if version is not None:
        return found.filter(version=version).first()
    return found.filter(withdrawn_at__isnull=True).order_by("-published_at", "-id").first()


def read_table(table: PublishedTable) -> pl.DataFrame:
    """Return the rows of a version."""
    with open_file(table.parquet) as file:
        return pl.read_parquet(io.BytesIO(file.read()))
