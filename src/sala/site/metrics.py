"""Figures for Prometheus: requests counted by every web worker together, and the state of the queues.

Several web processes share their counters through the folder that PROMETHEUS_MULTIPROC_DIR names; without it
each process tells its own. Routes are names of views, never paths, so no address of a person's page is kept.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

from django.apps import apps
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

import sala
from sala.kernel.files.interface import file_figures
from sala.kernel.notify.interface import outbox_figures

REQUESTS = Counter("sala_http_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "sala_http_request_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestMetrics:
    """Count each request by route and status, and time it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = (match.view_name if match else "") or "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)
        return response


class Queues(Collector):
    """The state of what the database holds, asked anew at each scrape."""

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges; a database that does not answer is a figure, not an error."""
        yield GaugeMetricFamily("sala_info", f"Sala {sala.__version__}.", value=1)
        try:
            figures = list(self._figures())
        except DatabaseError:
            yield GaugeMetricFamily("sala_database_up", "Whether the database answers.", value=0)
            return
        yield GaugeMetricFamily("sala_database_up", "Whether the database answers.", value=1)
        yield from figures

    def _figures(self) -> Iterator[Metric]:
        with connection.cursor() as cursor:
            jobs = GaugeMetricFamily("sala_jobs", "Jobs in the queue by state.", labels=["state"])
            cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1")
            for state, number in cursor.fetchall():
                jobs.add_metric([state], number)
            yield jobs
            cursor.execute(
                "SELECT coalesce(extract(epoch FROM now() - max(last_heartbeat)), -1) FROM procrastinate_workers"
            )
            yield GaugeMetricFamily(
                "sala_worker_heartbeat_age_seconds",
                "Seconds since a worker last reported; -1 where none ever did.",
                value=float(cursor.fetchone()[0]),
            )
            cursor.execute("SELECT pg_database_size(current_database())")
            yield GaugeMetricFamily(
                "sala_database_bytes", "Size of the database.", value=float(cursor.fetchone()[0])
            )
        files = GaugeMetricFamily("sala_files", "Files kept, by what is known of them.", labels=["state"])
        kept = file_figures()
        for state in ("kept", "unscanned", "infected"):
            files.add_metric([state], kept[state])
        yield files
        yield GaugeMetricFamily("sala_files_bytes", "Bytes of files kept.", value=float(kept["bytes"]))
        mails = GaugeMetricFamily("sala_mails", "Mails of the outbox by state.", labels=["state"])
        for state, number in outbox_figures().items():
            mails.add_metric([state], number)
        yield mails
        yield GaugeMetricFamily(
            "sala_audit_pending",
            "Audit records that the sealer has not yet appended to the log.",
            value=float(apps.get_model("audit", "PendingSeal")._default_manager.count()),
        )


def exposition() -> tuple[bytes, str]:
    """Return the Prometheus text of this installation and its content type."""
    registry = CollectorRegistry()
    registry.register(Queues())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry), CONTENT_TYPE_LATEST
    return generate_latest(registry) + generate_latest(REGISTRY), CONTENT_TYPE_LATEST
