"""The inbox page, its empty state, marking as read, preferences; and the outsider at every address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from sala.kernel.audit.interface import SYSTEM, Actor
from sala.kernel.notify.interface import Notice, notify, unread_count
from sala.kernel.notify.models import Preference
from sala.kernel.people.interface import Account

pytestmark = pytest.mark.django_db
SignIn = Callable[[Account], Actor]


def tell(account: Account, points: int = 1, path: str = "") -> Notice:
    return notify(
        account=account,
        code="tests.result",
        params={"agency": "กรมทดสอบ", "points": points},
        actor=SYSTEM,
        channels=("inbox",),
        path=path,
    )


def test_an_empty_inbox_says_what_will_come(client: Client, sign_in: SignIn, malee: Account) -> None:
    sign_in(malee)
    assert "กล่องข้อความยังว่างอยู่" in client.get("/inbox/").content.decode()


def test_opening_a_notice_marks_it_as_read(client: Client, sign_in: SignIn, malee: Account) -> None:
    sign_in(malee)
    notice = tell(malee, 72, "/results/1/")
    assert "ผลของ กรมทดสอบ ประกาศแล้ว" in client.get("/inbox/").content.decode()
    assert unread_count(malee.pk) == 1
    page = client.get(f"/inbox/{notice.pk}/").content.decode()
    assert "ได้ 72 คะแนน" in page
    assert 'href="/results/1/"' in page
    assert unread_count(malee.pk) == 0


def test_reading_all_leaves_nothing_unread_for_oneself_only(
    client: Client, sign_in: SignIn, malee: Account, outsider: Account
) -> None:
    sign_in(malee)
    for number in range(3):
        tell(malee, number)
    tell(outsider)
    assert client.post("/inbox/read/").status_code == 302
    assert (unread_count(malee.pk), unread_count(outsider.pk)) == (0, 1)
    assert "อ่านครบแล้ว" in client.get("/inbox/?show=unread").content.decode()


def test_an_outsider_finds_nothing_of_anothers(
    client: Client, sign_in: SignIn, malee: Account, outsider: Account
) -> None:
    notice = tell(malee)
    sign_in(outsider)
    assert client.get(f"/inbox/{notice.pk}/").status_code == 404
    assert "กรมทดสอบ" not in client.get("/inbox/").content.decode()
    client.post("/inbox/read/")
    assert unread_count(malee.pk) == 1


@pytest.mark.parametrize(
    "address", ["/inbox/", "/inbox/preferences/", "/inbox/01890000-0000-7000-8000-000000000000/"]
)
def test_nobody_known_signs_in_first(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert "sign-in" in answer["Location"]


def test_a_long_inbox_costs_no_more_queries_than_a_short_one(
    client: Client, sign_in: SignIn, malee: Account, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    sign_in(malee)
    for number in range(40):
        tell(malee, number)
    client.get("/inbox/")
    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]
        page = client.get("/inbox/").content.decode()
    assert page.count("<time ") == 25
    assert client.get("/inbox/?page=2").content.decode().count("<time ") == 15


def test_choices_are_kept_and_required_ones_cannot_be_turned_off(
    client: Client, sign_in: SignIn, malee: Account
) -> None:
    sign_in(malee)
    assert "ผลการประเมิน" in client.get("/inbox/preferences/").content.decode()
    client.post("/inbox/preferences/", {"wanted": ["tests.result|inbox"]})
    kept = Preference.objects.filter(account=malee, wanted=False, code__startswith="tests.")
    assert [(row.code, row.channel) for row in kept] == [("tests.result", "email")]
