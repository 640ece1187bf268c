"""Declares jobs: a name that never changes, the function, its queue, and how often it is tried again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Retry:
    """How a failed job is tried again: `attempts` in all, first after `wait_s`, then `factor` times longer."""

    attempts: int = 5
    wait_s: float = 2.0
    factor: float = 4.0
    longest_s: float = 3600.0

    def wait_after(self, attempt: int) -> timedelta | None:
        """Return how long to wait after failed `attempt` (from 1), or nothing when it was the last."""
        if attempt >= self.attempts:
            return None
        return timedelta(seconds=min(self.longest_s, self.wait_s * self.factor ** (attempt - 1)))


NEVER = Retry(attempts=1)


@dataclass(frozen=True, eq=False)
class Job(Generic[P, R]):
    """A declared job; calling it runs the function here and now."""

    name: str
    function: Callable[P, R]
    queue: str
    retry: Retry
    once: bool
    priority: int
    cron: str = ""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)


JOBS: dict[str, Job[..., Any]] = {}


def job(
    *,
    name: str,
    queue: str = "default",
    retry: Retry | None = None,
    once: bool = False,
    priority: int = 0,
) -> Callable[[Callable[P, R]], Job[P, R]]:
    """Declare a function as a job under a permanent dotted name.

    With `once`, the function runs in one transaction with a mark that it ran: its effects in the database
    happen exactly once, however often a worker is killed. Without it the job must be idempotent by itself.
    Higher `priority` runs first. Arguments are JSON: texts, numbers, lists and ids as text.
    """

    def declare(function: Callable[P, R]) -> Job[P, R]:
        known = JOBS.get(name)
        if known is not None and _place(known.function) != _place(function):
            raise ValueError(f"job {name} is declared twice")
        made = Job(name, function, queue, retry or Retry(), once, priority)
        JOBS[name] = made
        return made

    return declare


def periodic(cron: str) -> Callable[[Job[P, R]], Job[P, R]]:
    """Run a declared job on a schedule: five cron fields in UTC; the function takes no arguments.

    Written above `@job`. However many workers run, each time is enqueued once.
    """

    def declare(declared: Job[P, R]) -> Job[P, R]:
        made = Job(
            declared.name,
            declared.function,
            declared.queue,
            declared.retry,
            declared.once,
            declared.priority,
            cron,
        )
        JOBS[declared.name] = made
        return made

    return declare


def _place(function: Callable[..., Any]) -> tuple[str, str]:
    return function.__module__, function.__qualname__
