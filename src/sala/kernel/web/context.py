"""What every page knows."""

from __future__ import annotations

from functools import cache
from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from sala.kernel.notify.interface import unread_count
from sala.kernel.people.interface import Account, display_name
from sala.kernel.web import plugs
from sala.kernel.web.menu import account_menu

IDLE_S = 900
THEME_COOKIE = "sala_theme"
THEMES = {"light": "sala", "dark": "sala-dark"}


def address(name: str) -> str:
    """Return the path called `name`, or nothing where this installation has none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@cache
def version() -> str:
    """Return the version of the software, as `pyproject.toml` has it."""
    from tomllib import loads

    return str(loads((settings.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def _sign_in(request: HttpRequest) -> str:
    path = address("account_login")
    if not path or request.method != "GET" or request.path in {"/", path}:
        return path
    return f"{path}?{urlencode({'next': request.get_full_path()})}"


def shell(request: HttpRequest) -> dict[str, object]:
    """Return the shell's values; what costs a query is asked only when a template shows it."""
    choice = request.COOKIES.get(THEME_COOKIE, "")
    user = getattr(request, "user", None) or AnonymousUser()
    values: dict[str, object] = {
        "doors": SimpleLazyObject(plugs.doors),
        "demonstration": settings.DEMONSTRATION,
        "theme_choice": choice if choice in THEMES else "system",
        "theme": THEMES.get(choice, ""),
        "here": request.get_full_path() if request.method == "GET" else request.path,
        "sign_in_url": _sign_in(request),
        "version": version(),
        "source_url": getattr(settings, "SOURCE_URL", ""),
        "signed_in": user.is_authenticated,
    }
    if user.is_authenticated:
        values |= {
            "draft_key": salted_hmac("sala.web.draft", str(user.pk)).hexdigest()[:20],
            "idle_seconds": IDLE_S,
            "sign_out_url": address("account_logout"),
            "account_url": address("people:me"),
            "session_url": address("people:session"),
            "inbox_url": address("notify:inbox"),
            "unread": SimpleLazyObject(lambda: unread_count(user.pk)),
            "person_name": SimpleLazyObject(
                lambda: display_name(cast(Account, user), get_language() or "th")
            ),
            "account_menu": SimpleLazyObject(lambda: account_menu(request)),
        }
    return values
