"""People for tests: an account, and a signed-in browser at any level of assurance."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from sala.kernel.people import factors, sessions
from sala.kernel.people.assurance import AuthContext
from sala.kernel.people.models import Account, Method, Outcome, SignIn
from sala.kernel.people.pid import pid_keys

PASSWORD = "four words only mine"
TOTP_SECRET = "JBSWY3DPEHPK3PXP"
_numbers = count(1)


def account(email: str | None = None, *, password: str | None = None, **fields: Any) -> Account:
    """Make an account; with an e-mail it is a confirmed one."""
    fields.setdefault("name_th", "มาลี ใจดี")
    fields.setdefault("name_en", "Malee Jaidee")
    made = Account.objects.create_user(email=email, password=password, **fields)
    if email:
        EmailAddress.objects.create(user=made, email=email, verified=True, primary=True)
    return made


def official(*, totp: bool = False, email: str | None = None) -> Account:
    """Make an official with a password, and an authenticator app if wanted."""
    made = account(email or f"official{next(_numbers)}@agency.example", password=PASSWORD)
    if totp:
        add_totp(made)
    return made


def add_totp(made: Account) -> None:
    """Give an account an authenticator app whose secret is known to the test."""
    secret = factors.seal(TOTP_SECRET, pid_keys())
    Authenticator.objects.create(user=made, type="totp", data={"secret": secret})


def totp_code() -> str:
    """Return the code that the app shows now."""
    from allauth.mfa.totp.internal import auth

    return auth.format_hotp_value(
        auth.hotp_value(TOTP_SECRET, next(iter(auth.yield_hotp_counters_from_time())))
    )


def sign_in(
    client: Client, made: Account, *, ial: str | None = "2.3", aal: int | None = 2, **more: Any
) -> AuthContext:
    """Sign a client in as if by digital ID, at these levels; returns what the session then holds."""
    client.force_login(made)
    session = client.session
    context = AuthContext(**{"idp": "thaid-test", "auth_time": time.time(), "ial": ial, "aal": aal, **more})
    context.write(session)
    session[sessions.SIGNED_IN_AT] = session[sessions.SEEN_AT] = time.time()
    session.save()
    SignIn.objects.create(
        account=made, method=Method.OIDC, outcome=Outcome.SIGNED_IN, session_key=session.session_key,
        seen_at=sessions.timezone.now(), device="Chrome · Linux",
    )  # fmt: skip
    return context
