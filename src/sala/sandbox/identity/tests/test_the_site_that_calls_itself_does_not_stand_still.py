"""In the demonstration a worker asks itself for tokens: with two threads only, eight sign-ins at once still arrive."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from django.db import connection

PEOPLE = ["malee", "boonmee", "anong", "kanya", "somsak", "dao", "prasert", "wilai"]


def _database_url() -> str:
    given = connection.settings_dict
    return f"postgresql://{given['USER']}@/{given['NAME']}?host={quote(given['HOST'])}&port={given['PORT']}".removesuffix(
        "&port="
    )


@pytest.fixture
def small_site(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """Run the real server, one worker with two threads, on the test's database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://localhost:{port}"
    environment = {
        **os.environ,
        "DATABASE_URL": _database_url(),
        "DJANGO_SETTINGS_MODULE": "sala.site.settings",
        "SALA_PUBLIC_URL": url,
        "SALA_VAR": str(tmp_path),
        "SALA_DEBUG": "yes",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "sala.site.wsgi:application"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "2"]
    log = (tmp_path / "server.log").open("w")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(300):
            try:
                requests.get(f"{url}/test-id/jwks", timeout=5)
                break
            except requests.RequestException:
                assert server.poll() is None, (tmp_path / "server.log").read_text()
                time.sleep(0.2)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def come_in(url: str, persona: str) -> str:
    """Sign in as a browser would, coming again when asked to."""
    with requests.Session() as browser:
        browser.trust_env = False
        page = browser.get(f"{url}/sign-in/", timeout=60)
        for _ in range(60):
            if "/back/" in page.url and page.status_code == 503:
                page = browser.get(page.url, timeout=60)
            elif page.status_code == 503 or page.url.endswith("/sign-in/"):
                token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
                form = {"csrfmiddlewaretoken": token[1] if token else "", "persona": persona, "next": "/me/"}
                page = browser.post(f"{url}/sign-in/with/thaid-test/", data=form, timeout=60)
            else:
                break
            if page.status_code == 503:
                time.sleep(0.3)
        return page.url


def test_eight_people_at_once_on_two_threads(small_site: str) -> None:
    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        arrived = list(pool.map(lambda persona: come_in(small_site, persona), PEOPLE))
    assert arrived == [f"{small_site}/me/"] * len(PEOPLE)
