"""What machines ask: does the process live (`/healthz`), can it serve (`/readyz`), how is it doing (`/metrics`)."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from functools import cache
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sala.site.metrics import exposition


@require_safe
@never_cache
def live(_request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process can answer at all; looks at nothing else, so that no outage restarts it."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when database, migrations and worker are well, else 503 with the one that is not."""
    checks: Mapping[str, Callable[[], str]] = {
        "database": _database,
        "migrations": _migrations,
        "worker": _worker,
    }
    found: dict[str, str] = {}
    for name, check in checks.items():
        try:
            found[name] = check()
        except DatabaseError:
            found[name] = "the database does not answer"
    well = all(said == "ok" for said in found.values())
    return JsonResponse(
        {"status": "ok" if well else "not ready", "checks": found}, status=200 if well else 503
    )


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the Prometheus text to this machine or to the bearer of SALA_METRICS_TOKEN, else 404."""
    if not _may_read_metrics(request):
        raise Http404
    content, content_type = exposition()
    return HttpResponse(content, content_type=content_type)


def _may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    if settings.PRODUCTION:
        return False
    # A proxy on this machine makes the whole world look like loopback; it also says for whom it asks.
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip")):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    return "ok" if _migrated() else "not applied"


@cache
def _applied_once() -> list[bool]:
    """A place to remember that all is applied; a process never sees its own migrations undone."""
    return []


def _migrated() -> bool:
    if not _applied_once():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _applied_once().append(True)
    return True


def _worker() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
        row = cursor.fetchone()
    age_s = row[0] if row else None
    if age_s is None:
        return "none has started"
    return "ok" if age_s <= settings.WORKER_LOST_AFTER_S else f"silent for {int(age_s)} s"
