"""Real SMTP on loopback: refusals, waits, bounces; and a worker killed between sending and marking."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from sala.kernel.audit.interface import SYSTEM
from sala.kernel.jobs.interface import run_waiting
from sala.kernel.notify.delivering import WAITS, deliver, sweep_outbox
from sala.kernel.notify.interface import notify
from sala.kernel.notify.models import Delivery
from sala.kernel.people.interface import Account


class Postbox:
    """Takes mail, or answers what the test tells it to."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.answer_recipient = "250 OK"
        self.answer_data = "250 OK"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answer_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer_data.startswith("250"):
            self.mails.append(bytes(envelope.content or b""))
        return self.answer_data

    def message_ids(self) -> list[str]:
        return [str(message_from_bytes(mail)["Message-ID"]) for mail in self.mails]


@pytest.fixture
def postbox(settings: object) -> Iterator[Postbox]:
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=8275)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 8275  # type: ignore[attr-defined]
    settings.EMAIL_USE_TLS = False  # type: ignore[attr-defined]
    yield box
    controller.stop()


def tell(account: Account) -> Delivery:
    notice = notify(account=account, code="tests.result", params={"agency": "ก", "points": 1}, actor=SYSTEM)
    return Delivery.objects.get(notice=notice)


@pytest.mark.django_db
def test_a_mail_goes_out_in_two_forms_with_thai_subject(postbox: Postbox, malee: Account) -> None:
    delivery = tell(malee)
    run_waiting("mail")
    message = message_from_bytes(postbox.mails[0])
    assert message["Message-ID"] == delivery.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


@pytest.mark.django_db
def test_a_server_that_is_busy_is_tried_again_later_with_longer_waits(
    postbox: Postbox, malee: Account
) -> None:
    postbox.answer_data = "451 try later"
    delivery = tell(malee)
    for attempt, wait in enumerate(WAITS, start=1):
        deliver(str(delivery.pk))
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == ("failed", attempt)
        assert timedelta() < wait - (delivery.next_at - timezone.now()) < timedelta(seconds=20)
    assert "example.org" not in delivery.last_error
    deliver(str(delivery.pk))
    delivery.refresh_from_db()
    assert delivery.state == "given-up"
    deliver(str(delivery.pk))
    delivery.refresh_from_db()
    assert delivery.attempts == len(WAITS) + 1


@pytest.mark.django_db
def test_an_address_that_does_not_exist_bounces_at_once(postbox: Postbox, malee: Account) -> None:
    postbox.answer_recipient = "550 no such user"
    delivery = tell(malee)
    run_waiting("mail")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("bounced", 1)


@pytest.mark.django_db
def test_a_mail_that_was_sent_is_not_sent_again(postbox: Postbox, malee: Account) -> None:
    delivery = tell(malee)
    for _again in range(3):
        deliver(str(delivery.pk))
    assert len(postbox.mails) == 1


@pytest.mark.django_db
def test_a_mail_that_lost_its_job_gets_one_again(postbox: Postbox, malee: Account) -> None:
    delivery = tell(malee)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    sweep_outbox()
    assert run_waiting("mail") == 0  # not due for long enough: its job may still come
    Delivery.objects.filter(pk=delivery.pk).update(next_at=timezone.now() - timedelta(minutes=6))
    sweep_outbox()
    sweep_outbox()
    assert run_waiting("mail") == 1
    assert postbox.message_ids() == [delivery.message_id]


KILLED = """
import os, signal, sys, django
django.setup()
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 8275, False
from sala.kernel.notify.interface import declare_notice
declare_notice("tests.result", title_th="ก", title_en="a", body_th="ข", body_en="b")
really_send = EmailMultiAlternatives.send
def send_and_die(self, *args, **kwargs):
    really_send(self, *args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
EmailMultiAlternatives.send = send_and_die
from sala.kernel.notify.delivering import deliver
deliver(sys.argv[1])
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.crash
def test_a_kill_between_sending_and_marking_sends_again_under_the_same_message_id(
    postbox: Postbox, malee: Account
) -> None:
    delivery = tell(malee)
    database = connection.settings_dict
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", django_settings.SETTINGS_MODULE),
        "PYTHONPATH": f"{Path(__file__).parents[4]}:{os.environ.get('PYTHONPATH', '')}",
    }
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(delivery.pk)], env=environment, check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    delivery.refresh_from_db()
    assert delivery.state == "queued"
    end = time.monotonic() + 10
    while delivery.state != "sent" and time.monotonic() < end:
        deliver(str(delivery.pk))
        delivery.refresh_from_db()
    assert delivery.state == "sent"
    assert postbox.message_ids() == [delivery.message_id] * 2
