"""What keys are for: each purpose is declared once, with its algorithm, by the app that signs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import DomainError
from sala.engines.wire.signatures import Algorithm


@dataclass(frozen=True)
class Purpose:
    """A purpose of signing; with `certified` its keys get an X.509 certificate."""

    code: str
    title: object
    algorithm: Algorithm = "ES256"
    certified: bool = False


PURPOSES: dict[str, Purpose] = {}


def declare_purpose(
    code: str, title: object, *, algorithm: Algorithm = "ES256", certified: bool = False
) -> str:
    """Declare a purpose in an app's `ready`; declaring the same twice does no harm. Returns the code."""
    declared = Purpose(code, title, algorithm, certified)
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,39}", code):
        raise ValueError(f"{code!r} is not a lower-case word")
    known = PURPOSES.setdefault(code, declared)
    if (known.algorithm, known.certified) != (algorithm, certified):
        raise ValueError(f"the purpose {code} is declared twice, differently")
    return code


def purpose_named(code: str) -> Purpose:
    """Return a declared purpose; refuses another with `keys.purpose.unknown`."""
    try:
        return PURPOSES[code]
    except KeyError:
        raise DomainError(
            "keys.purpose.unknown",
            _("There is no purpose of signing named “%(code)s”."),
            params={"code": code},
        ) from None


AUTHORITY = declare_purpose("authority", _("Issuing certificates"), algorithm="ES256")
DOCUMENTS = declare_purpose("documents", _("Signing documents"), algorithm="ES256", certified=True)
AUDIT = declare_purpose("audit", _("Checkpoints of the audit log"), algorithm="Ed25519")
RECORDS = declare_purpose("records", _("Signing published records"), algorithm="Ed25519")
