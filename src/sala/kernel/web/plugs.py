"""Finds what higher apps plug into the shell: `door.py`, `home.py`, `search.py`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import cast

from django.apps import apps
from django.http import HttpRequest
from django.utils.module_loading import module_has_submodule

from sala.kernel.audit.interface import Actor
from sala.kernel.text.interface import SearchHit
from sala.kernel.web.door import DIRECTORY, Door, HomeCard

Search = Callable[..., list[SearchHit]]
Cards = Callable[[HttpRequest], list[HomeCard]]


@cache
def _plugs(name: str) -> tuple[tuple[str, ModuleType], ...]:
    """Return (app label, module) of each app of ours that has the file; a plug that fails to load stops the start."""
    return tuple(
        (config.label, import_module(f"{config.name}.{name}"))
        for config in apps.get_app_configs()
        if config.name.startswith("sala.")
        and config.name not in {"sala.kernel.web", "sala.kernel.text"}  # text.search holds the words of a hit
        and config.module is not None
        and module_has_submodule(config.module, name)
    )


def doors() -> list[Door]:
    """Return the doors that lead somewhere, in their order."""
    found = [DIRECTORY, *(cast(Door, module.DOOR) for _, module in _plugs("door"))]
    return sorted((door for door in found if door.href), key=lambda door: (door.place, door.code))


def searches() -> list[tuple[str, Search]]:
    """Return every app's search by its label."""
    return [(label, cast(Search, module.search)) for label, module in _plugs("search")]


def home_cards() -> list[Cards]:
    """Return every app's maker of home cards."""
    return [cast(Cards, module.cards) for _, module in _plugs("home")]


def hits(query: str, *, actor: Actor, limit: int) -> list[tuple[str, list[SearchHit]]]:
    """Return what each app finds, apps without a hit left out."""
    found = [(label, search(query, actor=actor, limit=limit)) for label, search in searches()]
    return [(label, list(rows)) for label, rows in found if rows]
