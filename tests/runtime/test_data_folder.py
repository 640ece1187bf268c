"""One command per data folder, of the same release; a lock that dies with its process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import sala
from sala.runtime import datafolder, instance, places
from sala.runtime.console import CannotGoOn


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SALA_VAR", str(tmp_path / "var"))
    return tmp_path / "var"


def test_an_older_release_is_refused_with_the_exact_commands(var: Path) -> None:
    var.mkdir()
    (var / "VERSION").write_text(json.dumps({"sala": "0.0.9", "demonstration": True}))
    with pytest.raises(CannotGoOn, match=r"written by Sala 0\.0\.9") as refused:
        datafolder.check()
    assert refused.value.mends == (f"./sala backup before-{sala.__version__}.sala.tar.gz", "./sala upgrade")


def test_a_newer_release_is_refused(var: Path) -> None:
    var.mkdir()
    (var / "VERSION").write_text(json.dumps({"sala": "99.0.0", "demonstration": True}))
    with pytest.raises(CannotGoOn, match=r"newer Sala 99\.0\.0"):
        datafolder.check()


def test_a_broken_version_file_is_refused(var: Path) -> None:
    var.mkdir()
    (var / "VERSION").write_text("{")
    with pytest.raises(CannotGoOn, match="cannot be read"):
        datafolder.check()


def test_the_same_release_passes() -> None:
    datafolder.check()  # nothing there yet
    datafolder.write(demonstration=False)
    datafolder.check()
    assert datafolder.made() == datafolder.Made(sala.__version__, demonstration=False)


def test_releases_compare_as_numbers() -> None:
    assert datafolder.numbers("0.10.0") > datafolder.numbers("0.9.9")


def test_the_secret_stays_and_is_for_its_owner_only() -> None:
    first = datafolder.secret_file()
    content = first.read_text()
    assert len(content.strip()) >= 50
    assert datafolder.secret_file().read_text() == content
    assert first.stat().st_mode & 0o777 == 0o600


HOLDER = """
import sys, time
from sala.runtime import instance
with instance.held(sys.argv[1], "http://localhost:8000"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("what", ["up", "backup"])
def test_a_second_command_is_told_who_holds_the_folder(what: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, what],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(places.SOURCES)},
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        found = instance.running()
        assert found is not None
        assert found.pid == holder.pid
        with pytest.raises(CannotGoOn, match=str(holder.pid)), instance.held("up", ""):
            pass
        holder.send_signal(signal.SIGKILL)
    assert instance.running() is None  # the lock died with the process, though its words stand in the file
    with instance.held("up", ""):
        assert instance.running() is not None
