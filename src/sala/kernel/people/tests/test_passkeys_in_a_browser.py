"""Passkeys from end to end: Chromium with a virtual authenticator adds one, signs in with it, and proves again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from allauth.mfa.models import Authenticator
from django.db import connections
from django.test import Client

from sala.kernel.people.models import Method, Outcome, SignIn
from sala.kernel.people.tests import factories

CHROMIUM = which("chromium") or ""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM, reason="Debian's chromium is not installed"),
]


@pytest.fixture
def context(live_server, settings, tmp_path: Path) -> Iterator:
    """A browser on a phone-sized screen whose device can verify its person."""
    import os

    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps a loop in this thread; the ORM minds
    settings.PUBLIC_URL = live_server.url
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            made = browser.new_context(
                base_url=live_server.url, viewport={"width": 390, "height": 844}, locale="en-GB"
            )
            made.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
            yield made
            browser.close()
            connections.close_all()  # playwright's loop made the test a connection of its own
    finally:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


def with_authenticator(page, *, verifies: bool = True):
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    found = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, found["authenticatorId"]


def bring_in(context, account) -> None:
    """Put a session into the browser as if the person had just signed in with password and app."""
    client = Client()
    factories.sign_in(client, account, idp="local", ial=None)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": "http://localhost"}]
    )


def add_passkey(page, name: str) -> None:
    page.goto("/me/passkeys/add/")
    page.fill("#id_name", name)
    page.click("text=Create the passkey")
    page.wait_for_url(lambda url: "/add/" not in url)


def test_a_passkey_is_added_and_then_opens_the_account_alone(context) -> None:
    official = factories.official()
    bring_in(context, official)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    with_authenticator(page)
    add_passkey(page, "My phone")
    assert page.url.endswith("/me/second-factor/recovery-codes/")
    assert page.locator("li.font-mono, ul.font-mono li").count() == 10
    page.goto("/me/passkeys/")
    assert page.locator("text=My phone").count() >= 1
    page.goto("/sign-out/")
    page.click("main button:has-text('Sign out')")
    page.goto("/sign-in/?next=/me/security/")
    page.click("text=Sign in with a passkey")
    page.wait_for_url(lambda url: url.endswith("/me/security/") and "next=" not in url)
    entry = SignIn.objects.filter(account=official, outcome=Outcome.SIGNED_IN).latest("at")
    assert (entry.method, entry.aal) == (Method.PASSKEY, 2)
    assert problems == []


def test_a_passkey_stands_for_the_second_factor_of_a_password(context) -> None:
    official = factories.official()
    bring_in(context, official)
    page = context.new_page()
    with_authenticator(page)
    add_passkey(page, "My phone")
    context.clear_cookies(name="sessionid")
    page.goto("/sign-in/?with=password&next=/me/")
    page.fill("#id_login", official.email)
    page.fill("#id_password", factories.PASSWORD)
    page.click("text=Go on")
    page.wait_for_url("**/sign-in/second-factor/**")
    page.click("text=Use a passkey")
    page.wait_for_url(lambda url: url.endswith("/me/") and "next=" not in url)
    assert SignIn.objects.filter(account=official, outcome=Outcome.SIGNED_IN).latest("at").aal == 2


def test_an_authenticator_that_does_not_verify_its_person_is_told_apart(context) -> None:
    bring_in(context, factories.official())
    page = context.new_page()
    devtools, authenticator = with_authenticator(page)
    add_passkey(page, "My phone")
    context.clear_cookies(name="sessionid")
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.goto("/sign-in/")
    page.click("text=Sign in with a passkey")
    page.locator("[data-problem]").wait_for(state="visible")
    assert "/sign-in/" in page.url


def test_a_passkey_is_renamed_and_removed(context) -> None:
    official = factories.official(totp=True)
    bring_in(context, official)
    page = context.new_page()
    with_authenticator(page)
    add_passkey(page, "My phone")
    key = Authenticator.objects.get(user=official, type="webauthn")
    page.goto(f"/me/passkeys/{key.pk}/name/")
    page.fill("#id_name", "Old phone")
    page.click("main button:has-text('Save')")
    assert page.locator("text=Old phone").count() >= 1
    page.goto(f"/me/passkeys/{key.pk}/remove/")
    page.click("main button:has-text('Remove')")
    page.wait_for_url("**/me/passkeys/")
    assert not Authenticator.objects.filter(user=official, type="webauthn").exists()


def test_without_javascript_the_passkey_buttons_are_not_there(context, live_server) -> None:
    plain = context.browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = plain.new_page()
    page.goto("/sign-in/")
    assert not page.locator("form[data-passkey]").is_visible()
    assert page.locator("text=ThaID").first.is_visible()
    plain.close()
