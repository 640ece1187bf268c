"""Pages of the shell: home, search, the living page of the design, about; the switches of language and theme."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from sala.kernel.web import plugs, showcase
from sala.kernel.web.context import THEME_COOKIE, THEMES

A_YEAR_S = 365 * 24 * 3600
SEARCH_LIMIT = 20


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The entrance: one search, the doors that work, what was published last, what this installation holds."""
    cards = sorted(
        (card for make in plugs.home_cards() for card in make(request)), key=lambda card: card.place
    )
    return render(
        request,
        "web/home.html",
        {
            "cards": [card for card in cards if card.rows],
            "figures": [figure for card in cards for figure in card.figures][:4],
        },
    )


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """One search over all doors; hits stand in the order of their score, whatever app found them."""
    query = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:200]
    found = plugs.hits(query, actor=request.actor, limit=SEARCH_LIMIT) if query else []  # type: ignore[attr-defined]
    kinds: dict[str, int] = {}
    hits = sorted((hit for _label, rows in found for hit in rows), key=lambda hit: -hit.score)
    for hit in hits:
        kinds[str(hit.kind)] = kinds.get(str(hit.kind), 0) + 1
    kind = request.GET.get("kind", "")
    if kind in kinds:
        hits = [hit for hit in hits if str(hit.kind) == kind]
    return render(
        request,
        "web/search.html",
        {
            "query": query,
            "hits": hits,
            "kinds": kinds.items(),
            "kind": kind if kind in kinds else "",
            "total": sum(kinds.values()),
        },
    )


@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """Change the language and come back to the same page."""
    return set_language(request)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or the device's own choice in a cookie and come back to the same page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    choice = request.POST.get("theme", "")
    if choice in THEMES:
        response.set_cookie(
            THEME_COOKIE, choice, max_age=A_YEAR_S, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


@require_GET
def design(request: HttpRequest) -> HttpResponse:
    """The living page: each component as it is, with the code that draws it."""
    return render(request, "web/design.html", {"groups": showcase.groups(), **showcase.values()})


@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """What Sala is and what this installation is."""
    return render(request, "web/about.html")


@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "web/accessibility.html")


@require_GET
def licence(request: HttpRequest) -> HttpResponse:
    """The licence and the works of others that this site is made with."""
    return render(request, "web/licence.html", {"works": WORKS})


@require_GET
@cache_control(max_age=86400)
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest, in the language of the page."""
    return JsonResponse(
        {
            "name": gettext("Sala"),
            "short_name": gettext("Sala"),
            "description": gettext(
                "Government services, open data and results of public agencies in one place."
            ),
            "start_url": "/",
            "display": "minimal-ui",
            "background_color": "#f7f5f1",
            "theme_color": "#27397e",
            "icons": [
                {"src": static("web/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
                {"src": static("web/mark-180.png"), "sizes": "180x180", "type": "image/png"},
                {
                    "src": static("web/mark-512.png"),
                    "sizes": "512x512",
                    "type": "image/png",
                    "purpose": "any maskable",
                },
            ],
        },
        content_type="application/manifest+json",
    )


# (what it is, name, licence, file of the licence text below static web/licences/)
WORKS = [
    (_("Typeface of these pages"), "Anuphan", "OFL-1.1", "fontsource-variable-anuphan"),
    (_("Typeface of documents"), "Sarabun", "OFL-1.1", "fontsource-sarabun"),
    (_("Icons"), "Lucide", "ISC", "lucide-static"),
    (_("Style rules"), "daisyUI, Tailwind CSS", "MIT", "daisyui"),
    (_("Charts"), "Vega, Vega-Lite, Vega-Embed", "BSD-3-Clause", "vega"),
    (_("Country outlines"), "World Atlas (Natural Earth)", "ISC", "world-atlas"),
]
