"""Pages and endpoints of the test provider; none of them knows the site's session or accounts."""

from __future__ import annotations

import secrets
from base64 import b64decode
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from joserfc import jwt
from joserfc.errors import JoseError

from sala.sandbox.identity import requests as asked
from sala.sandbox.identity.keys import ALGORITHM, app_key, digest, published_keys, signing_key
from sala.sandbox.identity.models import Request, State
from sala.sandbox.personas import BY_CODE, CITIZEN, FAILURE, OFFICIAL, PERSONAS

COOKIE = "test_id"
COOKIE_PATH = "/test-id/"


# --- documents ---------------------------------------------------------------------------------------------


@require_GET
def discovery(request: HttpRequest) -> JsonResponse:
    """Return the provider's description (OpenID Connect Discovery 1.0)."""
    issuer = settings.TEST_ID_ISSUER

    def at(name: str) -> str:
        return settings.PUBLIC_URL + reverse(f"sandbox:test-id:{name}")

    answer = JsonResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("token"),
            "userinfo_endpoint": at("userinfo"),
            "jwks_uri": at("jwks"),
            "end_session_endpoint": at("logout"),
            "scopes_supported": list(asked.SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "acr_values_supported": list(asked.ACRS),
            "claims_supported": [
                "sub", "pid", "name", "given_name_th", "family_name_th", "given_name_en", "family_name_en",
                "birthdate", "address", "acr", "amr", "ial", "aal", "auth_time",
            ],
            "ui_locales_supported": list(asked.LANGUAGES),
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "authorization_response_iss_parameter_supported": True,
            "test_persona_parameter": "test_persona",
        }
    )  # fmt: skip
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@require_GET
def jwks(request: HttpRequest) -> JsonResponse:
    """Return the public keys."""
    answer = JsonResponse(published_keys())
    answer["Cache-Control"] = "public, max-age=300"
    return answer


# --- pages --------------------------------------------------------------------------------------------------


def _page(name: str, context: dict[str, Any], *, language: str = "", status: int = 200) -> HttpResponse:
    """Draw a page without the site's context: no session, no account, no shell."""
    with translation.override(language or translation.get_language()):
        body = get_template(f"test_id/{name}.html").render(
            {**context, "language": translation.get_language()}
        )
    return HttpResponse(body, status=status, headers={"Referrer-Policy": "no-referrer"})


def _sorry(reason: str, *, status: int = 400) -> HttpResponse:
    return _page("sorry", {"reason": reason}, status=status)


def _browser(request: HttpRequest) -> str:
    return request.COOKIES.get(COOKIE, "")


