"""The cast: Malee who is told, Charlie who must not see it; a notice of the tests' own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from sala.kernel.audit.interface import Actor
from sala.kernel.notify.interface import declare_notice
from sala.kernel.notify.notices import NOTICES
from sala.kernel.people import sessions
from sala.kernel.people.assurance import SESSION_KEY
from sala.kernel.people.interface import Account


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    declare_notice(
        "tests.result",
        title_th="ผลของ %(agency)s ประกาศแล้ว",
        title_en="The result of %(agency)s is out",
        body_th="ได้ %(points)s คะแนน",
        body_en="%(points)s points",
        label_th="ผลการประเมิน",
        label_en="Results",
    )
    declare_notice(
        "tests.safety",
        title_th="มีการเข้าใช้จากเครื่องใหม่",
        title_en="A sign-in from a new device",
        body_th="โปรดตรวจสอบ",
        body_en="Please check",
        required=True,
    )
    yield
    NOTICES.pop("tests.result")
    NOTICES.pop("tests.safety")


@pytest.fixture
def malee(db: None) -> Account:
    return Account.objects.create_user(email="malee@example.org", password="correct horse", language="th")


@pytest.fixture
def outsider(db: None) -> Account:
    return Account.objects.create_user(email="charlie@example.org", password="correct horse")


@pytest.fixture
def sign_in(client: Client) -> Callable[[Account], Actor]:
    def go(account: Account) -> Actor:
        client.force_login(account)
        session = client.session
        session[SESSION_KEY] = {
            "idp": "test",
            "auth_time": time.time(),
            "ial": "2.3",
            "aal": 2,
            "amr": ["hwk"],
        }
        session[sessions.SIGNED_IN_AT] = session[sessions.SEEN_AT] = time.time()
        session.save()
        return Actor("account", str(account.pk))

    return go
