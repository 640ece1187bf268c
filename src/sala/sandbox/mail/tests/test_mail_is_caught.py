"""Mail of the demonstration is shown on pages marked TEST and leaves nobody's machine."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from sala.sandbox.mail.backend import KEPT, CatchingBackend
from sala.sandbox.mail.models import CaughtMail

pytestmark = pytest.mark.django_db


def catch(subject: str = "ผลประกาศแล้ว", number: int = 1) -> CaughtMail:
    message = EmailMultiAlternatives(
        subject, "เนื้อหา", "sala@example.org", ["malee@example.org"], headers={"Message-ID": f"<{number}@x>"}
    )
    message.attach_alternative("<p>เนื้อหา<script>1</script></p>", "text/html")
    CatchingBackend().send_messages([message])
    return CaughtMail.objects.get(message_id=f"<{number}@x>")


def test_caught_mail_is_listed_and_shown_and_marked_as_test(client: Client) -> None:
    assert "ยังไม่มีอีเมล" in client.get("/test-mail/").content.decode()
    mail = catch()
    listed = client.get("/test-mail/").content.decode()
    assert "ผลประกาศแล้ว" in listed
    assert "TEST" in listed
    shown = client.get(f"/test-mail/{mail.pk}/").content.decode()
    assert "malee@example.org" in shown
    assert "TEST" in shown
    assert "ผลประกาศแล้ว" not in client.get("/test-mail/?to=charlie").content.decode()


def test_the_html_of_a_mail_cannot_run_anything(client: Client) -> None:
    mail = catch()
    answer = client.get(f"/test-mail/{mail.pk}/html")
    assert "<script>" in answer.content.decode()
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script" not in answer["Content-Security-Policy"]


def test_the_same_mail_caught_twice_is_one_mail_counted_twice() -> None:
    catch()
    assert catch().times == 2


def test_only_the_newest_mails_are_kept() -> None:
    CaughtMail.objects.bulk_create(
        CaughtMail(message_id=f"<old{n}@x>", sender="s", subject="s", text="t") for n in range(KEPT + 5)
    )
    catch()
    assert CaughtMail.objects.count() == KEPT
    assert CaughtMail.objects.filter(message_id="<1@x>").exists()
