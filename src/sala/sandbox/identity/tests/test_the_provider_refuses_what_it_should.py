"""The provider against OpenID Connect Core, RFC 6749, 7636, 9207 and 9700: what it gives and what it refuses."""

from __future__ import annotations

import datetime as dt
from base64 import b64encode

import pytest
from django.urls import reverse
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet

from sala.sandbox.identity.models import Request
from sala.sandbox.identity.tests.conftest import Client, Site, answered
from sala.sandbox.personas import BY_CODE

pytestmark = pytest.mark.django_db


def claims_of(site_in_process: Site, id_token: str) -> dict:
    keys = KeySet.import_key_set(site_in_process.plain().get(f"{site_in_process.provider}/jwks").json())
    return dict(jwt.decode(id_token, keys, algorithms=["RS256"]).claims)


def test_discovery_names_only_what_is_there(site_in_process: Site) -> None:
    told = site_in_process.plain().get(f"{site_in_process.provider}/.well-known/openid-configuration").json()
    assert told["issuer"] == site_in_process.provider
    for name in (
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "end_session_endpoint",
    ):
        assert told[name].startswith(f"{site_in_process.provider}/")
        assert site_in_process.plain().get(told[name]).status_code != 404
    assert told["code_challenge_methods_supported"] == ["S256"]
    (key,) = site_in_process.plain().get(told["jwks_uri"]).json()["keys"]
    assert {"kid", "use", "alg", "n", "e"} <= key.keys()
    assert not {"d", "p", "q"} & key.keys(), "only the public part"


def test_a_right_request_gives_right_claims(client_of_ours: Client, site_in_process: Site) -> None:
    back = answered(client_of_ours.authorize(scope="openid profile pid birthdate address"))
    assert (back["state"], back["iss"]) == ("a state", site_in_process.provider)
    answer = client_of_ours.token(back["code"])
    assert answer.headers["Cache-Control"] == "no-store"
    tokens = answer.json()
    claims, malee = claims_of(site_in_process, tokens["id_token"]), BY_CODE["malee"]
    assert (claims["iss"], claims["aud"], claims["nonce"], claims["sub"]) == (
        site_in_process.provider,
        "sala",
        "a nonce",
        malee.subject,
    )
    assert (claims["acr"], claims["ial"], claims["aal"], claims["amr"]) == (
        "ial2.3-aal2",
        "2.3",
        2,
        ["face", "pin"],
    )
    assert claims["iat"] <= claims["exp"] <= claims["iat"] + 300
    assert abs(claims["auth_time"] - claims["iat"]) <= 2
    assert "pid" not in claims, "the number travels only from userinfo"
    told = (
        site_in_process.plain()
        .get(
            f"{site_in_process.provider}/userinfo",
            headers={"Authorization": f"Bearer {tokens['access_token']}"},
        )
        .json()
    )
    assert told["sub"] == claims["sub"]
    assert told["pid"] == malee.pid
    assert len(told["pid"]) == 13
    assert (told["given_name_th"], told["family_name_en"]) == ("มาลี", "Jaidee")
    assert told["address"]["formatted"]


def test_scopes_open_only_their_claims(client_of_ours: Client, site_in_process: Site) -> None:
    token = client_of_ours.token(client_of_ours.code(scope="openid")).json()["access_token"]
    told = (
        site_in_process.plain()
        .get(f"{site_in_process.provider}/userinfo", headers={"Authorization": f"Bearer {token}"})
        .json()
    )
    assert told.keys() == {"sub"}


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "stranger"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/back/"},
        {"redirect_uri": "{}/"},
        {"redirect_uri": "{}?x=1"},
        {"redirect_uri": "{}#x"},
        {"redirect_uri": "{}../../me/"},
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(client_of_ours: Client, changes: dict) -> None:
    changes = {k: v.replace("{}", client_of_ours.redirect_uri) if v else v for k, v in changes.items()}
    answer = client_of_ours.authorize(**changes)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "TEST" in answer.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "dance"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example/r"}, "request_uri_not_supported"),
    ],
)
def test_a_wrong_request_goes_back_with_its_error(client_of_ours: Client, changes: dict, error: str) -> None:
    back = answered(client_of_ours.authorize(**changes))
    assert (back["error"], back["state"]) == (error, "a state")
    assert "code" not in back


def test_a_parameter_given_twice_is_refused(client_of_ours: Client, site_in_process: Site) -> None:
    asked = [*client_of_ours.asks().items(), ("scope", "openid")]
    answer = client_of_ours.browser.get(
        f"{site_in_process.provider}/authorize", params=asked, allow_redirects=False
    )
    assert answered(answer)["error"] == "invalid_request"


def test_prompt_none_passes_who_signed_in_lately_and_max_age_limits_it(client_of_ours: Client) -> None:
    client_of_ours.code()
    assert "code" in answered(client_of_ours.authorize(prompt="none", test_persona=None))
    Request.objects.update(auth_time=timezone.now() - dt.timedelta(minutes=10))
    assert (
        answered(client_of_ours.authorize(prompt="none", test_persona=None, max_age="60"))["error"]
        == "login_required"
    )


