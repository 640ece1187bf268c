"""Jobs are enqueued with the action that wants them, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from sala.engines.wire.errors import DomainError
from sala.kernel.jobs import run
from sala.kernel.jobs.interface import NEVER, Retry, defer, defer_many, defer_with, job, run_waiting
from sala.kernel.jobs.models import Failure, Ran

pytestmark = pytest.mark.django_db

SEEN: list[str] = []


@job(name="tests.jobs.see", queue="tests")
def see(word: str) -> None:
    SEEN.append(word)


@job(name="tests.jobs.break", queue="tests", retry=NEVER)
def break_down() -> None:
    raise RuntimeError("the bridge is out")


@job(name="tests.jobs.refuse", queue="tests")
def refuse() -> None:
    raise DomainError("tests.refused", "Not on a Sunday.")


@job(name="tests.jobs.once", queue="tests", once=True)
def leave_one_failure() -> None:
    Failure.objects.create(job=1, name="effect", attempt=1, error="effect")


@pytest.fixture(autouse=True)
def _forget() -> None:
    SEEN.clear()


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
        return int(cursor.fetchone()[0])


def test_a_rollback_leaves_no_job() -> None:
    def action() -> None:
        with transaction.atomic():
            defer(see, word="never")
            assert waiting() == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        action()
    assert waiting() == 0


def test_a_commit_leaves_one_job_that_runs_with_its_arguments() -> None:
    with transaction.atomic():
        defer(see, word="ศาลา")
    assert run_waiting("tests") == 1
    assert SEEN == ["ศาลา"]
    assert waiting() == 0


def test_many_jobs_are_enqueued_in_one_statement(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert defer_many(see, [{"word": str(n)} for n in range(50)]) == 50
    assert run_waiting("tests") == 50


def test_a_key_that_waits_is_not_enqueued_twice_and_the_transaction_goes_on() -> None:
    with transaction.atomic():
        assert defer_with(see, key="k", kwargs={"word": "a"}) is not None
        assert defer_with(see, key="k", kwargs={"word": "b"}) is None
        assert waiting() == 1


def test_a_job_for_tomorrow_does_not_run_today() -> None:
    defer_with(see, at=timezone.now() + timedelta(days=1), kwargs={"word": "later"})
    assert run_waiting("tests") == 0


def test_a_failure_is_kept_for_the_operator() -> None:
    defer(break_down)
    with pytest.raises(RuntimeError):
        run_waiting("tests")
    failure = Failure.objects.get()
    assert failure.name == "tests.jobs.break"
    assert failure.error == "RuntimeError: the bridge is out"


def test_a_once_job_has_its_effect_once_even_when_it_is_run_again() -> None:
    for _again in range(3):
        run.execute(leave_one_failure, number=77, attempt=1, kwargs={})
    assert Failure.objects.filter(name="effect").count() == 1
    assert Ran.objects.filter(pk=77).exists()


def test_a_once_job_that_fails_leaves_neither_effect_nor_mark() -> None:
    def half() -> None:
        Failure.objects.create(job=1, name="half", attempt=1, error="half")
        raise RuntimeError

    broken = job(name="tests.jobs.half", once=True)(half)
    with pytest.raises(RuntimeError):
        run.execute(broken, number=78, attempt=1, kwargs={})
    assert not Failure.objects.filter(name="half").exists()
    assert not Ran.objects.filter(pk=78).exists()


def test_retries_wait_longer_each_time_and_end() -> None:
    policy = Retry(attempts=4, wait_s=2, factor=10, longest_s=60)
    assert [policy.wait_after(n) for n in (1, 2, 3, 4)] == [
        timedelta(seconds=2),
        timedelta(seconds=20),
        timedelta(seconds=60),
        None,
    ]


def test_a_refusal_is_not_tried_again_but_a_breakdown_is() -> None:
    assert not run.may_try_again(DomainError("x", "no"))
    assert run.may_try_again(OSError())


def test_two_functions_cannot_take_one_name() -> None:
    with pytest.raises(ValueError, match="twice"):
        job(name="tests.jobs.see")(break_down.function)
