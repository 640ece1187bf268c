"""Who acts: the value that every action takes as `actor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["account", "system", "client", "anonymous"]


@dataclass(frozen=True)
class Actor:
    """One who acts: an account, a machine client, the system itself, or nobody known.

    `id` is the account's UUID as text (never a name or a national ID); `via` is the way in (page, api, job,
    command); `on_behalf_of` the represented account; `ial` and `aal` the assurance of this sign-in.
    """

    kind: Kind
    id: str
    via: str = "page"
    on_behalf_of: str | None = None
    ial: str | None = None
    aal: int | None = None

    @property
    def is_account(self) -> bool:
        """Whether a person is signed in."""
        return self.kind == "account"


ANONYMOUS = Actor("anonymous", "")
SYSTEM = Actor("system", "sala", via="job")
COMMAND = Actor("system", "command-line", via="command")
