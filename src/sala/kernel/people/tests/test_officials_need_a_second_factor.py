"""Officials by password: invited, confirmed by code, and able to act only with a second factor."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from sala.kernel.audit.interface import ANONYMOUS, SYSTEM
from sala.kernel.people import actions
from sala.kernel.people.assurance import AuthContext
from sala.kernel.people.models import Account
from sala.kernel.people.tests import factories
from sala.kernel.registry import interface as registry

pytestmark = pytest.mark.django_db


def by_password(client: Client, account: Account):
    return client.post(reverse("account_login"), {"login": account.email, "password": factories.PASSWORD})


def test_a_password_alone_opens_nothing_but_the_second_factor(client: Client) -> None:
    by_password(client, factories.official())
    answer = client.get(reverse("people:me"))
    assert answer["Location"] == "/me/second-factor/?next=%2Fme%2F"
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert page.wsgi_request.actor == ANONYMOUS
    assert client.post(reverse("people:sign-out-everywhere")).status_code == 403
    assert client.get(reverse("people:mandates"), headers={"Accept": "application/json"}).status_code == 403


@pytest.mark.django_db(transaction=True)  # what adding proves counts once it is committed
def test_adding_the_app_lets_the_same_session_act(client: Client) -> None:
    by_password(client, factories.official())
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    from allauth.mfa.totp.internal import auth

    picture = b64decode(page.context["totp_svg_data_uri"].partition("base64,")[2])
    assert b'xmlns="http://www.w3.org/2000/svg"' in picture, "without its namespace no browser draws it"
    secret = page.context["form"].secret
    code = auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))
    answer = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert AuthContext.read(client.session).aal == 2
    assert client.get(reverse("people:me")).status_code == 200
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored, "the secret is stored sealed"


def test_password_and_code_make_aal_2(client: Client) -> None:
    official = factories.official(totp=True)
    answer = by_password(client, official)
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get(reverse("people:me")).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": factories.totp_code()})
    context = AuthContext.read(client.session)
    assert (context.idp, context.aal, context.ial, set(context.amr)) == ("local", 2, None, {"pwd", "otp"})
    assert client.get(reverse("people:me")).status_code == 200


def test_a_recovery_code_opens_once(client: Client) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    official = factories.official(totp=True)
    codes = RecoveryCodes.activate(official).get_unused_codes()
    by_password(client, official)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert client.get(reverse("people:me")).status_code == 200
    again = Client()
    by_password(again, official)
    again.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert again.get(reverse("people:me")).status_code == 302


def test_the_last_second_factor_of_a_password_stays(client: Client) -> None:
    official = factories.official(totp=True)
    factories.sign_in(client, official, idp="local")
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=official, type="totp").exists()


def test_an_invited_official_sets_a_password_by_code(client: Client) -> None:
    account = actions.open_account(actor=SYSTEM, email="Dao@Agency.Example", name_th="ดาว สว่างใจ")
    assert actions.open_account(actor=SYSTEM, email="dao@agency.example") == account
    client.post(reverse("account_reset_password"), {"email": "dao@agency.example"})
    code = re.search(r"^ {4}(\S+)$", mail.outbox[0].body, re.M)[1]
    assert client.post(reverse("account_confirm_password_reset_code"), {"code": "WRONG"}).status_code == 200
    answer = client.post(reverse("account_confirm_password_reset_code"), {"code": code})
    new = {"password1": factories.PASSWORD, "password2": factories.PASSWORD}
    answer = client.post(answer["Location"], new)
    assert client.get(answer["Location"]).status_code == 200
    account.refresh_from_db()
    assert account.check_password(factories.PASSWORD)
    assert account.emailaddress_set.get().verified
    by_password(client, account)
    assert client.get(reverse("people:me"))["Location"].startswith("/me/second-factor/")


def test_an_invitation_of_an_agency_is_enough_to_set_a_password(client: Client) -> None:
    ministry = registry.create_organisation(
        code="m1", kind=registry.Kind.MINISTRY, name_th="กระทรวงสมมติ", name_en="Ministry", actor=SYSTEM
    )
    invitation, _ = registry.invite(
        organisation=ministry, email="new@agency.example", roles=["respondent"], actor=SYSTEM
    )
    client.post(reverse("account_reset_password"), {"email": "New@Agency.example"})
    account = Account.objects.get(email="new@agency.example")
    assert not account.has_usable_password()
    assert re.search(r"^ {4}\S+$", mail.outbox[-1].body, re.M)
    invitation.withdrawn_at = invitation.invited_at
    invitation.email = "late@agency.example"
    invitation.save()
    client.post(reverse("account_reset_password"), {"email": "late@agency.example"})
    assert not Account.objects.filter(email="late@agency.example").exists()


def test_asking_for_a_code_tells_nothing_of_who_has_an_account(client: Client) -> None:
    factories.official(email="known@agency.example")
    answers = []
    for email in ("known@agency.example", "unknown@agency.example"):
        own = Client()
        first = own.post(reverse("account_reset_password"), {"email": email})
        page = own.get(first["Location"])
        body = page.content.decode().replace(email, "X")
        answers.append(
            (
                first.status_code,
                first["Location"],
                page.status_code,
                re.sub(r'value="[^"]{60,}"|X-CSRFToken": "[^"]+"', "", body),
            )
        )
    assert answers[0] == answers[1]
    assert len(mail.outbox) == 1


def test_the_mail_is_in_the_persons_language_and_holds_only_the_code(client: Client) -> None:
    factories.official(email="known@agency.example")
    client.cookies["django_language"] = "th"
    client.post(reverse("account_reset_password"), {"email": "known@agency.example"})
    assert "รหัส" in mail.outbox[0].subject
    assert "http" not in mail.outbox[0].body


def test_nobody_registers(client: Client) -> None:
    assert (
        client.post(reverse("account_signup"), {"email": "x@y.example", "password1": "x"}).status_code == 405
    )
    assert client.get(reverse("account_signup")).status_code == 200
    assert not Account.objects.exists()


def test_a_closed_account_does_not_open(client: Client) -> None:
    official = factories.official(totp=True)
    official.is_active = False
    official.save()
    by_password(client, official)
    assert client.get(reverse("people:me")).status_code == 302
