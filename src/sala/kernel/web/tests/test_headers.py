"""Headers of every answer: what pages may load, what browsers may offer them."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def policy(client: Client, path: str) -> dict[str, list[str]]:
    """Return the Content-Security-Policy of a page by its directives."""
    header = client.get(path).headers["Content-Security-Policy"]
    return {words[0]: words[1:] for part in header.split(";") if (words := part.split())}


@pytest.mark.parametrize("path", ["/", "/design/", "/no-such-page/"])
def test_no_page_allows_inline_or_foreign_scripts(client: Client, path: str) -> None:
    found = policy(client, path)
    assert found["default-src"] == ["'none'"]
    assert found["script-src"] == ["'self'"]
    assert found["base-uri"] == ["'none'"]
    assert found["frame-ancestors"] == ["'none'"]
    assert all("unsafe" not in word and "*" not in word for words in found.values() for word in words)


@pytest.mark.parametrize("path", ["/", "/no-such-page/", "/site.webmanifest"])
def test_every_answer_refuses_the_device_s_senses(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert "camera=()" in headers["Permissions-Policy"]
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
