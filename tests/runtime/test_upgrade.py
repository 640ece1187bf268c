"""Data of an older PostgreSQL or release are refused, and one command brings them here."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import psycopg
import pytest

import sala
from sala.runtime.dataserver import as_child
from sala.runtime.postgres import Cluster, find_programs
from sala.runtime.tests.house import House

OLD = Path("/usr/lib/postgresql/15/bin")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not (OLD / "initdb").exists(), reason="needs Debian's postgresql-15")
def test_data_of_an_older_postgresql_and_release_are_brought_here(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(house.extra, "PG_BIN", str(OLD))
    house.up()
    house.ctrl_c()
    cluster = Cluster(house.var / "postgres")
    assert cluster.major() == 15
    version = house.var / "VERSION"
    version.write_text(json.dumps({"sala": "0.0.1", "demonstration": True}))
    monkeypatch.delitem(house.extra, "PG_BIN")

    refused = house.sala("up", "--port", str(house.port))
    assert refused.returncode == 1
    assert "written by Sala 0.0.1" in refused.stderr
    assert f"./sala backup before-{sala.__version__}.sala.tar.gz" in refused.stderr
    assert "./sala upgrade" in refused.stderr

    upgraded = house.sala("upgrade")
    assert upgraded.returncode == 0, upgraded.stdout + upgraded.stderr
    assert json.loads(version.read_text())["sala"] == sala.__version__
    assert cluster.major() == find_programs().major
    assert list((house.var / "backups").glob("before-*.sala.tar.gz"))
    assert list((house.var / "backups").glob("postgres-15-*"))

    child = as_child(cluster)
    child.log = tmp_path / "log"
    child.start()
    try:
        cluster.wait_until_it_answers()
        with psycopg.connect(cluster.url()) as connection:
            row = connection.execute("SELECT count(*) FROM registry_organisation").fetchone()
            assert row is not None
            assert row[0] > 8000
    finally:
        child.stop()
    house.up()
    assert house.get("/")[0] == 200
    house.ctrl_c()


def test_without_data_there_is_nothing_to_upgrade(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(house.extra, "SALA_VAR", str(house.root.parent / "nothing"))
    refused = house.sala("upgrade")
    assert refused.returncode == 1
    assert "./sala up" in refused.stderr


def test_a_missing_old_postgresql_is_named_with_its_package(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    var = tmp_path / "var"
    (var / "postgres" / "data").mkdir(parents=True)
    (var / "postgres" / "data" / "PG_VERSION").write_text("16\n")
    (var / "VERSION").write_text(json.dumps({"sala": "0.0.1", "demonstration": True}))
    monkeypatch.setitem(house.extra, "SALA_VAR", str(var))
    refused = house.sala("upgrade")
    assert refused.returncode == 1
    assert "apt-get install -y postgresql-16" in refused.stderr


def test_the_bootstrap_needs_nothing_but_python(house: House) -> None:
    """Help and doctor speak where no package is installed."""
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(house.root.parent)}
    for words in ([], ["help"], ["doctor"]):
        said = subprocess.run(
            ["/usr/bin/python3", "-S", str(house.root / "sala"), *words],
            env=bare,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in said.stderr, said.stderr
        assert said.stdout


def test_an_unknown_command_is_answered_with_the_list(house: House) -> None:
    refused = house.sala("opne")
    assert refused.returncode == 2
    assert "opne" in refused.stderr
    assert "./sala COMMAND --help" in refused.stdout
