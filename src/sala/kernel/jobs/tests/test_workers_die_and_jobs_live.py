"""A killed worker loses no job and doubles no effect; an asked one ends within two seconds."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from sala.kernel.audit.interface import SYSTEM
from sala.kernel.jobs.interface import Progress, begin_progress, defer, defer_many
from sala.kernel.jobs.queries import given_up, queue_figures, worker_is_alive
from sala.kernel.jobs.standing import MOST_DEATHS, requeue_stalled, wait_after_deaths
from sala.kernel.jobs.tests import crash_jobs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.crash]


@pytest.fixture
def workers() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


def until(holds: Callable[[], bool], *, within_s: float) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def count(status: str) -> int:
    """Count the tests' own jobs: the worker has periodic ones besides."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE queue_name = 'tests' AND status = %s::procrastinate_job_status",
            [status],
        )
        return int(cursor.fetchone()[0])


def test_five_kills_and_every_job_has_its_effect_exactly_once(workers: list[subprocess.Popen[bytes]]) -> None:
    rows = [begin_progress(f"job {n}", actor=SYSTEM) for n in range(60)]
    with transaction.atomic():
        defer_many(crash_jobs.count_up, [{"progress_id": str(row.pk)} for row in rows])
    for _kill in range(5):
        before = count("succeeded")
        workers.append(crash_jobs.start_worker())
        assert until(lambda before=before: count("succeeded") > before, within_s=30)  # type: ignore[misc]
        workers[-1].kill()
        workers[-1].wait(10)
    workers.append(crash_jobs.start_worker())
    done = until(lambda: count("succeeded") == len(rows), within_s=60)
    assert done, {status: count(status) for status in ("todo", "doing", "succeeded", "failed")}
    assert set(Progress.objects.values_list("done", flat=True)) == {1}


@pytest.mark.parametrize(("deaths", "wait_s"), [(1, 0), (3, 0), (4, 5), (5, 10), (11, 300)])
def test_a_job_under_which_workers_die_again_and_again_waits_longer(deaths: int, wait_s: int) -> None:
    assert wait_after_deaths(deaths) == wait_s


def test_a_job_that_kills_every_worker_is_given_up_and_shown_to_the_operator() -> None:
    number = defer(crash_jobs.sleep_on, progress_id="x")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = %s", [MOST_DEATHS - 1])
    assert requeue_stalled() == 1
    assert (count("failed"), count("doing")) == (1, 0)
    assert [(job.number, job.error) for job in given_up()] == [(number, "WorkerDied")]
    assert requeue_stalled() == 0


def test_a_worker_with_an_obstinate_job_ends_in_two_seconds_and_the_job_waits_again(
    workers: list[subprocess.Popen[bytes]],
) -> None:
    row = begin_progress("obstinate", actor=SYSTEM)
    defer(crash_jobs.sleep_on, progress_id=str(row.pk))
    workers.append(crash_jobs.start_worker())
    assert until(lambda: Progress.objects.filter(pk=row.pk, done=1).exists(), within_s=30)
    workers[-1].send_signal(signal.SIGTERM)
    assert workers[-1].wait(10) == 0
    assert count("todo") == 1


def test_a_polite_job_goes_back_to_its_queue_and_says_so(workers: list[subprocess.Popen[bytes]]) -> None:
    row = begin_progress("polite", actor=SYSTEM)
    defer(crash_jobs.work_in_steps, progress_id=str(row.pk))
    workers.append(crash_jobs.start_worker())
    assert until(lambda: Progress.objects.get(pk=row.pk).done > 3, within_s=30)
    assert worker_is_alive(within_s=5)
    assert queue_figures()["queues"]["tests"]["doing"] == 1
    workers[-1].send_signal(signal.SIGTERM)
    assert workers[-1].wait(10) == 0
    assert count("todo") == 1
    assert Progress.objects.get(pk=row.pk).state == "waiting"
    assert not worker_is_alive(within_s=5)


def test_a_new_job_wakes_an_idle_worker_at_once(workers: list[subprocess.Popen[bytes]]) -> None:
    workers.append(crash_jobs.start_worker())
    assert until(worker_is_alive, within_s=30)
    time.sleep(1.0)
    row = begin_progress("quick", actor=SYSTEM)
    began = time.monotonic()
    defer(crash_jobs.count_up, progress_id=str(row.pk))
    assert until(lambda: Progress.objects.get(pk=row.pk).done == 1, within_s=10)
    assert time.monotonic() - began < 1.5  # a worker that only polled would come after two seconds
