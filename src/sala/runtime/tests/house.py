"""A checkout of its own for tests that open the house: the tracked files as they are now, the packages lent."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sala.runtime import places
from sala.runtime.stamps import Stamp, hash_of


@dataclass
class House:
    """A checkout in a temporary folder; `sala(…)` runs a command there, `up()` opens it."""

    root: Path
    extra: dict[str, str] = field(default_factory=dict)
    opened: subprocess.Popen[str] | None = None
    port: int = 0

    @property
    def env(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SALA_", "DATABASE_URL", "DJANGO_", "PYTEST_", "PG", "PROMETHEUS_"))
        }
        return {**kept, "SALA_VENV": str(places.venv()), "PYTHONUNBUFFERED": "1", **self.extra}

    @property
    def var(self) -> Path:
        return Path(self.extra.get("SALA_VAR", self.root / "var"))

    def sala(self, *words: str, within_s: float = 120) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.root / "sala"), *words],
            cwd=self.root,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )

    def up(self, *words: str, within_s: float = 150) -> None:
        self.port = self.port or free_port()
        log = self.root.parent / f"{self.root.name}-up.log"
        with log.open("w") as said:
            self.opened = subprocess.Popen(
                [str(self.root / "sala"), "up", "--port", str(self.port), *words],
                cwd=self.root,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        give_up = time.monotonic() + within_s
        while "Sala is open" not in log.read_text():
            assert self.opened.poll() is None, log.read_text() + self.logs()
            assert time.monotonic() < give_up, log.read_text() + self.logs()
            time.sleep(0.1)

    def said(self) -> str:
        return (self.root.parent / f"{self.root.name}-up.log").read_text()

    def logs(self) -> str:
        return "\n".join(
            path.read_text(errors="replace")[-3000:] for path in (self.var / "log").glob("*.log")
        )

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def ctrl_c(self) -> float:
        """Press Ctrl-C; return the seconds until everything was gone."""
        assert self.opened is not None
        began = time.monotonic()
        self.opened.send_signal(signal.SIGINT)
        assert self.opened.wait(60) == 0, self.said()
        return time.monotonic() - began

    def processes(self) -> list[int]:
        """Return every living process that works in this house."""
        marks = (os.fsencode(self.root), os.fsencode(self.var.resolve()))
        found: list[int] = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                seen = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                if (entry / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                    continue
            except OSError:
                continue
            if any(mark in seen for mark in marks):
                found.append(int(entry.name))
        return found

    def kill_all(self) -> None:
        if self.opened is not None and self.opened.poll() is None:
            self.opened.send_signal(signal.SIGTERM)
            try:
                self.opened.wait(30)
            except subprocess.TimeoutExpired:
                self.opened.kill()
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def copy_checkout(target: Path) -> None:
    """Lay the tracked and new files of this checkout into an empty folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=places.ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        source = places.ROOT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


@contextmanager
def open_folder() -> Iterator[Path]:
    """Give a folder that root's server account can pass through; pytest's own are for one user only."""
    with tempfile.TemporaryDirectory(prefix="sala-house-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)


def lay_house(folder: Path) -> House:
    """Lay a checkout with its front-end packages into `folder`."""
    root = folder / "sala"
    root.mkdir()
    copy_checkout(root)
    modules = places.ROOT / "node_modules"
    if not Stamp(modules, "sala").matches(_lock_hash(places.ROOT)):
        pytest.skip("front-end packages are not those of the lock: ./sala test installs them")
    shutil.copytree(modules, root / "node_modules", symlinks=True)
    Stamp(root / "node_modules", "sala").set(_lock_hash(root))
    return House(root)


def _lock_hash(root: Path) -> str:
    return hash_of([root / "package-lock.json", root / "package.json"])
