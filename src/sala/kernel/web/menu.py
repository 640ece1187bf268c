"""The menu behind a person's name: entries that higher and lower rooms add once, at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _


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


_ENTRIES: list[MenuEntry] = [
    MenuEntry(_("My account"), "circle-user-round", "people:me"),
    MenuEntry(_("Sign-in and security"), "shield-check", "people:security"),
    MenuEntry(_("Inbox"), "bell", "notify:inbox"),
]


def add_to_menu(entry: MenuEntry) -> None:
    """Add a line to the menu; called from an app's `ready`, twice does no harm."""
    if entry not in _ENTRIES:
        _ENTRIES.append(entry)


def account_menu(request: HttpRequest) -> list[MenuEntry]:
    """Return the lines that this person sees."""
    return [entry for entry in _ENTRIES if entry.href and (entry.shown is None or entry.shown(request))]
