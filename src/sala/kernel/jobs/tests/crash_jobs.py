"""Jobs that the crash tests run in a worker of their own, and the way to start that worker."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from sala.kernel.jobs.interface import NEVER, Progress, job, reporting

START = """
import os, sys, django
from django.conf import settings
django.setup()
settings.WORKER_LOST_AFTER_S = 1.0
settings.WORKER_HEARTBEAT_S = 0.25
from sala.kernel.jobs.tests import crash_jobs
from sala.kernel.jobs.worker import run_worker
print("ready", flush=True)
run_worker(concurrency=4)
"""


@job(name="tests.crash.count", queue="tests", once=True)
def count_up(progress_id: str) -> None:
    """Its effect is one more on the row; the pause is where the killing strikes."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_progress SET done = done + 1 WHERE id = %s", [progress_id])
    time.sleep(0.05)


@job(name="tests.crash.obstinate", queue="tests", retry=NEVER)
def sleep_on(progress_id: str) -> None:
    """It never looks whether the worker ends."""
    Progress.objects.filter(pk=progress_id).update(done=1)
    time.sleep(60)


@job(name="tests.crash.polite", queue="tests")
def work_in_steps(progress_id: str) -> None:
    """It reports each step, so it goes back to the queue when the worker ends."""
    with reporting(progress_id) as report:
        report.set_total(2000)
        for _step in range(2000):
            report.advance()
            time.sleep(0.02)


def start_worker() -> subprocess.Popen[bytes]:
    """Start a worker on the test database; the caller ends it."""
    database = connection.settings_dict
    host = f"?host={database['HOST']}" if database["HOST"] else ""
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}{host}",
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", settings.SETTINGS_MODULE),
        "PYTHONPATH": f"{Path(__file__).parents[4]}:{os.environ.get('PYTHONPATH', '')}",
    }
    process = subprocess.Popen([sys.executable, "-c", START], env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process
