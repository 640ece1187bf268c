"""What the provider accepts and refuses: OpenID Connect Core, RFC 6749, RFC 7636 (PKCE), RFC 9700."""

from __future__ import annotations

import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from sala.sandbox.identity.keys import digest, sign
from sala.sandbox.identity.models import CODE_LIVES, TOKEN_LIVES, Request, State
from sala.sandbox.personas import BY_CODE, Persona

SCOPES = ("openid", "profile", "pid", "birthdate", "address")
ACRS = ("ial1.1-aal1", "ial2.3-aal2", "ial3-aal3")
LANGUAGES = ("th", "en")
ID_TOKEN_LIVES_S = 300
SKEW_S = 20 * 60
CHALLENGE_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


class NoWayBack(Exception):
    """Client or redirect address is wrong: the browser must not be sent anywhere (RFC 6749, 4.1.2.1)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refusal(Exception):
    """A request is refused with an OAuth error code; `at` is the registered address to send it to."""

    def __init__(self, error: str, description: str = "", *, at: str = "", state: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.at = at
        self.state = state

    @property
    def url(self) -> str:
        return with_query(self.at, error=self.error, error_description=self.description, state=self.state)


def with_query(url: str, **values: str) -> str:
    """Return an address with what is not empty added to its query; `iss` always tells who answers (RFC 9207)."""
    query = {k: v for k, v in values.items() if v} | {"iss": settings.TEST_ID_ISSUER}
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def client(client_id: str) -> Mapping[str, Any]:
    """Return a registered client; raises `NoWayBack`."""
    found: Mapping[str, Any] | None = settings.TEST_ID_CLIENTS.get(client_id)
    if found is None:
        raise NoWayBack("unknown-client")
    return found


class Asked(Mapping[str, str]):
    """A query or a form with one text for each name, and what was given twice."""

    def __init__(self, given: QueryDict) -> None:
        self._given = {name: str(given[name]) for name in given}
        self.twice = {name for name, values in given.lists() if len(values) > 1}

    def __getitem__(self, name: str) -> str:
        return self._given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def begin(asked: Asked, *, browser: str) -> Request:
    """Check an authorisation request and keep it; raises `NoWayBack` or `Refusal`."""
    for name in ("client_id", "redirect_uri"):
        if name not in asked or name in asked.twice:
            raise NoWayBack("unknown-client" if name == "client_id" else "wrong-redirect")
    registered = client(asked["client_id"])
    at = asked["redirect_uri"]
    if at not in registered["redirect_uris"]:  # compared as text, nothing is normalised
        raise NoWayBack("wrong-redirect")
    state = asked.get("state", "")

    def refuse(error: str, description: str) -> Refusal:
        return Refusal(error, description, at=at, state=state)

    if asked.twice:
        raise refuse("invalid_request", "a parameter is given twice")
    if "request" in asked:
        raise refuse("request_not_supported", "")
    if "request_uri" in asked:
        raise refuse("request_uri_not_supported", "")
    if asked.get("response_type") != "code":
        raise refuse("unsupported_response_type", "only the code flow")
    if asked.get("response_mode", "query") != "query":
        raise refuse("invalid_request", "only the response mode query")
    scopes = asked.get("scope", "").split()
    if "openid" not in scopes:
        raise refuse("invalid_scope", "openid is missing")
    challenge = asked.get("code_challenge", "")
    if asked.get("code_challenge_method") != "S256":
        raise refuse("invalid_request", "PKCE with S256 is required")
    if len(challenge) != 43 or not CHALLENGE_CHARACTERS.issuperset(challenge):
        raise refuse("invalid_request", "the code challenge is not a SHA-256")
    max_age = asked.get("max_age")
    if max_age is not None and (not max_age.isascii() or not max_age.isdigit() or len(max_age) > 9):
        raise refuse("invalid_request", "max_age is a number of seconds")
    prompts = set(asked.get("prompt", "").split())
    if prompts - {"none", "login", "consent", "select_account"} or ("none" in prompts and len(prompts) > 1):
        raise refuse("invalid_request", "prompt")
    language = next((w[:2] for w in asked.get("ui_locales", "th").split() if w[:2] in LANGUAGES), "th")
    request = Request(
        client_id=asked["client_id"],
        redirect_uri=at,
        scope=" ".join(s for s in scopes if s in SCOPES),
        state=state,
        nonce=asked.get("nonce", "")[:500],
        code_challenge=challenge,
        acr_values=asked.get("acr_values", "")[:200],
        max_age=int(max_age) if max_age is not None else None,
        language=language,
        browser=digest(browser),
    )
    if "none" in prompts:
        _sign_in_silently(request, refuse("login_required", ""))
    elif asked.get("test_persona") in BY_CODE:
        request.persona = asked["test_persona"]
        confirm(request)
    request.save()
    return request


def latest_sign_in(browser: str) -> Request | None:
    """Return the latest sign-in of a browser at this provider within an hour."""
    return (
        Request.objects.filter(
            browser=browser, status=State.DONE, error="", auth_time__gt=timezone.now() - timedelta(hours=1)
        )
        .order_by("-auth_time")
        .first()
    )


def _sign_in_silently(request: Request, refusal: Refusal) -> None:
    """`prompt=none`: only somebody who signed in here lately passes, within `max_age`."""
    latest = latest_sign_in(request.browser)
    if latest is None or latest.auth_time is None:
        raise refusal
    age = (timezone.now() - latest.auth_time).total_seconds()
    if request.max_age is not None and age > request.max_age:
        raise refusal
    request.persona, request.auth_time, request.status = latest.persona, latest.auth_time, State.CONFIRMED


def choose(request: Request, persona: Persona) -> None:
    """The person is chosen; the app must confirm now."""
    request.persona, request.status, request.error = persona.code, State.WAITING, ""


def confirm(request: Request) -> None:
    """The person confirms in the app, or their fault shows itself."""
    fault = BY_CODE[request.persona].fault
    if fault == "card-expired":
        refuse_by(request, "card_expired")
    elif fault == "cancelled":
        refuse_by(request, "user_cancelled")
    else:
        request.status, request.auth_time = State.CONFIRMED, timezone.now()


def refuse_by(request: Request, why: str) -> None:
    """The app says no."""
    request.status, request.error = State.REFUSED, why


def finish(request: Request) -> str:
    """Return the address that carries the answer back, and close the request: a second call has no answer."""
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=request.pk)
        if row.status == State.REFUSED:
            row.status = State.DONE
            row.save()
            return with_query(
                row.redirect_uri, error="access_denied", error_description=row.error, state=row.state
            )
        if row.status != State.CONFIRMED:
            raise NoWayBack("over")
        code = secrets.token_urlsafe(32)
        row.status, row.code, row.code_at = State.DONE, digest(code), timezone.now()
        row.save()
    return with_query(row.redirect_uri, code=code, state=row.state)


def authenticate_client(basic: tuple[str, str] | None, form: Asked) -> str:
    """Return the client that asks for a token; raises `Refusal` with `invalid_client`."""
    if basic is not None and "client_secret" in form:
        raise Refusal("invalid_request", "two ways of client authentication at once")
    client_id, secret = basic or (form.get("client_id", ""), form.get("client_secret", ""))
    registered = settings.TEST_ID_CLIENTS.get(client_id)
    if registered is None or not hmac.compare_digest(str(registered["secret"]).encode(), secret.encode()):
        raise Refusal("invalid_client")
    return client_id


def redeem(form: Asked, client_id: str) -> dict[str, Any]:
    """Exchange a code for tokens, once; raises `Refusal`. A code used twice takes its token with it."""
    if form.twice:
        raise Refusal("invalid_request", "a parameter is given twice")
    if form.get("grant_type") != "authorization_code":
        raise Refusal("unsupported_grant_type")
    if not form.get("code") or not form.get("code_verifier"):
        raise Refusal("invalid_request", "code and code_verifier are required")
    now = timezone.now()
    with transaction.atomic():
        row = Request.objects.select_for_update().filter(code=digest(form["code"])).first()
        if row is None or row.code_at is None or row.client_id != client_id:
            raise Refusal("invalid_grant")
        replayed = row.code_used_at is not None
        if replayed:
            row.token = None
        row.code_used_at = now
        row.save()
    verifier = sha256(form["code_verifier"].encode()).digest()
    challenge = urlsafe_b64encode(verifier).rstrip(b"=").decode()
    if (
        replayed
        or now - row.code_at > CODE_LIVES
        or form.get("redirect_uri") != row.redirect_uri
        or not hmac.compare_digest(challenge, row.code_challenge)
    ):
        raise Refusal("invalid_grant")
    token = secrets.token_urlsafe(32)
    Request.objects.filter(pk=row.pk).update(token=digest(token), token_at=now)
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LIVES.total_seconds()),
        "scope": row.scope,
        "id_token": sign(id_token_claims(row, token)),
    }


def id_token_claims(row: Request, access_token: str) -> dict[str, Any]:
    """Return the ID token's claims; the faults of two personas show here."""
    persona = BY_CODE[row.persona]
    now = int(time.time()) - (SKEW_S if persona.fault == "clock-skew" else 0)
    half = sha256(access_token.encode()).digest()[:16]
    claims = {
        "iss": settings.TEST_ID_ISSUER,
        "sub": persona.subject,
        "aud": row.client_id,
        "azp": row.client_id,
        "iat": now,
        "exp": now + ID_TOKEN_LIVES_S,
        "auth_time": int(row.auth_time.timestamp()) if row.auth_time else now,
        "acr": persona.acr,
        "amr": list(persona.amr),
        "ial": persona.acr.split("-")[0].removeprefix("ial"),
        "aal": int(persona.acr.split("-aal")[1]),
        "at_hash": urlsafe_b64encode(half).rstrip(b"=").decode(),
        "sid": str(row.pk),
    }
    if row.nonce:
        claims["nonce"] = "somebody-elses" if persona.fault == "wrong-nonce" else row.nonce
    return claims


