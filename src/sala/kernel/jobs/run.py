"""Runs one job: the mark of `once` jobs, the record of a failure, and the same thing for tests without a worker."""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from sala.engines.wire.errors import DomainError
from sala.kernel.jobs.models import Failure
from sala.kernel.jobs.stopping import Stopping
from sala.kernel.jobs.task import JOBS, Job


def execute(job: Job[..., Any], *, number: int, attempt: int, kwargs: Mapping[str, Any]) -> None:
    """Run `job` as number `number`; a failure is recorded for the operator and raised again."""
    try:
        if job.once:
            with transaction.atomic():
                if _first_run(number):
                    job(**kwargs)
        else:
            job(**kwargs)
    except Stopping:
        raise
    except Exception as error:
        record_failure(number=number, name=job.name, attempt=attempt, error=error)
        raise


def _first_run(number: int) -> bool:
    """Insert the mark; a rival run of the same job waits here, then finds it taken."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO jobs_ran (job, at) VALUES (%s, now()) ON CONFLICT DO NOTHING", [number])
        return bool(cursor.rowcount == 1)


def record_failure(*, number: int, name: str, attempt: int, error: BaseException) -> None:
    """Keep what went wrong; arguments of the job are not kept, the trace carries no values."""
    said = error.message if isinstance(error, DomainError) else str(error)
    Failure.objects.create(
        job=number,
        name=name,
        attempt=attempt,
        error=f"{type(error).__name__}: {said}"[:500],
        trace="".join(traceback.format_tb(error.__traceback__))[-8000:],
    )


def may_try_again(error: BaseException) -> bool:
    """Whether trying again can help: a refusal by a rule stays a refusal."""
    return not isinstance(error, DomainError)


def run_waiting(queue: str | None = None, *, most: int = 1000) -> int:
    """Run waiting jobs here and now on Django's connection until none is left; returns how many ran.

    For tests and first data. A job that fails raises at once and is marked failed.
    """
    ran = 0
    while ran < most:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, task_name, args, attempts FROM procrastinate_jobs WHERE status = 'todo'"
                " AND (%s::text IS NULL OR queue_name = %s) AND (scheduled_at IS NULL OR scheduled_at <= now())"
                " ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED",
                [queue, queue],
            )
            row = cursor.fetchone()
            if row is None:
                return ran
            number, name, args, attempts = row
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [number])
        arguments = _decoded(args)
        arguments.pop("timestamp", None)
        try:
            execute(JOBS[name], number=number, attempt=attempts + 1, kwargs=arguments)
        except Exception:
            _finish(number, "failed")
            raise
        _finish(number, "succeeded")
        ran += 1
    return ran


def _decoded(args: object) -> dict[str, Any]:
    if isinstance(args, str):
        args = json.loads(args)
    return dict(args) if isinstance(args, dict) else {}


def _finish(number: int, status: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT procrastinate_finish_job_v1(%s, %s::procrastinate_job_status, false)", [number, status]
        )
