"""A live site on a real socket, with the test provider beside it as another party."""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from email.message import Message
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.cache import cache
from django.test import Client as DjangoClient
from requests.cookies import extract_cookies_to_jar
from urllib3 import HTTPResponse

CALLBACK = "/sign-in/with/thaid-test/back/"


class _Headers:
    """What http.cookiejar reads of an answer."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self.msg = Message()
        for name, value in fields:
            self.msg[name] = value

    def isclosed(self) -> bool:
        return True


class InProcess(requests.adapters.BaseAdapter):
    """Answers by calling Django in this thread, inside the test's own transaction."""

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        headers = {k: v for k, v in request.headers.items() if k not in {"Content-Type", "Content-Length"}}
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        given = DjangoClient().generic(
            request.method,
            request.path_url,
            body,
            content_type=request.headers.get("Content-Type", ""),
            headers={**headers, "Host": urlsplit(request.url).netloc},
        )
        fields = [*given.headers.items(), *(("Set-Cookie", m.OutputString()) for m in given.cookies.values())]
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = given.status_code, request.url, request
        answer.headers.update(dict(fields))
        answer._content, answer.encoding = given.content, "utf-8"
        answer.raw = HTTPResponse(
            status=given.status_code, headers=fields, original_response=_Headers(fields)
        )
        extract_cookies_to_jar(answer.cookies, request, answer.raw)
        return answer

    def close(self) -> None:
        """Hold nothing open."""


@dataclass
class Site:
    """The address of the running site and how a client registered at the provider talks to it."""

    url: str
    secret: str
    in_process: bool = False
    browsers: list[requests.Session] = field(default_factory=list)

    @property
    def provider(self) -> str:
        return f"{self.url}/test-id"

    def browser(self) -> requests.Session:
        session = self.plain()
        session.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36"
        session.headers["Accept-Language"] = "en"
        session.cookies.set("django_language", "en")
        self.browsers.append(session)
        return session

    def plain(self) -> requests.Session:
        """Return a session that brings nothing along, as a server has."""
        session = requests.Session()
        session.trust_env = False
        if self.in_process:
            session.mount("http://", InProcess())
        return session

    def sign_in(self, persona: str, *, browser: requests.Session | None = None, next_url: str = "/me/"):
        """Press a persona's card on the sign-in page and follow to where it leads."""
        browser = browser or self.browser()
        return browser, self.post(
            browser, "/sign-in/", "/sign-in/with/thaid-test/", persona=persona, next=next_url
        )

    def post(self, browser: requests.Session, page: str, path: str, **data: str) -> requests.Response:
        """Send a form of a page, with that page's CSRF token."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(self.url + page).text)
        return browser.post(
            self.url + path,
            data={"csrfmiddlewaretoken": token[1] if token else "", **data},
            headers={"Referer": self.url + page},
        )


@dataclass
class Client:
    """A relying party in a few lines, to try the provider with what a careful client would never send."""

    site: Site
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(40))
    browser: requests.Session = field(init=False)

    def __post_init__(self) -> None:
        self.browser = self.site.browser()

    @property
    def redirect_uri(self) -> str:
        return self.site.url + CALLBACK

    def asks(self, **changes: str | None) -> dict[str, str]:
        asked: dict[str, str | None] = {
            "client_id": "sala",
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid profile pid",
            "state": "a state",
            "nonce": "a nonce",
            "code_challenge": urlsafe_b64encode(sha256(self.verifier.encode()).digest())
            .rstrip(b"=")
            .decode(),
            "code_challenge_method": "S256",
            "test_persona": "malee",
            **changes,
        }
        return {name: value for name, value in asked.items() if value is not None}

    def authorize(self, **changes: str | None) -> requests.Response:
        return self.browser.get(
            f"{self.site.provider}/authorize", params=self.asks(**changes), allow_redirects=False
        )

    def code(self, **changes: str | None) -> str:
        return answered(self.authorize(**changes))["code"]

    def token(self, code: str, /, **changes: str | None) -> requests.Response:
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
            "client_id": "sala",
            "client_secret": self.site.secret,
            **changes,
        }
        data = {name: value for name, value in form.items() if value is not None}
        return self.site.plain().post(f"{self.site.provider}/token", data=data)


def answered(response: requests.Response) -> dict[str, str]:
    """Return what a redirect carries back to the client."""
    assert response.status_code == 302, response.text[:300]
    parts = urlsplit(response.headers["Location"])
    assert parts.path == CALLBACK, response.headers["Location"]
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the provider's key: making an RSA key takes longer than most tests."""
    return tmp_path_factory.mktemp("test-id")


@pytest.fixture
def site(live_server, settings, key_folder: Path) -> Iterator[Site]:
    """Give the running site its own address in every setting that was derived from the public one."""
    yield from _site_at(live_server.url, settings, key_folder)


@pytest.fixture
def site_in_process(db, settings, key_folder: Path) -> Iterator[Site]:
    """Give the same without sockets, for the many small questions that a conformance test asks."""
    yield from _site_at("http://localhost:1", settings, key_folder, in_process=True)


def _site_at(url: str, settings, key_folder: Path, *, in_process: bool = False) -> Iterator[Site]:
    cache.clear()
    settings.VAR = key_folder
    old = settings.PUBLIC_URL
    clients = deepcopy(settings.TEST_ID_CLIENTS)
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        clients["sala"][name] = [address.replace(old, url) for address in clients["sala"][name]]
    providers = deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    for app in providers["openid_connect"]["APPS"]:
        if app["provider_id"] == "thaid-test":
            app["settings"] |= {"server_url": f"{url}/test-id", "issuer": f"{url}/test-id"}
    settings.PUBLIC_URL, settings.TEST_ID_ISSUER = url, f"{url}/test-id"
    settings.TEST_ID_CLIENTS, settings.SOCIALACCOUNT_PROVIDERS = clients, providers
    found = Site(url, clients["sala"]["secret"], in_process)
    yield found
    for browser in found.browsers:
        browser.close()


@pytest.fixture
def client_of_ours(site_in_process: Site) -> Client:
    return Client(site_in_process)
