"""Sessions: how one begins, slides, grows old and ends, and which ones an account has open."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from sala.kernel.people.assurance import AuthContext, ial_rank
from sala.kernel.people.devices import device_of
from sala.kernel.people.models import Account, Ending, Method, Outcome, SignIn

IDLE_S = 15 * 60
LONGEST_S = 12 * 3600
WRITE_EVERY_S = 20
"""A used session is written no more often than this, so it may end this much early, never late."""

SIGNED_IN_AT = "people.signed_in_at"
SEEN_AT = "people.seen_at"
ENDED = "people.ended"
ID_TOKEN = "people.id_token"  # noqa: S105 (a name, not a token)


def _store(key: str) -> SessionBase:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return cast(SessionBase, store(key))


def begin(request: HttpRequest, account: Account, context: AuthContext, method: str) -> SignIn:
    """Open the session of a successful sign-in; the session key is already a fresh one."""
    session = request.session
    now = time.time()
    session[SIGNED_IN_AT] = session[SEEN_AT] = now
    session.pop(ENDED, None)
    context.write(session)
    if not session.session_key:
        session.save()
    SignIn.objects.filter(session_key=session.session_key).update(
        session_key=None, ended_at=timezone.now(), ending=Ending.REPLACED
    )
    return SignIn.objects.create(
        account=account,
        method=method,
        outcome=Outcome.SIGNED_IN,
        idp=context.idp,
        ial=context.ial or "",
        aal=context.aal,
        device=device_of(request),
        session_key=session.session_key,
        seen_at=timezone.now(),
    )


def note(
    request: HttpRequest, *, method: str, outcome: str, account: Account | None = None, **fields: Any
) -> None:
    """Write a sign-in entry that opens no session: a failure, or a proof given again."""
    SignIn.objects.create(
        account=account, method=method, outcome=outcome, device=device_of(request), **fields
    )


def is_background(request: HttpRequest) -> bool:
    """Whether a machine asked, not a person: htmx and script requests that only read do not keep a session."""
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        return False
    headers = request.headers
    if headers.get("HX-Request") == "true" and headers.get("HX-Boosted") != "true":
        return True
    return headers.get("Sec-Fetch-Dest", "document") == "empty" and headers.get("HX-Boosted") != "true"


def why_over(session: SessionBase, now: float) -> Ending | None:
    """Return why the session is over, if it is."""
    if now - session.get(SIGNED_IN_AT, now) > LONGEST_S:
        return Ending.AGE
    if now - session.get(SEEN_AT, now) > IDLE_S:
        return Ending.IDLE
    return None


def slide(request: HttpRequest) -> None:
    """Keep a session that a person just used."""
    session, now = request.session, time.time()
    if SIGNED_IN_AT not in session:  # a session that another room's test or command opened
        session[SIGNED_IN_AT] = session[SEEN_AT] = now
    elif not is_background(request) and now - session[SEEN_AT] >= WRITE_EVERY_S:
        session[SEEN_AT] = now
        SignIn.objects.filter(session_key=session.session_key).update(seen_at=timezone.now())


def seconds_left(session: SessionBase) -> int:
    """Return how long the session lives if nobody touches it."""
    now = time.time()
    idle = session.get(SEEN_AT, now) + IDLE_S - now
    age = session.get(SIGNED_IN_AT, now) + LONGEST_S - now
    return max(0, int(min(idle, age)))


def mark_ended(session_key: str | None, ending: Ending) -> None:
    """Write the end of a session into the log."""
    SignIn.objects.filter(session_key=session_key).exclude(session_key=None).update(
        session_key=None, ended_at=timezone.now(), ending=ending
    )


def prove_again(
    request: HttpRequest,
    account: Account,
    context: AuthContext,
    *,
    amr: tuple[str, ...],
    log: bool = True,
    better: AuthContext | None = None,
) -> None:
    """Refresh the proof of the session under a new session key; two kinds of proof make AAL 2.

    `better` is the fresh context of a step-up: levels only rise within one session.
    """
    now = time.time()
    proofs = tuple(dict.fromkeys((*context.amr, *amr)))
    aal = max(context.aal or 1, 2 if "pwd" in proofs and len(proofs) > 1 else 1)
    ial = context.ial
    if better is not None:
        aal = max(aal, better.aal or 1)
        ial = max(context.ial, better.ial, key=ial_rank)
    fresh = replace(context, auth_time=now, amr=proofs, aal=aal, ial=ial)
    old_key = request.session.session_key
    request.session.cycle_key()
    SignIn.objects.filter(session_key=old_key).exclude(session_key=None).update(
        session_key=request.session.session_key, seen_at=timezone.now(), ial=ial or "", aal=aal
    )
    request.session[SEEN_AT] = now
    fresh.write(request.session)
    if log:
        note(
            request,
            account=account,
            method=Method.OIDC if better else Method.PASSWORD if "pwd" in amr else Method.SECOND_FACTOR,
            outcome=Outcome.PROVED_AGAIN,
            idp=better.idp if better else context.idp,
            ial=ial or "",
            aal=aal,
        )


def end(request: HttpRequest, ending: Ending) -> None:
    """End the request's own session; the sign-in page will say why."""
    mark_ended(request.session.session_key, ending)
    logout(request)
    if ending in {Ending.IDLE, Ending.AGE}:
        request.session[ENDED] = ending.value


def open_sessions(account: Account) -> QuerySet[SignIn]:
    """Return the sign-ins whose sessions are open, the latest used first."""
    now = timezone.now()
    return SignIn.objects.filter(
        account=account,
        outcome=Outcome.SIGNED_IN,
        ended_at=None,
        at__gt=now - timedelta(seconds=LONGEST_S),
        seen_at__gt=now - timedelta(seconds=IDLE_S + WRITE_EVERY_S),
    ).order_by("-seen_at")


def close(sign_ins: Iterable[SignIn], ending: Ending) -> int:
    """End other sessions at once; returns how many were open."""
    count = 0
    for row in sign_ins:
        if row.session_key:
            _store(row.session_key).delete()
        row.session_key, row.ended_at, row.ending = None, timezone.now(), ending
        row.save(update_fields=["session_key", "ended_at", "ending"])
        count += 1
    return count
