"""Public pages of published tables, and their downloads at permanent addresses."""

from __future__ import annotations

from typing import cast

from django.core.paginator import Paginator
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
)
from django.shortcuts import redirect, render
from django.utils.http import http_date, parse_etags
from django.views.decorators.http import require_safe

from sala.kernel.files.interface import StoredFile, open_file
from sala.kernel.publishing import queries
from sala.kernel.publishing.models import PublishedTable
from sala.kernel.publishing.renditions import FORMS

A_YEAR_S = 31_536_000


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List every table in its latest version."""
    page = Paginator(queries.published_tables(), 24).get_page(request.GET.get("page"))
    return render(request, "publishing/index.html", {"page": page})


@require_safe
def latest(request: HttpRequest, code: str) -> HttpResponse:
    """Show the latest version of a table."""
    return _page(request, queries.published_table(code))


@require_safe
def version(request: HttpRequest, code: str, version: str) -> HttpResponse:
    """Show one version of a table."""
    return _page(request, queries.published_table(code, version))


def _page(request: HttpRequest, table: PublishedTable | None) -> HttpResponse:
    if table is None:
        raise Http404
    names = [column["name"] for column in table.columns]
    context = {
        "table": table,
        "versions": list(
            PublishedTable.objects.filter(table=table.table)
            .order_by("-published_at")
            .values_list("version", flat=True)
        ),
        "renditions": [
            {
                "word": word,
                "href": table.address(form) + ("?for=spreadsheet" if name == "spreadsheet_csv" else ""),
                "size_bytes": cast(StoredFile, getattr(table, name)).size_bytes,
                "name": name,
            }
            for name, form, word in (
                ("xlsx", "xlsx", "XLSX"),
                ("csv", "csv", "CSV"),
                ("spreadsheet_csv", "csv", "CSV"),
                ("parquet", "parquet", "Parquet"),
                ("json", "json", "JSON"),
            )
        ],
        "names": names,
    }
    status = 410 if table.withdrawn_at else 200
    return render(request, "publishing/table.html", context, status=status)


@require_safe
def download_latest(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Lead to the latest version's permanent address."""
    table = queries.published_table(code)
    if table is None or form not in FORMS:
        raise Http404
    answer = redirect(table.address(form))
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def download(request: HttpRequest, code: str, version: str, form: str) -> HttpResponseBase:
    """Send one rendition; it never changes, so whoever has it need not ask again."""
    table = queries.published_table(code, version)
    if table is None or form not in FORMS:
        raise Http404
    if table.withdrawn_at:
        return _page(request, table)
    name = "spreadsheet_csv" if form == "csv" and request.GET.get("for") == "spreadsheet" else form
    file = cast(StoredFile, getattr(table, name))
    etag = f'"{file.sha256}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response: HttpResponseBase
    if etag in known or f"W/{etag}" in known or known == ["*"]:
        response = HttpResponseNotModified()
    else:
        response = FileResponse(
            open_file(file), as_attachment=True, filename=f"{code}-{version}.{form}", content_type=FORMS[form]
        )
        response["Content-Length"] = str(file.size_bytes)
        response["X-Content-Type-Options"] = "nosniff"
    response["ETag"] = etag
    response["Last-Modified"] = http_date(table.published_at.timestamp())
    response["Cache-Control"] = f"public, max-age={A_YEAR_S}, immutable"
    response["Access-Control-Allow-Origin"] = "*"
    return response
