"""`./sala backup FILE`: database, files, keys and audit log in one file, while the site goes on working.

The order makes it consistent: the database is dumped in one snapshot; whatever a row of it points to was
written to the disk before the row, and the audit log is copied after the dump, so that it holds at least what
the dump says was sealed. Files are linked before and after the dump, so that a deletion meanwhile loses none.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sala
from sala.runtime import archive, datafolder, dataserver, places
from sala.runtime.console import CannotGoOn, note, say, step, warn
from sala.runtime.postgres import Cluster, Programs, find_programs

# An append-only log writes its records first and then the mark that vouches for them; read the other way round,
# a copy that is made meanwhile vouches for nothing that it lacks.
VOUCHES = ("mark", "checkpoint")
# What is made anew on another machine, or is no data.
LEFT_OUT = ("postgres", "log", "stamps", "in-use", "VERSION", "backups", "replaced", "restoring-", "test-")


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    made = argparse.ArgumentParser(
        prog="./sala backup",
        description="Write database, files, keys and audit log into one file; the site may go on working.",
    )
    made.add_argument("file", type=Path, help="the file to write, for example monday.sala.tar.gz")
    made.add_argument("--overwrite", action="store_true", help="replace FILE where it is there already")
    return made


def main(arguments: Sequence[str]) -> int:
    """Write a backup."""
    wanted = parser().parse_args(arguments)
    target = wanted.file.absolute()
    if target.exists() and not wanted.overwrite:
        raise CannotGoOn(f"{wanted.file} is there already.", f"./sala backup {wanted.file} --overwrite")
    if not target.parent.is_dir():
        raise CannotGoOn(f"There is no folder {target.parent}.", f"mkdir -p {target.parent}")
    if not places.external_database() and dataserver.cluster().major() is None:
        raise CannotGoOn("There is nothing to back up yet.", "./sala up")
    make(target)
    return 0


def make(target: Path, *, holding: bool = False) -> archive.Manifest:
    """Write the backup to `target`; `holding` says that the caller holds the data folder already."""
    server = None if places.external_database() else dataserver.cluster().with_own_programs()
    programs = server.programs if server else find_programs()
    serving = dataserver.started(server) if holding and server else dataserver.answering("backup", server)
    with serving, _staging() as staging:
        files: dict[str, Path] = {}
        with step("Linking files"):
            _stage_data(staging, files)
        with step("Dumping the database"):
            version = dump(programs, address(server), staging / archive.DATABASE)
        with step("Copying what came meanwhile, and the audit log"):
            _stage_data(staging, files)
            files[archive.DATABASE] = staging / archive.DATABASE
        with step("Writing the archive"):
            made = datafolder.made()
            manifest = archive.Manifest(
                sala=made.sala if made else sala.__version__,
                postgres=version,
                made_at=datetime.now(UTC).isoformat(timespec="seconds"),  # noqa: TID251 - no Django here
                demonstration=bool(made and made.demonstration),
                audit_records=_count_records(address(server)),
                parts={name: archive.measure(path) for name, path in files.items()},
            )
            archive.write(target, manifest, files)
    note(f"{target}: {target.stat().st_size / 1e6:.1f} MB, {len(files)} parts")
    if os.environ.get("SALA_S3_BUCKET"):
        warn("The files in the S3 bucket are not in it: back up the bucket as well.")
    say("        It holds the private keys and everyone's data: keep it as you keep them, and encrypt it.")
    return manifest


def address(server: Cluster | None) -> str:
    """Return the address of the installation's database."""
    if server is not None:
        return server.url()
    if file := os.environ.get("DATABASE_URL_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    return os.environ["DATABASE_URL"]


def dump(programs: Programs, url: str, target: Path) -> str:
    """Dump the database into `target` (custom format); return the version of the server."""
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    done = subprocess.run(
        [
            programs["pg_dump"],
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--file={target}",
            f"--dbname={url}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CannotGoOn(f"pg_dump failed:\n{done.stderr.strip()}", "./sala doctor")
    return str(row[0]) if row else ""


def data_files() -> Iterator[Path]:
    """Yield every file of the data folder that a backup holds."""
    for entry in sorted(places.var().iterdir()):
        if entry.name.startswith(LEFT_OUT):
            continue
        inside = sorted(entry.rglob("*"), key=lambda path: (path.name not in VOUCHES, path))
        for path in inside if entry.is_dir() else [entry]:
            if path.is_file() and not path.is_symlink() and not path.name.endswith((".half", "lock")):
                yield path


def _stage_data(staging: Path, files: dict[str, Path]) -> None:
    """Take a copy of each data file: stored files are never changed, so a hard link does; the rest is copied."""
    for path in data_files():
        relative = path.relative_to(places.var())
        staged = staging / "var" / relative
        staged.parent.mkdir(parents=True, exist_ok=True)
        unchanging = relative.parts[0] == "files"
        try:
            if unchanging:
                if not staged.exists():
                    os.link(path, staged)
            else:
                shutil.copy2(path, staged)
        except FileNotFoundError:
            continue  # deleted since it was listed; the dump that follows does not name it
        except OSError:
            shutil.copy2(path, staged)
        files[archive.DATA + relative.as_posix()] = staged


@contextmanager
def _staging() -> Iterator[Path]:
    """Give a folder on the disk of the data, so that files can be linked."""
    folder = places.var() / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="making-", dir=folder) as made:
        yield Path(made)


def _count_records(url: str) -> int:
    import psycopg

    with psycopg.connect(url) as connection:
        if not (connection.execute("SELECT to_regclass('audit_record')").fetchone() or [None])[0]:
            return 0
        row = connection.execute("SELECT count(*) FROM audit_record").fetchone()
    return int(row[0]) if row else 0
