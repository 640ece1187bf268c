"""Reads of inbox, outbox and preferences."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from sala.kernel.notify.models import Channel, Delivery, Notice, Preference
from sala.kernel.notify.notices import NOTICES, NoticeCode


def inbox(account_id: UUID | str, *, unread_only: bool = False) -> QuerySet[Notice]:
    """Return a person's notices, newest first."""
    notices = Notice.objects.filter(account_id=account_id, in_inbox=True).order_by("-created_at", "-id")
    return notices.filter(read_at__isnull=True) if unread_only else notices


def unread_count(account_id: UUID | str | None) -> int:
    """Return how many notices a person has not read; zero for nobody."""
    if not account_id:
        return 0
    return Notice.objects.filter(account_id=account_id, in_inbox=True, read_at__isnull=True).count()


@dataclass(frozen=True)
class Choice:
    """One line of the preferences page."""

    notice: NoticeCode
    inbox: bool
    email: bool


def choices_of(account_id: UUID | str) -> list[Choice]:
    """Return each declared kind of notice with what the person wants, by label."""
    off = set(Preference.objects.filter(account_id=account_id, wanted=False).values_list("code", "channel"))
    return [
        Choice(
            notice,
            inbox=notice.required or (notice.code, Channel.INBOX.value) not in off,
            email=notice.required or (notice.code, Channel.EMAIL.value) not in off,
        )
        for notice in sorted(NOTICES.values(), key=lambda notice: notice.label)
    ]


def outbox_figures() -> dict[str, int]:
    """Return how many mails are in each state, for the metrics page."""
    rows = Delivery.objects.values_list("state").annotate(count=Count("id"))
    return {str(state): count for state, count in rows}
