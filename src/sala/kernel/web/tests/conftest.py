"""Addresses that only tests have: each goes wrong in its own way."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import include, path
from django.views.decorators.csrf import csrf_protect

from sala.engines.wire.errors import DomainError, NotAllowed, Place


def _refuse(request: HttpRequest) -> HttpResponse:
    raise DomainError(
        "registry.import.unknown-kind",
        "The kind %(kind)s is not known.",
        params={"kind": "<กรม>"},
        place=Place(row=14, column="C"),
    )


def _forbid(request: HttpRequest) -> HttpResponse:
    raise NotAllowed("registry.not-head", "Only the head may do this.")


def _deny(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def _miss(request: HttpRequest) -> HttpResponse:
    raise Http404


def _garble(request: HttpRequest) -> HttpResponse:
    raise BadRequest


def _break(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a page broke")


def _hurry(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": "30"})


@pytest.fixture
def going_wrong(settings: Any) -> None:
    """Serve the site with addresses below /wrong/ that go wrong."""
    urls = ModuleType("urls_going_wrong")
    urls.urlpatterns = [
        path("wrong/refused/", _refuse),
        path("api/wrong/refused/", _refuse),
        path("wrong/forbidden/", _forbid),
        path("wrong/denied/", _deny),
        path("wrong/missed/", _miss),
        path("wrong/garbled/", _garble),
        path("wrong/broken/", _break),
        path("wrong/hurried/", _hurry),
        path("wrong/method/", lambda request: HttpResponseNotAllowed(["POST"])),
        path("wrong/form/", csrf_protect(lambda request: HttpResponse("sent"))),
        path("", include("sala.site.urls")),
    ]
    for status, name in (
        (400, "bad_request"),
        (403, "permission_denied"),
        (404, "not_found"),
        (500, "server_error"),
    ):
        setattr(urls, f"handler{status}", f"sala.kernel.web.errors.{name}")
    settings.ROOT_URLCONF = urls


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plug two doors, one of which leads nowhere, two cards and a search into the shell."""
    from sala.kernel.text.interface import SearchHit
    from sala.kernel.web import plugs
    from sala.kernel.web.door import Door, HomeCard, HomeFigure, HomeRow

    doors = ModuleType("door")
    doors.DOOR = Door("about", "Working door", "It leads somewhere", "landmark", "web:about")
    closed = ModuleType("door")
    closed.DOOR = Door("closed", "Closed door", "Nowhere", "landmark", "nowhere:index")
    home = ModuleType("home")
    home.cards = lambda request: [
        HomeCard("A ranking", "/about/", rows=(HomeRow("First <b>", "/about/", "0.9", 0.9),), place=10),
        HomeCard("Only figures", figures=(HomeFigure("4,906", "services"),)),
    ]
    search = ModuleType("search")
    search.search = lambda query, *, actor, limit: [
        SearchHit("Roads <i>", "/a/", "Agency", f"About {query}", 0.4),
        SearchHit("Road permit", "/b/", "Service", "", 0.9),
    ][: 0 if query == "xyzzy" else limit]
    found = {"door": (("a", doors), ("b", closed)), "home": (("a", home),), "search": (("a", search),)}
    monkeypatch.setattr(plugs, "_plugs", lambda name: found[name])
