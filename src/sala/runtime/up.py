"""`./sala up`: from a checkout to an open house, and back to nothing on Ctrl-C."""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import shutil
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence

from sala.runtime import datafolder, dataserver, instance, places, prepare
from sala.runtime.console import CannotGoOn, note, say, step
from sala.runtime.processes import Child, Supervisor

WEB_WORKERS, WEB_THREADS = 2, 4
LISTEN_ON = "127.0.0.1"
MANAGE = ("sala.site.manage",)


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    made = argparse.ArgumentParser(
        prog="./sala up",
        description="Start everything on this machine: database, web, worker, audit sealer. Ctrl-C stops it all; data stay.",
    )
    made.add_argument("--port", type=int, default=8000, help="port of the site on this machine (8000)")
    made.add_argument("--fresh", action="store_true", help="delete all data of this folder first")
    made.add_argument("--empty", action="store_true", help="begin without the demonstration country")
    made.add_argument(
        "--yes", action="store_true", help="do not ask before --fresh deletes data that are no demonstration"
    )
    return made


def main(arguments: Sequence[str]) -> int:
    """Run until Ctrl-C."""
    wanted = parser().parse_args(arguments)
    address = f"http://localhost:{wanted.port}"
    with instance.held("up", address), Supervisor() as supervisor:
        try:
            _open(supervisor, wanted, address)
        except CannotGoOn:
            if not supervisor.is_stopping():  # Ctrl-C also reaches the step that runs now
                raise
        note("Stopping …")
        supervisor.stop_all()
        note(f"Stopped. Your data are in {places.shown(places.var())}.")
    return 0


def _open(supervisor: Supervisor, wanted: argparse.Namespace, address: str) -> None:
    """Do everything in order until a person asks to stop."""
    _check_port(wanted.port)
    if wanted.fresh:
        _delete_data(wanted.yes)
    datafolder.check()
    demonstration = _demonstration(wanted.empty)
    env = dataserver.site_environment(address=address, demonstration=demonstration)
    env["PROMETHEUS_MULTIPROC_DIR"] = prepare.metrics_folder()
    prepare.front_end(env)
    prepare.texts(env)
    finish_static_files = prepare.begin_static_files(env)
    steps: tuple[Callable[[], object], ...] = (
        lambda: _start_database(supervisor),
        lambda: prepare.data(env, external=places.external_database()),
        lambda: datafolder.write(demonstration),
        finish_static_files,
        lambda: _start_web(supervisor, env, wanted.port),
    )
    for take in steps:
        take()
        if supervisor.is_stopping():
            return
    # After the first page: on two cores all of them at once would keep a person waiting.
    _start(supervisor, env, "worker", [*MANAGE, "sala_worker"], stops=1)
    _start(supervisor, env, "audit sealer", [*MANAGE, "audit_seal", "--follow"], stops=2)
    _greet(env.get("SALA_PUBLIC_URL", address), demonstration)
    supervisor.run_until_asked_to_stop()


# --- before anything starts ---------------------------------------------------------------------------


def _check_port(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LISTEN_ON, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CannotGoOn(f"Port {port} is only for root.", "./sala up --port 8000") from None
            raise CannotGoOn(
                f"Another program listens on port {port}.", f"./sala up --port {port + 1}"
            ) from None


def _delete_data(yes: bool) -> None:
    if places.external_database():
        raise CannotGoOn(
            "--fresh deletes nothing on your own server (DATABASE_URL is set).",
            "dropdb and createdb there, then: ./sala up",
        )
    made = datafolder.made()
    if made and not made.demonstration and not yes:
        question = f"Delete all data in {places.shown(places.var())}? Type yes: "
        if not sys.stdin.isatty() or input(question).strip() != "yes":
            raise CannotGoOn(
                "--fresh would delete data that are no demonstration.",
                "./sala backup FILE",
                "./sala up --fresh --yes",
            )
    with step("Deleting the old data"):
        server = dataserver.cluster()
        server.stop()
        server.remove()
        for path in places.var().iterdir():
            if path.name == "in-use" or path.name.startswith(("test-", "backups")):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def _demonstration(empty: bool) -> bool:
    """Return whether this data folder is a demonstration; decided once, when it is made."""
    made = datafolder.made()
    if made is None:
        setting = os.environ.get("SALA_DEMONSTRATION", "").lower()
        return not empty and setting not in {"no", "0", "false", "off"}
    if empty and made.demonstration:
        raise CannotGoOn(
            "This data folder already holds the demonstration country.", "./sala up --fresh --empty"
        )
    return made.demonstration


# --- starting -----------------------------------------------------------------------------------------


def _start_database(supervisor: Supervisor) -> None:
    if places.external_database():
        return
    server = dataserver.cluster()
    server.check_version()
    if server.major() is None:
        with step("Making the database"):
            server.ensure()
    else:
        server.ensure()
    server.stop()  # one that was left behind
    with step("Starting PostgreSQL"):
        supervisor.start(dataserver.as_child(server))
        if supervisor.wait_for(server.answers, within_s=60, what="Starting PostgreSQL"):
            server.ensure_database()


def _start(
    supervisor: Supervisor, env: Mapping[str, str], name: str, arguments: Sequence[str], *, stops: int = 0
) -> None:
    command = [str(places.python()), "-m", *arguments]
    log = places.logs() / f"{name.replace(' ', '-')}.log"
    supervisor.start(Child(name, command, log, environment=env, stops=stops, options={"cwd": places.ROOT}))


def _start_web(supervisor: Supervisor, env: Mapping[str, str], port: int) -> None:
    command = [
        "granian", "--interface", "wsgi", "--host", LISTEN_ON, "--port", str(port),
        "--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS), "--no-ws",
        "--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "warning",
        "sala.site.wsgi:application",
    ]  # fmt: skip
    with step("Starting the site"):
        _start(supervisor, env, "web", command)
        supervisor.wait_for(lambda: _answers(port), within_s=90, what="Starting the site")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{LISTEN_ON}:{port}/healthz", timeout=2) as answer:
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False


# --- what a person sees ---------------------------------------------------------------------------------


def _greet(address: str, demonstration: bool) -> None:
    say()
    note("Sala is open.")
    say()
    say(f"    {address}/")
    say(f"    เปิดศาลาแล้ว เข้าใช้งานได้ที่ {address}/")
    if demonstration:
        _name_personas()
    else:
        say()
        say("    The first administrator is invited by:")
        say("      ./sala manage create_operator --name-th NAME --email ADDRESS")
    say()
    say(f"    Logs: {places.shown(places.logs())}   Health: {address}/readyz   Stop: Ctrl-C   หยุด: Ctrl-C")


def _name_personas() -> None:
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)  # the terminal speaks English, the source language
    try:
        # By name: the demonstration country is an optional part that the runtime does not build upon.
        module = importlib.import_module("sala.sandbox.personas")
    except ImportError:
        return
    people = [person for person in module.PERSONAS if person.group != module.FAILURE]
    say()
    say("    Sign in as one of the demonstration people (ลงชื่อเข้าใช้เป็นบุคคลสาธิต):")
    width = max(len(person.name_en) for person in people)
    for person in people:
        say(f"      {person.name_en:<{width}}  {person.name_th} · {person.role}")
