"""The brute-force guard: waits grow, owners are not kept out, nothing tells whether an account exists."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from sala.kernel.people import guard
from sala.kernel.people.models import Outcome, SignIn, Tries
from sala.kernel.people.tests import factories

pytestmark = pytest.mark.django_db


def try_password(client: Client, email: str, password: str = "wrong", **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)


@pytest.mark.parametrize(
    ("failures", "wait"), [(4, 0), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (500, 900)]
)
def test_waits_double_up_to_a_quarter_of_an_hour(failures: int, wait: int) -> None:
    assert guard.wait_after(failures, 5) == wait


def test_after_five_wrong_passwords_even_the_right_one_must_wait(client: Client) -> None:
    official = factories.official(totp=True)
    for _ in range(5):
        assert try_password(client, official.email).status_code == 200
    answer = try_password(client, official.email, factories.PASSWORD)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) <= 31
    assert SignIn.objects.filter(outcome=Outcome.BLOCKED).count() == 1
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=32), tick=False):
        assert try_password(client, official.email, factories.PASSWORD).status_code == 302


def test_who_guesses_from_elsewhere_does_not_keep_the_owner_out(client: Client) -> None:
    official = factories.official(totp=True)
    try_password(client, official.email, factories.PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": factories.totp_code()})
    assert "sala_known" in client.cookies
    client.post(reverse("account_logout"))
    stranger = Client(REMOTE_ADDR="198.51.100.7")
    for _ in range(8):
        try_password(stranger, official.email)
    assert try_password(stranger, official.email).status_code == 429
    assert try_password(client, official.email, factories.PASSWORD).status_code == 302


def test_an_unknown_address_is_answered_and_blocked_exactly_like_a_known_one() -> None:
    official = factories.official()
    known, unknown = Client(REMOTE_ADDR="198.51.100.8"), Client(REMOTE_ADDR="198.51.100.9")
    for _ in range(5):
        a, b = try_password(known, official.email), try_password(unknown, "nobody@agency.example")
        assert (a.status_code, str(a.context["form"].errors)) == (
            b.status_code,
            str(b.context["form"].errors),
        )
    assert (
        try_password(known, official.email).status_code
        == try_password(unknown, "nobody@agency.example").status_code
        == 429
    )


def test_one_address_cannot_try_many_accounts() -> None:
    request = RequestFactory(REMOTE_ADDR="198.51.100.10").get("/")
    for number in range(guard.FREE_TRIES["address"]):
        guard.take(guard.keys_for(request, f"a{number}@x.example"))
    with pytest.raises(guard.Blocked):
        guard.take(guard.keys_for(request, "fresh@x.example"))


def test_success_forgets_the_account_but_not_the_address() -> None:
    request = RequestFactory(REMOTE_ADDR="198.51.100.11").get("/")
    for _ in range(3):
        ticket = guard.take(guard.keys_for(request, "a@x.example"))
    guard.succeeded(ticket)
    assert sorted(Tries.objects.values_list("failures", flat=True)) == [0, 2]


def test_the_counters_hold_no_address_and_no_name(client: Client) -> None:
    try_password(client, "somsak@agency.example")
    for key in Tries.objects.values_list("key", flat=True):
        assert "somsak" not in key
        assert "127.0.0.1" not in key


def test_wrong_codes_are_counted_too(client: Client) -> None:
    official = factories.official(totp=True)
    try_password(client, official.email, factories.PASSWORD)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    answer = client.post(reverse("mfa_authenticate"), {"code": factories.totp_code()})
    assert answer.status_code == 429
    assert SignIn.objects.filter(account=official, outcome=Outcome.WRONG).count() == 5


def test_old_counters_are_purged() -> None:
    request = RequestFactory().get("/")
    guard.take(guard.keys_for(request, "a@x.example"))
    assert guard.purge(timezone.now() + dt.timedelta(hours=3)) == 2
