"""Writes progress: begun by an action, moved forward by the job, looked at by a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.utils import timezone

from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import Actor
from sala.kernel.jobs.models import Progress, ProgressState
from sala.kernel.jobs.stopping import Stopping, is_stopping

# A page polls once a second; writing more often than this only costs the database.
LEAST_S_BETWEEN_WRITES = 0.25


def begin_progress(
    title: str, *, actor: Actor, total: int = 0, params: dict[str, Any] | None = None, result_path: str = ""
) -> Progress:
    """Make a waiting progress row for work that `actor` has just asked for.

    `title` is an English msgid (mark it with `gettext_noop`); it is translated when it is shown.
    """
    return Progress.objects.create(
        owner_id=actor.id if actor.is_account else None,
        title=title,
        total=total,
        params=params or {},
        result_path=result_path,
    )


@dataclass
class Reporter:
    """What a job uses to say how far it has come."""

    progress: Progress
    _written: float = field(default=0.0)

    def advance(self, by: int = 1, *, message: str | None = None, **params: Any) -> None:
        """Add `by` to what is done; raises `Stopping` when the worker was asked to end."""
        self.progress.done += by
        self.say(message, **params)

    def set_total(self, total: int) -> None:
        """Say how much there is to do, once it is known."""
        self.progress.total = total
        self._write()

    def say(self, message: str | None = None, **params: Any) -> None:
        """Show `message`, an English msgid, filled with `params`."""
        if message is not None:
            self.progress.message = message
        self.progress.params |= params
        if is_stopping():
            raise Stopping
        if monotonic() - self._written >= LEAST_S_BETWEEN_WRITES:
            self._write()

    def result(self, path: str) -> None:
        """Say where the reader goes when the work is done."""
        self.progress.result_path = path

    def _write(self) -> None:
        self._written = monotonic()
        self.progress.save(update_fields=["done", "total", "message", "params"])


@contextmanager
def reporting(progress_id: str) -> Iterator[Reporter]:
    """Run a job's work under a progress row: running at the start, done or failed at the end.

    A row already done is left alone by a second run. Use it outside `transaction.atomic`, or the page sees
    nothing before the end.
    """
    progress = Progress.objects.get(pk=progress_id)
    progress.state = ProgressState.RUNNING
    progress.started_at = progress.started_at or timezone.now()
    progress.done, progress.error, progress.finished_at = 0, "", None
    progress.save()
    reporter = Reporter(progress)
    try:
        yield reporter
    except Stopping:
        progress.state = ProgressState.WAITING
        progress.save()
        raise
    except BaseException as error:
        progress.state = ProgressState.FAILED
        progress.error = error.message if isinstance(error, DomainError) else type(error).__name__
        progress.finished_at = timezone.now()
        progress.save()
        raise
    progress.state = ProgressState.DONE
    progress.done = max(progress.done, progress.total)
    progress.finished_at = timezone.now()
    progress.save()
