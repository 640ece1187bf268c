"""Gives each request its `actor`, and ends sessions that were left alone or grew old."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from sala.kernel.audit.interface import ANONYMOUS, Actor
from sala.kernel.people import policy, sessions
from sala.kernel.people.assurance import AuthContext, here
from sala.kernel.people.devices import THEME_COOKIE, keep_choices, remember
from sala.kernel.people.models import Mandate

OPEN_WITHOUT_SECOND_FACTOR = ("/sign-in/", "/sign-out/", "/me/second-factor/", "/me/passkeys/", "/language/")
OTHER_PARTIES = ("/test-id/",)


class ActorMiddleware:
    """Set `request.actor` and `request.auth_context` from the session.

    A session that a password alone opened stays nobody's until a second factor is added: pages lead there,
    everything else sees an anonymous actor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor, request.auth_context = ANONYMOUS, None  # type: ignore[attr-defined]
        if request.path.startswith((settings.STATIC_URL, *OTHER_PARTIES)):
            return self.get_response(request)
        if request.user.is_authenticated:
            ending = sessions.why_over(request.session, time.time())
            if ending is not None:
                sessions.end(request, ending)
                if request.headers.get("HX-Request") == "true":
                    return self._htmx_sign_in(request)
            else:
                sessions.slide(request)
                context = AuthContext.of(request)
                request.auth_context = context  # type: ignore[attr-defined]
                if policy.may_act(context):
                    request.actor = self._actor(request, context)  # type: ignore[attr-defined]
                elif not request.path.startswith(OPEN_WITHOUT_SECOND_FACTOR):
                    return self._add_second_factor(request)
        response = self.get_response(request)
        if (account := getattr(request, "signed_in_now", None)) is not None:
            if account.email:
                remember(request, response, account.email)
            # What somebody chose in this browser just now counts more than what they chose once elsewhere.
            keep_choices(
                response,
                language="" if settings.LANGUAGE_COOKIE_NAME in request.COOKIES else account.language,
                theme="" if THEME_COOKIE in request.COOKIES else account.theme,
            )
        return response

    @staticmethod
    def _actor(request: HttpRequest, context: AuthContext | None) -> Actor:
        if context is None:
            return Actor("account", str(request.user.pk))
        if (
            context.mandate
            and not Mandate.objects.in_force()
            .filter(pk=context.mandate, grantee=request.user.pk, grantor=UUID(context.on_behalf_of or ""))
            .exists()
        ):
            context = context.acting_for(None, None)  # revoked or run out: back to oneself at once
            context.write(request.session)
            request.auth_context = context  # type: ignore[attr-defined]
        return Actor(
            "account",
            str(request.user.pk),
            on_behalf_of=context.on_behalf_of,
            ial=context.ial,
            aal=context.aal,
        )

    @staticmethod
    def _htmx_sign_in(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})

    @staticmethod
    def _add_second_factor(request: HttpRequest) -> HttpResponse:
        url = f"{reverse('people:second-factor')}?{urlencode({'next': here(request)})}"
        wants_json = request.headers.get("Accept", "").startswith("application/json")
        if request.method not in {"GET", "HEAD"} or wants_json:
            reason = str(policy.may_act(AuthContext.of(request)).reason)
            return JsonResponse(
                {
                    "type": "about:blank",
                    "title": reason,
                    "status": 403,
                    "code": "people.second-factor.missing",
                },
                status=403,
                content_type="application/problem+json",
            )
        return HttpResponseRedirect(url)
