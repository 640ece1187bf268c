"""Group commit: threads that append at the same time share one write and one wait for the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence


class LogUnusable(RuntimeError):
    """The log is closed, or a write failed and left the disk's state unknown; open it again to go on."""


class _Ticket:
    """Records of one caller that wait for the disk."""

    __slots__ = ("error", "first", "leads", "records", "wake")

    def __init__(self, records: Sequence[bytes]) -> None:
        self.records = records
        self.first = -1
        self.leads = False
        self.error: BaseException | None = None
        self.wake = threading.Lock()
        self.wake.acquire()


class GroupCommit:
    """Hands the records of all waiting callers to `write` at once, which returns the index of the first.

    Whoever finds nobody writing writes; those who come meanwhile queue, and one of them writes next for all.
    There is no timer: a lone caller never waits for company, and the slower the disk, the larger the group.
    """

    def __init__(self, write: Callable[[list[bytes]], int]) -> None:
        self._write = write
        self._queue: list[_Ticket] = []
        self._led = False
        self._queue_lock = threading.Lock()
        self.lock = threading.Lock()
        """Held during a write; whoever must not meet a write takes it too."""

    def append(self, records: Sequence[bytes]) -> int:
        """Return the index of the first of `records` once all are on the disk; raises what `write` raised."""
        ticket = _Ticket(records)
        with self._queue_lock:
            self._queue.append(ticket)
            ticket.leads = not self._led
            self._led = True
        if not ticket.leads:
            self._wait(ticket)
        if ticket.leads:
            self._lead()
        if ticket.error is not None:
            raise ticket.error
        return ticket.first

    def _wait(self, ticket: _Ticket) -> None:
        try:
            ticket.wake.acquire()
        except BaseException:
            with self._queue_lock:
                if ticket in self._queue:
                    self._queue.remove(ticket)
                if ticket.leads:
                    self._pass_on()
            raise

    def _lead(self) -> None:
        """Write for all that queue now, then let one of those that came meanwhile write."""
        with self._queue_lock:
            group, self._queue = self._queue, []
        error: BaseException = LogUnusable("the write was interrupted")
        try:
            with self.lock:
                first = self._write([record for ticket in group for record in ticket.records])
            for ticket in group:
                ticket.first = first
                first += len(ticket.records)
        except Exception as failed:  # noqa: BLE001 - each waiting caller is told
            error = failed
        finally:
            with self._queue_lock:
                self._pass_on()
            for ticket in group:
                ticket.error = error if ticket.first < 0 else None
                ticket.wake.release()

    def _pass_on(self) -> None:
        self._led = bool(self._queue)
        if self._led:
            self._queue[0].leads = True
            self._queue[0].wake.release()
