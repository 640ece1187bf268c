"""Public pages: the directory, an organisation, its services, areas and registers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from sala.kernel.registry.access import actor_of
from sala.kernel.registry.cards import cards_of
from sala.kernel.registry.directory import DirectoryChoice, ministries
from sala.kernel.registry.models import Area, AreaLevel, Organisation, RegisterVersion, ServiceRegister
from sala.kernel.registry.organisation import status_bars
from sala.kernel.registry.organisations import LOCAL_KINDS
from sala.kernel.registry.policy import can_administer
from sala.kernel.registry.queries import events_of, organisation_as_of, parent_chain
from sala.kernel.registry.reference import data_version
from sala.kernel.registry.register import current_version, register_services
from sala.kernel.registry.roles import delegated_administrators_of, roles_of
from sala.kernel.text.interface import in_language, search_text

PAGE = 40


def _page(rows: QuerySet[Any], request: HttpRequest, size: int = PAGE) -> Any:
    return Paginator(rows, size).get_page(request.GET.get("page"))


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """All organisations, narrowed by kind, ministry, province and words."""
    choice = DirectoryChoice.read(request.GET)
    page = _page(choice.rows().select_related("parent", "province"), request)
    context = {
        "choice": choice,
        "page": page,
        "tiles": choice.tiles(),
        "ministries": [(one.code, one.title) for one in ministries()],
        "provinces": [
            (one.code, one.title)
            for one in Area.objects.filter(level=AreaLevel.PROVINCE).order_by("sort_key")
        ],
    }
    return render(request, "registry/directory.html", context)


def _found(code: str) -> Organisation:
    return get_object_or_404(
        Organisation.objects.select_related("parent__parent", "area__parent", "province"), code=code
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@require_safe
def organisation(request: HttpRequest, code: str) -> HttpResponse:
    """One organisation: what it is, where it stands, what happened to it, what stands below it."""
    found = _found(code)
    day = _day(request.GET.get("on", ""))
    then = organisation_as_of(found, day) if day else None
    children = found.children.filter(ended_on__isnull=True).order_by("sort_key", "id")
    by_kind = children.order_by().values("kind").annotate(number=Count("id"))
    held = roles_of(actor_of(request))
    works_here = any(one.organisation_id == found.pk for one in held)
    administers = bool(held) and can_administer(
        actor_of(request),
        held,
        found.pk,
        delegated_administrators_of(found),
    )
    context = {
        "organisation": found,
        "chain": parent_chain(found),
        "events": list(events_of(found)),
        "day": day,
        "then": then,
        "then_title": in_language(then.name_th, then.name_en, get_language() or "th") if then else "",
        "then_parent": Organisation.objects.filter(pk=then.parent_id).first()
        if then and then.parent_id
        else None,
        "children": children[:24],
        "children_number": sum(row["number"] for row in by_kind),
        "cards": cards_of(found),
        "may_see_people": works_here or administers,
    }
    return render(request, "registry/organisation.html", context)


@require_safe
def services(request: HttpRequest, code: str) -> HttpResponse:
    """The services of an organisation as a version of a register tells them."""
    found = _found(code)
    version = _version(request)
    rows = register_services(found, version) if version else register_services(found).none()
    counts = {
        row["status"]: row["number"] for row in rows.order_by().values("status").annotate(number=Count("id"))
    }
    status, words = request.GET.get("status", ""), request.GET.get("q", "").strip()[:120]
    shown = rows.filter(status=status) if status in counts else rows
    for word in search_text(words).split():
        shown = shown.filter(search_text__contains=word)
    context = {
        "organisation": found,
        "version": version,
        "bars": status_bars(version, counts) if version else [],
        "labels": _labels(version),
        "total": sum(counts.values()),
        "status": status if status in counts else "",
        "q": words,
        "page": _page(shown, request),
    }
    return render(request, "registry/services.html", context)


def _version(request: HttpRequest) -> RegisterVersion | None:
    number = request.GET.get("version", "")
    current = current_version()
    if current is None or not (number.isascii() and number.isdigit() and len(number) < 6):
        return current
    return get_object_or_404(
        RegisterVersion.objects.select_related("register"),
        register_id=current.register_id,
        number=int(number),
    )


def _labels(version: RegisterVersion | None) -> dict[str, str]:
    language = get_language() or "th"
    return (
        {one["code"]: in_language(one["th"], one["en"], language) for one in version.statuses}
        if version
        else {}
    )


@require_safe
def register(request: HttpRequest, code: str) -> HttpResponse:
    """A service register: its versions, its services by status and by ministry."""
    found = get_object_or_404(ServiceRegister, code=code)
    versions = list(found.versions.order_by("-number"))
    newest = versions[0] if versions else None
    groups = (
        Organisation.objects.filter(children__register_services__version=newest)
        .annotate(
            services=Count(
                "children__register_services", filter=Q(children__register_services__version=newest)
            ),
            agencies=Count("children", distinct=True, filter=Q(children__register_services__version=newest)),
        )
        .order_by("-services", "sort_key")
        if newest
        else Organisation.objects.none()
    )
    context = {
        "register": found,
        "title": found.title(get_language() or "th"),
        "versions": versions,
        "newest": newest,
        "bars": status_bars(newest, newest.counts) if newest else [],
        "groups": groups,
    }
    return render(request, "registry/register.html", context)


@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """The 77 provinces, and what words find among all areas."""
    words = request.GET.get("q", "").strip()[:80]
    found = Area.objects.select_related("parent", "province")
    if words:
        found = found.filter(
            Q(search_text__contains=words.casefold()) | Q(code=words) | Q(postal_codes__contains=words)
        ).order_by("code")
    else:
        found = found.filter(level=AreaLevel.PROVINCE).order_by("sort_key")
    context = {"q": words, "page": _page(found, request, 80), "data_version": data_version()}
    return render(request, "registry/areas.html", context)


@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """One area: what it lies in, what lies in it, who governs there."""
    found = get_object_or_404(Area.objects.select_related("parent", "province"), code=code)
    here = Organisation.objects.filter(ended_on__isnull=True).order_by("sort_key", "id")
    if found.level == AreaLevel.PROVINCE:
        here = here.filter(province=found)
    elif found.level == AreaLevel.DISTRICT:
        here = here.filter(area__parent=found)
    else:
        here = here.filter(area=found)
    context = {
        "area": found,
        "children": found.children.order_by("code"),
        "organisations": here[:12],
        "organisations_number": here.count(),
        "local_kinds": LOCAL_KINDS,
        "data_version": data_version(),
    }
    return render(request, "registry/area.html", context)
