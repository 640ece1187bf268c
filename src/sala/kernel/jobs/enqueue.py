"""Puts jobs into their queue on Django's own connection, so that they live and die with the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job as Row
from procrastinate.manager import JobManager

from sala.kernel.jobs.task import Job


def _manager() -> JobManager:
    return JobManager(DjangoConnector())


def _row(
    job: Job[..., Any], kwargs: Mapping[str, Any], at: datetime | None, lock: str | None, key: str | None
) -> Row:
    return Row(
        id=None,
        queue=job.queue,
        task_name=job.name,
        priority=job.priority,
        lock=lock,
        queueing_lock=key,
        task_kwargs=dict(kwargs),
        scheduled_at=at,
    )


def defer(job: Job[..., Any], /, **kwargs: Any) -> int:
    """Enqueue `job` in the transaction that is open; a rollback leaves nothing. Returns the job's number."""
    number = _manager().defer_job(_row(job, kwargs, None, None, None)).id
    assert number is not None  # noqa: S101  (the insert returned it)
    return number


def defer_with(
    job: Job[..., Any],
    /,
    *,
    at: datetime | None = None,
    lock: str | None = None,
    key: str | None = None,
    kwargs: Mapping[str, Any],
) -> int | None:
    """Enqueue `job` not before `at`, one at a time for each `lock`, and only once while `key` waits.

    Returns nothing when a job with the same `key` already waits; the transaction stays usable.
    """
    try:
        with transaction.atomic():
            return _manager().defer_job(_row(job, kwargs, at, lock, key)).id
    except AlreadyEnqueued:
        return None


def defer_many(job: Job[..., Any], /, arguments: Iterable[Mapping[str, Any]]) -> int:
    """Enqueue one job for each mapping in `arguments` in one statement; returns how many."""
    rows = [_row(job, kwargs, None, None, None) for kwargs in arguments]
    if rows:
        _manager().batch_defer_jobs(rows)
    return len(rows)
