"""The inbox, one notice, and what a person wants to be told how."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sala.kernel.audit.interface import Actor
from sala.kernel.notify import actions
from sala.kernel.notify.models import Channel, Notice
from sala.kernel.notify.queries import choices_of, inbox, unread_count
from sala.kernel.people.interface import signed_in

PER_PAGE = 25


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


@require_safe
@signed_in
def inbox_page(request: HttpRequest) -> HttpResponse:
    """List the notices of the person who is signed in, all or unread."""
    only_unread = request.GET.get("show") == "unread"
    account_id = _actor(request).id
    page = Paginator(inbox(account_id, unread_only=only_unread), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "only_unread": only_unread,
        "show_all": not only_unread,
        "unread_here": unread_count(account_id),
    }
    return render(request, "notify/inbox.html", context)


@require_safe
@signed_in
def notice_page(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Show one notice of the person's own and mark it as read; another's is not found."""
    actor = _actor(request)
    notice = get_object_or_404(Notice, pk=notice_id, account_id=actor.id, in_inbox=True)
    actions.mark_read(notice, actor=actor)
    return render(request, "notify/notice.html", {"notice": notice})


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark the whole inbox as read."""
    if actions.mark_all_read(actor=_actor(request)):
        messages.success(request, _("Everything is marked as read."))
    return HttpResponseRedirect(reverse("notify:inbox"))


@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """Let the person choose which notices come to the inbox and which by e-mail."""
    actor = _actor(request)
    if request.method == "POST":
        wanted = set(request.POST.getlist("wanted"))
        with transaction.atomic():
            for choice in choices_of(actor.id):
                if choice.notice.required:
                    continue
                for channel, before in ((Channel.INBOX, choice.inbox), (Channel.EMAIL, choice.email)):
                    now = f"{choice.notice.code}|{channel}" in wanted
                    if now != before:
                        actions.set_preference(
                            code=choice.notice.code, channel=channel, wanted=now, actor=actor
                        )
        messages.success(request, _("Your choices are saved."))
        return HttpResponseRedirect(reverse("notify:preferences"))
    return render(request, "notify/preferences.html", {"choices": choices_of(actor.id)})
