"""The whole way over real sockets: the site as client, the test provider as another party."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client as DjangoClient

from sala.kernel.audit.interface import SYSTEM
from sala.kernel.people import actions
from sala.kernel.people.models import Account, NationalIdentity, Outcome, SignIn
from sala.kernel.people.pid import pid_keys
from sala.kernel.people.tests import factories
from sala.sandbox.identity import requests as asked
from sala.sandbox.identity.tests.conftest import Client, Site
from sala.sandbox.people import load_personas
from sala.sandbox.personas import BY_CODE, PERSONAS

pytestmark = pytest.mark.django_db


def test_every_persona_without_a_fault_comes_in(site: Site) -> None:
    for persona in PERSONAS:
        if persona.fault:
            continue
        browser, page = site.sign_in(persona.code)
        assert (page.status_code, page.url) == (200, f"{site.url}/me/"), persona.code
        assert persona.name_en in page.text
        browser.close()
    assert Account.objects.count() == len([p for p in PERSONAS if not p.fault])


def test_one_person_has_one_account_however_often_they_come(site: Site) -> None:
    for _ in range(2):
        site.sign_in("malee")
    account = Account.objects.get()
    assert (account.name_th, account.name_en) == ("มาลี ใจดี", "Malee Jaidee")
    row = NationalIdentity.objects.get(account=account)
    assert (
        pid_keys().open(row.key_id, bytes(row.pid_sealed), bound_to=str(account.pk)) == BY_CODE["malee"].pid
    )
    assert SocialAccount.objects.get().extra_data == {}, "claims are used and let go"
    assert SignIn.objects.filter(account=account, outcome=Outcome.SIGNED_IN, ial="2.3", aal=2).count() == 2


def test_the_same_person_through_another_provider_finds_the_same_account(site: Site) -> None:
    account = actions.open_account(actor=SYSTEM, email="malee@agency.example")
    actions.seal_identity(account, BY_CODE["malee"].pid, ial="2.3", idp="officials-id", actor=SYSTEM)
    site.sign_in("malee")
    assert Account.objects.get() == account
    assert SocialAccount.objects.get().user == account


def test_the_national_id_is_in_no_address_and_in_no_log(site: Site, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    browser, page = site.sign_in("malee")
    pid = BY_CODE["malee"].pid
    assert not any(pid in answer.url for answer in [*page.history, page])
    assert pid not in page.text
    assert pid not in caplog.text
    browser.close()


@pytest.mark.parametrize(
    ("persona", "status", "code"),
    [("cancelled", 200, "cancelled"), ("wrong-nonce", 401, "wrong-nonce"), ("clock-skew", 401, "clock")],
)
def test_who_has_a_fault_does_not_come_in(site: Site, persona: str, status: int, code: str) -> None:
    browser, page = site.sign_in(persona)
    assert page.status_code == status
    assert page.url.startswith(f"{site.url}/sign-in/with/thaid-test/back/")
    assert browser.get(f"{site.url}/me/", allow_redirects=False).status_code == 302
    assert not Account.objects.exists()
    assert SignIn.objects.get().detail == code
    if code != "cancelled":
        assert code in page.text


def test_an_expired_card_is_told_by_the_provider_and_by_the_site(site: Site) -> None:
    browser, page = site.sign_in("expired")
    assert "/test-id/confirm/" in page.url
    assert "expired" in page.text
    back = browser.post(page.url + "leave/")
    assert back.url.startswith(f"{site.url}/sign-in/with/thaid-test/back/")
    assert "expired" in back.text
    assert SignIn.objects.get().detail == "card-expired"


def test_the_way_by_qr_code_and_app_leads_back_to_where_one_was(site: Site) -> None:
    browser = site.browser()
    chooser = site.post(browser, "/sign-in/", "/sign-in/with/thaid-test/", next="/me/sign-ins/")
    waiting = browser.post(chooser.url, data={"persona": "boonmee"})
    phone = site.browser()
    address = waiting.text.split('href="')[-1].split('"')[0]
    assert "บุญมี" in phone.get(address).text or "Boonmee" in phone.get(address).text
    assert phone.post(address, data={"answer": "confirm"}).status_code == 200
    assert browser.get(waiting.url).url == f"{site.url}/me/sign-ins/"


def test_without_javascript_one_confirms_on_the_same_device_or_cancels(site: Site) -> None:
    browser = site.browser()
    waiting = browser.post(
        site.post(browser, "/sign-in/", "/sign-in/with/thaid-test/").url, data={"persona": "dao"}
    )
    assert "data:image/svg+xml;charset=utf-8,%3Csvg%20xmlns" in waiting.text, "the QR code is drawn"
    assert browser.post(waiting.url, data={"answer": "confirm"}).url == f"{site.url}/"
    other = site.browser()
    waiting = other.post(
        site.post(other, "/sign-in/", "/sign-in/with/thaid-test/").url, data={"persona": "dao"}
    )
    assert "error=access_denied" in other.post(waiting.url, data={"answer": "cancel"}).url


def test_a_callback_without_its_state_or_with_the_state_of_another_browser_is_refused(site: Site) -> None:
    victim, attacker = site.browser(), site.browser()
    _, page = site.sign_in("malee", browser=attacker)
    callback = next(r.url for r in page.history if "/back/?code=" in r.url)
    answer = victim.get(callback)
    assert answer.status_code == 401
    assert victim.get(f"{site.url}/me/", allow_redirects=False).status_code == 302
    assert attacker.get(callback).status_code == 401, "a second time neither"
    assert set(SignIn.objects.exclude(outcome=Outcome.SIGNED_IN).values_list("detail", flat=True)) == {
        "state-lost"
    }


def change_claims(monkeypatch, **changes: object) -> None:
    real = asked.id_token_claims
    monkeypatch.setattr(
        asked,
        "id_token_claims",
        lambda row, token: {k: v for k, v in {**real(row, token), **changes}.items() if v is not None},
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://evil.example"}, "wrong-issuer"),
        ({"aud": "another"}, "wrong-audience"),
        ({"aud": ["sala", "another"], "azp": None}, "wrong-audience"),
        ({"azp": "another"}, "wrong-audience"),
        ({"nonce": None}, "wrong-nonce"),
        ({"exp": 1}, "clock"),
        ({"exp": None}, "clock"),
        ({"iat": 4_000_000_000}, "clock"),
        ({"auth_time": 4_000_000_000}, "clock"),
        ({"sub": "somebody-else"}, "wrong-subject"),
        ({"sub": None}, "no-subject"),
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(site: Site, monkeypatch, changes: dict, code: str) -> None:
    change_claims(monkeypatch, **changes)
    _, page = site.sign_in("malee")
    assert page.status_code == 401
    assert SignIn.objects.get().detail == code
    assert not Account.objects.exists()


@pytest.mark.parametrize("token", ["none", "foreign", "missing"])
def test_a_token_that_the_provider_did_not_sign_is_refused(site: Site, monkeypatch, token: str) -> None:
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    def sign(claims: dict) -> str:
        if token == "none":
            from base64 import urlsafe_b64encode
            from json import dumps

            def part(data: dict) -> str:
                return urlsafe_b64encode(dumps(data).encode()).rstrip(b"=").decode()

            return f"{part({'alg': 'none'})}.{part(claims)}."
        return "" if token == "missing" else jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048))

    monkeypatch.setattr(asked, "sign", sign)
    _, page = site.sign_in("malee")
    assert page.status_code == 401
    assert SignIn.objects.get().detail == ("no-id-token" if token == "missing" else "wrong-signature")


def test_a_level_the_site_does_not_know_proves_nothing(site: Site, monkeypatch) -> None:
    change_claims(monkeypatch, acr="urn:marvellous")
    site.sign_in("malee")
    row = SignIn.objects.get()
    assert (row.ial, row.aal) == ("", None)
    assert not NationalIdentity.objects.exists()


def test_step_up_proves_it_again_and_returns_to_the_same_place(site: Site) -> None:
    browser, _ = site.sign_in("malee")
    before = browser.cookies["sessionid"]
    page = "/sign-in/step-up/?next=%2Fme%2Fsecurity%2F&ial=2.3&aal=2"
    chooser = site.post(browser, page, "/sign-in/step-up/", next="/me/security/", ial="2.3", aal="2")
    waiting = browser.post(chooser.url, data={"persona": "malee"})
    back = browser.post(waiting.url, data={"answer": "confirm"})
    assert back.url == f"{site.url}/me/security/"
    assert browser.cookies["sessionid"] != before, "a new proof, a new session key"
    assert SignIn.objects.filter(outcome=Outcome.PROVED_AGAIN).count() == 1
    assert SignIn.objects.filter(outcome=Outcome.SIGNED_IN, ended_at=None).count() == 1


@pytest.mark.parametrize(
    ("first", "then", "ial", "code"),
    [("malee", "boonmee", "2.3", "another-person"), ("low", "low", "2.3", "level-not-reached")],
)
def test_step_up_refuses_another_person_and_too_low_a_level(
    site: Site, first: str, then: str, ial: str, code: str
) -> None:
    browser, _ = site.sign_in(first)
    chooser = site.post(
        browser, f"/sign-in/step-up/?ial={ial}", "/sign-in/step-up/", ial=ial, next="/me/security/"
    )
    waiting = browser.post(chooser.url, data={"persona": then})
    refused = browser.post(waiting.url, data={"answer": "confirm"})
    assert refused.status_code == 401
    assert SignIn.objects.filter(detail=code).exists()
    assert browser.get(f"{site.url}/me/").status_code == 200, "the first sign-in stays as it was"


def test_a_proof_older_than_asked_for_is_refused(site: Site, monkeypatch) -> None:
    browser, _ = site.sign_in("malee")
    change_claims(monkeypatch, auth_time=int(time.time()) - 600)
    chooser = site.post(browser, "/sign-in/step-up/", "/sign-in/step-up/", next="/me/")
    waiting = browser.post(chooser.url, data={"persona": "malee"})
    assert browser.post(waiting.url, data={"answer": "confirm"}).status_code == 401
    assert SignIn.objects.filter(detail="too-old").exists()


def test_sensitive_pages_ask_a_digital_id_for_fresh_proof(site: Site) -> None:
    browser, _ = site.sign_in("malee")
    assert browser.get(f"{site.url}/me/passkeys/add/").url == f"{site.url}/me/passkeys/add/"
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore(browser.cookies["sessionid"])
    session["people.auth"] = {**session["people.auth"], "auth_time": time.time() - 400}
    session.save()
    assert (
        browser.get(f"{site.url}/me/passkeys/add/").url
        == f"{site.url}/sign-in/step-up/?next=%2Fme%2Fpasskeys%2Fadd%2F"
    )


def official_in(site: Site) -> tuple[requests.Session, Account]:
    """Return a browser in which an official is signed in by password and app."""
    official, inside = factories.official(totp=True), DjangoClient()
    factories.sign_in(inside, official, idp="local", ial=None)
    browser = site.browser()
    browser.cookies.set("sessionid", inside.cookies["sessionid"].value)
    return browser, official


def test_an_official_connects_a_digital_id_and_is_then_known_by_it(site: Site) -> None:
    browser, official = official_in(site)
    assert "Connect ThaID" in browser.get(f"{site.url}/me/connections/").text
    page = site.post(
        browser, "/me/connections/", "/sign-in/with/thaid-test/?process=connect", persona="somsak"
    )
    assert page.url == f"{site.url}/me/connections/"
    assert SocialAccount.objects.get().user == official
    assert NationalIdentity.objects.get(account=official).ial == "2.3"
    assert "IAL 2.3" in browser.get(f"{site.url}/me/").text
    again, _ = site.sign_in("somsak")
    assert Account.objects.count() == 1
    again.close()


def test_the_digital_id_of_somebody_else_cannot_be_connected(site: Site) -> None:
    site.sign_in("somsak")
    browser, official = official_in(site)
    site.post(browser, "/me/connections/", "/sign-in/with/thaid-test/?process=connect", persona="somsak")
    assert not SocialAccount.objects.filter(user=official).exists()
    assert not NationalIdentity.objects.filter(account=official).exists()


def test_signing_out_signs_out_at_the_provider_too(site: Site) -> None:
    browser, _ = site.sign_in("malee")
    answer = site.post(browser, "/me/", "/sign-out/")
    assert answer.url == f"{site.url}/"
    assert any("/test-id/logout?" in r.url for r in answer.history)
    assert "test_id" not in browser.cookies
    assert browser.get(f"{site.url}/me/", allow_redirects=False).status_code == 302


def test_a_provider_that_does_not_answer_gets_a_page_that_says_so(site: Site, settings) -> None:
    for app in settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]:
        app["settings"] |= {"server_url": "http://127.0.0.1:9", "issuer": "http://127.0.0.1:9"}
    browser = site.browser()
    page = site.post(browser, "/sign-in/", "/sign-in/with/thaid-test/")
    assert page.status_code == 401
    assert "does not answer" in page.text
    assert SignIn.objects.get().detail == "unreachable"


def test_an_unknown_provider_is_not_found(site: Site) -> None:
    assert requests.get(f"{site.url}/sign-in/with/nobody/", timeout=10).status_code == 404
    assert requests.get(f"{site.url}/sign-in/with/nobody/back/", timeout=10).status_code == 404


def test_only_a_form_begins_a_sign_in(site: Site) -> None:
    answer = requests.get(f"{site.url}/sign-in/with/thaid-test/", timeout=10, allow_redirects=False)
    assert answer.status_code == 200, "a link alone sends nobody to the provider"
    assert requests.post(f"{site.url}/sign-in/with/thaid-test/", timeout=10).status_code == 403


def test_who_finds_no_room_is_asked_to_come_again(site: Site) -> None:
    from sala.kernel.people import oidc_views

    browser = site.browser()
    assert oidc_views.OUTWARD.acquire(blocking=False)
    try:
        busy = site.post(browser, "/sign-in/", "/sign-in/with/thaid-test/", persona="malee", next="/me/")
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
        assert 'value="malee"' in busy.text, "what was chosen is not lost"
    finally:
        oidc_views.OUTWARD.release()


def test_many_sign_ins_at_once_all_arrive(site: Site) -> None:
    def come(persona: str) -> str:
        browser, page = site.sign_in(persona)
        for _ in range(20):
            if page.status_code != 503:
                break
            time.sleep(0.2)
            if "/back/" in page.url:
                page = browser.get(page.url)
            else:
                _, page = site.sign_in(persona, browser=browser)
        return page.url

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(come, ["malee", "dao", "somsak", "wilai"])) == {f"{site.url}/me/"}


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda p: p.code)
def test_invented_numbers_have_a_right_check_digit_and_a_district_that_does_not_exist(persona) -> None:
    digits = [int(d) for d in persona.pid]
    assert len(digits) == 13
    assert (11 - sum(d * (13 - i) for i, d in enumerate(digits[:12])) % 11) % 10 == digits[12]
    assert persona.pid.startswith("19999")


def test_loading_the_people_twice_changes_nothing_and_they_find_their_accounts(site: Site) -> None:
    first = load_personas(actor=SYSTEM)
    assert load_personas(actor=SYSTEM) == first
    count = Account.objects.count()
    site.sign_in("kanya")
    assert Account.objects.count() == count


def test_no_page_of_the_provider_uses_the_session_of_the_site(site: Site) -> None:
    browser, _ = site.sign_in("malee")
    cookies = {cookie.name: cookie for cookie in browser.cookies}
    assert cookies["test_id"].path == "/test-id/"
    assert cookies["sessionid"].value != cookies["test_id"].value
    stranger = site.browser()
    answer = stranger.get(f"{site.provider}/authorize", params=Client(site).asks(test_persona=None))
    assert answer.status_code == 200
    assert "sessionid" not in {cookie.name for cookie in stranger.cookies}
    assert answer.text.count("TEST / ทดสอบ") >= 2
    assert urlsplit(answer.url).path.startswith("/test-id/choose/")
