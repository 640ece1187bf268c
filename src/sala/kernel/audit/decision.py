"""What a policy answers: allowed, or not and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Decision:
    """Whether an actor may do a thing; `reason` is the (lazily translated) sentence to show when not.

    It is true in a condition when allowed: `if can_open(actor, case): …`.
    """

    allowed: bool
    reason: object = ""

    def __bool__(self) -> bool:
        return self.allowed


_ALLOWED = Decision(True)


def allow() -> Decision:
    """Return the decision that allows."""
    return _ALLOWED


def deny(reason: object) -> Decision:
    """Return the decision that refuses, with the sentence to show."""
    return Decision(False, reason)