def test_a_code_works_once_and_takes_its_token_with_it(client_of_ours: Client, site_in_process: Site) -> None:
    code = client_of_ours.code()
    token = client_of_ours.token(code).json()["access_token"]
    again = client_of_ours.token(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    answer = site_in_process.plain().get(
        f"{site_in_process.provider}/userinfo", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 401


def test_a_code_lives_sixty_seconds(client_of_ours: Client) -> None:
    code = client_of_ours.code()
    Request.objects.update(code_at=timezone.now() - dt.timedelta(seconds=61))
    assert client_of_ours.token(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code": "unknown"}, 400, "invalid_grant"),
        ({"code": None}, 400, "invalid_request"),
        ({"code_verifier": None}, 400, "invalid_request"),
        ({"code_verifier": "x" * 50}, 400, "invalid_grant"),
        ({"redirect_uri": "https://evil.example/"}, 400, "invalid_grant"),
        ({"redirect_uri": None}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, 400, "unsupported_grant_type"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_id": "stranger"}, 401, "invalid_client"),
    ],
)
def test_the_token_endpoint_refuses(client_of_ours: Client, changes: dict, status: int, error: str) -> None:
    answer = client_of_ours.token(client_of_ours.code(), **changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)


def test_a_client_may_show_itself_by_basic_but_not_in_two_ways(
    client_of_ours: Client, site_in_process: Site
) -> None:
    basic = {"Authorization": "Basic " + b64encode(f"sala:{site_in_process.secret}".encode()).decode()}
    data = {
        "grant_type": "authorization_code",
        "code": client_of_ours.code(),
        "redirect_uri": client_of_ours.redirect_uri,
        "code_verifier": client_of_ours.verifier,
    }
    two = site_in_process.plain().post(
        f"{site_in_process.provider}/token", data={**data, "client_secret": "x"}, headers=basic
    )
    assert two.json()["error"] == "invalid_request"
    assert (
        site_in_process.plain()
        .post(f"{site_in_process.provider}/token", data=data, headers=basic)
        .status_code
        == 200
    )


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eA=="}])
def test_userinfo_wants_a_right_token(site_in_process: Site, header: dict) -> None:
    answer = site_in_process.plain().get(f"{site_in_process.provider}/userinfo", headers=header)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_tokens_and_codes_are_not_in_the_database(client_of_ours: Client) -> None:
    code = client_of_ours.code()
    token = client_of_ours.token(code).json()["access_token"]
    row = Request.objects.values().get()
    assert code not in row.values()
    assert token not in row.values()


def test_a_request_belongs_to_the_browser_that_began_it(
    client_of_ours: Client, site_in_process: Site
) -> None:
    page = client_of_ours.authorize(test_persona=None).headers["Location"]
    assert client_of_ours.browser.get(site_in_process.url + page).status_code == 200
    stranger = site_in_process.browser()
    assert stranger.get(site_in_process.url + page).status_code == 403
    assert stranger.post(site_in_process.url + page, data={"persona": "malee"}).status_code == 403


def test_the_app_page_opens_only_by_the_qr_code(client_of_ours: Client, site_in_process: Site) -> None:
    page = client_of_ours.authorize(test_persona=None).headers["Location"]
    client_of_ours.browser.post(site_in_process.url + page, data={"persona": "malee"})
    row = Request.objects.get()
    phone = site_in_process.browser()
    wrong = site_in_process.url + reverse("sandbox:test-id:app", args=[row.pk, "0" * 32])
    assert phone.post(wrong, data={"answer": "confirm"}).status_code == 403
    shown = client_of_ours.browser.get(f"{site_in_process.provider}/confirm/{row.pk}/").text
    address = shown.split('href="')[-1].split('"')[0]
    state = f"{site_in_process.provider}/confirm/{row.pk}/state/"
    assert client_of_ours.browser.get(state).json() == {"status": "waiting"}
    assert phone.get(state).json() == {"status": "over"}
    assert phone.post(address, data={"answer": "confirm"}).status_code == 200
    assert client_of_ours.browser.get(state).json() == {"status": "confirmed"}
    back = client_of_ours.browser.get(f"{site_in_process.provider}/confirm/{row.pk}/", allow_redirects=False)
    assert "code" in answered(back)
    assert client_of_ours.browser.get(f"{site_in_process.provider}/confirm/{row.pk}/").status_code == 403, (
        "answered once"
    )


def test_a_request_is_over_after_ten_minutes(client_of_ours: Client, site_in_process: Site) -> None:
    page = client_of_ours.authorize(test_persona=None).headers["Location"]
    Request.objects.update(created_at=timezone.now() - dt.timedelta(minutes=11))
    assert client_of_ours.browser.get(site_in_process.url + page).status_code == 403


def test_sign_out_goes_only_to_a_registered_address(client_of_ours: Client, site_in_process: Site) -> None:
    tokens = client_of_ours.token(client_of_ours.code()).json()
    leave = f"{site_in_process.provider}/logout"
    away = client_of_ours.browser.get(
        leave,
        params={"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "https://evil.example/"},
    )
    assert away.status_code == 400
    unsure = client_of_ours.browser.get(
        leave, params={"client_id": "sala", "post_logout_redirect_uri": site_in_process.url + "/"}
    )
    assert "?" in unsure.text
    assert "code" in answered(client_of_ours.authorize(prompt="none", test_persona=None)), "still signed in"
    home = client_of_ours.browser.get(
        leave,
        params={"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": site_in_process.url + "/"},
        allow_redirects=False,
    )
    assert home.headers["Location"] == site_in_process.url + "/"
    assert answered(client_of_ours.authorize(prompt="none", test_persona=None))["error"] == "login_required"
