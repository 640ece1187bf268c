"""The log answers an append when the disk has it, groups those that wait, and proves what it holds."""

from __future__ import annotations

import doctest
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sala.engines.tlog import (
    Checkpoint,
    Log,
    LogBusy,
    LogDamaged,
    LogReader,
    LogUnusable,
    NoteSigner,
    hash_leaf,
    root_of,
    verify_consistency,
    verify_inclusion,
)

ORIGIN = "sala.example/audit"
SIGNER = NoteSigner.of(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))


def test_records_read_back_in_order_and_the_root_is_theirs(tmp_path: Path) -> None:
    records = [f"record {number}".encode() for number in range(100)]
    with Log.open(tmp_path, origin=ORIGIN, segment_bytes=300) as log:
        assert [log.append(record) for record in records[:50]] == list(range(50))
        assert log.append_many(records[50:]) == range(50, 100)
        assert log.append_many([]) == range(100, 100)
        assert list(log.records()) == records
        assert list(log.records(98)) == records[98:]
        assert log.root() == root_of(records)
        assert log.root(33) == root_of(records[:33])
        assert log.leaf(7) == hash_leaf(records[7])
        for index in (-1, 100):
            with pytest.raises(IndexError):
                log.read(index)
            with pytest.raises(IndexError):
                log.leaf(index)
        with pytest.raises(ValueError, match="has 100 records"):
            log.root(101)
        with pytest.raises(ValueError, match="at most"):
            log.append(bytes(16 * 1024 * 1024 + 1))


def test_proofs_of_the_stored_log_verify_under_its_checkpoints(tmp_path: Path) -> None:
    with Log.open(tmp_path, origin=ORIGIN, signers=[SIGNER]) as log:
        heads = []
        for number in range(40):
            log.append(str(number).encode())
            heads.append(Checkpoint.open(log.checkpoint(), [SIGNER.verifier], origin=ORIGIN))
        for head in heads:
            for index in range(head.size):
                assert verify_inclusion(
                    index=index,
                    size=head.size,
                    leaf=hash_leaf(str(index).encode()),
                    proof=log.prove_inclusion(index, head.size),
                    root=head.root,
                )
            assert verify_consistency(
                old_size=head.size,
                old_root=head.root,
                size=40,
                root=heads[-1].root,
                proof=log.prove_consistency(head.size),
            )
        assert log.head() == heads[-1] == log.verify()


@given(batches=st.lists(st.lists(st.binary(max_size=40), max_size=6), max_size=12), data=st.data())
@settings(max_examples=40, deadline=None)
def test_however_a_log_is_filled_closed_and_marked_it_is_the_same_log(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[bytes]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("log")
    log = Log.open(folder, origin=ORIGIN, segment_bytes=64)
    records: list[bytes] = []
    for batch in batches:
        assert log.append_many(batch).start == len(records)
        records += batch
        if data.draw(st.booleans()):
            log.checkpoint()
        if data.draw(st.booleans()):
            log.close()
            log = Log.open(folder, origin=ORIGIN, segment_bytes=64)
    assert list(log.records()) == records
    assert log.root() == root_of(records)
    log.close()


def test_threads_share_the_wait_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = threading.Semaphore(0)
    syncs = 0
    real = os.fdatasync

    def slow(handle: int) -> None:
        nonlocal syncs
        syncs += 1
        synced.acquire(timeout=0.02)
        real(handle)

    with Log.open(tmp_path, origin=ORIGIN) as log:
        monkeypatch.setattr(os, "fdatasync", slow)
        with ThreadPoolExecutor(16) as pool:
            indexes = list(pool.map(lambda number: log.append(b"%d" % number), range(200)))
        assert sorted(indexes) == list(range(200))
        assert syncs < 60
        for number, index in enumerate(indexes):
            assert log.read(index) == b"%d" % number


def test_one_writer_at_a_time_and_readers_beside_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        LogReader.open_reader(tmp_path, origin=ORIGIN)
    with Log.open(tmp_path, origin=ORIGIN, signers=[SIGNER]) as log:
        with pytest.raises(LogBusy):
            Log.open(tmp_path, origin=ORIGIN)
        log.append(b"a")
        with LogReader.open_reader(tmp_path, origin=ORIGIN) as reader:
            assert reader.size == 0
            assert reader.last_checkpoint() is None
            note = log.checkpoint()
            log.append(b"b")
            assert reader.size == 0
            reader.refresh()
            assert (reader.size, reader.read(0), reader.last_checkpoint()) == (1, b"a", note)
            assert reader.head().root == root_of([b"a"])
            with pytest.raises(IndexError):
                reader.read(1)
    Log.open(tmp_path, origin=ORIGIN).close()


def test_a_folder_of_another_log_is_refused(tmp_path: Path) -> None:
    with Log.open(tmp_path, origin=ORIGIN) as log:
        log.checkpoint()
    with pytest.raises(LogDamaged, match="holds the log of"):
        Log.open(tmp_path, origin="other.example")
    (tmp_path / "mark").write_text("nonsense")
    with pytest.raises(LogDamaged, match="cannot be read"):
        Log.open(tmp_path, origin=ORIGIN)


def test_a_full_disk_refuses_the_batch_whole_and_the_next_try_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.pwrite
    with Log.open(tmp_path, origin=ORIGIN) as log:
        log.append(b"before")

        def full(handle: int, data: bytes, place: int) -> int:
            if len(data) > 10:
                return real(handle, bytes(data[:10]), place)
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match="No space left"):
            log.append_many([b"never"] * 3)
        monkeypatch.undo()
        assert log.append(b"after") == 1
    with Log.open(tmp_path, origin=ORIGIN) as log:
        assert list(log.records()) == [b"before", b"after"]


def test_after_a_failed_sync_nothing_is_acknowledged_until_the_log_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Log.open(tmp_path, origin=ORIGIN) as log:
        log.append(b"before")

        def failing(_: int) -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(os, "fdatasync", failing)
        with pytest.raises(LogUnusable, match="Input/output error"):
            log.append(b"lost")
        monkeypatch.undo()
        for attempt in (lambda: log.append(b"x"), log.checkpoint):
            with pytest.raises(LogUnusable):
                attempt()
    with Log.open(tmp_path, origin=ORIGIN) as log:
        assert log.append(b"again") >= 1


def test_a_closed_log_is_unusable_and_closing_twice_does_nothing(tmp_path: Path) -> None:
    log = Log.open(tmp_path, origin=ORIGIN)
    log.close()
    log.close()
    with pytest.raises(LogUnusable, match="closed"):
        log.append(b"x")


def test_the_examples_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    readme = Path(__file__).parents[1] / "README.md"
    failed, tried = doctest.testfile(str(readme), module_relative=False)
    assert tried > 5
    assert failed == 0
