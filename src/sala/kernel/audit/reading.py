"""Ports of reading: whose records somebody may see, and the names of those who acted. Higher rooms set them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sala.kernel.audit.actor import Actor


@dataclass(frozen=True)
class Scope:
    """Which records an actor may read: all, or those of some organisations. Without either: none."""

    everything: bool = False
    organisations: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or bool(self.organisations)


NOTHING = Scope()
Names = Callable[[Collection[str], str], Mapping[str, str]]

_scope: Callable[[Actor], Scope] | None = None
_names: Names | None = None


def set_reading_scope(scope: Callable[[Actor], Scope]) -> None:
    """Let the registry say who is an auditor, and of which organisations. Until it does, nobody reads."""
    global _scope
    _scope = scope


def set_names(names: Names) -> None:
    """Let the room of people name accounts: ids and language in, names by id out."""
    global _names
    _names = names


def scope_of(actor: Actor) -> Scope:
    """Return what `actor` may read."""
    return _scope(actor) if _scope is not None and actor.is_account else NOTHING


def names_of(ids: Collection[str], language: str) -> Mapping[str, str]:
    """Return the names of accounts, as far as they are known."""
    return _names(ids, language) if _names is not None and ids else {}
