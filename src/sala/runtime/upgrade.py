"""`./sala upgrade`: brings a data folder of an older release, or of an older PostgreSQL, to this one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

import sala
from sala.runtime import backup, datafolder, dataserver, instance, places, prepare, restore
from sala.runtime.console import CannotGoOn, note, say, step, warn
from sala.runtime.install import as_root
from sala.runtime.postgres import Cluster, find_programs
from sala.runtime.stamps import Stamp


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    made = argparse.ArgumentParser(
        prog="./sala upgrade",
        description="Back up, then bring the data of an older release or of an older PostgreSQL to this one.",
    )
    made.add_argument("--no-backup", action="store_true", help="where you made a backup a moment ago")
    return made


def main(arguments: Sequence[str]) -> int:
    """Upgrade the data folder."""
    wanted = parser().parse_args(arguments)
    with instance.held("upgrade"):
        made = datafolder.made()
        if made is None:
            raise CannotGoOn("There are no data to upgrade yet.", "./sala up")
        if datafolder.numbers(made.sala) > datafolder.numbers(sala.__version__):
            datafolder.check()  # refuses, with the commands
        _find_old_programs()
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")  # noqa: TID251 - no Django here
        if not wanted.no_backup:
            folder = places.var() / "backups"
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            backup.make(folder / f"before-{sala.__version__}-{stamp}.sala.tar.gz", holding=True)
        if not places.external_database():
            _change_postgres(stamp)
        _migrate(made.demonstration)
        datafolder.write(made.demonstration)
    note(f"The data are those of Sala {sala.__version__} now.")
    say("        Next: ./sala up")
    return 0


def _find_old_programs() -> None:
    """Refuse early where the PostgreSQL that made the data is not on this machine."""
    if places.external_database():
        return
    server = dataserver.cluster()
    major = server.major()
    if major is None or major == find_programs().major:
        return
    try:
        server.with_own_programs()
    except CannotGoOn:
        raise CannotGoOn(
            f"The data were made by PostgreSQL {major}, and only its own programs can read them out.",
            as_root(f"apt-get install -y postgresql-{major}"),
            "./sala upgrade",
        ) from None


def _change_postgres(stamp: str) -> None:
    """Move the database into a cluster of the present PostgreSQL; the old cluster is kept aside."""
    server = dataserver.cluster()
    if server.major() == server.programs.major:
        return
    old = server.with_own_programs()
    dump = places.var() / "backups" / f"postgres-{old.programs.major}-{stamp}.dump"
    with dataserver.started(old), step(f"Reading the database out of PostgreSQL {old.programs.major}"):
        backup.dump(server.programs, old.url(), dump)
    new = Cluster(places.var() / "postgres-new", server.programs)
    new.remove()
    with step(f"Writing it into PostgreSQL {server.programs.major}"), dataserver.started(new):
        restore.beside_and_rename(new, dump)
    aside = places.var() / "backups" / f"postgres-{old.programs.major}-{stamp}"
    server.link.rename(aside)
    new.link.rename(server.link)
    dump.unlink()
    warn(f"The old cluster is kept in {places.shown(aside)}; delete it when all is well.")


def _migrate(demonstration: bool) -> None:
    Stamp(places.var(), "first-data").clear()
    env = dataserver.site_environment(demonstration=demonstration)
    prepare.texts(env)
    if places.external_database():
        prepare.data(env, external=True)
        return
    with dataserver.started(dataserver.cluster()):
        prepare.data(env, external=False)
