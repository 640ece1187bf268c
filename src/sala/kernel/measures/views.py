"""Public pages of measures: what is measured, of whom, and each observation as it was seen."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from sala.kernel.measures import queries
from sala.kernel.measures.distribution import distribution
from sala.kernel.measures.models import Measure
from sala.kernel.registry.interface import Organisation, search_organisations

PER_PAGE = 50
ORDERS = {
    "value": ("value", "organisation__sort_key"),
    "-value": ("-value", "organisation__sort_key"),
    "name": ("organisation__sort_key",),
    "-name": ("-organisation__sort_key",),
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show every measure with what is known of it now."""
    return render(request, "measures/index.html", {"figures": queries.figures()})


@require_safe
def measure(request: HttpRequest, code: str) -> HttpResponse:
    """Show one measure: its definition, how it is distributed, and the organisations with their values."""
    found = _measure(request, code)
    windows = queries.windows(found)
    window = _window(request, windows)
    rows = queries.observations(found, window=window)
    order = request.GET.get("sort", "-value")
    query = request.GET.get("q", "").strip()[:120]
    listed = rows.order_by(*ORDERS.get(order, ORDERS["-value"]))
    if query:
        named = search_organisations(Organisation.objects.all(), query)
        listed = listed.filter(organisation__in=list(named.values_list("pk", flat=True)[:200]))
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    values = list(rows.values_list("value", flat=True))
    context = {
        "measure": found,
        "versions": list(
            Measure.objects.filter(code=code).order_by("-version").values_list("version", flat=True)
        ),
        "windows": windows,
        "window": window,
        "page": page,
        "query": query,
        "spread": distribution(values, found.unit),
        "language": get_language() or "th",
    }
    return render(request, "measures/measure.html", context)


@require_safe
def organisation(request: HttpRequest, organisation_code: str) -> HttpResponse:
    """Show what is measured of one organisation."""
    found = get_object_or_404(Organisation, code=organisation_code)
    rows = list(queries.of_organisation(found.pk)[:200])
    latest: dict[str, object] = {}
    for row in rows:
        latest.setdefault(row.measure.code, row)
    context = {
        "organisation": found,
        "rows": list(latest.values()),
        "name": found.name(get_language() or "th"),
    }
    return render(request, "measures/organisation.html", context)


@require_safe
def series(request: HttpRequest, code: str, organisation_code: str) -> HttpResponse:
    """Show every observation of one measure and organisation, with the raw reading behind each."""
    found = _measure(request, code)
    body = get_object_or_404(Organisation, code=organisation_code)
    page = Paginator(queries.history(found, body.pk), 25).get_page(request.GET.get("page"))
    current: set[tuple[object, object]] = set()
    rows = []
    for row in page:
        key = (row.window_start, row.window_end)
        rows.append((row, key not in current))
        current.add(key)
    context = {
        "measure": found,
        "organisation": body,
        "name": body.name(get_language() or "th"),
        "rows": rows,
        "page": page,
    }
    return render(request, "measures/series.html", context)


def _measure(request: HttpRequest, code: str) -> Measure:
    version = request.GET.get("version", "")
    found = queries.measure_by_code(code, int(version) if version.isdecimal() and len(version) < 5 else None)
    if found is None:
        raise Http404
    return found


def _window(request: HttpRequest, windows: list[queries.Window]) -> queries.Window | None:
    """Return the window that the address names as `start_end`, else the latest."""
    wanted = request.GET.get("window", "")
    named = {f"{start}_{end}": (start, end) for start, end in windows}
    return named.get(wanted, windows[0] if windows else None)
