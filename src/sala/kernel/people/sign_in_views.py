"""Pages of signing in and out that are not allauth's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.views import LoginView as AllauthLoginView
from allauth.account.views import LogoutView as AllauthLogoutView
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.views import ConnectionsView as AllauthConnectionsView
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET
from requests import RequestException

from sala.kernel.people import guard, oidc_views, sessions
from sala.kernel.people.adapters import is_local_path
from sala.kernel.people.assurance import AuthContext, signed_in
from sala.kernel.people.models import Method, Outcome
from sala.kernel.people.oidc import Adapter, Refused

LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}


def guarded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer a blocked try with a page that says how long to wait, and which ways stay open."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except guard.Blocked as blocked:
            account = request.user if request.user.is_authenticated else None
            sessions.note(
                request,
                account=account,
                method=Method.PASSWORD,
                outcome=Outcome.BLOCKED,
            )
            response = render(
                request,
                "people/blocked.html",
                {"blocked": blocked, "providers": oidc_views.providers(request)},
                status=429,
            )
            response["Retry-After"] = str(blocked.wait_s)
            return response

    return page


def demonstration_personas() -> list[Any]:
    """Return the people one may sign in as, in the demonstration; none elsewhere."""
    if not settings.DEMONSTRATION or not settings.SIGN_IN_PERSONAS:
        return []
    return list(import_string(settings.SIGN_IN_PERSONAS)())


class LoginView(AllauthLoginView):  # type: ignore[misc]
    """The one sign-in page."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (elsewhere := _same_place_by_public_name(request)) is not None:
            return elsewhere
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        url = context.get("redirect_field_value")
        context.update(
            providers=oidc_views.providers(self.request),
            personas=demonstration_personas(),
            ended=self.request.session.get(sessions.ENDED, ""),
            next=url if is_local_path(url) else "",
            password_open=self.request.method == "POST" or self.request.GET.get("with") == "password",
        )
        return context


def _same_place_by_public_name(request: HttpRequest) -> HttpResponse | None:
    """Lead 127.0.0.1 to localhost (or back): the session's cookie and passkeys belong to one name only."""
    public, host = urlsplit(settings.PUBLIC_URL), request.get_host()
    name, _, port = host.rpartition(":") if ":" in host.removesuffix("]") else (host, "", "")
    if host != public.netloc and {name, public.hostname} <= LOOPBACK_NAMES and str(public.port or "") == port:
        return HttpResponseRedirect(settings.PUBLIC_URL + request.get_full_path())
    return None


login = sensitive_post_parameters("password")(guarded(LoginView.as_view()))


class LogoutView(AllauthLogoutView):  # type: ignore[misc]
    """Sign out here, and at the provider that signed the person in."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        there = _end_session_url(self.request)
        response: HttpResponse = super().post(*args, **kwargs)
        return HttpResponseRedirect(there) if there else response


def _end_session_url(request: HttpRequest) -> str:
    """Return the provider's address of RP-initiated logout, or nothing when it has none or cannot be asked."""
    context = AuthContext.of(request)
    if context is None or context.idp == "local":
        return ""
    try:
        adapter = Adapter(request, context.idp)
        app = adapter.get_provider().app
        with oidc_views.calling_out(app):
            endpoint = adapter.openid_config.get("end_session_endpoint")
    except (SocialApp.DoesNotExist, RequestException, Refused, oidc_views.Busy):
        return ""
    if not endpoint:
        return ""
    query = {
        "client_id": app.client_id,
        "post_logout_redirect_uri": settings.PUBLIC_URL + "/",
        "id_token_hint": request.session.get(sessions.ID_TOKEN, ""),
    }
    return f"{endpoint}?{urlencode({k: v for k, v in query.items() if v})}"


logout = LogoutView.as_view()


class ConnectionsView(AllauthConnectionsView):  # type: ignore[misc]
    """The digital IDs of an account, and those it may still connect."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        linked = {account.provider for account in context["form"].accounts}
        context["connectable"] = [
            provider
            for provider in oidc_views.providers(self.request)
            if provider.app.provider_id not in linked
        ]
        return context


connections = ConnectionsView.as_view()


@require_GET
@never_cache
def invited_only(request: HttpRequest) -> HttpResponse:
    """Say that accounts with a password are for invited officials."""
    return render(request, "account/signup_closed.html")


@signed_in
def ways(request: HttpRequest) -> HttpResponse:
    """allauth returns here after a change; our page of it is the person's own."""
    return redirect("people:security")
