"""The plug by which other apps show something on an organisation's page: `<app>/organisation.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, cast

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from sala.kernel.registry.models import Organisation


@dataclass(frozen=True)
class OrganisationCard:
    """A card on an organisation's page, drawn by the app's own template with `context`; small `place` comes first."""

    title: object
    template: str
    icon: str = "chart-column"
    context: Mapping[str, Any] = field(default_factory=dict)
    place: int = 50


Cards = Callable[[Organisation], Sequence[OrganisationCard]]


@cache
def _makers() -> tuple[Cards, ...]:
    """Return `cards(organisation)` of every app of ours whose `organisation.py` has one."""
    modules = [
        import_module(f"{config.name}.organisation")
        for config in apps.get_app_configs()
        if config.name.startswith("sala.")
        and config.module is not None
        and module_has_submodule(config.module, "organisation")
    ]
    return tuple(cast(Cards, module.cards) for module in modules if hasattr(module, "cards"))


def cards_of(organisation: Organisation) -> list[OrganisationCard]:
    """Return all cards for this organisation in their order."""
    return sorted((card for make in _makers() for card in make(organisation)), key=lambda card: card.place)
