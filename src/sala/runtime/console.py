"""What the command line says: steps with their time, and refusals with the command that mends them."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class CannotGoOn(Exception):
    """The command stops here: `reason` says why in one sentence, `mends` are exact commands to type."""

    def __init__(self, reason: str, *mends: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.mends = mends

    def __str__(self) -> str:
        lines = [self.reason, *(f"    {mend}" for mend in self.mends)]
        return "\n".join(lines)


# CLOCK_MONOTONIC is the same for every process, so the bootstrap script hands its start on.
_started = float(os.environ.setdefault("SALA_STARTED_AT", str(time.monotonic())))
_open_line = False


def elapsed_s() -> float:
    """Return the seconds since the person pressed Enter."""
    return time.monotonic() - _started


def say(text: str = "") -> None:
    """Print a line, ending a step's line that is still open."""
    global _open_line
    if _open_line:
        print()
        _open_line = False
    print(text, flush=True)


def note(text: str) -> None:
    """Print one line with the time that has passed."""
    say(f"{elapsed_s():6.1f} s  {text}")


def warn(text: str) -> None:
    """Print a line that a person should act on, but that stops nothing."""
    say(f"        !  {text}")


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show that a step has begun and how long it took, also where the output is a file."""
    global _open_line
    began = time.monotonic()
    say_start = f"{elapsed_s():6.1f} s  {name} …"
    if _open_line:
        print()
    print(say_start, end="", flush=True)
    _open_line = True
    yield
    took = f" {time.monotonic() - began:.1f} s"
    if _open_line:
        print(took, flush=True)
        _open_line = False
    else:
        print(f"        {name}: done,{took}", flush=True)


def refuse(error: CannotGoOn) -> int:
    """Print why the command stops and how to mend it; return the exit status."""
    say()
    print(f"sala: {error.reason}", file=sys.stderr)
    if error.mends:
        print("To mend it:", file=sys.stderr)
        for mend in error.mends:
            print(f"    {mend}", file=sys.stderr)
    return 1
