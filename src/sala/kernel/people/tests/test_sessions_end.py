"""Sessions slide, grow old, and end: here, elsewhere, everywhere."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sala.kernel.people import actions, sessions
from sala.kernel.people.models import Ending, Outcome, SignIn
from sala.kernel.people.tests import factories

pytestmark = pytest.mark.django_db
ME = "/me/"
START = dt.datetime(2026, 11, 25, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def signed_in_client() -> Client:
    client = Client()
    factories.sign_in(client, factories.account())
    return client


def is_in(client: Client, **headers: str) -> bool:
    return client.get(ME, headers=headers).status_code == 200


def test_a_session_left_alone_for_a_quarter_of_an_hour_is_over(clock) -> None:
    client = signed_in_client()
    clock.shift(14 * 60)
    assert is_in(client)
    clock.shift(15 * 60 + 1)
    answer = client.get(ME)
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=%2Fme%2F"
    assert SignIn.objects.get().ending == Ending.IDLE
    assert "15" in client.get(answer["Location"]).content.decode()


def test_a_used_session_slides(clock) -> None:
    client = signed_in_client()
    for _ in range(6):
        clock.shift(10 * 60)
        assert is_in(client)


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Sec-Fetch-Dest": "empty"}])
def test_polling_does_not_keep_a_session(clock, headers) -> None:
    client = signed_in_client()
    for _ in range(3):
        clock.shift(5 * 60)
        client.get(reverse("people:session"), headers=headers)
        client.get(ME, headers=headers)
    clock.shift(2)
    assert not is_in(client)


def test_a_link_followed_by_htmx_and_a_sent_form_do_keep_it(clock) -> None:
    client = signed_in_client()
    clock.shift(10 * 60)
    client.get(ME, headers={"HX-Request": "true", "HX-Boosted": "true"})
    clock.shift(10 * 60)
    client.post(reverse("people:session"), headers={"HX-Request": "true", "Sec-Fetch-Dest": "empty"})
    clock.shift(10 * 60)
    assert is_in(client)


def test_after_twelve_hours_one_signs_in_again_however_busy(clock) -> None:
    client = signed_in_client()
    for _ in range(72):
        clock.shift(10 * 60)
        assert is_in(client)
    clock.shift(2)
    assert not is_in(client)
    assert SignIn.objects.get().ending == Ending.AGE


def test_an_htmx_request_into_an_ended_session_reloads_the_page(clock) -> None:
    client = signed_in_client()
    clock.shift(16 * 60)
    assert client.get(ME, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_the_time_left_is_told_without_touching_it(clock) -> None:
    client = signed_in_client()
    clock.shift(60)
    assert client.get(reverse("people:session"), headers={"Sec-Fetch-Dest": "empty"}).json() == {
        "signed_in": True,
        "seconds": 14 * 60,
    }
    assert Client().get(reverse("people:session")).json() == {"signed_in": False, "seconds": 0}


def test_another_session_is_ended_from_here() -> None:
    account, here, there = factories.account(), Client(), Client()
    factories.sign_in(there, account)
    factories.sign_in(here, account)
    row = SignIn.objects.get(session_key=there.session.session_key)
    assert here.post(reverse("people:end-session", args=[row.pk])).status_code == 302
    assert not is_in(there)
    assert is_in(here)


def test_nobody_ends_the_session_of_somebody_else() -> None:
    victim, outsider = Client(), Client()
    factories.sign_in(victim, factories.account())
    factories.sign_in(outsider, factories.account())
    row = SignIn.objects.get(session_key=victim.session.session_key)
    assert outsider.post(reverse("people:end-session", args=[row.pk])).status_code == 404
    assert is_in(victim)


def test_sign_out_everywhere_ends_all_of_them_at_once() -> None:
    account, here, there, unknown = factories.account(), Client(), Client(), Client()
    factories.sign_in(there, account)
    factories.sign_in(here, account)
    unknown.force_login(account)  # a session that the log does not know
    assert here.post(reverse("people:sign-out-everywhere")).status_code == 302
    assert not any(is_in(client) for client in (here, there, unknown))
    assert set(SignIn.objects.filter(outcome=Outcome.SIGNED_IN).values_list("ending", flat=True)) == {
        Ending.EVERYWHERE
    }


def test_the_session_key_changes_at_sign_in_and_at_every_new_proof(client: Client) -> None:
    official = factories.official(totp=True)
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": official.email, "password": factories.PASSWORD})
    before = client.session.session_key
    client.post(reverse("mfa_authenticate"), {"code": factories.totp_code()})
    after = client.session.session_key
    assert before != after
    assert SignIn.objects.get(outcome=Outcome.SIGNED_IN).session_key == after


def test_changing_the_password_ends_the_other_sessions() -> None:
    official, here, there = factories.official(totp=True), Client(), Client()
    factories.sign_in(there, official)
    factories.sign_in(here, official)
    data = {
        "oldpassword": factories.PASSWORD,
        "password1": "another four words",
        "password2": "another four words",
    }
    assert here.post(reverse("account_change_password"), data).status_code == 302
    assert is_in(here)
    assert not is_in(there)


def test_the_log_is_kept_ninety_days() -> None:
    account = factories.account()
    old = SignIn.objects.create(
        account=account, method="oidc", outcome="signed-in", at=timezone.now() - dt.timedelta(days=91)
    )
    young = SignIn.objects.create(
        account=account, method="oidc", outcome="signed-in", at=timezone.now() - dt.timedelta(days=89)
    )
    assert actions.purge_sign_ins() == 1
    assert SignIn.objects.filter(pk=young.pk).exists()
    assert not SignIn.objects.filter(pk=old.pk).exists()


def test_signing_out_is_written_down(client: Client) -> None:
    factories.sign_in(client, factories.account(), idp="local")
    client.post(reverse("account_logout"))
    assert SignIn.objects.get().ending == Ending.SIGNED_OUT
    assert not is_in(client)


def test_the_own_pages_cost_a_fixed_number_of_queries(client: Client, django_assert_max_num_queries) -> None:
    account = factories.account()
    factories.sign_in(client, account)
    for _ in range(60):
        SignIn.objects.create(account=account, method="oidc", outcome="wrong")
    with django_assert_max_num_queries(14):
        client.get(reverse("people:sign-ins"))


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
            "Chrome · Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) SamsungBrowser/27.0 Chrome/125 Safari/537",
            "Samsung Internet · Android",
        ),
        ("curl/8", ""),
    ],
)
def test_a_device_is_kept_coarse(agent: str, device: str) -> None:
    assert sessions.device_of(type("R", (), {"META": {"HTTP_USER_AGENT": agent}})()) == device
