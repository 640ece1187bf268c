"""Pages of the mail catcher, each marked TEST."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from sala.sandbox.mail.models import CaughtMail

PER_PAGE = 25


@require_safe
def caught(request: HttpRequest) -> HttpResponse:
    """List caught mail, newest first; `to` narrows to one recipient."""
    mails = CaughtMail.objects.order_by("-caught_at").defer("text", "html")
    if to := request.GET.get("to", "").strip():
        mails = mails.filter(recipients__icontains=to)
    page = Paginator(mails, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "sandbox_mail/caught.html", {"page": page, "to": to})


@require_safe
def one(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """Show one caught mail as text."""
    mail = get_object_or_404(CaughtMail, pk=mail_id)
    return render(request, "sandbox_mail/one.html", {"mail": mail})


@require_safe
def as_html(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """Show the HTML of one caught mail by itself, where it can run and load nothing."""
    mail = get_object_or_404(CaughtMail.objects.exclude(html=""), pk=mail_id)
    response = HttpResponse(mail.html)
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups"
    )
    return response
