"""The site as an OpenID Connect client: allauth's flow with every check of OpenID Connect Core 3.1.3.7 added.

allauth exchanges the code and fetches the claims; here the ID token's signature is always verified against the
provider's published keys, and issuer, audience, times, nonce, level and age of the proof are checked.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from sala.kernel.people.assurance import AALS, IALS, ial_rank

LEEWAY_S = 120
"""How far the provider's clock may be from ours."""
DOCUMENT_TTL_S = 300
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]


class Refused(ProviderException):  # type: ignore[misc]
    """A check failed; `code` says which one, for the log and for the page."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Evidence:
    """What a provider has told of a person, after all checks."""

    idp: str
    subject: str
    ial: str | None
    aal: int | None
    amr: tuple[str, ...]
    auth_time: float
    id_token: str
    claims: Mapping[str, Any]


def levels_of(acr: object, table: Mapping[str, str]) -> tuple[str | None, int | None]:
    """Read an `acr` through the provider's table (`acr` → `ial/aal`); an unknown one proves nothing."""
    ial, _, aal = table.get(str(acr), "").partition("/")
    level = int(aal) if aal.isdigit() else None
    return (ial if ial in IALS else None), (level if level in AALS else None)


def acr_for(table: Mapping[str, str], ial: str | None, aal: int | None) -> str:
    """Return the `acr_values` that reach these levels, the lowest sufficient first."""
    enough = []
    for acr in table:
        has_ial, has_aal = levels_of(acr, table)
        if (ial is None or ial_rank(has_ial) >= ial_rank(ial)) and (aal is None or (has_aal or 0) >= aal):
            enough.append((ial_rank(has_ial), has_aal or 0, acr))
    return " ".join(acr for *_levels, acr in sorted(enough))


