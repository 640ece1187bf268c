"""The sealed secrets of second factors, and what an account has to prove itself with."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction

from sala.kernel.people.models import Account
from sala.kernel.people.pid import PidKeys

SEALED_FIELDS = ("secret", "seed")  # of authenticator apps and of recovery codes


@dataclass(frozen=True)
class Factors:
    """What an account can prove itself with besides a digital ID."""

    password: bool
    totp: bool
    passkeys: int
    recovery_codes: bool

    @property
    def any(self) -> bool:
        """Whether there is a second factor."""
        return self.totp or self.passkeys > 0


def factors_of(account: Account) -> Factors:
    """Return what an account has set up, in one query."""
    types = list(Authenticator.objects.filter(user=account).values_list("type", flat=True))
    return Factors(
        password=account.has_usable_password(),
        totp=Authenticator.Type.TOTP in types,
        passkeys=types.count(Authenticator.Type.WEBAUTHN),
        recovery_codes=Authenticator.Type.RECOVERY_CODES in types,
    )


def seal(text: str, keys: PidKeys) -> str:
    """Seal a secret of a second factor: `key id:hex`."""
    key_id, sealed = keys.seal(text, bound_to="mfa")
    return f"{key_id}:{sealed.hex()}"


def unseal(sealed: str, keys: PidKeys) -> str:
    """Open what `seal` made."""
    key_id, _, box = sealed.partition(":")
    return keys.open(key_id, bytes.fromhex(box), bound_to="mfa")


def _waiting(keys: PidKeys) -> list[Authenticator]:
    rows = Authenticator.objects.filter(
        type__in=[Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    ).iterator()
    return [
        row
        for row in rows
        if any(
            name in row.data and not row.data[name].startswith(f"{keys.current}:") for name in SEALED_FIELDS
        )
    ]


def is_waiting(keys: PidKeys) -> bool:
    """Whether a secret is still sealed under an older key."""
    return bool(_waiting(keys))


def reseal(keys: PidKeys) -> int:
    """Seal all secrets under the current key; returns how many authenticators changed."""
    rows = 0
    for found in _waiting(keys):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=found.pk).first()
            if row is None:
                continue
            for name in SEALED_FIELDS:
                if name in row.data:
                    row.data[name] = seal(unseal(row.data[name], keys), keys)
            row.save(update_fields=["data"])
            rows += 1
    return rows
