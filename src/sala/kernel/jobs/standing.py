"""Standing work: what one worker at a time repeats without job rows, and the care for jobs of dead workers."""

from __future__ import annotations

import logging
import zlib
from contextlib import suppress
from threading import Thread

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, connections, transaction

from sala.kernel.jobs.stopping import STOPPING
from sala.kernel.jobs.upkeep import STANDING, Standing

logger = logging.getLogger(__name__)

# A job that was running when its worker died this often is what kills workers; before that it waits ever longer.
MOST_DEATHS = 12
DEATHS_WITHOUT_WAIT = 3
LONGEST_WAIT_S = 300
SWEEP_EVERY_S = 2.0


def requeue_stalled() -> int:
    """Put back the jobs of workers that stopped giving signs of life; returns how many. Safe to run twice."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => %s)",
            [settings.WORKER_LOST_AFTER_S],
        )
        cursor.execute(
            "SELECT id, attempts FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL"
            " ORDER BY id FOR UPDATE SKIP LOCKED"
        )
        stalled = cursor.fetchall()
        for number, attempts in stalled:
            if attempts + 1 >= MOST_DEATHS:
                cursor.execute(
                    "SELECT procrastinate_finish_job_v1(%s, 'failed'::procrastinate_job_status, false)",
                    [number],
                )
                cursor.execute(
                    "INSERT INTO jobs_failure (id, job, name, attempt, error, trace, at)"
                    " SELECT gen_random_uuid(), id, task_name, attempts, 'WorkerDied', '', now()"
                    " FROM procrastinate_jobs WHERE id = %s",
                    [number],
                )
            else:
                put_back(number, wait_s=wait_after_deaths(attempts + 1))
    return len(stalled)


def wait_after_deaths(deaths: int) -> int:
    """Return how long a job waits whose worker died under it `deaths` times: not at all at first, then doubling."""
    beyond = deaths - DEATHS_WITHOUT_WAIT
    return min(LONGEST_WAIT_S, 5 * 2 ** (beyond - 1)) if beyond > 0 else 0


def put_back(number: int, *, wait_s: int = 0) -> None:
    """Put one running job back into its queue and wake a worker for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [number])
        row = cursor.fetchone()
        if row is None or row[0] != "doing":
            return
        cursor.execute(
            "SELECT procrastinate_retry_job_v2(%s, now() + make_interval(secs => %s), NULL, NULL, NULL)",
            [number, wait_s],
        )
        cursor.execute(
            "SELECT pg_notify('procrastinate_any_queue_v1',"
            " json_build_object('type', 'job_inserted', 'job_id', %s::bigint)::text)",
            [number],
        )


class StandingThreads:
    """One thread for each standing work; a session lock in PostgreSQL gives each to one worker at a time."""

    def __init__(self) -> None:
        own = Standing("jobs.requeue-stalled", SWEEP_EVERY_S, requeue_stalled)
        self.threads = [
            Thread(target=_repeat, args=(work,), name=work.name, daemon=True)
            for work in [own, *STANDING.values()]
        ]

    def start(self) -> None:
        """Begin all standing work."""
        for thread in self.threads:
            thread.start()

    def join(self, timeout_s: float) -> None:
        """Wait for the threads to see that the worker ends."""
        for thread in self.threads:
            if thread.is_alive():
                thread.join(timeout_s)


def _repeat(work: Standing) -> None:
    key = zlib.crc32(work.name.encode()) & 0x7FFFFFFF
    while not STOPPING.is_set():
        try:
            if _locked(key):
                work.function()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("standing work %s: %s", work.name, type(error).__name__)
            _let_go()
        except Exception:
            logger.exception("standing work %s failed", work.name)
        STOPPING.wait(work.every_s)
    _let_go()
    connections.close_all()


def _let_go() -> None:
    """Free the session lock before the connection goes back into the pool, where others would inherit it."""
    with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")
    with suppress(DatabaseError, InterfaceError):
        connection.close()


def _locked(key: int) -> bool:
    """Take the session lock, or find that this session holds it already; a lost session frees it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 0x4A4F42"
            " AND objid = %s AND pid = pg_backend_pid()) OR pg_try_advisory_lock(0x4A4F42, %s)",
            [key, key],
        )
        return bool(cursor.fetchone()[0])
