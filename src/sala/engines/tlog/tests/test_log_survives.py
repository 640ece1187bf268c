"""Whatever a kill or a bad disk leaves behind: acknowledged records stay, torn ends go, damage is named."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sala.engines.tlog import Log, LogDamaged, LogReader, root_of
from sala.engines.tlog.segments import HEADER

ORIGIN = "sala.example/audit"
BATCHES = [[b"one", b""], [b"three"], [b"four", b"five" * 3]]
RECORDS = [record for batch in BATCHES for record in batch]


def _write(folder: Path, *, marked_after: int = 0, segment_bytes: int = 1 << 20) -> None:
    with Log.open(folder, origin=ORIGIN, segment_bytes=segment_bytes) as log:
        for number, batch in enumerate(BATCHES):
            log.append_many(batch)
            if number + 1 == marked_after:
                log.checkpoint()


def _only_segment(folder: Path) -> Path:
    (path,) = (folder / "records").iterdir()
    return path


def _ends() -> list[int]:
    """Return where each record's frame ends in the file."""
    ends, at = [], HEADER.size
    for record in RECORDS:
        at += 16 + len(record)
        ends.append(at)
    return ends


def _holds_and_goes_on(folder: Path, kept: int) -> None:
    """Check that the log holds exactly the first `kept` records and works on, now and after closing."""
    with Log.open(folder, origin=ORIGIN) as log:
        assert list(log.records()) == RECORDS[:kept]
        assert log.head().root == root_of(RECORDS[:kept])
        assert log.append(b"after") == kept
        log.checkpoint()
    with Log.open(folder, origin=ORIGIN) as log:
        assert list(log.records()) == [*RECORDS[:kept], b"after"]
        log.verify()
    with LogReader.open_reader(folder, origin=ORIGIN) as reader:
        assert reader.read(kept) == b"after"


def test_a_file_cut_at_any_byte_keeps_every_whole_record(tmp_path: Path) -> None:
    _write(tmp_path / "whole")
    content = _only_segment(tmp_path / "whole").read_bytes()
    ends = _ends()
    assert len(content) == ends[-1]
    for size in range(len(content) + 1):
        folder = tmp_path / f"cut-{size}"
        shutil.copytree(tmp_path / "whole", folder)
        os.truncate(_only_segment(folder), size)
        _holds_and_goes_on(folder, sum(end <= size for end in ends))


def test_a_file_cut_below_a_checkpoint_is_damage_and_nothing_is_mended(tmp_path: Path) -> None:
    _write(tmp_path / "whole", marked_after=2)
    ends = _ends()
    for size in range(ends[-1] + 1):
        folder = tmp_path / f"cut-{size}"
        shutil.copytree(tmp_path / "whole", folder)
        os.truncate(_only_segment(folder), size)
        if size < ends[2]:
            with pytest.raises(LogDamaged):
                Log.open(folder, origin=ORIGIN)
            assert _only_segment(folder).stat().st_size == size
        else:
            _holds_and_goes_on(folder, sum(end <= size for end in ends))


@pytest.mark.parametrize("flip", [0x01, 0xFF])
def test_a_changed_byte_anywhere_is_damage_unless_it_lies_in_the_last_batch(
    tmp_path: Path, flip: int
) -> None:
    """The last batch may never have been acknowledged; each one before it was on the disk."""
    _write(tmp_path / "whole")
    content = _only_segment(tmp_path / "whole").read_bytes()
    ends = _ends()
    for place in range(len(content)):
        folder = tmp_path / f"changed-{place}"
        shutil.copytree(tmp_path / "whole", folder)
        altered = bytearray(content)
        altered[place] ^= flip
        _only_segment(folder).write_bytes(altered)
        if place < ends[2]:
            with pytest.raises(LogDamaged):
                Log.open(folder, origin=ORIGIN)
            assert _only_segment(folder).read_bytes() == altered
        else:
            _holds_and_goes_on(folder, 3 if place < ends[3] else 4)


def test_a_changed_byte_below_a_checkpoint_is_found(tmp_path: Path) -> None:
    _write(tmp_path / "whole", marked_after=3)
    content = _only_segment(tmp_path / "whole").read_bytes()
    for place in range(len(content)):
        folder = tmp_path / f"changed-{place}"
        shutil.copytree(tmp_path / "whole", folder)
        altered = bytearray(content)
        altered[place] ^= 0x20
        _only_segment(folder).write_bytes(altered)
        with pytest.raises(LogDamaged), Log.open(folder, origin=ORIGIN) as log:
            log.verify()


