"""Django's e-mail backend that keeps mail in the database instead of sending it."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from sala.sandbox.mail.models import CaughtMail

KEPT = 500


class CatchingBackend(BaseEmailBackend):
    """Keeps the newest 500 mails; a mail that comes again under its Message-ID is counted, not doubled."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep each message; returns how many."""
        for message in email_messages:
            self._keep(message)
        return len(email_messages)

    @staticmethod
    def _keep(message: EmailMessage) -> None:
        made = message.message()
        html = next(
            (
                str(part.content)
                for part in getattr(message, "alternatives", ())
                if part.mimetype == "text/html"
            ),
            "",
        )
        with transaction.atomic():
            mail, is_new = CaughtMail.objects.get_or_create(
                message_id=str(made["Message-ID"]),
                defaults={
                    "sender": message.from_email,
                    "recipients": message.recipients(),
                    "subject": str(message.subject),
                    "text": str(message.body),
                    "html": html,
                },
            )
            if not is_new:
                CaughtMail.objects.filter(pk=mail.pk).update(times=F("times") + 1)
            oldest = CaughtMail.objects.order_by("-caught_at").values_list("pk", flat=True)[KEPT:]
            CaughtMail.objects.filter(pk__in=list(oldest)).delete()
