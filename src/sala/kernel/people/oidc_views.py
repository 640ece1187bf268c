"""The two addresses of sign-in by digital ID: to the provider, and back from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from requests import RequestException

from sala.kernel.people.oidc import Adapter, Refused, is_loopback

OUTWARD = BoundedSemaphore(settings.OIDC_LOOPBACK_CALLS)
"""In the demonstration the site calls itself: a worker may keep only so many threads waiting for its own
answers, or all of them could wait for each other. Who finds no room is asked to come again in a second."""


class Busy(Exception):
    """All threads that may wait for our own answers are waiting."""


def _through(view_class: Any) -> Callable[..., HttpResponse]:
    @never_cache
    def view(request: HttpRequest, provider_id: str) -> HttpResponse:
        adapter = Adapter(request, provider_id)
        try:
            app = adapter.get_provider().app
        except SocialApp.DoesNotExist:
            raise Http404 from None
        try:
            with calling_out(app):
                return _answer(view_class.adapter_view(adapter), request, adapter)
        except Busy:
            return come_again(request)

    return view


@contextmanager
def calling_out(app: Any) -> Iterator[None]:
    """Hold room for a call to a provider; raises `Busy` when the provider is ourselves and there is none."""
    if not (app.settings.get("is_test") and is_loopback(app.settings["server_url"])):
        yield
        return
    if not OUTWARD.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        OUTWARD.release()


def _answer(inner: Callable[..., HttpResponse], request: HttpRequest, adapter: Adapter) -> HttpResponse:
    try:
        return inner(request)
    except (RequestException, Refused) as error:  # the provider's own documents could not be had
        from allauth.socialaccount.helpers import render_authentication_error

        return render_authentication_error(request, adapter.get_provider(), exception=error)  # type: ignore[no-any-return]


def come_again(request: HttpRequest) -> HttpResponse:
    """Let the browser repeat the request in a second; a form is repeated by its own button."""
    response = render(request, "people/come_again.html", {"posted": request.POST.items()}, status=503)
    response["Retry-After"] = "1"
    if request.method == "GET":
        response["Refresh"] = "1"
    return response


login = _through(OAuth2LoginView)
callback = _through(OAuth2CallbackView)


def provider_of(request: HttpRequest, provider_id: str) -> Any:
    """Return a configured provider; raises `SocialApp.DoesNotExist`."""
    return get_adapter(request).get_provider(request, provider=provider_id)


def providers(request: HttpRequest) -> list[Any]:
    """Return the configured digital-ID providers, in the order of the settings."""
    return list(get_adapter(request).list_providers(request))
