"""The coarse device of a request, and the cookie by which a browser is known to an account."""

from __future__ import annotations

import re

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

COOKIE = "sala_known"
THEME_COOKIE = "sala_theme"  # read by the shell of every page
YEAR_S = 365 * 24 * 3600
_SALT = "sala.kernel.people.device"

_BROWSERS = (
    ("Edge", r"Edg[A-Z]*/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Opera", r"OPR/"),
    ("LINE", r"\bLine/"),
    ("Firefox", r"(Firefox|FxiOS)/"),
    ("Chrome", r"(Chrome|CriOS|Chromium)/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("macOS", "Mac OS X|Macintosh"),
    ("ChromeOS", "CrOS"),
    ("Linux", "Linux|X11"),
)


def coarse_device(agent: str) -> str:
    """Return browser and system as two words, without versions: `Chrome · Android`."""
    agent = agent[:512]
    browser = next((name for name, pattern in _BROWSERS if re.search(pattern, agent)), "")
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, agent)), "")
    return " · ".join(word for word in (browser, system) if word)


def device_of(request: HttpRequest) -> str:
    """Return the coarse device of a request."""
    return coarse_device(request.META.get("HTTP_USER_AGENT", ""))


def account_mark(name: str) -> str:
    """Return a short keyed mark of an account's e-mail or id, which tells nothing by itself."""
    return salted_hmac(_SALT, name.strip().lower(), algorithm="sha256").hexdigest()[:24]


def known_marks(request: HttpRequest) -> list[str]:
    """Return the marks of accounts that signed in from this browser in the last year."""
    try:
        value = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=YEAR_S)
    except signing.BadSignature:
        return []
    return [mark for mark in value if isinstance(mark, str)] if isinstance(value, list) else []


def remember(request: HttpRequest, response: HttpResponseBase, name: str) -> None:
    """Let this browser be known to an account; the last five are kept."""
    marks = [account_mark(name), *(m for m in known_marks(request) if m != account_mark(name))][:5]
    response.set_cookie(
        COOKIE,
        signing.dumps(marks, salt=_SALT),
        max_age=YEAR_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def keep_choices(response: HttpResponseBase, *, language: str, theme: str) -> None:
    """Let the browser keep a person's language and look; an empty one is left as the browser has it."""
    if language:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_S, samesite="Lax")
    if theme == "system":
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    elif theme:
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR_S, samesite="Lax")
