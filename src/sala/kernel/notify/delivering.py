"""Carries mail from the outbox to the mail server: at least once, under one Message-ID, with ever longer waits.

The delivery's row stays locked while the mail goes out, so two workers never send the same one at the same time.
A worker killed between sending and marking sends it again under the same Message-ID, which lets the receiving
side drop the double.
"""

from __future__ import annotations

import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from sala.kernel.jobs.interface import defer_with, job, periodic
from sala.kernel.notify.models import Delivery, DeliveryState, Notice

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)


@job(name="notify.deliver", queue="mail")
def deliver(delivery_id: str) -> None:
    """Send one mail of the outbox; what cannot be sent now waits and is tried again."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("notice__account")
            .filter(pk=delivery_id)
            .first()
        )
        if delivery is None or delivery.state not in {DeliveryState.QUEUED, DeliveryState.FAILED}:
            return
        _try(delivery)
        delivery.save(update_fields=["state", "attempts", "next_at", "last_error", "sent_at"])
        if delivery.state == DeliveryState.FAILED:
            defer_with(
                deliver, at=delivery.next_at, key=f"mail:{delivery.pk}", kwargs={"delivery_id": delivery_id}
            )


def _try(delivery: Delivery) -> None:
    delivery.attempts += 1
    address = delivery.notice.account.email
    if not address:
        delivery.state, delivery.last_error = DeliveryState.GIVEN_UP, "no address"
        return
    try:
        mail_of(delivery.notice, address, message_id=delivery.message_id).send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        _failed(delivery, error, for_ever=bool(codes) and min(codes) >= 500)
    except smtplib.SMTPResponseException as error:
        _failed(delivery, error, for_ever=isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500)
    except (smtplib.SMTPException, OSError) as error:
        _failed(delivery, error, for_ever=False)
    else:
        delivery.state, delivery.sent_at, delivery.last_error = DeliveryState.SENT, timezone.now(), ""


def _failed(delivery: Delivery, error: Exception, *, for_ever: bool) -> None:
    """Keep why, without the address: the server's answer often repeats it."""
    code = getattr(error, "smtp_code", "")
    delivery.last_error = f"{type(error).__name__} {code}".strip()[:200]
    if for_ever:
        delivery.state = DeliveryState.BOUNCED
    elif delivery.attempts > len(WAITS):
        delivery.state = DeliveryState.GIVEN_UP
    else:
        delivery.state = DeliveryState.FAILED
        delivery.next_at = timezone.now() + WAITS[delivery.attempts - 1]


def mail_of(notice: Notice, address: str, *, message_id: str) -> EmailMultiAlternatives:
    """Return the mail of `notice` in its reader's language, as text and as HTML."""
    language = notice.account.language or settings.LANGUAGE_CODE
    with translation.override(language):
        context = {
            "title": notice.title,
            "body": notice.body,
            "address": f"{settings.PUBLIC_URL}{notice.path}"
            if notice.path
            else f"{settings.PUBLIC_URL}/inbox/",
            "site": settings.PUBLIC_URL,
            "demonstration": settings.DEMONSTRATION,
            "language": language,
        }
        mail = EmailMultiAlternatives(
            subject=" ".join(notice.title.split()),
            body=render_to_string("notify/mail.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[address],
            headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("notify/mail.html", context), "text/html")
    return mail


@periodic("*/5 * * * *")
@job(name="notify.sweep-outbox", queue="upkeep")
def sweep_outbox() -> None:
    """Give a job again to mails that are due and have none, however that came about."""
    due = Delivery.objects.filter(
        state__in=[DeliveryState.QUEUED, DeliveryState.FAILED],
        next_at__lt=timezone.now() - timedelta(minutes=5),
    )
    for delivery_id in due.values_list("pk", flat=True)[:1000]:
        defer_with(deliver, key=f"mail:{delivery_id}", kwargs={"delivery_id": str(delivery_id)})
