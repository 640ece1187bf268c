"""Downloads of a version: what it was made from, what came of it, and the proof."""

from __future__ import annotations

import json
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from sala.kernel.files.interface import StoredFile, open_file
from sala.products.results.charts.palette import themed
from sala.products.results.models import Drawing, RankingVersion, language
from sala.products.results.views import version_seen

A_YEAR_S = 31_536_000


def _lasting(response: HttpResponseBase, version: RankingVersion) -> HttpResponseBase:
    """Let who has it keep it: what is published never changes. A preview is nobody else's."""
    response["Cache-Control"] = (
        f"public, max-age={A_YEAR_S}, immutable" if version.is_open else "private, no-store"
    )
    response["X-Content-Type-Options"] = "nosniff"
    if version.is_open:
        response["Access-Control-Allow-Origin"] = "*"
    return response


def _file(file: StoredFile | None, version: RankingVersion, name: str) -> HttpResponseBase:
    if file is None:
        raise Http404
    response = FileResponse(open_file(file), as_attachment=True, filename=name, content_type=file.media_type)
    response["Content-Length"] = str(file.size_bytes)
    response["ETag"] = f'"{file.sha256}"'
    return _lasting(response, version)


def _text(content: str, version: RankingVersion, name: str, media_type: str) -> HttpResponseBase:
    response = HttpResponse(content.encode("utf-8"), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _lasting(response, version)


def _stem(version: RankingVersion) -> str:
    return f"{version.ranking.slug}-{version.number}"


@require_safe
def method(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Send the method as it was written."""
    found = version_seen(request, slug, number)
    return _text(found.method_text, found, f"{_stem(found)}-method.yaml", "application/yaml; charset=utf-8")


@require_safe
def data(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Send the table as it was handed in."""
    found = version_seen(request, slug, number)
    ending = found.data_name.rpartition(".")[2] or "csv"
    return _file(found.data, found, f"{_stem(found)}-data.{ending}")


@require_safe
def bundle(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Send method, table, stages and result in one ZIP that recomputes."""
    found = version_seen(request, slug, number)
    return _file(found.bundle, found, f"{_stem(found)}.zip")


@require_safe
def record(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Send the signed record: the very bytes that were signed."""
    found = version_seen(request, slug, number)
    if not found.record:
        raise Http404
    return _text(found.record, found, f"{_stem(found)}-record.json", "application/json")


@require_safe
def signature(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Send the record with its signature in one line (compact JWS, RFC 7515)."""
    found = version_seen(request, slug, number)
    if not found.record:
        raise Http404
    return _text(found.signature, found, f"{_stem(found)}-record.jws", "application/jose")


@require_safe
def chart(request: HttpRequest, slug: str, number: int, code: str) -> HttpResponse:
    """Send a chart's specification for the browser, in the colours of the page's theme."""
    found = version_seen(request, slug, number)
    drawing = get_object_or_404(Drawing, version=found, code=code, language=language())
    spec = drawing.spec
    _resolve(spec)
    response = HttpResponse(themed(json.dumps(spec, ensure_ascii=False)), content_type="application/json")
    response["Cache-Control"] = "private, max-age=600"
    return response


def _resolve(part: Any) -> None:
    """Put the address of the outlines where the map's specification names them."""
    if isinstance(part, dict):
        if part.get("url") == "outlines":
            part["url"] = static("web/world/countries-110m.json")
        for value in part.values():
            _resolve(value)
    elif isinstance(part, list):
        for value in part:
            _resolve(value)