@never_cache
@csrf_exempt  # OpenID Connect allows POST here; nothing is decided by it, and the answer goes to a registered address
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Begin: check what the client asks, and lead to the choice of a person."""
    browser = _browser(request) or secrets.token_urlsafe(32)
    asked.forget_old()
    try:
        row = asked.begin(
            asked.Asked(request.POST if request.method == "POST" else request.GET), browser=browser
        )
        if row.status in {State.CONFIRMED, State.REFUSED} and row.error != "card_expired":
            answer = HttpResponseRedirect(asked.finish(row))
        elif row.status == State.REFUSED:
            answer = HttpResponseRedirect(reverse("sandbox:test-id:confirm", args=[row.pk]))
        else:
            answer = HttpResponseRedirect(reverse("sandbox:test-id:choose", args=[row.pk]))
    except asked.NoWayBack as error:
        return _sorry(error.reason)
    except asked.Refusal as refusal:
        return HttpResponseRedirect(refusal.url)
    answer.set_cookie(
        COOKIE,
        browser,
        path=COOKIE_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


def _row(request: HttpRequest, pk: str) -> Request | None:
    """Return the request that this very browser began, if it is not over."""
    row = (
        Request.objects.filter(pk=pk, browser=digest(_browser(request))).first()
        if _browser(request)
        else None
    )
    return None if row is None or row.is_over or row.status == State.DONE else row


def _names(row: Request) -> dict[str, Any]:
    persona = BY_CODE.get(row.persona)
    return {"row": row, "persona": persona, "client": _("Sala"), "scopes": row.scope.split()}


@never_cache
@csrf_exempt  # bound to the cookie of the browser that began, which is SameSite=Lax
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, pk: str) -> HttpResponse:
    """Let somebody choose who they are."""
    row = _row(request, pk)
    if row is None:
        return _sorry("over", status=403)
    if request.method == "POST":
        if request.POST.get("cancel"):
            asked.refuse_by(row, "user_cancelled")
            row.save()
            return HttpResponseRedirect(asked.finish(row))
        persona = BY_CODE.get(request.POST.get("persona", ""))
        if persona is not None:
            asked.choose(row, persona)
            row.save()
            return HttpResponseRedirect(reverse("sandbox:test-id:confirm", args=[row.pk]))
    latest = asked.latest_sign_in(row.browser)
    groups = [(name, [p for p in PERSONAS if p.group == name]) for name in (CITIZEN, OFFICIAL, FAILURE)]
    return _page(
        "choose",
        {**_names(row), "groups": groups, "latest": BY_CODE.get(latest.persona) if latest else None},
        language=row.language,
    )


@never_cache
@csrf_exempt  # as above
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, pk: str) -> HttpResponse:
    """Show the QR code that the app reads, and wait; without a second device, confirm here."""
    row = _row(request, pk)
    if row is None:
        return _sorry("over", status=403)
    if row.status == State.CHOOSING:
        return HttpResponseRedirect(reverse("sandbox:test-id:choose", args=[row.pk]))
    if request.method == "POST":
        if row.status == State.WAITING:
            if request.POST.get("answer") == "confirm":
                asked.confirm(row)
            else:
                asked.refuse_by(row, "user_cancelled")
            row.save()
        return HttpResponseRedirect(reverse("sandbox:test-id:confirm", args=[row.pk]))
    if row.status == State.CONFIRMED or row.error == "user_cancelled":
        return HttpResponseRedirect(asked.finish(row))
    if row.status == State.REFUSED:
        return _page("refused", _names(row), language=row.language)
    address = settings.PUBLIC_URL + reverse("sandbox:test-id:app", args=[row.pk, app_key(str(row.pk))])
    picture = segno.make(address, error="m", micro=False)
    return _page(
        "confirm",
        {
            **_names(row),
            "qr": picture.svg_data_uri(scale=5, border=2, dark="#0f172a", light="#fff"),
            "app_url": address,
            "state_url": reverse("sandbox:test-id:state", args=[row.pk]),
        },
        language=row.language,
    )


@never_cache
@csrf_exempt
@require_POST
def leave(request: HttpRequest, pk: str) -> HttpResponse:
    """Go back to the site with the refusal that was shown."""
    row = _row(request, pk)
    if row is None or row.status != State.REFUSED:
        return _sorry("over", status=403)
    return HttpResponseRedirect(asked.finish(row))


@never_cache
@require_GET
def state(request: HttpRequest, pk: str) -> JsonResponse:
    """Tell the waiting page whether the app has answered."""
    row = _row(request, pk)
    return JsonResponse({"status": row.status if row else "over"})


@never_cache
@csrf_exempt  # the address itself is the secret: only who scanned the code has it
@require_http_methods(["GET", "POST"])
def app(request: HttpRequest, pk: str, key: str) -> HttpResponse:
    """Stand for the app on the phone: confirm or cancel what the other screen asks."""
    row = Request.objects.filter(pk=pk).first()
    right = secrets.compare_digest(key, app_key(str(pk)))
    if row is None or not right or row.is_over or row.status == State.CHOOSING:
        return _sorry("over", status=403)
    if request.method == "POST" and row.status == State.WAITING:
        if request.POST.get("answer") == "confirm":
            asked.confirm(row)
        else:
            asked.refuse_by(row, "user_cancelled")
        row.save()
        return HttpResponseRedirect(request.path)
    return _page("app", _names(row), language=row.language)


# --- endpoints ------------------------------------------------------------------------------------------------


def _basic(request: HttpRequest) -> tuple[str, str] | None:
    scheme, _sep, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _colon, secret = b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return ("", "")
    return name, secret


def _json(data: dict[str, Any], status: int = 200, **headers: str) -> JsonResponse:
    return JsonResponse(
        data, status=status, headers={"Cache-Control": "no-store", "Pragma": "no-cache", **headers}
    )


@csrf_exempt  # called by servers
@require_POST
def token(request: HttpRequest) -> JsonResponse:
    """Exchange a code for tokens."""
    try:
        if request.content_type != "application/x-www-form-urlencoded":
            raise asked.Refusal("invalid_request", "a form is expected")
        form = asked.Asked(request.POST)
        return _json(asked.redeem(form, asked.authenticate_client(_basic(request), form)))
    except asked.Refusal as refusal:
        body = {"error": refusal.error}
        if refusal.description:
            body["error_description"] = refusal.description
        if refusal.error == "invalid_client":
            return _json(body, 401, **{"WWW-Authenticate": 'Basic realm="test-id"'})
        return _json(body, 400)


@csrf_exempt  # called by servers
@require_http_methods(["GET", "POST"])
def userinfo(request: HttpRequest) -> JsonResponse:
    """Tell what the token's scopes open."""
    scheme, _sep, value = request.headers.get("Authorization", "").partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise asked.Refusal("invalid_token")
        return _json(asked.userinfo(value))
    except asked.Refusal as refusal:
        return _json({"error": refusal.error}, 401, **{"WWW-Authenticate": 'Bearer error="invalid_token"'})


@never_cache
@csrf_exempt  # the page's own button is bound to the cookie; a hint is signed by us
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """End the sign-in at the provider (RP-Initiated Logout 1.0); without a valid hint the person confirms."""
    data = request.POST if request.method == "POST" else request.GET
    client_id = _hinted_client(data.get("id_token_hint", ""))
    wanted = data.get("post_logout_redirect_uri", "")
    if data.get("client_id") and client_id and data["client_id"] != client_id:
        return _sorry("unknown-client")
    registered = settings.TEST_ID_CLIENTS.get(client_id or data.get("client_id", ""), {})
    if wanted and wanted not in registered.get("post_logout_redirect_uris", ()):
        return _sorry("wrong-redirect")
    if not client_id and not (request.method == "POST" and data.get("sure") == "yes"):
        return _page("logout", {"data": data, "sure": True})
    if browser := _browser(request):
        Request.objects.filter(browser=digest(browser), status=State.DONE).update(browser="")
    if wanted:
        url = asked.with_query(wanted, state=data.get("state", "")) if data.get("state") else wanted
        answer: HttpResponse = HttpResponseRedirect(url)
    else:
        answer = _page("logout", {"sure": False})
    answer.delete_cookie(COOKIE, path=COOKIE_PATH)
    return answer


def _hinted_client(hint: str) -> str:
    """Return the client of an ID token that we signed, expired or not; nothing for any other text."""
    if not hint:
        return ""
    try:
        claims = jwt.decode(hint, signing_key(), algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError):
        return ""
    return str(claims.get("aud", "")) if claims.get("iss") == settings.TEST_ID_ISSUER else ""
