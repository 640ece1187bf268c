"""Children: starts them, keeps them alive, stops them in order. Nothing outlives the command that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from sala.runtime import places
from sala.runtime.console import CannotGoOn, note, say

LOOK_EVERY_S = 0.1
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
WELL_AFTER_S = 10.0  # a child that lived so long was well, and starts again at once
LOG_KEEPS_BYTES = 10 * 1024 * 1024


def command_of(pid: int) -> bytes:
    """Return the command line of a process, empty where it is gone; also without /proc."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        if Path("/proc/self").exists():
            return b""
    done = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, check=False)
    return done.stdout


def die_with_parent(stop_signal: int) -> Callable[[], None] | None:
    """Return what makes a child stop when we are killed with SIGKILL; Linux only."""
    if not sys.platform.startswith("linux"):
        return None
    set_death_signal = ctypes.CDLL(None, use_errno=True).prctl

    def in_the_child() -> None:
        set_death_signal(1, stop_signal)  # PR_SET_PDEATHSIG

    return in_the_child


@dataclass
class Child:
    """A program to keep running.

    `stop_signal` asks it to end; after `stop_within_s` seconds its whole process group is killed. Children
    with a lower `stops` stop first. `before` runs ahead of each start (a killed PostgreSQL leaves a pid file). `options` go to `subprocess.Popen`.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    stop_signal: int = signal.SIGTERM
    stop_within_s: float = 10
    stops: int = 0
    before: Callable[[], None] | None = None
    options: Mapping[str, object] = field(default_factory=dict)

    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    start_again_at: float | None = None
    pause_s: float = FIRST_PAUSE_S
    deaths: int = 0

    def start(self) -> None:
        """Start the program in a process group of its own, so that Ctrl-C reaches us alone."""
        if self.before:
            self.before()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_KEEPS_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(  # type: ignore[call-overload]
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=dict(self.environment) if self.environment is not None else None,
                start_new_session=True,
                preexec_fn=die_with_parent(self.stop_signal),
                **self.options,
            )
        self.started_at = time.monotonic()
        self.start_again_at = None

    @property
    def pid(self) -> int | None:
        """The process, while it lives."""
        return self.process.pid if self.process and self.process.poll() is None else None

    def last_words(self, lines: int = 8) -> str:
        """Return the end of what it printed."""
        try:
            with self.log.open("rb") as said:
                said.seek(max(0, self.log.stat().st_size - 4000))
                return "\n".join(said.read().decode(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def look_after(self) -> None:
        """Start it again where it died, with a pause that doubles each time."""
        now = time.monotonic()
        if self.start_again_at is not None:
            if now >= self.start_again_at:
                self.start()
            return
        if self.process is None or (status := self.process.poll()) is None:
            return
        if now - self.started_at > WELL_AFTER_S:
            self.pause_s = FIRST_PAUSE_S
        self.deaths += 1
        self._kill_group()  # what it may have left behind would hold its port or its lock
        ended = (
            f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        )
        note(
            f"{self.name} {ended}; starting it again in {self.pause_s:.1f} s (log: {places.shown(self.log)})"
        )
        self.start_again_at = now + self.pause_s
        self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)

    def stop(self) -> None:
        """Ask it to end, wait, then kill its group; returns when nothing of it is left."""
        self.start_again_at = None
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.stop_within_s)
            except subprocess.TimeoutExpired:
                say(f"        !  {self.name} did not stop in {self.stop_within_s:.0f} s: killing it")
        self._kill_group()
        self.process.wait()
        self.process = None

    def _kill_group(self) -> None:
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


class Supervisor:
    """The children of one `up`, started in order and stopped in the reverse of it."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.asked_to_stop = False
        self._handlers: dict[int, object] = {}

    def __enter__(self) -> Supervisor:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_all()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked_to_stop:  # pressed again: no more patience
            for child in self.children:
                child.stop_within_s = 1
        self.asked_to_stop = True

    def is_stopping(self) -> bool:
        """Whether a person asked us to stop."""
        return self.asked_to_stop

    def start(self, child: Child) -> Child:
        """Start a child and look after it from now on."""
        child.start()
        self.children.append(child)
        return child

    def wait_for(self, is_ready: Callable[[], bool], *, within_s: float, what: str) -> bool:
        """Look after the children until `is_ready`; False where a person asked to stop meanwhile."""
        give_up = time.monotonic() + within_s
        while not self.asked_to_stop:
            if is_ready():
                return True
            for child in self.children:
                child.look_after()
                if child.deaths >= 3:
                    raise CannotGoOn(
                        f"{child.name} does not start. The end of {places.shown(child.log)}:\n{child.last_words()}",
                        "./sala doctor",
                    )
            if time.monotonic() > give_up:
                said = "".join(
                    f"\nThe end of {places.shown(child.log)}:\n{child.last_words()}"
                    for child in self.children[-1:]
                )
                raise CannotGoOn(f"{what} took more than {within_s:.0f} s.{said}", "./sala doctor")
            time.sleep(LOOK_EVERY_S)
        return False

    def run_until_asked_to_stop(self) -> None:
        """Look after the children until Ctrl-C or SIGTERM."""
        while not self.asked_to_stop:
            for child in self.children:
                child.look_after()
            time.sleep(LOOK_EVERY_S)

    def stop_all(self) -> None:
        """Stop every child: lower `stops` first, and of equals the one that started last."""
        while self.children:
            last = min(reversed(self.children), key=lambda child: child.stops)
            self.children.remove(last)
            last.stop()
