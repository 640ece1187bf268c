"""The progress page and its part, with and without scripts; the operator's page; the outsider at each."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import COMMAND, SYSTEM, Actor
from sala.kernel.jobs.interface import (
    NEVER,
    Job,
    Progress,
    begin_progress,
    defer,
    job,
    reporting,
    run_waiting,
)
from sala.kernel.people import sessions
from sala.kernel.people.assurance import SESSION_KEY
from sala.kernel.people.interface import Account
from sala.kernel.registry.interface import Role, create_organisation, grant_role, set_operator

pytestmark = pytest.mark.django_db
SignIn = Callable[[Account], Actor]


@job(name="tests.pages.break", queue="tests", retry=NEVER)
def break_down() -> None:
    raise RuntimeError("the bridge is out")


@pytest.fixture
def malee() -> Account:
    return Account.objects.create_user(email="malee@example.org", password="correct horse")


@pytest.fixture
def outsider() -> Account:
    return Account.objects.create_user(email="charlie@example.org", password="correct horse")


@pytest.fixture
def administrator() -> Account:
    account = Account.objects.create_user(email="somsak@example.org", password="correct horse")
    office = create_organisation(code="T-1", kind="department", name_th="สำนักงานทดสอบ", actor=COMMAND)
    set_operator(office, actor=COMMAND)
    grant_role(account_id=account.pk, organisation=office, role=Role.ADMINISTRATOR, actor=COMMAND)
    return account


@pytest.fixture
def sign_in(client: Client) -> SignIn:
    def go(account: Account) -> Actor:
        client.force_login(account)
        session = client.session
        session[SESSION_KEY] = {
            "idp": "test",
            "auth_time": time.time(),
            "ial": "2.3",
            "aal": 2,
            "amr": ["hwk"],
        }
        session[sessions.SIGNED_IN_AT] = session[sessions.SEEN_AT] = time.time()
        session.save()
        return Actor("account", str(account.pk))

    return go


def failed_job() -> int:
    number = defer(break_down)
    with pytest.raises(RuntimeError):
        run_waiting("tests")
    return number


def test_the_owner_follows_the_work_to_its_end(client: Client, sign_in: SignIn, malee: Account) -> None:
    progress = begin_progress("Done", actor=sign_in(malee), total=4)
    address = f"/progress/{progress.pk}/"
    page = client.get(address).content.decode()
    assert 'http-equiv="refresh"' in page
    assert f'hx-get="{address}part/"' in page
    with reporting(str(progress.pk)) as report:
        report.advance(2, message="Waiting")
        assert "2 / 4" in client.get(f"{address}part/").content.decode()
        report.result("/results/")
    part = client.get(f"{address}part/")
    assert part.status_code == 286
    assert 'href="/results/"' in part.content.decode()
    assert "hx-get" not in part.content.decode()
    assert 'http-equiv="refresh"' not in client.get(address).content.decode()


def test_a_refusal_is_shown_in_words(client: Client, sign_in: SignIn, malee: Account) -> None:
    progress = begin_progress("Import", actor=sign_in(malee))

    def work() -> None:
        with reporting(str(progress.pk)):
            raise DomainError("tests.row", "Row %(row)s is empty.", params={"row": 7})

    with pytest.raises(DomainError):
        work()
    assert Progress.objects.get().state == "failed"
    assert "Row 7 is empty." in client.get(f"/progress/{progress.pk}/").content.decode()


def test_an_outsider_sees_neither_progress_nor_queues(
    client: Client, sign_in: SignIn, malee: Account, outsider: Account
) -> None:
    progress = begin_progress("Import", actor=Actor("account", str(malee.pk)))
    number = failed_job()
    sign_in(outsider)
    assert client.get(f"/progress/{progress.pk}/").status_code == 403
    assert client.get(f"/progress/{progress.pk}/part/").status_code == 403
    assert client.get("/jobs/").status_code == 403
    assert client.post(f"/jobs/{number}/retry/").status_code == 403
    assert client.post(f"/jobs/{number}/discard/").status_code == 403


def test_nobody_known_signs_in_first(client: Client) -> None:
    progress = begin_progress("Import", actor=SYSTEM)
    for address in ("/jobs/", f"/progress/{progress.pk}/"):
        assert "sign-in" in client.get(address)["Location"]


def test_the_operator_sees_a_failure_and_runs_it_again(
    client: Client, sign_in: SignIn, administrator: Account
) -> None:
    number = failed_job()
    sign_in(administrator)
    page = client.get("/jobs/").content.decode()
    assert "tests.pages.break" in page
    assert "the bridge is out" in page
    assert client.post(f"/jobs/{number}/retry/").status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, attempts FROM procrastinate_jobs WHERE id = %s", [number])
        assert cursor.fetchone() == ("todo", 0)
    assert client.post(f"/jobs/{number}/retry/").status_code == 409


def test_the_operator_removes_a_failure(client: Client, sign_in: SignIn, administrator: Account) -> None:
    number = failed_job()
    sign_in(administrator)
    assert client.post(f"/jobs/{number}/discard/").status_code == 302
    assert "tests.pages.break" not in client.get("/jobs/").content.decode()


def test_a_job_that_this_version_does_not_know_is_named_as_such(
    client: Client, sign_in: SignIn, administrator: Account
) -> None:
    defer(Job("tests.pages.of-another-version", break_down.function, "tests", NEVER, False, 0))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE queue_name = 'tests'")
    sign_in(administrator)
    assert "UnknownJob" in client.get("/jobs/").content.decode()


def test_many_failures_cost_no_more_queries(
    client: Client,
    sign_in: SignIn,
    administrator: Account,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    for _failure in range(15):
        failed_job()
    sign_in(administrator)
    client.get("/jobs/")
    with django_assert_max_num_queries(14):  # type: ignore[attr-defined]
        assert client.get("/jobs/").content.decode().count("tests.pages.break <") == 15
