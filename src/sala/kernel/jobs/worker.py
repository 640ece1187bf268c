"""The worker: takes jobs of all queues, does the standing work, and ends within two seconds when it is asked to.

Every declared job is registered in a procrastinate app of its own that listens on a direct connection, while the
jobs themselves run in threads on Django's connections. A job whose worker died is put back by whichever worker
sees it first. A database that goes away is waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading
from typing import Any

import procrastinate
from django.conf import settings
from django.db import close_old_connections
from procrastinate.contrib.django import utils
from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.exceptions import JobRetry
from procrastinate.jobs import Job as Row
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from sala.kernel.jobs.run import execute, may_try_again
from sala.kernel.jobs.standing import StandingThreads, put_back
from sala.kernel.jobs.stopping import STOPPING, Stopping
from sala.kernel.jobs.task import JOBS, Job, Retry

logger = logging.getLogger(__name__)

GRACE_S = 0.7
HARD_STOP_S = 1.2
POLL_S = 2.0
RECONNECT_S = 1.0

RUNNING: set[int] = set()


class _Policy(BaseRetryStrategy):
    """Our retry policy in procrastinate's words."""

    def __init__(self, retry: Retry) -> None:
        self.retry = retry

    def get_retry_decision(self, *, exception: BaseException, job: Row) -> RetryDecision | None:
        if isinstance(exception, Stopping):
            return RetryDecision(retry_in={"seconds": 0})
        wait = self.retry.wait_after(job.attempts + 1) if may_try_again(exception) else None
        return RetryDecision(retry_in={"seconds": int(wait.total_seconds())}) if wait is not None else None

    def get_retry_exception(self, exception: BaseException, job: Row) -> JobRetry | None:
        decision = self.get_retry_decision(exception=exception, job=job)
        return JobRetry(decision) if decision else None


def build_app() -> procrastinate.App:
    """Return a procrastinate app that knows every declared job and listens by itself."""
    connector = procrastinate.PsycopgConnector(kwargs=utils.connector_params(), min_size=1, max_size=4)
    app = DjangoApp(connector=connector, import_paths=[])
    for job in JOBS.values():
        task = app.task(name=job.name, queue=job.queue, retry=_Policy(job.retry), pass_context=True)(
            _runner(job)
        )
        if job.cron:
            app.periodic(cron=job.cron)(task)
    return app


def _runner(job: Job[..., Any]) -> Any:
    def run(context: Any, **kwargs: Any) -> None:
        row = context.job
        kwargs.pop("timestamp", None)  # procrastinate's own argument of periodic jobs
        RUNNING.add(row.id)
        try:
            execute(job, number=row.id, attempt=row.attempts + 1, kwargs=kwargs)
        finally:
            RUNNING.discard(row.id)

    return run


def run_worker(*, concurrency: int | None = None, until_empty: bool = False) -> None:
    """Work until SIGTERM or SIGINT, or with `until_empty` until no job waits."""
    STOPPING.clear()
    standing = StandingThreads()
    if not until_empty:
        standing.start()
    try:
        asyncio.run(_work(concurrency or settings.WORKER_CONCURRENCY, until_empty=until_empty))
    finally:
        STOPPING.set()
        standing.join(HARD_STOP_S)


async def _work(concurrency: int, *, until_empty: bool) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def asked_to_end() -> None:
        if not STOPPING.is_set():
            STOPPING.set()
            threading.Thread(target=_end_hard, daemon=True, name="hard-stop").start()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_end)
    while not stop.is_set():
        working = asyncio.create_task(_serve(concurrency, until_empty=until_empty))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await working
            return
        stopped.cancel()
        if until_empty:
            working.result()
            return
        error = working.exception()
        logger.warning(
            "worker lost its database (%s); trying again", type(error).__name__ if error else "side task"
        )
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), RECONNECT_S)


async def _serve(concurrency: int, *, until_empty: bool) -> None:
    app = build_app()
    async with app.open_async():
        await app.run_worker_async(
            concurrency=concurrency,
            wait=not until_empty,
            install_signal_handlers=False,
            fetch_job_polling_interval=POLL_S,
            abort_job_polling_interval=60.0,
            shutdown_graceful_timeout=GRACE_S,
            update_heartbeat_interval=settings.WORKER_HEARTBEAT_S,
            stalled_worker_timeout=settings.WORKER_LOST_AFTER_S,
            listen_notify=not until_empty,
        )


def _end_hard() -> None:
    """A job in a thread cannot be stopped from outside: put it back into its queue and end the process."""
    timer = threading.Event()
    timer.wait(HARD_STOP_S)
    numbers = sorted(RUNNING)
    logger.warning("ending with %d jobs unfinished; they run again elsewhere", len(numbers))
    try:
        close_old_connections()
        for number in numbers:
            put_back(number)
    finally:
        os._exit(0)