def check_claims(claims: Mapping[str, Any], *, issuer: str, client_id: str, now: float) -> None:
    """Check issuer, audience, authorised party and times of an ID token; raises `Refused`."""
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else list(audience or [])
    if claims.get("iss") != issuer:
        raise Refused("wrong-issuer")
    if client_id not in audiences:
        raise Refused("wrong-audience")
    if len(audiences) > 1 and claims.get("azp") is None:
        raise Refused("wrong-audience")
    if claims.get("azp", client_id) != client_id:
        raise Refused("wrong-audience")
    for name in ("exp", "iat"):
        if not isinstance(claims.get(name), int | float):
            raise Refused("clock")
    if claims["exp"] + LEEWAY_S < now or not (now - 600 - LEEWAY_S <= claims["iat"] <= now + LEEWAY_S):
        raise Refused("clock")
    if not claims.get("sub"):
        raise Refused("no-subject")


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Talks to the provider; its documents are kept a few minutes, its keys fetched anew for an unknown `kid`."""

    def _fetch(self, url: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            response = session.get(url)
            response.raise_for_status()
            data: dict[str, Any] = response.json()
            return data

    def _document(self, url: str, *, fresh: bool = False) -> dict[str, Any]:
        key = f"people.oidc:{sha256(url.encode()).hexdigest()}"
        found: dict[str, Any] | None = None if fresh else cache.get(key)
        if found is None:
            found = self._fetch(url)
            cache.set(key, found, DOCUMENT_TTL_S)
        return found

    @property
    def openid_config(self) -> dict[str, Any]:
        if not hasattr(self, "_openid_config"):
            provider = self.get_provider()
            config = dict(self._document(provider.server_url))
            issuer = provider.app.settings["issuer"]
            if config.get("issuer") != issuer:
                raise Refused("wrong-issuer")
            if inside := provider.app.settings.get("internal_url"):
                for name in ("token_endpoint", "userinfo_endpoint", "jwks_uri"):
                    config[name] = config[name].replace(issuer, inside, 1)
            self._openid_config = config
        return self._openid_config

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        # Never from the Host header: the provider knows one address, the public one.
        return settings.PUBLIC_URL + reverse(
            "openid_connect_callback", kwargs={"provider_id": self.provider_id}
        )

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Verify the signature against the provider's keys, always, and check the claims."""
        url = self.openid_config["jwks_uri"]
        for fresh in (False, True):  # a key unknown to the kept set may be new: ask once more
            try:
                keys = KeySet.import_key_set(self._document(url, fresh=fresh))  # type: ignore[arg-type]
                token = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError, KeyError):
                if fresh:
                    raise Refused("wrong-signature") from None
                continue
            claims = dict(token.claims)
            check_claims(claims, issuer=app.settings["issuer"], client_id=app.client_id, now=time.time())
            return claims
        raise Refused("wrong-signature")

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        if request.GET.get("iss", app.settings["issuer"]) != app.settings["issuer"]:  # RFC 9207: mix-up
            raise Refused("wrong-issuer")
        answer: dict[str, Any] = super().get_access_token_data(
            request, app, client, pkce_code_verifier=pkce_code_verifier
        )
        return answer

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        id_token = kwargs["response"].get("id_token")
        if not id_token:
            raise Refused("no-id-token")
        claims = self._decode_id_token(app, id_token)
        told = self._fetch_user_info(token.token)
        if told.get("sub") != claims["sub"]:
            raise Refused("wrong-subject")
        login = self.get_provider().sociallogin_from_response(request, {"id_token": claims, "userinfo": told})
        ial, aal = levels_of(claims.get("acr"), app.settings["levels"])
        amr = claims.get("amr")
        auth_time = claims.get("auth_time")
        login.nonce = claims.get("nonce")
        login.evidence = Evidence(
            idp=app.provider_id,
            subject=claims["sub"],
            ial=ial,
            aal=aal,
            amr=tuple(str(a) for a in amr) if isinstance(amr, list) else (),
            auth_time=float(auth_time) if isinstance(auth_time, int | float) else 0.0,
            id_token=id_token,
            claims=told,
        )
        return login


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """allauth's provider with nonce and PKCE always on, and nothing taken from the address but the persona."""

    oauth2_adapter_class = Adapter
    pkce_enabled_default = True

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        params = dict(kwargs.pop("auth_params", None) or self.get_auth_params())
        params |= {"nonce": nonce, "ui_locales": get_language() or "th"}
        if self.is_test and (persona := request.POST.get("persona", "")):
            params["test_persona"] = persona[:40]
        response: HttpResponse = super().redirect(
            request,
            process,
            next_url,
            data,
            auth_params=params,
            nonce=nonce,
            asked_at=time.time(),
            max_age=params.get("max_age"),
            **kwargs,
        )
        return response

    @property
    def is_test(self) -> bool:
        """Whether this is the demonstration's own provider."""
        return bool(self.app.settings.get("is_test"))

    def get_auth_params_from_request(self, request: HttpRequest, action: Any) -> dict[str, Any]:
        return dict(self.get_auth_params())

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return list(self.get_scope())

    def extract_uid(self, data: Mapping[str, Any]) -> str:
        return str(data["id_token"]["sub"])

    def extract_extra_data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {}  # claims are used and let go; what must stay is sealed elsewhere

    def extract_common_fields(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: Mapping[str, Any]) -> list[Any]:
        return []


def check_answer(login: Any) -> Evidence:
    """Check what only the asker knows: the nonce and the age of the proof; returns the evidence."""
    state, evidence = login.state, login.evidence
    nonce = state.get("nonce")
    if not nonce or not secrets.compare_digest(str(login.nonce or ""), str(nonce)):
        raise Refused("wrong-nonce")
    if evidence.auth_time > time.time() + LEEWAY_S:
        raise Refused("clock")
    if state.get("max_age") is not None:
        oldest = float(state.get("asked_at") or 0) - float(state["max_age"]) - LEEWAY_S
        if evidence.auth_time < oldest:
            raise Refused("too-old")
    checked: Evidence = evidence
    return checked


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    return (urlsplit(url).hostname or "") in {"localhost", "127.0.0.1", "::1"}
