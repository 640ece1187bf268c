"""Answers an upload that is too large by its announced length, before a byte of it is read."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sala.kernel.files import refusals

# A multipart body carries names and boundaries around the file itself.
ENVELOPE_BYTES = 1_048_576


class UploadLimitMiddleware:
    """Refuse bodies longer than the installation's limit with 413: a page for people, RFC 9457 for programs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            announced = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            announced = 0
        if announced > settings.UPLOAD_MAX_BYTES + ENVELOPE_BYTES:
            return _too_large(request)
        return self.get_response(request)


def _too_large(request: HttpRequest) -> HttpResponse:
    refusal = refusals.too_large(settings.UPLOAD_MAX_BYTES)
    if "text/html" not in request.headers.get("Accept", ""):
        problem = {
            "type": "about:blank",
            "title": _("The upload is too large"),
            "status": 413,
            "detail": refusal.message,
            "code": refusal.code,
        }
        return JsonResponse(problem, status=413, content_type="application/problem+json")
    context = {"reason": refusal.message, "back": request.path}
    return render(request, "files/too_large.html", context, status=413)
