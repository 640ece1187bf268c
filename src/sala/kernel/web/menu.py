"""The menu behind a person's name: entries that higher and lower rooms add once, at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from sala.kernel.audit.interface import ANONYMOUS
from sala.kernel.registry.interface import HeldRole, Role, roles_of


@dataclass(frozen=True)
class MenuEntry:
    """A line of the menu; `shown` decides for whom (everyone signed in, where it is left out)."""

    title: object
    icon: str
    url: str
    shown: Callable[[HttpRequest], bool] | None = None

    @property
    def href(self) -> str:
        """The path, or nothing when its address does not exist in this installation."""
        try:
            return self.url if self.url.startswith("/") else reverse(self.url)
        except NoReverseMatch:
            return ""


def _roles(request: HttpRequest) -> frozenset[HeldRole]:
    """Return the person's roles, asked for once a request."""
    found: frozenset[HeldRole] | None = getattr(request, "_menu_roles", None)
    if found is None:
        found = roles_of(getattr(request, "actor", ANONYMOUS))
        request._menu_roles = found  # type: ignore[attr-defined]
    return found


def shown_to(*roles: Role, at_operator: bool = False) -> Callable[[HttpRequest], bool]:
    """Show an entry to holders of one of `roles` (any role where none is named), at the operator if so asked.

    The menu only spares people useless addresses; each page's own policy decides.
    """
    names = {str(role) for role in roles}

    def shown(request: HttpRequest) -> bool:
        return any(
            (not names or held.role in names) and (held.is_operator or not at_operator)
            for held in _roles(request)
        )

    return shown


_ENTRIES: list[MenuEntry] = [
    MenuEntry(_("My account"), "circle-user-round", "people:me"),
    MenuEntry(_("Sign-in and security"), "shield-check", "people:security"),
    MenuEntry(_("Inbox"), "bell", "notify:inbox"),
    MenuEntry(_("My organisations"), "building-2", "registry:mine", shown_to()),
    MenuEntry(_("Imports"), "upload", "registry:imports", shown_to(Role.ADMINISTRATOR, at_operator=True)),
    MenuEntry(_("Audit trail"), "scroll-text", "audit:records", shown_to(Role.AUDITOR)),
    MenuEntry(_("Background work"), "cog", "jobs:jobs", shown_to(Role.ADMINISTRATOR, at_operator=True)),
]


def add_to_menu(entry: MenuEntry) -> None:
    """Add a line to the menu; called from an app's `ready`, twice does no harm."""
    if entry not in _ENTRIES:
        _ENTRIES.append(entry)


def account_menu(request: HttpRequest) -> list[MenuEntry]:
    """Return the lines that this person sees."""
    return [entry for entry in _ENTRIES if entry.href and (entry.shown is None or entry.shown(request))]
