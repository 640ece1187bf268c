"""The shell: home, search, switches of language and theme, and what stands on every page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
PAGES = ["/", "/search/", "/about/", "/accessibility/", "/licence/", "/design/"]


def text_of(client: Client, path: str, **headers: str) -> str:
    """Return the page as text."""
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["th", "en"])
def test_each_page_opens_for_everybody_in_both_languages(client: Client, path: str, language: str) -> None:
    client.cookies["django_language"] = language
    html = text_of(client, path)
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
    assert '<a class="skip" href="#content">' in html
    assert "<c-" not in html


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_english_words_left_in_thai(client: Client, path: str) -> None:
    html = text_of(client, path)
    assert "Skip to the content" not in html
    assert "ข้ามไปยังเนื้อหา" in html


def test_the_demonstration_says_so_on_every_page(client: Client, settings: Any) -> None:
    assert "ประเทศสาธิต" in text_of(client, "/about/")
    settings.DEMONSTRATION = False
    assert "ประเทศสาธิต" not in text_of(client, "/about/")


def test_home_shows_only_doors_that_lead_somewhere(client: Client, plugged: None) -> None:
    html = text_of(client, "/")
    assert "Working door" in html
    assert "Closed door" not in html


def test_home_shows_cards_with_rows_and_figures_of_all(client: Client, plugged: None) -> None:
    html = text_of(client, "/")
    assert "A ranking" in html
    assert "First &lt;b&gt;" in html
    assert "Only figures" not in html
    assert "4,906" in html


def test_home_without_plugs_says_that_it_is_empty(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from sala.kernel.web import plugs

    monkeypatch.setattr(plugs, "_plugs", lambda name: ())
    monkeypatch.setattr(plugs, "DIRECTORY", replace(plugs.DIRECTORY, url="nowhere:at-all"))
    client.cookies["django_language"] = "en"
    assert "ready and still empty" in text_of(client, "/")


def test_the_shell_asks_the_database_nothing_for_nobody(
    client: Client, plugged: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        client.get("/")


def test_search_lists_the_best_first_and_marks_what_was_asked(client: Client, plugged: None) -> None:
    html = text_of(client, "/search/?q=road")
    assert html.index("/b/") < html.index("/a/")
    assert "<mark>Road</mark>s &lt;i&gt;" in html


def test_search_by_kind_keeps_the_count_of_all(client: Client, plugged: None) -> None:
    html = text_of(client, "/search/?q=road&kind=Agency")
    assert "/a/" in html
    assert 'href="/b/"' not in html
    assert "2 รายการ" in html


def test_search_that_finds_nothing_says_so_and_offers_doors(client: Client, plugged: None) -> None:
    html = text_of(client, "/search/?q=xyzzy")
    assert "ไม่พบสิ่งที่ค้นหา" in html
    assert "Working door" in html


@pytest.mark.parametrize(
    "query", ["", "%00", "%20%20", "%F0%9F%8D%9A", "a" * 5000, "%3Cscript%3Ealert(1)%3C/script%3E", "'%22--"]
)
def test_search_takes_anything(client: Client, query: str) -> None:
    html = text_of(client, f"/search/?q={query}")
    assert "<script>alert" not in html


def test_language_changes_and_stays_on_the_page(client: Client) -> None:
    answer = client.post("/language/", {"language": "en", "next": "/search/?q=a%20b"})
    assert (answer.status_code, answer["Location"]) == (302, "/search/?q=a%20b")
    assert '<html lang="en"' in text_of(client, "/search/")


@pytest.mark.parametrize("path", ["/language/", "/theme/"])
def test_switches_lead_to_no_other_site(client: Client, path: str) -> None:
    answer = client.post(path, {"language": "en", "theme": "dark", "next": "https://evil.example/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("path", ["/language/", "/theme/"])
def test_switches_do_nothing_on_a_look(client: Client, path: str) -> None:
    assert client.get(path).status_code == 405


def test_theme_is_kept_in_a_cookie_and_given_back_to_the_device(client: Client) -> None:
    assert "data-theme" not in text_of(client, "/about/").partition("<body")[0]
    client.post("/theme/", {"theme": "dark", "next": "/about/"})
    assert '<html lang="th" data-theme="sala-dark">' in text_of(client, "/about/")
    client.post("/theme/", {"theme": "system"})
    assert "data-theme" not in text_of(client, "/about/").partition("<body")[0]


def test_a_made_up_theme_is_not_kept(client: Client) -> None:
    client.cookies["sala_theme"] = '"><script>'
    assert '<script>"' not in text_of(client, "/about/")
    assert "data-theme" not in text_of(client, "/about/").partition("<body")[0]


def test_the_manifest_speaks_the_language_of_the_page(client: Client) -> None:
    answer = client.get("/site.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    assert json.loads(answer.content)["name"] == "ศาลา"


def test_the_living_page_shows_the_code_of_each_component(client: Client) -> None:
    html = text_of(client, "/design/")
    assert "&lt;c-button" in html
    assert "&lt;c-timeline&gt;" in html


def test_every_link_of_the_shell_opens(client: Client, plugged: None) -> None:
    html = text_of(client, "/")
    for address in sorted(set(re.findall(r'<a[^>]* href="(/[^"#?]*)"', html))):
        assert client.get(address).status_code in {200, 302}, address


def test_a_signed_in_person_has_a_menu_an_inbox_and_a_way_out(client: Client) -> None:
    from sala.kernel.people.interface import Account

    account = Account.objects.create(name_th="มาลี ใจดี", name_en="Malee Jaidee")
    client.force_login(account)
    answer = client.get("/about/")
    html = answer.content.decode()
    assert "มาลี ใจดี" in html
    assert 'href="/inbox/"' in html
    assert 'action="/sign-out/"' in html
    assert 'data-idle-seconds="900"' in html
    assert str(account.pk) not in html
    assert answer["Cache-Control"] == "private, no-store"


def test_nobody_has_no_menu_and_no_timer(client: Client) -> None:
    html = text_of(client, "/about/")
    assert "data-idle-seconds" not in html
    assert 'href="/inbox/"' not in html
    assert "/sign-in/?next=%2Fabout%2F" in html
