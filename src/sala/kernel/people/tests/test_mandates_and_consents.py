"""One person acts for another within a mandate; consents are given and withdrawn."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.interface import SYSTEM, Actor
from sala.kernel.people import actions, queries
from sala.kernel.people.models import Consent, Mandate
from sala.kernel.people.tests import factories

pytestmark = pytest.mark.django_db


def actor_of(account, **more) -> Actor:
    return Actor("account", str(account.pk), **more)


@pytest.fixture
def boonmee():
    return factories.account(name_th="บุญมี มีสุข")


@pytest.fixture
def malee():
    return factories.account()


@pytest.fixture
def mandate(boonmee, malee) -> Mandate:
    return actions.grant_mandate(grantor=boonmee, grantee=malee, scope=["*"], actor=actor_of(boonmee))


def test_only_the_grantor_gives_and_nobody_passes_it_on(boonmee, malee) -> None:
    third = factories.account()
    with pytest.raises(NotAllowed):
        actions.grant_mandate(grantor=boonmee, grantee=malee, scope=["*"], actor=actor_of(malee))
    with pytest.raises(NotAllowed):
        actions.grant_mandate(
            grantor=malee, grantee=third, scope=["*"], actor=actor_of(malee, on_behalf_of=str(boonmee.pk))
        )
    with pytest.raises(NotAllowed):
        actions.grant_mandate(grantor=malee, grantee=malee, scope=["*"], actor=actor_of(malee))
    with pytest.raises(DomainError):
        actions.grant_mandate(grantor=malee, grantee=third, scope=[" "], actor=actor_of(malee))


def test_a_guardian_of_the_register_cannot_be_dismissed_by_the_child(boonmee, malee) -> None:
    mandate = actions.grant_mandate(
        grantor=boonmee, grantee=malee, scope=["*"], source="register", actor=SYSTEM
    )
    with pytest.raises(NotAllowed):
        actions.revoke_mandate(mandate, actor=actor_of(boonmee))
    actions.revoke_mandate(mandate, actor=SYSTEM)
    assert not Mandate.objects.in_force().exists()


def test_a_mandate_counts_only_in_its_scope_and_time(boonmee, malee) -> None:
    end = timezone.now() + dt.timedelta(days=1)
    actions.grant_mandate(
        grantor=boonmee, grantee=malee, scope=["savings"], ends_at=end, actor=actor_of(boonmee)
    )
    ids = {"grantee": malee.pk, "grantor": boonmee.pk}
    assert queries.may_act_for(**ids, service="savings")
    assert not queries.may_act_for(**ids, service="tax")
    assert not queries.may_act_for(grantee=boonmee.pk, grantor=malee.pk, service="savings")
    with time_machine.travel(end + dt.timedelta(seconds=1)):
        assert not queries.may_act_for(**ids, service="savings")


def test_whoever_acts_for_another_is_named_with_them(client: Client, mandate, malee, boonmee) -> None:
    factories.sign_in(client, malee)
    client.post(reverse("people:act-for", args=[mandate.pk]))
    actor = client.get(reverse("people:mandates")).wsgi_request.actor
    assert (actor.id, actor.on_behalf_of) == (str(malee.pk), str(boonmee.pk))
    client.post(reverse("people:stop-acting"))
    assert client.get(reverse("people:me")).wsgi_request.actor.on_behalf_of is None


def test_a_revoked_mandate_stops_at_the_next_click(client: Client, mandate, malee, boonmee) -> None:
    factories.sign_in(client, malee)
    client.post(reverse("people:act-for", args=[mandate.pk]))
    grantor = Client()
    factories.sign_in(grantor, boonmee)
    assert grantor.post(reverse("people:revoke-mandate", args=[mandate.pk])).status_code == 302
    assert client.get(reverse("people:me")).wsgi_request.actor.on_behalf_of is None


def test_an_outsider_can_neither_use_nor_end_a_mandate(client: Client, mandate, boonmee) -> None:
    factories.sign_in(client, factories.account())
    assert client.post(reverse("people:act-for", args=[mandate.pk])).status_code == 404
    assert client.post(reverse("people:revoke-mandate", args=[mandate.pk])).status_code == 404
    grantor = Client()
    factories.sign_in(grantor, boonmee)
    assert grantor.post(reverse("people:act-for", args=[mandate.pk])).status_code == 403
    assert Mandate.objects.in_force().count() == 1


def test_giving_a_mandate_by_the_others_code(client: Client, malee, boonmee) -> None:
    holder = Client()
    factories.sign_in(holder, malee)
    holder.post(reverse("people:mandate-code"))
    code = holder.get(reverse("people:mandates")).context["code"]
    assert not holder.get(reverse("people:mandates")).context["code"], "shown once"
    factories.sign_in(client, boonmee)
    url = reverse("people:give-mandate")
    assert client.post(url, {"code": "AAAA-AAAA", "scope": "*"}).status_code == 422
    sure = client.post(url, {"code": code.lower(), "scope": "*"})
    assert sure.context["other"] in {malee.name_th, malee.name_en}
    assert not Mandate.objects.exists()
    client.post(url, {"code": code, "scope": "*", "sure": "yes"})
    given = Mandate.objects.get()
    assert (given.grantor, given.grantee, given.source) == (boonmee, malee, "person")


def test_codes_cannot_be_guessed_without_end(client: Client) -> None:
    factories.sign_in(client, factories.account())
    answers = [
        client.post(reverse("people:give-mandate"), {"code": "AAAA-AAAA", "scope": "*"}).status_code
        for _ in range(6)
    ]
    assert answers == [422] * 5 + [429]


def test_a_consent_is_given_once_in_the_words_that_were_seen(malee) -> None:
    given = {"purpose": "prefill", "recipient": "กรมตัวอย่าง", "wording_th": "ยินยอม", "wording_en": "I agree"}
    first = actions.give_consent(account=malee, actor=actor_of(malee), **given)
    assert actions.give_consent(account=malee, actor=actor_of(malee), **given) == first
    with pytest.raises(NotAllowed):
        actions.give_consent(account=malee, actor=actor_of(factories.account()), **given)
    actions.withdraw_consent(first, actor=actor_of(malee))
    actions.withdraw_consent(first, actor=actor_of(malee))
    assert actions.give_consent(account=malee, actor=actor_of(malee), **given) != first
    assert Consent.objects.count() == 2


def test_a_consent_is_withdrawn_on_its_page_by_its_person_only(client: Client, malee) -> None:
    consent = actions.give_consent(
        account=malee, actor=actor_of(malee), purpose="p", recipient="r", wording_th="ก", wording_en="a"
    )
    factories.sign_in(client, factories.account())
    url = reverse("people:withdraw-consent", args=[consent.pk])
    assert client.post(url).status_code == 404
    own = Client()
    factories.sign_in(own, malee)
    assert own.post(url).status_code == 302
    consent.refresh_from_db()
    assert consent.withdrawn_at
