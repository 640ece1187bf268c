"""`./sala doctor`: what this machine has and lacks, each lack with the command that mends it.

Standard library only: it must speak when nothing is installed yet. It changes nothing.
"""

from __future__ import annotations

import argparse
import locale
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sala.runtime import datafolder, instance, places
from sala.runtime.console import CannotGoOn, say
from sala.runtime.install import as_root, has_venv_module, is_ready, npm, venv_mend
from sala.runtime.postgres import (
    SERVER_ACCOUNT,
    drops_to_account,
    find_programs,
    server_can_reach,
)

DISK_NEEDED_BYTES = 3 * 10**9


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `state` is well, lacking (needed by `up`), or optional (needed by some parts)."""

    name: str
    state: str
    says: str
    mend: str = ""


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    return argparse.ArgumentParser(
        prog="./sala doctor", description="Explain what this machine has and lacks, and how to mend it."
    )


def main(arguments: Sequence[str]) -> int:
    """Print every finding; the status is 1 where something that `up` needs is lacking."""
    parser().parse_args(arguments)
    findings = list(examine())
    marks = {"well": "ok  ", "lacking": "LACK", "optional": "  - "}
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        say(f"  {marks[finding.state]}  {finding.name:<{width}}  {finding.says}")
        if finding.mend:
            say(f"        {'':<{width}}  → {finding.mend}")
    lacking = [finding for finding in findings if finding.state == "lacking"]
    say()
    if lacking:
        say(f"  {len(lacking)} to mend before ./sala up works.   ต้องแก้ {len(lacking)} ข้อก่อนเปิดระบบ")
        return 1
    say("  ./sala up will work here.   เครื่องนี้พร้อมเปิดศาลา")
    return 0


def examine() -> Iterator[Finding]:
    """Look at everything, in the order in which `up` needs it."""
    for look in (
        _python,
        _venv_module,
        _packages,
        _node,
        _disk,
        _data_folder,
        _postgres,
        _account,
        _port,
        _locale,
        _clock,
        _chromium,
        _clamd,
        _softhsm,
        _poppler,
        _fonts,
    ):
        yield look()


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("python", "well", f"{version} ({sys.executable})")


def _venv_module() -> Finding:
    if places.venv_is_lent():
        return Finding("venv", "well", f"lent by SALA_VENV={places.venv()}")
    if has_venv_module():
        return Finding("venv", "well", "python3 -m venv works")
    return Finding("venv", "lacking", "this Python has no venv module", venv_mend())


def _packages() -> Finding:
    if is_ready("dev"):
        return Finding("packages", "well", "all of requirements/dev.txt")
    if is_ready("prod"):
        return Finding("packages", "well", "all of requirements/prod.txt")
    return Finding("packages", "optional", "not installed yet, or not those of this release", "./sala up")


def _node() -> Finding:
    command = npm()
    if command is None:
        return Finding("node", "optional", "none; ./sala up installs one from requirements/node.txt")
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    return Finding("node", "well", f"npm {done.stdout.strip()} ({command[0]})")


def _disk() -> Finding:
    free = shutil.disk_usage(places.ROOT).free
    says = f"{free / 1e9:.1f} GB free at {places.ROOT}"
    if free >= DISK_NEEDED_BYTES:
        return Finding("disk", "well", says)
    return Finding(
        "disk", "lacking", f"{says}; 3 GB are needed", "make room, or: SALA_VAR=/larger/disk ./sala up"
    )


def _data_folder() -> Finding:
    try:
        datafolder.check()
        made = datafolder.made()
    except CannotGoOn as error:
        return Finding("data", "lacking", error.reason, " ; ".join(error.mends))
    if not os.access(_existing(places.var()), os.W_OK):
        return Finding(
            "data",
            "lacking",
            f"{places.shown(places.var())} belongs to another user",
            as_root(f"chown -R {os.geteuid()} {places.var()}"),
        )
    holder = instance.running()
    if holder:
        return Finding(
            "data", "well", f"in use by ./sala {holder.what}, process {holder.pid} {holder.address}"
        )
    if made is None:
        return Finding("data", "well", f"none yet; ./sala up makes {places.shown(places.var())}")
    kind = "demonstration" if made.demonstration else "installation"
    return Finding("data", "well", f"{places.shown(places.var())}: {kind} of Sala {made.sala}")


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)


def _postgres() -> Finding:
    if places.external_database():
        return Finding("postgres", "well", "DATABASE_URL names a server; none is started here")
    try:
        programs = find_programs()
    except CannotGoOn as error:
        if not is_ready("prod"):
            return Finding("postgres", "optional", "comes with the packages", "./sala up")
        return Finding("postgres", "lacking", error.reason, error.mends[0])
    return Finding("postgres", "well", f"{programs.version} ({programs.folder})")


def _account() -> Finding:
    if places.external_database():
        return Finding("account", "well", "no server of ours")
    if not drops_to_account():
        import pwd

        try:
            name = pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            return Finding(
                "account",
                "lacking",
                f"user number {os.geteuid()} has no entry in /etc/passwd, which PostgreSQL needs",
                f"echo 'sala:x:{os.geteuid()}:{os.getegid()}::/tmp:/bin/sh' | sudo tee -a /etc/passwd",
            )
        return Finding("account", "well", f"PostgreSQL runs as you ({name})")
    if server_can_reach(_existing(places.var())) and server_can_reach(_existing(places.venv())):
        return Finding("account", "well", f"you are root: PostgreSQL runs as {SERVER_ACCOUNT}")
    return Finding(
        "account",
        "well",
        f"you are root and {SERVER_ACCOUNT} cannot reach {places.ROOT}: the database goes below /var/lib/sala "
        "(to keep it here: chmod o+x the home folder, or move the checkout to /srv)",
    )


def _port() -> Finding:
    with socket.socket() as trial:
        trial.settimeout(1)
        if trial.connect_ex(("127.0.0.1", 8000)) != 0:
            return Finding("port", "well", "8000 is free")
    holder = instance.running()
    if holder and holder.address.endswith(":8000"):
        return Finding("port", "well", "8000 is ours")
    return Finding("port", "optional", "another program listens on 8000", "./sala up --port 8001")


def _locale() -> Finding:
    try:
        kept = locale.setlocale(locale.LC_CTYPE)
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
        locale.setlocale(locale.LC_CTYPE, kept)
    except locale.Error:
        return Finding(
            "locale",
            "lacking",
            "the system has no C.UTF-8; Thai search needs it",
            as_root("apt-get install -y libc-bin"),
        )
    return Finding("locale", "well", "C.UTF-8 is there")


def _clock() -> Finding:
    zone = Path("/usr/share/zoneinfo/Asia/Bangkok")
    says = "Asia/Bangkok is known" if zone.exists() else "no system time zones; Python brings its own"
    return Finding("time zone", "well", says)


def _program(name: str, program: str, package: str, use: str) -> Finding:
    if found := shutil.which(program):
        return Finding(name, "well", found)
    return Finding(name, "optional", f"absent; {use}", as_root(f"apt-get install -y {package}"))


def _chromium() -> Finding:
    return _program("chromium", "chromium", "chromium", "the browser tests of ./sala test need it")


def _clamd() -> Finding:
    sockets = [os.environ.get("SALA_CLAMD", ""), "/run/clamav/clamd.ctl", "/var/run/clamav/clamd.ctl"]
    if any(name and Path(name).exists() for name in sockets):
        return Finding("clamd", "well", "the virus scanner answers at its socket")
    mend = as_root("apt-get install -y clamav-daemon")
    return Finding("clamd", "optional", "not running; uploads are marked as not scanned", mend)


def _softhsm() -> Finding:
    return _program("softhsm", "softhsm2-util", "softhsm2", "the tests of PKCS#11 keys need it")


def _poppler() -> Finding:
    return _program("poppler", "pdftotext", "poppler-utils", "the tests of documents read PDF files with it")


def _fonts() -> Finding:
    folder = places.build() / "fonts"
    if folder.exists() and any(folder.iterdir()):
        return Finding("fonts", "well", f"Thai fonts for documents in {places.shown(folder)}")
    return Finding("fonts", "optional", "not compiled yet", "./sala up")
