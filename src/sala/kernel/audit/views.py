"""The pages of auditors, and the public checkpoint."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from sala.engines.wire.errors import NotAllowed
from sala.kernel.audit.actions import export
from sala.kernel.audit.actor import Actor
from sala.kernel.audit.bundle import proof_file
from sala.kernel.audit.checkpoints import checkpoint_verifiers
from sala.kernel.audit.evidence import leaf, log_origin, open_log
from sala.kernel.audit.forms import read_filters
from sala.kernel.audit.models import AuditRecord
from sala.kernel.audit.policy import can_read_records
from sala.kernel.audit.queries import codes, records, shown
from sala.kernel.audit.reading import Scope, scope_of

PAGE = 50

View = Callable[..., HttpResponseBase]


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _for_auditors(view: View) -> View:
    """Ask for a sign-in, then for the role, and hand the view what the auditor may read."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        actor = _actor(request)
        if not actor.is_account:
            return redirect_to_login(request.get_full_path())
        scope = scope_of(actor)
        decision = can_read_records(scope)
        if not decision:
            raise NotAllowed("audit.read.not-allowed", decision.reason)
        response = view(request, scope, *args, **more)
        response["Cache-Control"] = "no-store"
        return response

    return guarded


def _language() -> str:
    return get_language() or "th"


@require_safe
@_for_auditors
def record_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show what was done, newest first, by day."""
    read = read_filters(request.GET)
    found = records(scope, read.filters)
    try:
        before = UUID(request.GET.get("before", ""))
    except ValueError:
        before = None
    rows = list((found.filter(id__lt=before) if before else found)[: PAGE + 1])
    older = rows[PAGE - 1].id if len(rows) > PAGE else None
    log = open_log()
    context = {
        "rows": shown(rows[:PAGE], _language()),
        "read": read,
        "codes": codes(_language()),
        "older": older,
        "before": before,
        "sealed": log.size if log else 0,
    }
    if log:
        log.close()
    return render(request, "audit/records.html", context)


@require_safe
@_for_auditors
def record_page(request: HttpRequest, scope: Scope, record_id: UUID) -> HttpResponse:
    """Show one record with all it says, and its proof."""
    record = _one(scope, record_id)
    context = {
        "row": shown([record], _language())[0],
        "record": record,
        "data": [(name, _readable(value)) for name, value in record.data.items()],
        "has_proof": proof_file(record) is not None,
        "origin": log_origin(),
        "keys": [str(key) for key in checkpoint_verifiers(log_origin())],
    }
    return render(request, "audit/record.html", context)


@require_safe
@_for_auditors
def record_proof(request: HttpRequest, scope: Scope, record_id: UUID) -> HttpResponse:
    """Give out the inclusion proof of a record (C2SP tlog-proof)."""
    text = proof_file(_one(scope, record_id))
    if text is None:
        raise Http404
    return _download(text.encode(), "text/plain; charset=utf-8", f"{record_id}.tlog-proof")


@require_safe
@_for_auditors
def record_content(request: HttpRequest, scope: Scope, record_id: UUID) -> HttpResponse:
    """Give out a record in the very bytes that were sealed."""
    return _download(leaf(_one(scope, record_id)), "application/json", f"{record_id}.json")


@require_POST
@_for_auditors
def export_records(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Give out the records that the filters leave, with proofs, in one file."""
    content = export(read_filters(request.POST).filters, actor=_actor(request))
    return _download(content, "application/zip", "audit-records.zip")


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Show everyone the last signed checkpoint, so that others can keep it and hold us to it."""
    log = open_log()
    note = log.last_checkpoint() if log else None
    if log:
        log.close()
    if note is None:
        raise Http404
    response = HttpResponse(note, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def checkpoint_keys(request: HttpRequest) -> HttpResponse:
    """Show everyone the keys that sign checkpoints, one to a line as name+hash+key."""
    text = "".join(f"{key}\n" for key in checkpoint_verifiers(log_origin()))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _one(scope: Scope, record_id: UUID) -> AuditRecord:
    record = records(scope).filter(id=record_id).first()
    if record is None:
        raise Http404
    return record


def _readable(value: object) -> str:
    if value is None or value == "":
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
