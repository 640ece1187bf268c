"""Finds the standing work that lower rooms offer as plain data in `<app>/upkeep.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from sala.kernel.jobs.task import Job, Retry, job, periodic


@dataclass(frozen=True)
class Standing:
    """Work that one worker at a time repeats every `every_s` seconds, without a job row."""

    name: str
    every_s: float
    function: Callable[[], Any]


STANDING: dict[str, Standing] = {}


def declare_upkeep() -> None:
    """Read `UPKEEP` of every app: a cron text makes a periodic job, a number makes standing work."""
    for config in apps.get_app_configs():
        module_name = f"{config.name}.upkeep"
        if config.name == "sala.kernel.jobs" or find_spec(module_name) is None:
            continue
        for name, when, function in getattr(import_module(module_name), "UPKEEP", ()):
            if isinstance(when, str):
                _declare_periodic(name, when, function)
            else:
                STANDING[name] = Standing(name, float(when), function)


def _declare_periodic(name: str, cron: str, function: Callable[[], Any]) -> Job[[], Any]:
    return periodic(cron)(job(name=name, queue="upkeep", retry=Retry(attempts=3, wait_s=30))(function))
