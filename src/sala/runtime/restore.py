"""`./sala restore FILE`: the state of a backup, on this machine, in this folder.

The whole archive is read and checked first; the database is restored beside the present one and takes its
name at the end; what was there before stays below `var/replaced` until it all succeeded.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import sala
from sala.runtime import archive, backup, datafolder, dataserver, instance, places
from sala.runtime.console import CannotGoOn, note, say, step
from sala.runtime.postgres import Cluster, Programs, find_programs
from sala.runtime.stamps import Stamp


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    made = argparse.ArgumentParser(
        prog="./sala restore", description="Bring back the state of a backup. Refuses to write over data."
    )
    made.add_argument("file", type=Path, help="a file that ./sala backup wrote")
    made.add_argument("--replace", action="store_true", help="replace the data that are here now")
    return made


def main(arguments: Sequence[str]) -> int:
    """Restore a backup."""
    wanted = parser().parse_args(arguments)
    with instance.held("restore"):
        _refuse_data(wanted)
        places.var().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="restoring-", dir=places.var()) as folder:
            staging = Path(folder)
            with step("Reading and checking the backup"):
                manifest = archive.unpack(wanted.file.absolute(), staging)
            if datafolder.numbers(manifest.sala) > datafolder.numbers(sala.__version__):
                raise CannotGoOn(
                    f"{wanted.file} was made by the newer Sala {manifest.sala}; this is {sala.__version__}. "
                    "Nothing was changed.",
                    f"git checkout v{manifest.sala}",
                )
            _restore_database(staging / archive.DATABASE)
            with step("Putting files, keys and audit log in place"):
                _restore_data(staging / "var")
        datafolder.write(manifest.demonstration, release=manifest.sala)
        Stamp(places.var(), "first-data").clear()
    note(f"Restored the state of {manifest.made_at}, Sala {manifest.sala}.")
    older = datafolder.numbers(manifest.sala) < datafolder.numbers(sala.__version__)
    say("        Next: " + ("./sala upgrade" if older else "./sala up"))
    return 0


def _refuse_data(wanted: argparse.Namespace) -> None:
    if wanted.replace:
        return
    there = (
        _has_tables(backup.address(None))
        if places.external_database()
        else dataserver.cluster().major() is not None
    )
    if there:
        raise CannotGoOn(
            "There are data here already.",
            "./sala backup before-restore.sala.tar.gz",
            f"./sala restore {wanted.file} --replace",
        )


def _restore_database(dump: Path) -> None:
    if places.external_database():
        url = backup.address(None)
        with step("Restoring the database"):
            _empty(url)
            load(find_programs(), url, dump)
        return
    server = dataserver.cluster()
    with dataserver.started(server), step("Restoring the database"):
        beside_and_rename(server, dump)


def beside_and_rename(server: Cluster, dump: Path) -> None:
    """Restore a dump into a new database of a running cluster, then give it the name of the old one."""
    import psycopg

    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS sala_restoring WITH (FORCE)")
        connection.execute("CREATE DATABASE sala_restoring")
        load(server.programs, server.url("sala_restoring"), dump)
        connection.execute("DROP DATABASE IF EXISTS sala_replaced WITH (FORCE)")
        with connection.transaction():
            connection.execute("ALTER DATABASE sala RENAME TO sala_replaced")
            connection.execute("ALTER DATABASE sala_restoring RENAME TO sala")
        connection.execute("DROP DATABASE sala_replaced WITH (FORCE)")
        connection.execute("CHECKPOINT")


def load(programs: Programs, url: str, dump: Path) -> None:
    """Load a dump into an empty database."""
    done = subprocess.run(
        [
            programs["pg_restore"],
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            f"--dbname={url}",
            str(dump),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CannotGoOn(f"pg_restore failed:\n{done.stderr.strip()}", "./sala doctor")


def _has_tables(url: str) -> bool:
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind = 'r'"
        ).fetchone()
    return bool(row and row[0])


def _empty(url: str) -> None:
    import psycopg

    if _has_tables(url):
        with psycopg.connect(url) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")


def _restore_data(staged: Path) -> None:
    """Swap the data folders; the old ones are deleted only when all new ones stand."""
    replaced = places.var() / "replaced"
    shutil.rmtree(replaced, ignore_errors=True)
    replaced.mkdir(mode=0o700)
    for entry in list(places.var().iterdir()):
        if not entry.name.startswith(backup.LEFT_OUT):
            entry.rename(replaced / entry.name)
    for entry in staged.iterdir() if staged.exists() else []:
        entry.rename(places.var() / entry.name)
    shutil.rmtree(replaced)
