"""The house as a person opens it: up, a second up, Ctrl-C, a backup and its restoring elsewhere."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psycopg
import pytest

from sala.runtime.dataserver import as_child
from sala.runtime.postgres import Cluster
from sala.runtime.tests.house import House


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


@pytest.mark.timeout(600)
def test_a_day_of_the_house(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One walk, since each step needs the one before it and opening a house takes its time."""
    house.up()
    the_home_page_answers(house)
    it_becomes_ready_with_its_worker(house)
    it_prints_the_address_and_whom_one_can_be(house)
    a_second_up_says_that_it_is_up(house)
    a_restore_does_not_write_over_an_house(house)
    killed_parts_come_back(house)
    a_backup_is_the_same_state_in_another_folder(house, tmp_path, monkeypatch)
    a_later_start_is_quick_and_ctrl_c_leaves_nothing(house)


def the_home_page_answers(house: House) -> None:
    status, page = house.get("/")
    assert status == 200
    assert "<html" in page


def it_becomes_ready_with_its_worker(house: House) -> None:
    give_up = time.monotonic() + 40
    while (found := house.get("/readyz"))[0] != 200:
        assert time.monotonic() < give_up, found[1] + house.logs()
        time.sleep(0.5)


def it_prints_the_address_and_whom_one_can_be(house: House) -> None:
    said = house.said()
    assert f"http://localhost:{house.port}/" in said
    assert "Malee Jaidee" in said
    assert "Ctrl-C" in said


def a_second_up_says_that_it_is_up(house: House) -> None:
    second = house.sala("up", "--port", str(house.port))
    assert second.returncode == 1
    assert "already up" in second.stderr
    assert f"http://localhost:{house.port}" in second.stderr


def a_restore_does_not_write_over_an_house(house: House) -> None:
    refused = house.sala("restore", "whatever.sala.tar.gz", "--replace")
    assert refused.returncode == 1
    assert "already up" in refused.stderr


def killed_parts_come_back(house: House) -> None:
    cluster = Cluster(house.var / "postgres")
    before = cluster.running_pid()
    assert before is not None
    os.kill(before, signal.SIGKILL)
    give_up = time.monotonic() + 30
    while cluster.running_pid() in (None, before) or house.get("/")[0] != 200:
        assert time.monotonic() < give_up, house.said() + house.logs()
        time.sleep(0.2)
    assert "PostgreSQL was killed by SIGKILL" in house.said()


def a_backup_is_the_same_state_in_another_folder(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything that a table or a file says is the same after the restoring."""
    target = tmp_path / "monday.sala.tar.gz"
    made = house.sala("backup", str(target))
    assert made.returncode == 0, made.stdout + made.stderr
    house.ctrl_c()
    assert house.processes() == []

    at_rest = tmp_path / "at-rest.sala.tar.gz"
    assert house.sala("backup", str(at_rest)).returncode == 0
    elsewhere = house.root.parent / "elsewhere"
    monkeypatch.setitem(house.extra, "SALA_VAR", str(elsewhere))
    restored = house.sala("restore", str(at_rest))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert house.sala("restore", str(at_rest)).returncode == 1  # never over data
    monkeypatch.delitem(house.extra, "SALA_VAR")

    one, other = Cluster(house.var / "postgres"), Cluster(elsewhere / "postgres")
    found: list[dict[str, tuple[int, str]]] = []
    for cluster in (one, other):
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
    assert files_of(house.var) == files_of(elsewhere)

    broken = tmp_path / "broken.sala.tar.gz"
    broken.write_bytes(at_rest.read_bytes()[:-2000])
    refused = house.sala("restore", str(broken), "--replace")
    assert refused.returncode == 1
    assert "cannot be restored" in refused.stderr

    replaced = house.sala("restore", str(target), "--replace")
    assert replaced.returncode == 0, replaced.stdout + replaced.stderr


def a_later_start_is_quick_and_ctrl_c_leaves_nothing(house: House) -> None:
    began = time.monotonic()
    house.up()
    assert house.get("/")[0] == 200
    assert time.monotonic() - began < 40  # 8 s on a machine with nothing else to do
    assert house.ctrl_c() < 20
    assert house.processes() == []
