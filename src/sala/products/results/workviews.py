"""Pages of those who make rankings: the method and the table in, a preview out, then publish or withdraw."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.people.interface import signed_in
from sala.kernel.registry.interface import operator, service_register_imports
from sala.products.results import actions, policy, queries, refusals
from sala.products.results.following import enqueue_measuring
from sala.products.results.forms import RankingForm, VersionForm, WithdrawForm
from sala.products.results.models import Ranking, RankingVersion, State
from sala.products.results.register import RANKING, is_measurable
from sala.products.results.views import actor_of

View = Callable[..., HttpResponse]


def for_makers(view: View) -> View:
    """Let only those who may make rankings in; to others it says why not."""

    @wraps(view)
    @signed_in
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision = policy.can_make(actor_of(request))
        if not decision:
            raise NotAllowed("results.make.not-allowed", decision.reason)
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_makers
def index(request: HttpRequest) -> HttpResponse:
    """List all rankings with the state of their latest versions."""
    rankings = (
        Ranking.objects.annotate(count=Count("versions"))
        .prefetch_related(
            Prefetch(
                "versions",
                RankingVersion.objects.order_by("-number").only(
                    "id",
                    "ranking_id",
                    "number",
                    "state",
                    "label_th",
                    "label_en",
                    "published_at",
                    "created_at",
                ),
            )
        )
        .order_by("place", "slug")
    )
    page = Paginator(rankings, 24).get_page(request.GET.get("page"))
    return render(request, "results/work/index.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@for_makers
def new(request: HttpRequest) -> HttpResponse:
    """Create a ranking."""
    form = RankingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.words()
        try:
            made = actions.save_ranking(
                slug=words.pop("slug"),
                kind=words.pop("kind"),
                publisher=operator(),
                actor=actor_of(request),
                **words,
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect("results:work-new-version", slug=made.slug)
    status = 422 if form.is_bound else 200
    return render(request, "results/work/new.html", {"form": form}, status=status)


@require_safe
@for_makers
def ranking(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one ranking's versions."""
    found = get_object_or_404(Ranking, slug=slug)
    versions = found.versions.order_by("-number").defer("method_text", "summary", "record")
    page = Paginator(versions, 24).get_page(request.GET.get("page"))
    register = next((one for one in service_register_imports()[:5] if is_measurable(one)), None)
    context = {"ranking": found, "page": page, "register": register if found.slug == RANKING else None}
    return render(request, "results/work/ranking.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_makers
def new_version(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a method and a table, and ask for the computing."""
    found = get_object_or_404(Ranking, slug=slug)
    last = found.versions.order_by("-number").first()
    initial = {"method_text": last.method_text if last else ""}
    form = VersionForm(
        request.POST or None,
        request.FILES or None,
        initial=initial,
        needs_data=found.kind == Ranking.Kind.FILE,
    )
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            version = actions.draft_version(
                found,
                method_text=cleaned["method_text"],
                upload=cleaned.get("data_file"),
                label={"th": cleaned["label_th"], "en": cleaned["label_en"]},
                actor=actor_of(request),
            )
        except DomainError as error:
            form.add_error("data_file" if "data_file" in form.fields else None, error.message)
        else:
            return redirect("jobs:progress", progress_id=version.progress_id)
    status = 422 if form.is_bound else 200
    return render(request, "results/work/version_form.html", {"form": form, "ranking": found}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_makers
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show where a version stands; a refused draft is mended here, with everything typed still there."""
    found = _version(slug, number)
    form = None
    status = 200
    if found.state == State.DRAFT:
        form = VersionForm(
            request.POST or None,
            request.FILES or None,
            initial={
                "method_text": found.method_text,
                "label_th": found.label_th,
                "label_en": found.label_en,
            },
            needs_data=found.ranking.kind == Ranking.Kind.FILE,
            has_data=found.data_id is not None,
        )
        if request.method == "POST":
            if form.is_valid():
                cleaned = form.cleaned_data
                try:
                    found = actions.amend_draft(
                        found,
                        method_text=cleaned["method_text"],
                        upload=cleaned.get("data_file"),
                        label={"th": cleaned["label_th"], "en": cleaned["label_en"]},
                        actor=actor_of(request),
                    )
                except DomainError as error:
                    form.add_error("data_file" if "data_file" in form.fields else None, error.message)
                else:
                    return redirect("jobs:progress", progress_id=found.progress_id)
            status = 422
    elif request.method == "POST":
        raise NotAllowed("results.version.fixed", _("Only a draft can be changed."))
    context: dict[str, Any] = {
        "ranking": found.ranking,
        "edition": found,
        "form": form,
        "faults": refusals.shown(found.problems),
        "withdraw_form": WithdrawForm() if found.state == State.PUBLISHED else None,
    }
    if found.state in {State.COMPUTED, State.PUBLISHED}:
        context["top"], context["bottom"] = queries.ends(found)
        before = (
            found.ranking.versions.filter(state=State.PUBLISHED, number__lt=found.number)
            .order_by("-number")
            .first()
        )
        context["before"] = before
        context["difference"] = queries.difference(before, found) if before else None
    return render(request, "results/work/version.html", context, status=status)


@require_POST
@for_makers
def publish(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Publish a computed version."""
    found = actions.publish_version(_version(slug, number), actor=actor_of(request))
    messages.success(request, _("The version is published. Its address and its numbers will not change."))
    return redirect("results:version", slug=slug, number=found.number)


@require_POST
@for_makers
def withdraw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Withdraw a published version, with the reason."""
    found = _version(slug, number)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        actions.withdraw_version(
            found,
            reason_th=form.cleaned_data["reason_th"],
            reason_en=form.cleaned_data["reason_en"],
            actor=actor_of(request),
        )
        messages.success(request, _("The version is withdrawn. It stays readable, marked with the reason."))
        return redirect("results:work-version", slug=slug, number=number)
    context: dict[str, Any] = {
        "ranking": found.ranking,
        "edition": found,
        "withdraw_form": form,
        "faults": [],
    }
    context["top"], context["bottom"] = queries.ends(found)
    return render(request, "results/work/version.html", context, status=422)


@require_POST
@for_makers
def compute(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask for the computing of a draft once more."""
    found = _version(slug, number)
    if found.state != State.DRAFT:
        raise NotAllowed("results.version.fixed", _("Only a draft can be changed."))
    found = actions.ask_for_computing(found, actor=actor_of(request))
    return redirect("jobs:progress", progress_id=found.progress_id)


@require_POST
@for_makers
def measure(request: HttpRequest, slug: str) -> HttpResponse:
    """Measure the newest register now; the ranking follows when the table has changed."""
    if slug != RANKING:
        raise Http404
    register = next((one for one in service_register_imports()[:5] if is_measurable(one)), None)
    if register is None:
        messages.error(request, _("No service register with the five statuses has been imported yet."))
    else:
        enqueue_measuring(register)
        messages.success(
            request, _("The register is being measured. A new version follows if anything has changed.")
        )
    return redirect("results:work-ranking", slug=slug)


def _version(slug: str, number: int) -> RankingVersion:
    found = queries.version_of(slug, number)
    if found is None:
        raise Http404
    return found
