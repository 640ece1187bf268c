"""Reads of queues, failures and workers: for the operator's page, the metrics page and the readiness check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from sala.kernel.jobs.models import Failure
from sala.kernel.jobs.task import JOBS


@dataclass(frozen=True)
class Queue:
    """One queue now: jobs waiting, running and given up, and how long the oldest has waited."""

    name: str
    waiting: int
    doing: int
    failed: int
    oldest_wait_s: float


@dataclass(frozen=True)
class Worker:
    """A worker that gave a sign of life."""

    number: int
    seen_at: datetime


@dataclass(frozen=True)
class GivenUp:
    """A job that failed for good, with the last reason."""

    number: int
    name: str
    queue: str
    attempts: int
    error: str
    trace: str
    at: datetime | None


def queues() -> list[Queue]:
    """Return every queue that has work or failures, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue_name, count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),"
            " count(*) FILTER (WHERE status = 'failed'),"
            " coalesce(extract(epoch FROM now() - min(coalesce(scheduled_at, began)) FILTER"
            "   (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))), 0)"
            " FROM (SELECT job.*, (SELECT min(at) FROM procrastinate_events AS event WHERE event.job_id = job.id"
            "   AND event.type = 'deferred' AND job.status = 'todo') AS began"
            "   FROM procrastinate_jobs AS job WHERE status IN ('todo', 'doing', 'failed')) AS jobs"
            " GROUP BY queue_name ORDER BY queue_name"
        )
        return [
            Queue(name, todo, doing, failed, float(wait))
            for name, todo, doing, failed, wait in cursor.fetchall()
        ]


def workers() -> list[Worker]:
    """Return the workers that have signed in, the one seen last first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, last_heartbeat FROM procrastinate_workers ORDER BY last_heartbeat DESC")
        return [Worker(number, seen_at) for number, seen_at in cursor.fetchall()]


def worker_is_alive(within_s: float = 30.0) -> bool:
    """Whether some worker gave a sign of life within `within_s` seconds; the readiness check asks this."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s))",
            [within_s],
        )
        return bool(cursor.fetchone()[0])


def given_up(*, most: int = 100) -> list[GivenUp]:
    """Return the jobs that failed for good, newest first, in two queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, task_name, queue_name, attempts FROM procrastinate_jobs WHERE status = 'failed'"
            " ORDER BY id DESC LIMIT %s",
            [most],
        )
        rows = cursor.fetchall()
    last: dict[int, Failure] = {}
    for failure in Failure.objects.filter(job__in=[row[0] for row in rows]).order_by("at"):
        last[failure.job] = failure
    return [_given_up(row, last.get(row[0])) for row in rows]


def _given_up(row: tuple[int, str, str, int], failure: Failure | None) -> GivenUp:
    number, name, queue, attempts = row
    return GivenUp(
        number,
        name,
        queue,
        attempts,
        failure.error if failure else ("" if name in JOBS else "UnknownJob"),
        failure.trace if failure else "",
        failure.at if failure else None,
    )


def queue_figures() -> dict[str, Any]:
    """Return the figures of the metrics page: by queue waiting, doing, failed and oldest wait; workers alive."""
    return {
        "queues": {
            queue.name: {
                "waiting": queue.waiting,
                "doing": queue.doing,
                "failed": queue.failed,
                "oldest_wait_s": queue.oldest_wait_s,
            }
            for queue in queues()
        },
        "workers": len(workers()),
    }
