"""Figures of documents and jobs: pages set, documents issued and signed, jobs enqueued and done."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

CERTIFICATE = {
    "issuer": "สำนักงานทดสอบ",
    "heading": "ประกาศนียบัตร",
    "awarded_to": "กรมตัวอย่างน้ำใจ",
    "body": ["ได้รับรางวัลหน่วยงานตัวอย่าง", "ประจำปี พ.ศ. ๒๕๖๙"],
    "signer_name": "นางสาวมาลี ใจดี",
    "signer_position": "ผู้อำนวยการ",
}


def figure(name: str, value: float, unit: str, target: float | None) -> None:
    """Print one figure as a JSON line."""
    met = None if target is None else value >= target
    print(
        json.dumps({"name": name, "value": round(value, 2), "unit": unit, "target": target, "met": met}),
        flush=True,
    )


def rate(work: Callable[[], Any], *, times: int, runs: int = 3) -> float:
    """Return how often a second `work` is done, the median of several runs."""
    rates = []
    for _run in range(runs):
        began = time.perf_counter()
        for _time in range(times):
            work()
        rates.append(times / (time.perf_counter() - began))
    return statistics.median(rates)


def main() -> None:
    """Print the figures on a test database of its own, which is removed afterwards."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sala.site.settings_test")
    import django
    from django.test.utils import setup_databases, teardown_databases

    django.setup()
    before = setup_databases(verbosity=0, interactive=False)
    try:
        _documents()
        _jobs()
    finally:
        teardown_databases(before, verbosity=0)


def _documents() -> None:
    from sala.kernel.audit.interface import SYSTEM
    from sala.kernel.documents.interface import issue, render

    at = datetime(2026, 1, 5, tzinfo=UTC)
    render("documents/certificate.typ", CERTIFICATE, at=at)
    figure(
        "documents.set.certificate",
        rate(lambda: render("documents/certificate.typ", CERTIFICATE, at=at), times=40),
        "documents/s",
        30.0,
    )

    def one() -> None:
        issue(
            kind="bench.certificate",
            title_th="ประกาศนียบัตร",
            title_en="Certificate",
            template="documents/certificate.typ",
            data=CERTIFICATE,
            subject="bench.Award:1",
            actor=SYSTEM,
        )

    one()
    # 8,000 reports in ten minutes on two cores ask for 6.7 a second from each.
    figure("documents.issue.certificate", rate(one, times=20), "documents/s", 6.7)


def _jobs() -> None:
    from django.db import connection, transaction

    from sala.kernel.jobs.interface import defer, defer_many, job
    from sala.kernel.jobs.worker import run_worker

    @job(name="bench.nothing", queue="bench")
    def nothing(number: int) -> None:
        """Do nothing, quickly."""

    def enqueue() -> None:
        with transaction.atomic():
            defer(nothing, number=1)

    figure("jobs.enqueue.one-by-one", rate(enqueue, times=300), "jobs/s", 500.0)
    figure(
        "jobs.enqueue.in-batches",
        1000 * rate(lambda: defer_many(nothing, [{"number": n} for n in range(1000)]), times=1),
        "jobs/s",
        5000.0,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
        waiting = int(cursor.fetchone()[0])
    began = time.perf_counter()
    run_worker(until_empty=True)
    figure("jobs.work.one-worker", waiting / (time.perf_counter() - began), "jobs/s", 200.0)


if __name__ == "__main__":
    sys.exit(main())
