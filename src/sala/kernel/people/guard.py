"""The brute-force guard: after some wrong tries each further one must wait, longer each time, never for ever.

Tries are counted per account and per address before the password is looked at, so parallel guesses cannot pass
the count. A browser from which the account has signed in before has a counter of its own: whoever guesses from
elsewhere cannot keep its owner out, and no block is longer than a quarter of an hour. Passkeys and digital ID
do not pass through here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.core.internal.httpkit import get_client_ip
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from sala.engines.wire.errors import DomainError
from sala.kernel.people.devices import account_mark, known_marks
from sala.kernel.people.models import Tries

FIRST_WAIT_S = 30
LONGEST_WAIT_S = 15 * 60
FORGET_AFTER = timedelta(hours=1)
FREE_TRIES = {"account": 5, "address": 30, "code": 5}
"""How many wrong tries pass without a wait; an office of many people shares one address."""


class Blocked(DomainError):
    """Too many wrong tries: `wait_s` seconds must pass before the next."""

    def __init__(self, wait_s: int) -> None:
        minutes = max(1, -(-wait_s // 60))
        super().__init__(
            "people.sign-in.blocked",
            ngettext(
                "Too many wrong tries. Please wait %(minutes)d minute and try again.",
                "Too many wrong tries. Please wait %(minutes)d minutes and try again.",
                minutes,
            ),
            params={"minutes": minutes},
            status=429,
        )
        self.wait_s = wait_s
        self.minutes = minutes


def wait_after(failures: int, free: int) -> int:
    """Return how many seconds to wait after this many failures: 0, then 30, 60, 120 … up to 900."""
    if failures < free:
        return 0
    return int(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(failures - free, 16)))


@dataclass(frozen=True)
class Ticket:
    """What one try has counted against."""

    keys: tuple[str, ...]


def _key(kind: str, name: str) -> str:
    digest = salted_hmac("sala.kernel.people.guard", f"{kind}:{name}", algorithm="sha256").hexdigest()
    return f"{kind}:{digest[:48]}"


def _kind(key: str) -> str:
    return key.partition(":")[0]


def keys_for(request: HttpRequest, account: str) -> tuple[str, ...]:
    """Return the counters of a try: account (apart for browsers it knows) and address, in a fixed order."""
    known = account_mark(account) in known_marks(request)
    address = get_client_ip(request) or "unknown"
    return tuple(
        sorted(
            (
                _key("account", f"{account.strip().lower()}:{'known' if known else 'unknown'}"),
                _key("address", address),
            )
        )
    )


def take(keys: tuple[str, ...], now: datetime | None = None) -> Ticket:
    """Count one try before it is looked at; raises `Blocked` while a wait runs.

    Must not run inside a transaction that may be rolled back with the failed try.
    """
    now = now or timezone.now()
    with transaction.atomic():
        rows = []
        for key in keys:
            Tries.objects.get_or_create(key=key, defaults={"last_at": now})
            rows.append(Tries.objects.select_for_update().get(key=key))
        waits = [(row.blocked_until - now).total_seconds() for row in rows if row.blocked_until]
        if (longest := max(waits, default=0.0)) > 0:
            raise Blocked(int(longest) + 1)
        for row in rows:
            if now - row.last_at > FORGET_AFTER:
                row.failures = 0
            row.failures += 1
            row.last_at = now
            wait = wait_after(row.failures, FREE_TRIES[_kind(row.key)])
            row.blocked_until = now + timedelta(seconds=wait) if wait else None
            row.save()
    return Ticket(keys)


def succeeded(ticket: Ticket) -> None:
    """Forget the failures of the account; the address only gets back the one that was no failure."""
    with transaction.atomic():
        for key in ticket.keys:
            row = Tries.objects.select_for_update().filter(key=key).first()
            if row is None:
                continue
            row.failures = row.failures - 1 if _kind(key) == "address" and row.failures else 0
            row.blocked_until = None
            row.save()


def take_code(account_id: str) -> Ticket:
    """Count one try at a second factor of an account."""
    return take((_key("code", account_id),))


def purge(now: datetime | None = None) -> int:
    """Delete counters that say nothing any more; returns how many."""
    deleted, _ = Tries.objects.filter(last_at__lt=(now or timezone.now()) - 2 * FORGET_AFTER).delete()
    return deleted
