"""Gives each request its `actor`."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sala.kernel.audit.interface import ANONYMOUS, Actor


class ActorMiddleware:
    """Set `request.actor` from the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.actor = Actor("account", str(user.pk)) if user.is_authenticated else ANONYMOUS  # type: ignore[attr-defined]
        return self.get_response(request)