@pytest.mark.parametrize("name", ["index", "nodes"])
def test_index_and_nodes_that_are_lost_or_short_are_made_again(tmp_path: Path, name: str) -> None:
    _write(tmp_path / "whole", marked_after=3, segment_bytes=60)
    assert len(list((tmp_path / "whole" / "records").iterdir())) > 1
    size = (tmp_path / "whole" / name).stat().st_size
    for kept in (None, *range(0, size + 1, 7)):
        folder = tmp_path / f"{kept}"
        shutil.copytree(tmp_path / "whole", folder)
        if kept is None:
            (folder / name).unlink()
        else:
            os.truncate(folder / name, kept)
        _holds_and_goes_on(folder, len(RECORDS))


def test_a_changed_byte_in_the_nodes_is_mended_from_the_records_or_found(tmp_path: Path) -> None:
    _write(tmp_path / "whole", marked_after=3)
    content = (tmp_path / "whole" / "nodes").read_bytes()
    for place in range(0, len(content), 5):
        folder = tmp_path / f"changed-{place}"
        shutil.copytree(tmp_path / "whole", folder)
        altered = bytearray(content)
        altered[place] ^= 1
        (folder / "nodes").write_bytes(altered)
        with Log.open(folder, origin=ORIGIN) as log:
            mended = (folder / "nodes").read_bytes() == content
            if not mended:
                with pytest.raises(LogDamaged):
                    log.verify()


def test_a_missing_segment_is_damage_wherever_it_stood(tmp_path: Path) -> None:
    for marked_after in (0, 1, 2, 3):
        whole = tmp_path / f"whole-{marked_after}"
        _write(whole, marked_after=marked_after, segment_bytes=1)
        names = sorted(path.name for path in (whole / "records").iterdir())
        assert len(names) == 3
        # The last batch is acknowledged only if a checkpoint says so; the others by their followers.
        for name in names if marked_after == 3 else names[:-1]:
            folder = tmp_path / f"{marked_after}-{name}"
            shutil.copytree(whole, folder)
            (folder / "records" / name).unlink()
            with pytest.raises(LogDamaged):
                Log.open(folder, origin=ORIGIN)


def test_records_that_were_exchanged_for_others_with_right_checksums_are_found(tmp_path: Path) -> None:
    """One who rewrites records, index and nodes consistently still cannot reach the marked root."""
    _write(tmp_path / "true", marked_after=3)
    with Log.open(tmp_path / "false", origin=ORIGIN) as log:
        log.append_many([b"two" if record == b"three" else record for record in RECORDS])
        log.checkpoint()
    for name in ("records", "index", "nodes"):
        target = tmp_path / "true" / name
        shutil.rmtree(target) if target.is_dir() else target.unlink()
        source = tmp_path / "false" / name
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    with pytest.raises(LogDamaged, match="not those that were checkpointed"):
        Log.open(tmp_path / "true", origin=ORIGIN)


def test_a_torn_end_is_kept_for_whoever_wants_to_look(tmp_path: Path) -> None:
    _write(tmp_path)
    size = _only_segment(tmp_path).stat().st_size
    os.truncate(_only_segment(tmp_path), size - 1)
    Log.open(tmp_path, origin=ORIGIN).close()
    (torn,) = (tmp_path / "torn").iterdir()
    assert torn.name == f"{4:020d}"
    assert torn.read_bytes().endswith(b"fivefivefiv")


def test_a_record_that_looks_like_frames_cannot_pose_as_a_later_batch(tmp_path: Path) -> None:
    with Log.open(tmp_path / "other", origin=ORIGIN) as log:
        for _ in range(5):
            log.append(b"forged")
    forged = _only_segment(tmp_path / "other").read_bytes()[HEADER.size :]
    with Log.open(tmp_path / "log", origin=ORIGIN) as log:
        log.append(forged + b"end")
    path = _only_segment(tmp_path / "log")
    os.truncate(path, path.stat().st_size - 1)
    with Log.open(tmp_path / "log", origin=ORIGIN) as log:
        assert log.size == 0


@pytest.mark.crash
@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_a_killed_writer_loses_no_acknowledged_record(tmp_path: Path, kills: int) -> None:
    acknowledged: dict[int, str] = {}
    chance = random.Random(20)
    for run in range(kills):
        writer = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("appender.py")), str(tmp_path), str(run)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])},
        )
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(chance.uniform(0.01, 0.3))
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read()
        writer.wait()
        writer.stdout.close()
        for line in (first + rest).decode().split("\n")[:-1]:
            index, text = line.split(" ")
            assert int(index) not in acknowledged
            acknowledged[int(index)] = text
        with Log.open(tmp_path, origin="crash.example", segment_bytes=4096) as log:
            assert log.size > max(acknowledged)
            for index, text in acknowledged.items():
                assert log.read(index).decode() == text
            log.verify()
    assert len({text.split("-")[0] for text in acknowledged.values()}) == kills
