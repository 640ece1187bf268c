"""The real site on a database of its own, and one browser; tests of this folder run in the browser's thread."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from stage import CHROMIUM, Stage, open_stage  # noqa: E402

_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="browser")
"""Playwright keeps an event loop in its thread; in the main one it would hinder every other test."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test here as one that drives the browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run tests of this folder in the browser's thread."""
    if HERE not in pyfuncitem.path.parents:
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    _THREAD.submit(pyfuncitem.obj, **arguments).result()
    return True


def _free_port() -> int:
    wanted = int(os.environ.get("SALA_E2E_PORT", "0"))
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", wanted))
        return int(listener.getsockname()[1])


def _url_of(name: str) -> str:
    """Return the address of another database on the server that the tests use."""
    database = settings.DATABASES["default"]
    query = {"host": str(database["HOST"])}
    if database["PORT"]:
        query["port"] = str(database["PORT"])
    person = quote(str(database["USER"]))
    if database["PASSWORD"]:
        person += f":{quote(str(database['PASSWORD']))}"
    return f"postgresql://{person}@/{name}?{urlencode(query)}"


def _fresh_database(name: str) -> None:
    with psycopg.connect(_url_of("postgres"), autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _run(arguments: list[str], env: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-2000:]}"


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(300):
        assert process.poll() is None, "the site ended before it answered"
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the site does not answer")


@pytest.fixture(scope="session")
def site_environment(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, str]:
    """What the processes of the running site are started with: a database, an address and a folder of its own."""
    name = f"{settings.DATABASES['default']['NAME']}_e2e_{worker_id}".replace("test_test_", "test_")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "sala.site.settings",
        "DATABASE_URL": _url_of(name),
        "SALA_PUBLIC_URL": f"http://localhost:{_free_port()}",
        "SALA_VAR": str(tmp_path_factory.mktemp("var")),
        "SALA_DEMONSTRATION": "yes",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, site_environment: dict[str, str]) -> Iterator[str]:
    """The address of the running site: SALA_E2E_URL, or one that is started with the demonstration country."""
    if running := os.environ.get("SALA_E2E_URL"):
        yield running.rstrip("/")
        return
    from sala.runtime import prepare

    env = site_environment
    url = env["SALA_PUBLIC_URL"]
    port = url.rpartition(":")[2]
    name = urlsplit(env["DATABASE_URL"]).path.lstrip("/")
    _fresh_database(name)
    _run(["sala.runtime.firstdata"], env)
    prepare.front_end(env)
    prepare.texts(env)
    prepare.begin_static_files(env)()
    log = tmp_path_factory.mktemp("log") / "site.log"
    command = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", port, "--workers", "1"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                *command,
                "--blocking-threads",
                "4",
                "--no-ws",
                "sala.site.wsgi:application",
            ],
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(url, process)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with psycopg.connect(_url_of("postgres"), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this process among several that share the work."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "one"))


@pytest.fixture(scope="session")
def stage(site: str) -> Iterator[Stage]:
    """The one browser of the run."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Debian's chromium is not installed: apt-get install chromium")
    opened = open_stage(site)
    yield _THREAD.submit(opened.__enter__).result()
    _THREAD.submit(opened.__exit__, None, None, None).result()


Opener = Callable[..., Any]
