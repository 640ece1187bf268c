"""Every page that the browser looks at: one line each, added by whoever builds the page.

`persona` is the code of the invented person who signs in first (`sala.sandbox.personas`); without one nobody
is signed in.
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
    Page("sign-in-password", "/sign-in/password/"),
    Page("me-security", "/me/security/", persona="malee"),
    Page("me-sign-ins", "/me/sign-ins/", persona="malee"),
    Page("me-mandates", "/me/mandates/", persona="malee"),
    Page("me-consents", "/me/consents/", persona="malee"),
    Page("inbox-preferences", "/inbox/preferences/", persona="malee"),
    Page("organisations", "/organisations/"),
    Page("areas", "/areas/"),
    Page("rankings", "/rankings/"),
    Page("ranking", "/rankings/egdi/", heavy=True),
    Page("ranking-unit", "/rankings/egdi/1/units/THA/"),
    Page("ranking-method", "/rankings/egdi/1/method/"),
    Page("ranking-compare", "/rankings/egdi/1/compare/?u=THA&u=SGP&q=Lao"),
    Page("ranking-record", "/rankings/egdi/1/record/"),
    Page("ranking-editions", "/rankings/egdi/1/changes/"),
    Page("ranking-table", "/tables/ranking-egdi/1/"),
    Page("work-rankings", "/work/rankings/", persona="kanya"),
    Page("work-ranking-new", "/work/rankings/new/", persona="kanya"),
    Page("work-ranking-edition", "/work/rankings/egdi/1/", persona="kanya"),
    Page("measures", "/measures/"),
    Page("tables", "/tables/"),
    Page("verify", "/verify/"),
    Page("test-mail", "/test-mail/"),
    Page("registry", "/registry/", persona="kanya"),
    Page("not-allowed", "/jobs/", persona="malee", status=403),
    Page("not-found", "/no-such-page/", status=404),
]
