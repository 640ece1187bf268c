"""Whether this worker was asked to end: long jobs look at it and go back to their queue."""

from __future__ import annotations

from threading import Event

STOPPING = Event()


class Stopping(Exception):
    """The job gives up its turn because the worker ends; it runs again from the start elsewhere."""


def is_stopping() -> bool:
    """Whether the worker that runs this job was asked to end."""
    return STOPPING.is_set()
