"""Removes what is long over: finished jobs, progress, failures."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from sala.kernel.jobs.models import Failure, Progress

KEPT_FOR = timedelta(days=7)
FAILURES_KEPT_FOR = timedelta(days=90)


def sweep_old() -> int:
    """Remove finished jobs after a week, and progress and failures after three months; returns how many jobs."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE id IN (SELECT job.id FROM procrastinate_jobs AS job"
            " WHERE job.status IN ('succeeded', 'cancelled', 'aborted') AND NOT EXISTS"
            " (SELECT 1 FROM procrastinate_events AS event WHERE event.job_id = job.id AND event.at > %s)"
            " LIMIT 20000)",
            [now - KEPT_FOR],
        )
        removed = cursor.rowcount
        cursor.execute(
            "DELETE FROM jobs_ran WHERE at < %s AND NOT EXISTS"
            " (SELECT 1 FROM procrastinate_jobs WHERE procrastinate_jobs.id = jobs_ran.job)",
            [now - KEPT_FOR],
        )
    Progress.objects.filter(finished_at__lt=now - FAILURES_KEPT_FOR).delete()
    Failure.objects.filter(at__lt=now - FAILURES_KEPT_FOR).delete()
    return int(removed)
