"""Verification pages: open to everyone, phone first, and they keep nothing of what is checked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sala.engines.wire.errors import DomainError
from sala.kernel.documents.forms import CodeForm, CopyForm
from sala.kernel.documents.models import IssuedDocument
from sala.kernel.documents.queries import Comparison, compare, document_by_public_id, state_of
from sala.kernel.documents.signing import public_jwks


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_start(request: HttpRequest) -> HttpResponse:
    """Ask for the printed code or for the PDF itself."""
    if code := request.GET.get("code", ""):
        form = CodeForm(request.GET)
        document = document_by_public_id(code)
        if document is not None:
            return HttpResponseRedirect(reverse("documents:verify", args=[document.public_id]))
        return render(
            request,
            "documents/verify.html",
            {"state": "unknown", "form": form, "code": code[:40]},
            status=404,
        )
    compared, error = _compared(request, None)
    context = {"compared": compared, "error": error, "document": compared.document if compared else None}
    return render(request, "documents/verify_start.html", context, status=422 if error else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say whether one document stands, was revoked, or is not known here; compare a copy with it."""
    document = document_by_public_id(public_id)
    if document is None:
        unknown = {"state": "unknown", "code": public_id[:40]}
        return render(request, "documents/verify.html", unknown, status=404)
    compared, error = _compared(request, document)
    context = {"state": state_of(document), "document": document, "compared": compared, "error": error}
    return render(request, "documents/verify.html", context, status=422 if error else 200)


def _compared(request: HttpRequest, document: IssuedDocument | None) -> tuple[Comparison | None, str]:
    if request.method != "POST":
        return None, ""
    form = CopyForm(request.POST, request.FILES)
    if not form.is_valid():
        return None, str(form.errors["file"][0])
    try:
        return compare(form.cleaned_data["file"], document), ""
    except DomainError as refusal:
        return None, refusal.message


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Publish the public keys of documents (RFC 7517), so that a square code can be checked without this site."""
    response = JsonResponse(public_jwks(), content_type="application/jwk-set+json")
    response["Cache-Control"] = "public, max-age=3600"
    response["Access-Control-Allow-Origin"] = "*"
    return response
