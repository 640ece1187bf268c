"""What the operator does with jobs that gave up."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.interface import Actor, declare, record
from sala.kernel.jobs.policy import can_operate_jobs

RETRIED = declare("jobs.job.retried", th="สั่งให้งานทำใหม่", en="Told a job to run again", fields=("job", "name"))
DISCARDED = declare(
    "jobs.job.discarded", th="ยกเลิกงานที่ล้มเหลว", en="Discarded a failed job", fields=("job", "name")
)


def retry_job(number: int, *, actor: Actor) -> None:
    """Put a job that gave up back into its queue, to run now."""
    _check(actor)
    with transaction.atomic(), connection.cursor() as cursor:
        name = _failed(cursor, number)
        # Attempts start anew, so that the job has all its tries again.
        cursor.execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [number])
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 0 WHERE id = %s", [number])
        cursor.execute(
            "SELECT pg_notify('procrastinate_any_queue_v1',"
            " json_build_object('type', 'job_inserted', 'job_id', %s::bigint)::text)",
            [number],
        )
        record(RETRIED, subject=f"jobs.Job:{number}", actor=actor, data={"job": number, "name": name})


def discard_job(number: int, *, actor: Actor) -> None:
    """Remove a job that gave up; its failures stay readable until their time is over."""
    _check(actor)
    with transaction.atomic(), connection.cursor() as cursor:
        name = _failed(cursor, number)
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [number])
        record(DISCARDED, subject=f"jobs.Job:{number}", actor=actor, data={"job": number, "name": name})


def _check(actor: Actor) -> None:
    decision = can_operate_jobs(actor)
    if not decision:
        raise NotAllowed("jobs.not-allowed", decision.reason)


def _failed(cursor: object, number: int) -> str:
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT task_name FROM procrastinate_jobs WHERE id = %s AND status = 'failed' FOR UPDATE", [number]
    )
    row = cursor.fetchone()  # type: ignore[attr-defined]
    if row is None:
        raise DomainError("jobs.not-failed", _("This job is not among the failed ones any more."), status=409)
    return str(row[0])
