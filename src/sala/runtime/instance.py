"""One `up` per data folder: who holds it now, and at which address."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from sala.runtime import places
from sala.runtime.console import CannotGoOn


@dataclass(frozen=True)
class Running:
    """The process that holds the data folder, what it does, and the address it serves (empty: none)."""

    pid: int
    what: str
    address: str


def _path() -> Path:
    return places.var() / "in-use"


def _read(file: IO[str]) -> Running | None:
    try:
        found = json.loads(file.read())
        return Running(int(found["pid"]), str(found["what"]), str(found["address"]))
    except (ValueError, KeyError, TypeError):
        return None


def running() -> Running | None:
    """Return who holds the data folder now; the lock dies with its process, so a killed one is not seen."""
    try:
        with _path().open("r+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return _read(file) or Running(0, "another command", "")
    except FileNotFoundError:
        pass
    return None


@contextmanager
def held(what: str, address: str = "", *, wait_s: float = 0) -> Iterator[None]:
    """Hold the data folder while the block runs.

    Refused with the holder's name where another holds it, after `wait_s` seconds unless that one is an `up`.
    """
    places.var().mkdir(parents=True, exist_ok=True)
    with _path().open("a+", encoding="utf-8") as file:
        give_up = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                file.seek(0)
                holder = _read(file)
                if time.monotonic() >= give_up or (holder and holder.what == "up"):
                    raise _in_use(holder) from None
            time.sleep(0.1)
        file.truncate(0)
        file.write(json.dumps(asdict(Running(os.getpid(), what, address))))
        file.flush()
        yield
        file.truncate(0)


def _in_use(holder: Running | None) -> CannotGoOn:
    where = places.shown(places.var())
    if holder is None:
        return CannotGoOn(f"Another ./sala command is working on {where}; try again when it has ended.")
    if holder.what == "up":
        return CannotGoOn(
            f"Sala is already up on {where}: process {holder.pid}, {holder.address}",
            f"open {holder.address}",
            f"kill {holder.pid}        (stops it; or Ctrl-C where it runs)",
        )
    return CannotGoOn(
        f"./sala {holder.what} (process {holder.pid}) is working on {where}; try again when it has ended."
    )
