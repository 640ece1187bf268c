"""Pages and problem documents for what went wrong: what it is, why, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import DomainError

BARE = frozenset({400, 403, 404, 405, 413, 429})
"""Statuses that get a page when a view answered with nothing but the number."""

SECRET_WORDS = ("password", "otp", "code", "token", "secret", "pin")
MOST_FIELDS = 300


@dataclass(frozen=True)
class Words:
    """What a page says about a status."""

    title: object
    mend: object
    icon: str


WORDS: dict[int, Words] = {
    400: Words(
        _("The request could not be read"), _("Go back, reload the page and try once more."), "circle-alert"
    ),
    403: Words(
        _("You may not open this page"),
        _("If you think you should, sign in with the account that has this role, or ask your administrator."),
        "lock",
    ),
    404: Words(
        _("We did not find this page"),
        _(
            "The address may have a typing error, or the page has moved. Search for it, or begin at the home page."
        ),
        "map-pin-off",
    ),
    405: Words(
        _("This address does not work that way"),
        _("Go back and use the buttons of the page."),
        "circle-alert",
    ),
    413: Words(_("That was too large"), _("Choose a smaller file and send it again."), "file-x"),
    422: Words(
        _("This could not be done"),
        _("Go back, mend it and send it again. What you typed is still there."),
        "circle-alert",
    ),
    409: Words(
        _("Somebody else was faster"),
        _("Reload the page to see how things stand now, then decide again."),
        "refresh-cw",
    ),
    429: Words(_("Too many tries"), _("Wait a minute and try again."), "clock"),
    503: Words(_("This part is resting"), _("Please try again in a few minutes."), "clock"),
}


def wants_json(request: HttpRequest) -> bool:
    """Say whether a program asks: an address of the API, or JSON preferred to a page."""
    if request.path.startswith("/api/"):
        return True
    accept = request.headers.get("Accept", "")
    return "json" in accept and "text/html" not in accept


def problem(
    status: int, title: object, *, detail: object = "", code: str = "", errors: object = None
) -> JsonResponse:
    """Return an RFC 9457 problem document."""
    document: dict[str, object] = {"type": "about:blank", "title": str(title), "status": status}
    if detail:
        document["detail"] = str(detail)
    if code:
        document["code"] = code
    if errors:
        document["errors"] = errors
    return JsonResponse(document, status=status, content_type="application/problem+json")


def page(
    request: HttpRequest, status: int, *, reason: object = "", code: str = "", place: object = None
) -> HttpResponse:
    """Return the page of a status, or only its message where htmx asked for a part of a page."""
    words = WORDS.get(status) or WORDS[422 if status < 500 else 503]
    context = {
        "status": status,
        "words": words,
        "reason": reason,
        "code": code,
        "place": place,
        "back": _back(request),
    }
    if getattr(request, "htmx", False):
        response = render(request, "web/error_part.html", context, status=status)
        response.headers["HX-Retarget"] = "#messages"
        response.headers["HX-Reswap"] = "innerHTML show:window:top"
        return response
    return render(request, "web/error.html", context, status=status)


def _back(request: HttpRequest) -> str:
    """Return the page that led here, when it is one of ours."""
    referrer = urlsplit(request.headers.get("Referer", ""))
    return referrer.path if referrer.netloc == request.get_host() and referrer.path != request.path else ""


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer a refused action with its reason."""
    where = {
        name: value
        for name in ("field", "row", "column", "line")
        if (value := getattr(error.place, name, None)) is not None
    }
    if wants_json(request):
        return problem(
            error.status,
            (WORDS.get(error.status) or WORDS[422]).title,
            detail=error.message,
            code=error.code,
            errors=[{**where, "detail": error.message}] if where else None,
        )
    return page(request, error.status, reason=error.message, code=error.code, place=where)


def dress(request: HttpRequest, bare: HttpResponse) -> HttpResponse:
    """Give an answer that is only a number the words that belong to it, and keep its headers."""
    words = WORDS[bare.status_code]
    dressed = (
        problem(bare.status_code, words.title, detail=words.mend)
        if wants_json(request)
        else page(request, bare.status_code)
    )
    for name in ("Allow", "Retry-After"):
        if name in bare.headers:
            dressed.headers[name] = bare.headers[name]
    return dressed


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    words = WORDS[status]
    return problem(status, words.title, detail=words.mend) if wants_json(request) else page(request, status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 400."""
    return _answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 403."""
    return _answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 404."""
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of 500: in both languages, asking no database and no session, for those may be what broke."""
    if wants_json(request):
        return problem(500, HTTPStatus.INTERNAL_SERVER_ERROR.phrase, code="site.broken")
    return HttpResponse(render_to_string("web/500.html"), status=500)


def maintenance(request: HttpRequest) -> HttpResponse:
    """Answer while the site is being repaired."""
    if wants_json(request):
        answer: HttpResponse = problem(503, HTTPStatus.SERVICE_UNAVAILABLE.phrase, code="site.maintenance")
    else:
        answer = HttpResponse(render_to_string("web/maintenance.html"), status=503)
    answer.headers["Retry-After"] = "300"
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token no longer fits: what was typed is kept in a form that can be sent again.

    Only where the browser vouches that the form came from this very site: else a foreign page could put
    its own words before a person who needs only press the button.
    """
    if wants_json(request):
        return problem(403, WORDS[403].title, code="web.csrf")
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    fields = [
        (name, value)
        for name in request.POST
        if name != "csrfmiddlewaretoken" and not any(word in name.lower() for word in SECRET_WORDS)
        for value in request.POST.getlist(name)
    ]
    context = {
        "fields": fields if ours and 0 < len(fields) <= MOST_FIELDS else [],
        "lost_files": bool(request.FILES),
        "back": _back(request) or request.path,
        "action": request.get_full_path(),
    }
    return render(request, "web/csrf.html", context, status=403)
