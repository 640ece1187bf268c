"""Every address of a person's own pages refuses who is not signed in; `next` never leads away."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from sala.kernel.people import sign_in_urls, urls
from sala.kernel.people.adapters import is_local_path
from sala.kernel.people.assurance import AuthContext
from sala.kernel.people.tests import factories

pytestmark = pytest.mark.django_db
OPEN = {"session"}


def addresses() -> list[tuple[str, str]]:
    found = []
    for pattern in urls.urlpatterns:
        arguments = [UUID(int=1)] if "<uuid:pk>" in str(pattern.pattern) else []
        found.append((pattern.name, reverse(f"people:{pattern.name}", args=arguments)))
    for pattern in sign_in_urls.urlpatterns:
        path = str(pattern.pattern)
        if path.startswith(("me/", "sign-in/again")):
            found.append((pattern.name, reverse(pattern.name, args=[1] if "<int:pk>" in path else [])))
    return found


@pytest.mark.parametrize(("name", "path"), [a for a in addresses() if a[0] not in OPEN])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_outsider_is_led_to_sign_in(client: Client, name: str, path: str, method: str) -> None:
    answer = getattr(client, method)(path)
    assert answer.status_code in {302, 405}, path
    if answer.status_code == 302:
        assert answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(("name", "path"), [a for a in addresses() if a[0] not in OPEN | {"account_logout"}])
def test_every_post_demands_the_csrf_token(name: str, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    factories.sign_in(client, factories.account())
    assert client.post(path).status_code == 403


@pytest.mark.parametrize(
    "url",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "/a\nb",
        "",
        None,
        "me/",
        " /me/",
    ],
)
def test_only_a_path_of_this_site_is_a_way_back(url) -> None:
    assert not is_local_path(url)
    assert is_local_path("/me/?a=1#b")


@pytest.mark.parametrize(
    "url", ["//evil.example", "https://evil.example/", "/\\evil.example", "http://testserver.evil.example/"]
)
def test_signing_in_never_leads_to_another_site(client: Client, url: str) -> None:
    official = factories.official(totp=True)
    assert f'value="{url}"' not in client.get(reverse("account_login"), {"next": url}).content.decode()
    client.post(
        reverse("account_login"), {"login": official.email, "password": factories.PASSWORD, "next": url}
    )
    answer = client.post(reverse("mfa_authenticate"), {"code": factories.totp_code()})
    assert answer["Location"] == "/"
    answer = client.get(reverse("people:step-up"), {"next": url})
    assert "evil" not in answer.get("Location", "")


def test_signing_in_leads_back_to_where_one_wanted_to_go(client: Client) -> None:
    official = factories.official(totp=True)
    client.post(
        reverse("account_login"),
        {"login": official.email, "password": factories.PASSWORD, "next": "/me/sign-ins/"},
    )
    assert (
        client.post(reverse("mfa_authenticate"), {"code": factories.totp_code()})["Location"]
        == "/me/sign-ins/"
    )


def test_sign_out_does_not_lead_away(client: Client) -> None:
    factories.sign_in(client, factories.account(), idp="local")
    assert client.post(reverse("account_logout"), {"next": "https://evil.example"})["Location"] == "/"


def test_own_pages_are_never_kept_by_a_cache(client: Client) -> None:
    factories.sign_in(client, factories.account())
    for name in ("me", "security", "sign-ins", "mandates", "consents"):
        answer = client.get(reverse(f"people:{name}"))
        assert answer.status_code == 200, name
        assert "no-store" in answer["Cache-Control"], name


def test_choices_of_the_profile_are_kept(client: Client) -> None:
    account = factories.account()
    factories.sign_in(client, account)
    client.post(reverse("people:me"), {"language": "en", "theme": "dark"})
    account.refresh_from_db()
    assert (account.language, account.theme) == ("en", "dark")
    assert client.cookies["django_language"].value == "en"
    assert client.cookies["sala_theme"].value == "dark"
    assert client.post(reverse("people:me"), {"language": "xx", "theme": "dark"}).status_code == 200
    assert AuthContext.read(client.session) is not None
