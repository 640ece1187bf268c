"""Views demand levels and fresh proof; who lacks them is led to it and back to the same place."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from sala.engines.wire.errors import NotAllowed
from sala.kernel.audit.interface import ANONYMOUS, Actor
from sala.kernel.people.assurance import (
    IALS,
    AuthContext,
    demand,
    ial_rank,
    reauthenticated,
    requires_assurance,
    signed_in,
)
from sala.kernel.people.tests import factories


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


def ask(
    guarded, context: AuthContext | None, path: str = "/thing/?page=2", method: str = "get"
) -> HttpResponse:
    request = getattr(RequestFactory(), method)(path)
    request.session = {}
    request.actor = ANONYMOUS
    if context is not None:
        context.write(request.session)
        request.actor = Actor("account", "x", ial=context.ial, aal=context.aal)
    return guarded(request)


def context(**more) -> AuthContext:
    return AuthContext(**{"idp": "thaid-test", "auth_time": time.time(), "ial": "2.3", "aal": 2, **more})


def test_levels_are_in_order() -> None:
    assert [ial_rank(ial) for ial in IALS] == sorted(ial_rank(ial) for ial in IALS)
    assert ial_rank(None) == ial_rank("9") == -1


def test_an_outsider_is_led_to_sign_in_and_back() -> None:
    answer = ask(signed_in(view), None)
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=%2Fthing%2F%3Fpage%3D2"


@pytest.mark.parametrize(
    ("ial", "aal", "passes"),
    [
        ("2.3", 2, True),
        ("3", 3, True),
        ("2.2", 2, False),
        ("1.1", 1, False),
        ("2.3", 1, False),
        (None, None, False),
    ],
)
def test_levels_are_demanded(ial, aal, passes) -> None:
    answer = ask(requires_assurance(ial="2.3", aal=2)(view), context(ial=ial, aal=aal))
    assert (answer.status_code == 200) is passes
    if not passes:
        query = parse_qs(urlsplit(answer["Location"]).query)
        assert query == {"next": ["/thing/?page=2"], "ial": ["2.3"], "aal": ["2"]}


def test_a_level_that_does_not_exist_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="no such level"):
        requires_assurance(ial="2.9")


def test_old_proof_is_not_enough_for_what_is_sensitive() -> None:
    assert ask(reauthenticated(300)(view), context()).status_code == 200
    old = ask(reauthenticated(300)(view), context(auth_time=time.time() - 301))
    assert old["Location"].startswith("/sign-in/step-up/?next=")


def test_a_sent_form_comes_back_to_its_page_not_to_its_data() -> None:
    answer = ask(reauthenticated(300)(view), context(auth_time=0), "/thing/?secret=1", "post")
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == ["/thing/"]


def test_an_action_can_demand_levels_of_its_actor() -> None:
    demand(Actor("account", "x", ial="2.3", aal=2), ial="2.3", aal=2)
    with pytest.raises(NotAllowed):
        demand(Actor("account", "x", ial="1.1", aal=2), ial="2.3")
    with pytest.raises(NotAllowed):
        demand(Actor("account", "x", ial="3", aal=1), aal=2)


@pytest.mark.django_db
def test_the_actor_carries_the_levels_of_its_session(client: Client) -> None:
    factories.sign_in(client, factories.account(), ial="3", aal=3)
    request = client.get(reverse("people:me")).wsgi_request
    assert (request.actor.ial, request.actor.aal) == ("3", 3)


@pytest.mark.django_db
def test_step_up_without_a_digital_id_says_what_is_missing(client: Client) -> None:
    factories.sign_in(client, factories.official(totp=True), idp="local", ial=None)
    answer = client.get(reverse("people:step-up"), {"ial": "2.3", "next": "/me/"})
    assert answer.status_code == 403
    assert client.get(reverse("people:step-up"), {"ial": "nonsense"}).status_code == 404


@pytest.mark.django_db
def test_a_local_sign_in_proves_itself_again_locally(client: Client) -> None:
    factories.sign_in(client, factories.official(totp=True), idp="local", ial=None, auth_time=0.0)
    answer = client.get(reverse("people:step-up"), {"next": "/me/security/"})
    assert answer["Location"] == "/sign-in/again/?next=%2Fme%2Fsecurity%2F"
    answer = client.post(
        reverse("account_reauthenticate"), {"password": factories.PASSWORD, "next": "/me/security/"}
    )
    assert answer["Location"] == "/me/security/"
    assert AuthContext.read(client.session).proved_within(5)
