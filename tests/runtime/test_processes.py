"""A child that dies comes back; a parent that dies takes its children along."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sala.runtime import places
from sala.runtime.console import CannotGoOn
from sala.runtime.processes import Child, Supervisor, command_of


def sleeping(tmp_path: Path, **more: object) -> Child:
    code = "import signal, time\nprint('here', flush=True)\ntime.sleep(600)"
    return Child("sleeper", [sys.executable, "-c", code], tmp_path / "sleeper.log", **more)  # type: ignore[arg-type]


def wait_for(is_so: Callable[[], bool], within_s: float = 10) -> None:
    give_up = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_a_killed_child_is_started_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Supervisor() as supervisor:
        child = supervisor.start(sleeping(tmp_path))
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert supervisor.wait_for(lambda: child.pid not in (None, first), within_s=10, what="restart")
    assert "sleeper was killed by SIGKILL; starting it again" in capsys.readouterr().out


def test_a_child_that_never_starts_is_reported_with_its_words(tmp_path: Path) -> None:
    broken = Child(
        "broken", [sys.executable, "-c", "raise SystemExit('no such table')"], tmp_path / "broken.log"
    )
    with Supervisor() as supervisor:
        supervisor.start(broken)
        with pytest.raises(CannotGoOn, match="no such table"):
            supervisor.wait_for(lambda: False, within_s=20, what="never")


def test_pauses_double_until_a_limit(tmp_path: Path) -> None:
    child = Child("broken", ["false"], tmp_path / "log")
    child.start()
    pauses: list[float] = []
    for _ in range(3):
        assert child.process is not None
        child.process.wait()
        child.look_after()
        pauses.append(child.pause_s)
        child.start()
    child.stop()
    assert pauses == [0.4, 0.8, 1.6]


def test_children_stop_in_the_reverse_order(tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = (
        "import signal, sys\n"
        f"def end(*_):\n    open({str(order)!r}, 'a').write(sys.argv[1])\n    raise SystemExit\n"
        "signal.signal(signal.SIGTERM, end)\nprint('ready', flush=True)\nsignal.pause()\nsignal.pause()"
    )
    with Supervisor() as supervisor:
        for name in ("a", "b", "c"):
            log = tmp_path / f"{name}.log"
            supervisor.start(Child(name, [sys.executable, "-c", code, name], log))
            wait_for(lambda log=log: "ready" in log.read_text())  # type: ignore[misc]
    assert order.read_text() == "cba"


def test_a_child_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    code = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('ready', flush=True)\ntime.sleep(600)"
    child = Child("stubborn", [sys.executable, "-c", code], tmp_path / "log", stop_within_s=0.3)
    child.start()
    wait_for(lambda: "ready" in (tmp_path / "log").read_text())
    pid = child.pid
    assert pid is not None
    child.stop()
    assert command_of(pid) == b""


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Linux tells children of their parent's death"
)
def test_children_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    code = (
        "import time\nfrom pathlib import Path\nfrom sala.runtime.processes import Child\n"
        f"child = Child('sleeper', ['sleep', '600'], Path({str(tmp_path / 'log')!r}))\n"
        "child.start()\nprint(child.pid, flush=True)\ntime.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(places.SOURCES)},
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert command_of(pid)
        parent.kill()
    wait_for(lambda: command_of(pid) == b"")


def test_a_large_log_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "sleeper.log").write_bytes(b"x" * (10 * 1024 * 1024 + 1))
    child = sleeping(tmp_path)
    child.start()
    child.stop()
    assert (tmp_path / "sleeper.log.1").stat().st_size > 10 * 1024 * 1024
    assert (tmp_path / "sleeper.log").stat().st_size < 1000