def userinfo(token: str) -> dict[str, Any]:
    """Return the claims that a token's scopes open; raises `Refusal` with `invalid_token`."""
    row = Request.objects.filter(token=digest(token)).first() if token else None
    if row is None or row.token_at is None or timezone.now() - row.token_at > TOKEN_LIVES:
        raise Refusal("invalid_token")
    persona, scopes = BY_CODE[row.persona], row.scope.split()
    told: dict[str, Any] = {"sub": persona.subject}
    if "profile" in scopes:
        told |= {
            "name": persona.name_th,
            "title_th": persona.prefix_th,
            "given_name_th": persona.given_th,
            "family_name_th": persona.family_th,
            "title_en": persona.prefix_en,
            "given_name_en": persona.given_en,
            "family_name_en": persona.family_en,
            "given_name": persona.given_en,
            "family_name": persona.family_en,
        }
    if "pid" in scopes:
        told["pid"] = persona.pid
    if "birthdate" in scopes:
        told["birthdate"] = persona.birthdate
    if "address" in scopes:
        told["address"] = {"formatted": persona.address_th, "country": "TH"}
        told["address_en"] = persona.address_en
    return told


def forget_old() -> None:
    """Delete requests of yesterday."""
    Request.objects.filter(created_at__lt=timezone.now() - timedelta(days=1)).delete()
