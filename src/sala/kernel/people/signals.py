"""What allauth tells, turned into the session's assurance and the sign-in log."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from sala.kernel.people import sessions
from sala.kernel.people.assurance import AuthContext
from sala.kernel.people.models import Account, Ending, Method, Outcome, SignIn

TYPES_TO_AMR = {"totp": "otp", "recovery_codes": "otp", "webauthn": "hwk"}


def connect() -> None:
    """Listen; called once when the app is ready."""
    account_signals.authentication_step_completed.connect(_proved_again, dispatch_uid="people.proved-again")
    account_signals.password_changed.connect(_password_changed, dispatch_uid="people.password-changed")
    account_signals.password_reset.connect(_password_reset, dispatch_uid="people.password-reset")
    mfa_signals.authenticator_added.connect(_factor_added, dispatch_uid="people.factor-added")
    mfa_signals.authenticator_removed.connect(_factor_removed, dispatch_uid="people.factor-removed")
    mfa_signals.authentication_failed.connect(_factor_failed, dispatch_uid="people.factor-failed")
    user_logged_out.connect(_signed_out, dispatch_uid="people.signed-out")


def _proved_again(request: HttpRequest, user: Account, method: str, **extra: Any) -> None:
    """A re-authentication refreshes the time of proof and may add a factor."""
    context = AuthContext.of(request)
    if not extra.get("reauthenticated") or context is None:
        return
    proof = "pwd" if method == "password" else TYPES_TO_AMR.get(str(extra.get("type")), "")
    sessions.prove_again(request, user, context, amr=(proof,) if proof else ())


def _factor_added(request: HttpRequest, user: Account, authenticator: Any, **_: Any) -> None:
    """Setting up a second factor just proved it, so the session need not ask for it again."""
    from sala.kernel.people import actions

    if authenticator.type != "recovery_codes":
        actions.note_factor(account=user, change="added", kind=authenticator.type, request=request)
        if context := AuthContext.of(request):
            sessions.prove_again(request, user, context, amr=(TYPES_TO_AMR[authenticator.type],), log=False)


def _factor_removed(request: HttpRequest, user: Account, authenticator: Any, **_: Any) -> None:
    from sala.kernel.people import actions

    if authenticator.type != "recovery_codes":
        actions.note_factor(account=user, change="removed", kind=authenticator.type, request=request)


def _factor_failed(request: HttpRequest, user: Account, **_: Any) -> None:
    sessions.note(request, account=user, method=Method.SECOND_FACTOR, outcome=Outcome.WRONG)


def _password_changed(request: HttpRequest, user: Account, **_: Any) -> None:
    """Other sessions of the account end: whoever knew the old password is out."""
    others = SignIn.objects.filter(account=user, ended_at=None).exclude(
        session_key=request.session.session_key
    )
    sessions.close(others.exclude(session_key=None), Ending.REVOKED)


def _password_reset(request: HttpRequest, user: Account, **_: Any) -> None:
    sessions.close(
        SignIn.objects.filter(account=user, ended_at=None).exclude(session_key=None), Ending.REVOKED
    )
    sessions.note(request, account=user, method=Method.RESET, outcome=Outcome.PROVED_AGAIN)


def _signed_out(request: HttpRequest, user: Account | None, **_: Any) -> None:
    if user is not None and request is not None and request.session.session_key:
        sessions.mark_ended(request.session.session_key, Ending.SIGNED_OUT)
