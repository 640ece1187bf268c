"""What went wrong is said with its reason, to people and to programs, and nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("going_wrong")]


def test_a_refused_action_says_its_reason_and_place(client: Client) -> None:
    client.cookies["django_language"] = "en"
    answer = client.get("/wrong/refused/")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "The kind &lt;กรม&gt; is not known." in html
    assert "Row 14" in html
    assert "registry.import.unknown-kind" in html


def test_a_program_gets_a_problem_document(client: Client) -> None:
    for answer in (
        client.get("/wrong/refused/", headers={"accept": "application/json"}),
        client.get("/api/wrong/refused/", headers={"accept": "text/html"}),
    ):
        assert answer["Content-Type"] == "application/problem+json"
        problem = answer.json()
        assert (problem["status"], problem["code"]) == (422, "registry.import.unknown-kind")
        assert problem["detail"] == "The kind <กรม> is not known."
        assert problem["errors"] == [{"row": 14, "column": "C", "detail": problem["detail"]}]


def test_htmx_gets_only_the_message_for_the_place_of_messages(client: Client) -> None:
    answer = client.get("/wrong/refused/", headers={"hx-request": "true"})
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#messages"
    assert "<html" not in answer.content.decode()


def test_a_person_who_may_not_gets_the_policy_s_reason(client: Client) -> None:
    answer = client.get("/wrong/forbidden/")
    assert answer.status_code == 403
    assert "Only the head may do this." in answer.content.decode()
    assert "/sign-in/?next=%2Fwrong%2Fforbidden%2F" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("denied", 403, "คุณไม่มีสิทธิ์เปิดหน้านี้"),
        ("missed", 404, "ไม่พบหน้านี้"),
        ("garbled", 400, "ระบบอ่านคำขอนี้ไม่ได้"),
        ("method", 405, "หน้านี้เปิดด้วยวิธีนี้ไม่ได้"),
        ("hurried", 429, "ลองหลายครั้งเกินไป"),
    ],
)
def test_each_status_has_a_page_and_a_problem_document(
    client: Client, path: str, status: int, words: str
) -> None:
    page = client.get(f"/wrong/{path}/")
    assert page.status_code == status
    assert words in page.content.decode()
    problem = client.get(f"/wrong/{path}/", headers={"accept": "application/json"})
    assert problem.status_code == status
    assert problem.json()["title"] == words


def test_headers_that_belong_to_a_status_are_kept(client: Client) -> None:
    assert client.get("/wrong/method/")["Allow"] == "POST"
    assert client.get("/wrong/hurried/")["Retry-After"] == "30"


def test_a_broken_page_asks_no_database_and_speaks_both_languages(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        answer = client.get("/wrong/broken/")
    html = answer.content.decode()
    assert answer.status_code == 500
    assert "ระบบขัดข้อง" in html
    assert "Sorry, something broke on our side" in html
    assert "a page broke" not in html


def test_the_way_back_is_only_one_of_ours(client: Client) -> None:
    ours = client.get("/wrong/missed/", headers={"referer": "http://testserver/search/"})
    assert 'href="/search/">' in ours.content.decode()
    theirs = client.get("/wrong/missed/", headers={"referer": "https://evil.example/trap/"})
    assert "/trap/" not in theirs.content.decode()


def strict() -> Client:
    """A client whose forms need the token, as browsers' do."""
    return Client(enforce_csrf_checks=True)


FORM = {"name": 'มาลี "ใจดี"', "kind": ["a", "b"], "password": "hunter2-hunter2", "otp_code": "123456"}


def test_a_stale_form_keeps_what_was_typed_and_can_be_sent_again() -> None:
    answer = strict().post("/wrong/form/?step=2", FORM, headers={"sec-fetch-site": "same-origin"})
    html = answer.content.decode()
    assert answer.status_code == 403
    assert 'value="มาลี &quot;ใจดี&quot;"' in html
    assert html.count('name="kind"') == 2
    assert 'action="/wrong/form/?step=2"' in html


def test_a_stale_form_gives_no_secret_back() -> None:
    html = strict().post("/wrong/form/", FORM, headers={"sec-fetch-site": "same-origin"}).content.decode()
    assert "hunter2" not in html
    assert "123456" not in html


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_a_form_from_elsewhere_is_not_offered_to_be_sent(site: str) -> None:
    html = strict().post("/wrong/form/", FORM, headers={"sec-fetch-site": site}).content.decode()
    assert "มาลี" not in html
    assert 'action="/wrong/form/"' not in html


def test_a_program_without_a_token_gets_a_problem_document() -> None:
    answer = strict().post("/wrong/form/", FORM, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "web.csrf")


def test_maintenance_answers_everything_but_health_and_asks_no_database(
    client: Client, settings: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.MAINTENANCE = True
    with django_assert_num_queries(0):
        answer = client.get("/")
        assert (answer.status_code, answer["Retry-After"]) == (503, "300")
        assert "ปิดปรับปรุง" in answer.content.decode()
        assert (
            client.get("/api/x/", headers={"accept": "application/json"}).json()["code"] == "site.maintenance"
        )
        assert client.get("/healthz").status_code == 200
