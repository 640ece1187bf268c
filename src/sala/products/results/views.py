"""Public pages of rankings: everyone reads the same, down to the single observation."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from sala.engines.wire.errors import NotAllowed
from sala.kernel.audit.interface import Actor
from sala.products.results import policy, queries
from sala.products.results.explaining import explained
from sala.products.results.models import RankingVersion, State, UnitResult, language
from sala.products.results.services import register_link, services_of
from sala.products.results.standings import node_list

PER_PAGE = 50


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks."""
    return request.actor  # type: ignore[attr-defined,no-any-return]


def version_seen(request: HttpRequest, slug: str, number: int) -> RankingVersion:
    """Return a version that the reader may see; to others an unpublished one does not exist."""
    found = queries.version_of(slug, number)
    if found is None or not policy.can_see(actor_of(request), found):
        raise Http404
    if found.state == State.DRAFT:
        raise Http404
    return found


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show every published ranking in its latest version, with its picture in one look."""
    versions = list(queries.open_versions())
    tops: dict[Any, list[UnitResult]] = {version.pk: [] for version in versions}
    rows = (
        UnitResult.objects.filter(version__in=versions, order__lte=3)
        .defer("nodes", "search_text")
        .order_by("order")
    )
    for row in rows:
        tops[row.version_id].append(row)
    homes = {
        row.version_id: row
        for row in UnitResult.objects.filter(
            version__in=versions,
            code__in=[version.ranking.home_unit for version in versions if version.ranking.home_unit],
        ).defer("nodes", "search_text")
    }
    entries = [
        {"version": version, "tops": tops[version.pk], "home": homes.get(version.pk)} for version in versions
    ]
    return render(
        request,
        "results/index.html",
        {"entries": entries, "can_make": bool(policy.can_make(actor_of(request)))},
    )


@require_safe
def latest(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the latest published version of a ranking."""
    found = queries.latest_version(slug)
    if found is None:
        raise Http404
    return _landing(request, found)


@require_safe
def latest_unit(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Lead to a unit in the latest version."""
    found = queries.latest_version(slug)
    if found is None:
        raise Http404
    return redirect("results:unit", slug=slug, number=found.number, code=code)


@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one version at its permanent address."""
    return _landing(request, version_seen(request, slug, number))


def frame_of(version: RankingVersion) -> dict[str, Any]:
    """Return what every page of a version knows."""
    return {
        "edition": version,
        "ranking": version.ranking,
        "summary": version.summary,
        "language": language(),
    }


def _landing(request: HttpRequest, version: RankingVersion) -> HttpResponse:
    wish = queries.Wish(
        request.GET.get("q", "").strip()[:120],
        request.GET.get("group", "")[:100],
        request.GET.get("kind", "")[:100],
        request.GET.get("sort", "rank"),
    )
    found = queries.units(version, wish)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    filtered = bool(wish.query or wish.group or wish.kind)
    groups = version.summary.get("groups", [[], []])
    context = frame_of(version) | {
        "page": page,
        "wish": wish,
        "filtered": filtered,
        "group_options": _options(groups[0]),
        "kind_options": _options(groups[1]),
        "drawings": queries.drawings(version),
        "versions": queries.numbers_of(version.ranking),
    }
    if request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") == "units":
        return render(request, "results/part_units.html", context)
    top, bottom = queries.ends(version)
    home = queries.unit(version, version.ranking.home_unit) if version.ranking.home_unit else None
    return render(
        request,
        "results/landing.html",
        context | {"tab": "ranking", "top": top, "bottom": bottom, "home": home},
    )


def _options(groups: list[dict[str, Any]]) -> list[tuple[str, str]]:
    named = [(group["code"], group[f"title_{language()}"] or group["title_th"]) for group in groups]
    return sorted(named, key=lambda pair: pair[1])


@require_safe
def unit(request: HttpRequest, slug: str, number: int, code: str) -> HttpResponse:
    """Show one unit: where it stands, its profile with the table beside it, and each number explained."""
    found = version_seen(request, slug, number)
    row = queries.unit(found, code)
    if row is None:
        raise Http404
    nodes = [node | {"score": row.nodes.get(node["code"])} for node in node_list(found.summary["tree"])]
    context = frame_of(found) | {
        "unit": row,
        "nodes": nodes,
        "profile": [node for node in nodes if node["depth"] <= 2][:24],
        "neighbours": queries.neighbours(found, row),
        "explanation": explained(found, row),
        "services": services_of(found, row),
        "register": register_link(found, row),
    }
    return render(request, "results/unit.html", context | {"tab": "ranking"})


@require_safe
def method(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Explain the method: the tree of weights, the rule of every step, rounding and ties."""
    from sala.products.results.methodwords import method_words

    found = version_seen(request, slug, number)
    context = frame_of(found) | {"nodes": node_list(found.summary["tree"]), "steps": method_words(found)}
    return render(request, "results/method.html", context | {"tab": "method"})


@require_safe
def compare(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show up to four units side by side."""
    found = version_seen(request, slug, number)
    codes = [*request.GET.getlist("u"), request.GET.get("add", "")]
    rows = queries.compared(found, codes)
    query = request.GET.get("q", "").strip()[:120]
    candidates = list(queries.units(found, queries.Wish(query))[:8]) if query else []
    nodes = [
        node | {"scores": [row.nodes.get(node["code"]) for row in rows]}
        for node in node_list(found.summary["tree"])
        if node["depth"] <= 2
    ]
    chosen = {row.code for row in rows}
    context = frame_of(found) | {
        "rows": rows,
        "nodes": nodes[:40],
        "query": query,
        "candidates": [row for row in candidates if row.code not in chosen],
        "is_full": len(rows) >= queries.MOST_COMPARED,
    }
    return render(request, "results/compare.html", context | {"tab": "compare"})


@require_safe
def record(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show the signed record, and how anyone recomputes the result."""
    found = version_seen(request, slug, number)
    if not found.is_open:
        raise NotAllowed("results.record.not-yet", policy.can_see(actor_of(request), found).reason)
    return render(
        request,
        "results/record.html",
        frame_of(found) | {"tab": "record", "versions": queries.numbers_of(found.ranking)},
    )


@require_safe
def changes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show what changed from another version to this one (the one before, unless another is named)."""
    found = version_seen(request, slug, number)
    others = [one for one in queries.numbers_of(found.ranking) if one.number != found.number]
    wanted = request.GET.get("from", "")
    before = next((one for one in others if str(one.number) == wanted), None) or next(
        (one for one in others if one.number < found.number), None
    )
    difference = queries.difference(RankingVersion.objects.get(pk=before.pk), found) if before else None
    page = Paginator(difference.changes if difference else [], PER_PAGE).get_page(request.GET.get("page"))
    context = frame_of(found) | {"before": before, "others": others, "difference": difference, "page": page}
    return render(request, "results/changes.html", context | {"tab": "changes"})
