"""The house as a person opens it: up, a second up, Ctrl-C, a backup and its restoring elsewhere."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from sala.runtime.postgres import Cluster

if TYPE_CHECKING:
    from .conftest import House

pytestmark = [pytest.mark.xdist_group("house"), pytest.mark.timeout(600)]


def tables(url: str) -> dict[str, tuple[int, str]]:
    """Return rows and a content hash of every table, for comparing two databases."""
    found: dict[str, tuple[int, str]] = {}
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname NOT LIKE 'procrastinate%' ORDER BY 1"
        ).fetchall()
        for (name,) in names:
            row = connection.execute(
                psycopg.sql.SQL(
                    "SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {} t"
                ).format(psycopg.sql.Identifier(name))
            ).fetchone()
            assert row is not None
            found[name] = (row[0], row[1])
    return found


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for part in ("keys", "files")
        for path in (folder / part).rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def open_house(house: House) -> House:
    house.up()
    return house


def test_the_home_page_answers(open_house: House) -> None:
    status, page = open_house.get("/")
    assert status == 200
    assert "<html" in page


def test_it_becomes_ready_with_its_worker(open_house: House) -> None:
    give_up = time.monotonic() + 40
    while (found := open_house.get("/readyz"))[0] != 200:
        assert time.monotonic() < give_up, found[1] + open_house.logs()
        time.sleep(0.5)


def test_it_prints_the_address_and_whom_one_can_be(open_house: House) -> None:
    said = open_house.said()
    assert f"http://localhost:{open_house.port}/" in said
    assert "Malee Jaidee" in said
    assert "Ctrl-C" in said


def test_a_second_up_says_that_it_is_up(open_house: House) -> None:
    second = open_house.sala("up", "--port", str(open_house.port))
    assert second.returncode == 1
    assert "already up" in second.stderr
    assert f"http://localhost:{open_house.port}" in second.stderr


def test_a_restore_does_not_write_over_an_open_house(open_house: House) -> None:
    refused = open_house.sala("restore", "whatever.sala.tar.gz", "--replace")
    assert refused.returncode == 1
    assert "already up" in refused.stderr


def test_killed_parts_come_back(open_house: House) -> None:
    cluster = Cluster(open_house.var / "postgres")
    before = cluster.running_pid()
    assert before is not None
    os.kill(before, signal.SIGKILL)
    give_up = time.monotonic() + 30
    while cluster.running_pid() in (None, before) or open_house.get("/")[0] != 200:
        assert time.monotonic() < give_up, open_house.said() + open_house.logs()
        time.sleep(0.2)
    assert "PostgreSQL was killed by SIGKILL" in open_house.said()


def test_a_backup_made_while_open_is_the_same_state_in_another_folder(
    open_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything that a table or a file says is the same after the restoring."""
    target = tmp_path / "monday.sala.tar.gz"
    made = open_house.sala("backup", str(target))
    assert made.returncode == 0, made.stdout + made.stderr
    open_house.ctrl_c()
    assert open_house.processes() == []

    at_rest = tmp_path / "at-rest.sala.tar.gz"
    assert open_house.sala("backup", str(at_rest)).returncode == 0
    elsewhere = open_house.root.parent / "elsewhere"
    monkeypatch.setitem(open_house.extra, "SALA_VAR", str(elsewhere))
    restored = open_house.sala("restore", str(at_rest))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert open_house.sala("restore", str(at_rest)).returncode == 1  # never over data
    monkeypatch.delitem(open_house.extra, "SALA_VAR")

    one, other = Cluster(open_house.var / "postgres"), Cluster(elsewhere / "postgres")
    found: list[dict[str, tuple[int, str]]] = []
    for cluster in (one, other):
        from sala.runtime.dataserver import as_child

        child = as_child(cluster)
        child.log = tmp_path / "log"
        child.start()
        try:
            cluster.wait_until_it_answers()
            found.append(tables(cluster.url()))
        finally:
            child.stop()
    assert found[0] == found[1]
    assert sum(count for count, _ in found[0].values()) > 1000
    assert files_of(open_house.var) == files_of(elsewhere)

    broken = tmp_path / "broken.sala.tar.gz"
    broken.write_bytes(at_rest.read_bytes()[:-2000])
    refused = open_house.sala("restore", str(broken), "--replace")
    assert refused.returncode == 1
    assert "cannot be restored" in refused.stderr

    replaced = open_house.sala("restore", str(target), "--replace")
    assert replaced.returncode == 0, replaced.stdout + replaced.stderr

    began = time.monotonic()
    open_house.up()
    assert open_house.get("/")[0] == 200
    assert time.monotonic() - began < 40  # 8 s on a machine with nothing else to do
    assert open_house.ctrl_c() < 20
    assert open_house.processes() == []
