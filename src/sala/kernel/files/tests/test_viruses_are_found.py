"""A real clamd where it is installed, with a signature database of our own; else a stand-in that speaks its words."""

from __future__ import annotations

import shutil
import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import Actor
from sala.kernel.files.actions import scan_unscanned
from sala.kernel.files.interface import StoredFile, open_file, store
from sala.kernel.files.scan import EICAR

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
# A signature of our own: what it finds exists nowhere else.
MARK = b"SALA-TEST-VIRUS-OF-OUR-OWN-20260101"


class _StandIn(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class _Speaks(socketserver.StreamRequestHandler):
    """INSTREAM as clamd(8) has it: chunks led by their length, an empty one at the end."""

    def handle(self) -> None:
        command = self.rfile.readline()
        assert command.strip(b"nz\0\n") == b"INSTREAM"
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        found = MARK in content
        self.wfile.write(b"stream: Sala.Test.UNOFFICIAL FOUND\n" if found else b"stream: OK\n")


@pytest.fixture
def stand_in(disk: Path, settings: object) -> Iterator[None]:
    path = disk / "clamd.sock"
    with _StandIn(str(path), _Speaks) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD = str(path)  # type: ignore[attr-defined]
        yield
        server.shutdown()


@pytest.fixture
def real_clamd(disk: Path, settings: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    if CLAMD is None:
        pytest.skip("clamd is not installed")
    folder = tmp_path_factory.mktemp("clamd")
    database = folder / "db"
    database.mkdir()
    (database / "sala.ndb").write_text(f"Sala.Test:0:*:{MARK.hex()}\nSala.Eicar:0:0:{EICAR.hex()}\n")
    path = folder / "clamd.sock"
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {database}\nLocalSocket {path}\nForeground yes\nPidFile {folder}/pid\n"
        f"LogFile {folder}/log\nTemporaryDirectory {folder}\nOfficialDatabaseOnly no\nConcurrentDatabaseReload no\n"
    )
    process = subprocess.Popen(
        [CLAMD, "--config-file", str(folder / "clamd.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 30
        while not _answers(path):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"clamd did not start: {(folder / 'log').read_text()[-500:]}")
            time.sleep(0.1)
        settings.CLAMD = str(path)  # type: ignore[attr-defined]
        yield
    finally:
        process.terminate()
        process.wait(10)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
            probe.sendall(b"nPING\n")
            return probe.recv(16).startswith(b"PONG")
        except OSError:
            return False


def send(content: bytes, purpose: str, actor: Actor) -> StoredFile:
    return store(SimpleUploadedFile("letter.txt", content), purpose=purpose, actor=actor)


def check_scanner(purpose: str, actor: Actor) -> None:
    assert send(b"a clean letter", purpose, actor).scan_state == "clean"
    with pytest.raises(DomainError) as refusal:
        send(b"Dear all, " + MARK, purpose, actor)
    assert refusal.value.code == "files.infected"
    assert "Sala.Test" in refusal.value.message
    with pytest.raises(DomainError, match=r"files\.infected"):
        send(EICAR, purpose, actor)
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db
def test_a_real_clamd_finds_our_own_signature(real_clamd: None, purpose: str, malee_actor: Actor) -> None:
    check_scanner(purpose, malee_actor)


@pytest.mark.django_db
def test_a_stand_in_for_clamd_finds_our_own_signature(
    stand_in: None, purpose: str, malee_actor: Actor
) -> None:
    check_scanner(purpose, malee_actor)


@pytest.mark.django_db
def test_a_scanner_that_is_away_leaves_the_file_unscanned_and_it_is_scanned_later(
    disk: Path, settings: object, purpose: str, malee_actor: Actor
) -> None:
    settings.CLAMD = str(disk / "nobody.sock")  # type: ignore[attr-defined]
    clean = send(b"a clean letter", purpose, malee_actor)
    bad = send(b"later found " + MARK, purpose, malee_actor)
    assert clean.scan_state == bad.scan_state == "unscanned"
    assert scan_unscanned() == 0
    path = disk / "clamd.sock"
    with _StandIn(str(path), _Speaks) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD = str(path)  # type: ignore[attr-defined]
        assert scan_unscanned() == 2
        assert scan_unscanned() == 0
        server.shutdown()
    clean.refresh_from_db()
    bad.refresh_from_db()
    assert (clean.scan_state, bad.scan_state) == ("clean", "infected")
    with pytest.raises(DomainError, match=r"files\.infected"):
        open_file(bad)
