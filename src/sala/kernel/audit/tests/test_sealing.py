"""The sealer appends each committed record exactly once, wherever it is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from sala.engines.tlog import Checkpoint, Log, NoteVerifier, read_proof
from sala.kernel.audit import sealer as sealing
from sala.kernel.audit.bundle import proof_file
from sala.kernel.audit.checkpoints import checkpoint_verifiers
from sala.kernel.audit.evidence import leaf, log_origin, open_log
from sala.kernel.audit.models import AuditRecord, PendingSeal, Seal
from sala.kernel.audit.sealer import LogBehind, Sealer, seal_once
from sala.kernel.keys.signing import note_verifiers

Happen = Callable[..., AuditRecord]


def _all_is_sealed_once(keys: Sequence[NoteVerifier] = ()) -> None:
    """Check that log, seals and records say the same."""
    log = open_log()
    assert log is not None
    with log:
        log.verify()
        ids = [json.loads(text)["id"] for text in log.records()]
        assert len(set(ids)) == len(ids)
        assert [
            str(id_) for id_ in Seal.objects.order_by("position").values_list("record_id", flat=True)
        ] == ids
        assert list(Seal.objects.order_by("position").values_list("position", flat=True)) == list(
            range(len(ids))
        )
        rows = {str(row.id): row for row in AuditRecord.objects.all()}
        assert set(ids) == set(rows)
        for text in log.records():
            assert leaf(rows[json.loads(text)["id"]]) == text
        assert not PendingSeal.objects.exists()
        note = log.last_checkpoint()
        assert note is not None
        head = Checkpoint.open(note, [*keys, *checkpoint_verifiers(log_origin())], origin=log_origin())
        assert head.size == len(ids)


@pytest.mark.django_db
def test_what_happened_is_sealed_in_the_order_of_its_transactions(own_log: Path, happen: Happen) -> None:
    assert seal_once() == 0
    records = [happen(number) for number in range(5)]
    assert seal_once() == 5
    assert seal_once() == 0
    records += [happen(number) for number in range(5, 7)]
    assert seal_once() == 2
    assert list(Seal.objects.order_by("position").values_list("record_id", flat=True)) == [
        record.id for record in records
    ]
    _all_is_sealed_once()


@pytest.mark.django_db
def test_a_sealed_record_has_a_proof_that_verifies_and_a_changed_one_has_not(
    own_log: Path, happen: Happen
) -> None:
    records = [happen(number) for number in range(9)]
    assert proof_file(records[3]) is None
    seal_once()
    for record in records:
        text = proof_file(record)
        assert text is not None
        proof = read_proof(text)
        record.refresh_from_db()
        assert proof.proves(leaf(record), checkpoint_verifiers(log_origin()), origin=log_origin())
        record.data = {"number": 99}
        assert not proof.proves(leaf(record), checkpoint_verifiers(log_origin()))
    assert proof_file(happen()) is None


@pytest.mark.django_db
def test_batches_are_taken_one_after_the_other(
    own_log: Path, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    for number in range(10):
        happen(number)
    assert seal_once() == 10
    _all_is_sealed_once()


class _Killed(BaseException):
    pass


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["before append", "after append", "after seals", "before checkpoint"])
def test_a_sealer_that_dies_at_a_known_point_is_followed_without_gap_or_double(
    own_log: Path, happen: Happen, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    for number in range(3):
        happen(number)
    seal_once()
    for number in range(3, 8):
        happen(number)

    def die(*_: object, **__: object) -> None:
        raise _Killed

    append, note = Log.append_many, sealing._note
    with monkeypatch.context() as patch:
        if point == "before append":
            patch.setattr(Log, "append_many", die)
        elif point == "after append":
            patch.setattr(Log, "append_many", lambda self, records: (append(self, records), die()))
        elif point == "after seals":
            patch.setattr(sealing, "_note", lambda ids: (note(ids), die() if ids else None))
        else:
            patch.setattr(Log, "checkpoint", die)
        with pytest.raises(_Killed):
            seal_once()
    happen(8)
    seal_once()
    _all_is_sealed_once()
    assert Seal.objects.count() == 9


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_commits_late_is_sealed_late_and_holds_up_nobody(
    own_log: Path, happen: Happen
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                happen(1)
                begun.set()
                go_on.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(20)
    try:
        early = happen(2)
        assert seal_once() == 1
        assert Seal.objects.get().record_id == early.id
    finally:
        go_on.set()
        thread.join()
    assert seal_once() == 1
    _all_is_sealed_once()


@pytest.mark.django_db
def test_only_one_sealer_works(own_log: Path, happen: Happen) -> None:
    happen()
    with Sealer():
        assert seal_once() == 0
    with psycopg.connect(**_server(), autocommit=True) as elsewhere:
        elsewhere.execute("SELECT pg_advisory_lock(%s)", [sealing._LOCK])
        assert seal_once() == 0
    assert seal_once() == 1


@pytest.mark.django_db
def test_a_lost_log_stops_the_sealer_and_a_log_from_after_the_backup_is_kept(
    own_log: Path, happen: Happen
) -> None:
    happen(1)
    seal_once()
    sid = transaction.savepoint()
    happen(2)
    seal_once()
    transaction.savepoint_rollback(sid)  # as when the database is put back to an earlier hour
    third = happen(3)
    with Sealer() as sealer:
        done = sealer.round()
    assert (done.count, done.lost) == (1, 1)
    assert Seal.objects.get(record_id=third.id).position == 2
    log = open_log()
    assert log is not None
    assert [json.loads(text)["data"]["number"] for text in log.records()] == [1, 2, 3]
    own_log.rename(own_log.with_name("gone"))
    with pytest.raises(LogBehind, match="put the log back"):
        seal_once()
    with pytest.raises(CommandError, match="put the log back"):
        call_command("audit_seal")


@pytest.mark.django_db
def test_the_name_of_the_log_stays_when_the_site_moves(own_log: Path, happen: Happen, settings: Any) -> None:
    settings.PUBLIC_URL = "https://old.example"
    happen()
    seal_once()
    settings.PUBLIC_URL = "https://new.example"
    happen()
    assert seal_once() == 1
    assert log_origin() == "old.example/audit"
    _all_is_sealed_once()


def _server() -> dict[str, Any]:
    kept = connection.settings_dict
    return {
        "dbname": kept["NAME"],
        "user": kept["USER"],
        "host": kept["HOST"] or None,
        "port": kept["PORT"] or None,
        "password": kept["PASSWORD"] or None,
    }


def _follower(folder: Path) -> subprocess.Popen[bytes]:
    server = _server()
    who = quote(server["user"]) + (f":{quote(server['password'])}" if server["password"] else "")
    url = f"postgresql://{who}@/{server['dbname']}?host={quote(server['host'] or '', safe='/')}"
    if server["port"]:
        url += f"&port={server['port']}"
    return subprocess.Popen(
        [sys.executable, "-m", "sala.site.manage", "audit_seal", "--follow", "--skip-checks"],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[4]),
            "SALA_VAR": str(folder),
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "sala.site.settings",
        },
        stderr=subprocess.DEVNULL,
    )


def _waits_until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def _real_keys() -> list[NoteVerifier]:
    """Return the keys by which a sealer in another process signed."""
    return note_verifiers("audit", log_origin())


@pytest.mark.crash
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])])
def test_a_killed_sealer_is_followed_without_gap_or_double(own_log: Path, happen: Happen, kills: int) -> None:
    chance = random.Random(7)
    number = 0
    for _ in range(kills):
        follower = _follower(own_log.parent)
        sealed = Seal.objects.count()
        happen(number)
        try:
            _waits_until(lambda sealed=sealed: Seal.objects.count() > sealed, 60)  # type: ignore[misc]
            end = time.monotonic() + chance.uniform(0.0, 0.4)
            while time.monotonic() < end:
                number += 1
                happen(number)
        finally:
            follower.send_signal(signal.SIGKILL)
            follower.wait()
        number += 1
    seal_once()
    _all_is_sealed_once(_real_keys())
    assert AuditRecord.objects.filter(code="audit.test.sealed").count() >= kills


@pytest.mark.crash
@pytest.mark.django_db(transaction=True)
def test_a_following_sealer_seals_within_a_second_and_stops_when_told(own_log: Path, happen: Happen) -> None:
    follower = _follower(own_log.parent)
    try:
        happen(0)
        _waits_until(lambda: Seal.objects.count() > 0, 60)
        waits = []
        for number in range(1, 6):
            record = happen(number)
            begin = time.monotonic()
            _waits_until(lambda record=record: Seal.objects.filter(record_id=record.id).exists(), 10)  # type: ignore[misc]
            waits.append(time.monotonic() - begin)
        # A loaded machine may stretch one wait; the usual one stays below a second.
        assert sorted(waits)[2] < 1.0
    finally:
        follower.send_signal(signal.SIGTERM)
    assert follower.wait(30) == 0
    _all_is_sealed_once(_real_keys())
