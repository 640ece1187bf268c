"""A notice is told with its action or not at all, once for each key, in the reader's language."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import transaction
from django.utils import translation

from sala.kernel.audit.interface import SYSTEM, Actor
from sala.kernel.jobs.interface import run_waiting
from sala.kernel.notify.actions import set_preference
from sala.kernel.notify.interface import Notice, notify, unread_count
from sala.kernel.notify.models import Delivery, Preference
from sala.kernel.people.interface import Account

pytestmark = pytest.mark.django_db
PARAMS = {"agency_th": "กรมทดสอบ", "agency_en": "Test Department", "points": 72}


def test_it_stands_in_the_inbox_and_leaves_by_mail_in_the_readers_language(malee: Account) -> None:
    notice = notify(account=malee, code="tests.result", params=PARAMS, actor=SYSTEM, path="/results/1/")
    assert unread_count(malee.pk) == 1
    assert mail.outbox == []
    run_waiting("mail")
    [sent] = mail.outbox
    assert sent.to == ["malee@example.org"]
    assert sent.subject == "ผลของ กรมทดสอบ ประกาศแล้ว"
    assert "ได้ 72 คะแนน" in sent.body
    assert "/results/1/" in sent.body
    delivery = Delivery.objects.get(notice=notice)
    assert (delivery.state, delivery.attempts) == ("sent", 1)
    assert sent.extra_headers["Message-ID"] == delivery.message_id
    with translation.override("en"):
        assert notice.title == "The result of Test Department is out"


def test_a_rollback_tells_nobody(malee: Account) -> None:
    def action() -> None:
        with transaction.atomic():
            notify(account=malee, code="tests.result", params=PARAMS, actor=SYSTEM)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        action()
    assert not Notice.objects.exists()
    assert run_waiting("mail") == 0


def test_the_same_key_tells_once(malee: Account, outsider: Account) -> None:
    first = notify(account=malee, code="tests.result", params=PARAMS, actor=SYSTEM, key="round-1")
    again = notify(account=malee.pk, code="tests.result", params=PARAMS, actor=SYSTEM, key="round-1")
    other = notify(account=outsider, code="tests.result", params=PARAMS, actor=SYSTEM, key="round-1")
    assert first.pk == again.pk != other.pk
    run_waiting("mail")
    assert len(mail.outbox) == 2


def test_a_title_cannot_break_the_headers(malee: Account) -> None:
    notify(
        account=malee, code="tests.result", params={"agency": "x\r\nBcc: a@b.c", "points": 1}, actor=SYSTEM
    )
    run_waiting("mail")
    assert mail.outbox[0].subject == "ผลของ x Bcc: a@b.c ประกาศแล้ว"
    assert mail.outbox[0].recipients() == ["malee@example.org"]


def test_a_missing_parameter_shows_as_an_ellipsis(malee: Account) -> None:
    notice = notify(account=malee, code="tests.result", params={}, actor=SYSTEM, channels=("inbox",))
    assert notice.title == "ผลของ … ประกาศแล้ว"


def test_what_a_person_turned_off_does_not_come_but_required_notices_do(malee: Account) -> None:
    actor = Actor("account", str(malee.pk))
    set_preference(code="tests.result", channel="email", wanted=False, actor=actor)
    set_preference(code="tests.result", channel="inbox", wanted=False, actor=actor)
    notify(account=malee, code="tests.result", params=PARAMS, actor=SYSTEM)
    assert unread_count(malee.pk) == 0
    assert run_waiting("mail") == 0
    notify(account=malee, code="tests.safety", params={}, actor=SYSTEM)
    assert unread_count(malee.pk) == 1
    assert run_waiting("mail") == 1


def test_turning_on_again_leaves_one_row(malee: Account) -> None:
    actor = Actor("account", str(malee.pk))
    for wanted in (False, False, True, True):
        set_preference(code="tests.result", channel="email", wanted=wanted, actor=actor)
    assert Preference.objects.filter(wanted=False).count() == 0


def test_somebody_without_an_address_gets_the_inbox_only() -> None:
    account = Account.objects.create_user(email=None, password=None)
    notify(account=account, code="tests.result", params=PARAMS, actor=SYSTEM)
    assert not Delivery.objects.exists()
    assert unread_count(account.pk) == 1


def test_an_undeclared_code_is_a_mistake_of_the_programmer(malee: Account) -> None:
    with pytest.raises(ValueError, match="not declared"):
        notify(account=malee, code="tests.nothing", params={}, actor=SYSTEM)
