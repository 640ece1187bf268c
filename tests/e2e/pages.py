"""Every page that the browser looks at: one line each, added by whoever builds the page.

`persona` is the code of the invented person who signs in first (`sala.sandbox.personas`); without one nobody
is signed in. `path` may hold `{name}` places that `places` fills from the running site.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A page to look at."""

    name: str
    path: str
    persona: str = ""
    status: int = 200
    heavy: bool = False
    """So many parts that axe takes seconds: the quick lane then looks at it once."""


PAGES = [
    Page("home", "/"),
    Page("search-empty", "/search/"),
    Page("search-nothing", "/search/?q=xyzzy"),
    Page("design", "/design/", heavy=True),
    Page("about", "/about/"),
    Page("accessibility", "/accessibility/"),
    Page("licence", "/licence/"),
    Page("home-signed-in", "/", persona="malee"),
    Page("inbox", "/inbox/", persona="malee"),
    Page("me", "/me/", persona="malee"),
    Page("sign-in", "/sign-in/"),
    Page("not-found", "/no-such-page/", status=404),
]
