"""Pages of this room: how far a piece of work has come, and the operator's view of queues and failures."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sala.engines.wire.errors import NotAllowed
from sala.kernel.audit.interface import Actor
from sala.kernel.jobs import actions, queries
from sala.kernel.jobs.models import Progress
from sala.kernel.jobs.policy import can_operate_jobs, can_see_progress
from sala.kernel.people.interface import signed_in

PER_PAGE = 20
# htmx ends its polling on this status (htmx 2, `hx-trigger` polling).
STOP_POLLING = 286


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _seen(request: HttpRequest, progress_id: UUID) -> Progress:
    progress = get_object_or_404(Progress, pk=progress_id)
    decision = can_see_progress(_actor(request), progress)
    if not decision:
        raise NotAllowed("jobs.progress.not-allowed", decision.reason)
    return progress


@require_safe
@signed_in
def progress_page(request: HttpRequest, progress_id: UUID) -> HttpResponse:
    """Show one piece of work; without scripts the page comes again by itself every few seconds."""
    return render(request, "jobs/progress.html", {"progress": _seen(request, progress_id)})


@require_safe
@signed_in
def progress_fragment(request: HttpRequest, progress_id: UUID) -> HttpResponse:
    """Answer the page's own asking with the part that changes."""
    progress = _seen(request, progress_id)
    status = STOP_POLLING if progress.is_finished else 200
    return render(request, "jobs/progress_part.html", {"progress": progress}, status=status)


@require_safe
@signed_in
def jobs_page(request: HttpRequest) -> HttpResponse:
    """Show the operator's administrators the queues, the workers and the jobs that gave up."""
    decision = can_operate_jobs(_actor(request))
    if not decision:
        raise NotAllowed("jobs.not-allowed", decision.reason)
    queues = queries.queues()
    failed = Paginator(queries.given_up(most=500), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "queues": queues,
        "workers": queries.workers(),
        "alive": queries.worker_is_alive(),
        "page": failed,
        "waiting": sum(queue.waiting for queue in queues),
        "doing": sum(queue.doing for queue in queues),
        "failed": sum(queue.failed for queue in queues),
    }
    return render(request, "jobs/jobs.html", context)


@require_POST
@signed_in
def retry(request: HttpRequest, number: int) -> HttpResponse:
    """Put one failed job back into its queue."""
    actions.retry_job(number, actor=_actor(request))
    messages.success(request, _("The job is in its queue again."))
    return HttpResponseRedirect(reverse("jobs:jobs"))


@require_POST
@signed_in
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """Remove one failed job."""
    actions.discard_job(number, actor=_actor(request))
    messages.success(request, _("The failed job was removed."))
    return HttpResponseRedirect(reverse("jobs:jobs"))
