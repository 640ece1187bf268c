"""Figures of the append-only log: appends with group commit, inclusion proofs, recovery."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sala.engines.tlog import Log, hash_leaf, verify_inclusion
from sala.engines.wire import generate, sha256_hex, sign, verify

RECORD = b"x" * 400
"""About the size of an audit record in canonical form."""


def figure(name: str, value: float, unit: str, target: float | None, *, at_most: bool = False) -> None:
    """Print one figure as a JSON line."""
    met = None if target is None else (value <= target if at_most else value >= target)
    line = {"name": name, "value": round(value, 3), "unit": unit, "target": target, "met": met}
    print(json.dumps(line), flush=True)


def main() -> None:
    """Print the calibration of this machine, then one line for each figure (medians of several runs)."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("SALA_BENCH_FOLDER")) as scratch:
        folder = Path(scratch)
        _calibrate(folder)
        for threads, each, target in ((1, 100, 100.0), (8, 100, 1000.0), (32, 100, 3000.0)):
            rates = [_append_rate(folder / f"{threads}-{run}", threads, each) for run in range(3)]
            figure(f"tlog.append.{threads}-threads", statistics.median(rates), "records/s", target)
        rates = [_batch_rate(folder / f"batch-{run}") for run in range(3)]
        figure("tlog.append.batches-of-128", statistics.median(rates), "records/s", 20_000.0)
        _prove(folder / "proofs")


def _calibrate(folder: Path) -> None:
    handle = os.open(folder / "sync", os.O_WRONLY | os.O_CREAT)
    waits = []
    for place in range(100):
        os.pwrite(handle, RECORD, place * len(RECORD))
        begin = time.perf_counter()
        os.fdatasync(handle)
        waits.append(time.perf_counter() - begin)
    os.close(handle)
    figure("calibration.fdatasync.p50", statistics.median(waits) * 1000, "ms", None)
    block = bytes(1 << 24)
    seconds = statistics.median(_seconds(lambda: sha256_hex(block)) for _ in range(5))
    figure("calibration.sha256", len(block) / seconds / 1e9, "GB/s", None)
    for algorithm in ("ES256", "Ed25519"):
        key = generate(algorithm)  # type: ignore[arg-type]
        public, signature = key.public_key(), sign(key, RECORD)
        for name, work in (
            ("sign", lambda key=key: sign(key, RECORD)),
            ("verify", lambda public=public, signature=signature: verify(public, RECORD, signature)),
        ):
            seconds = statistics.median(
                _seconds(lambda work=work: [work() for _ in range(200)]) for _ in range(5)
            )
            figure(f"calibration.{algorithm}.{name}", 200 / seconds, "1/s", None)


def _append_rate(folder: Path, threads: int, each: int) -> float:
    with Log.open(folder, origin="bench.example") as log:
        start = threading.Barrier(threads + 1)

        def work() -> None:
            start.wait()
            for _ in range(each):
                log.append(RECORD)

        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        start.wait()
        begin = time.perf_counter()
        for worker in workers:
            worker.join()
        seconds = time.perf_counter() - begin
        assert log.size == threads * each
    return threads * each / seconds


def _batch_rate(folder: Path) -> float:
    with Log.open(folder, origin="bench.example") as log:
        batch = [RECORD] * 128
        seconds = _seconds(lambda: [log.append_many(batch) for _ in range(50)])
        return log.size / seconds


def _prove(folder: Path) -> None:
    size, step = 200_000, 2000
    with Log.open(folder, origin="bench.example") as log:
        for begin in range(0, size, step):
            log.append_many([b"%0400d" % number for number in range(begin, begin + step)])
        places = [number * 7919 % size for number in range(2000)]
        seconds = [_seconds(lambda: [log.prove_inclusion(place) for place in places]) for _ in range(3)]
        figure("tlog.inclusion-proofs", len(places) / statistics.median(seconds), "proofs/s", 2_000.0)
        root, leaf, proof = log.root(), hash_leaf(b"%0400d" % 77_777), log.prove_inclusion(77_777)

        def check() -> None:
            for _ in range(2000):
                assert verify_inclusion(index=77_777, size=size, leaf=leaf, proof=proof, root=root)

        figure("tlog.inclusion-checks", 2000 / _seconds(check), "checks/s", 10_000.0)

    def reopen() -> None:
        Log.open(folder, origin="bench.example").close()

    figure("tlog.recover-200000-unmarked", _seconds(reopen), "s", 10.0, at_most=True)
    with Log.open(folder, origin="bench.example") as log:
        log.checkpoint()
    figure("tlog.open-200000-marked", _seconds(reopen) * 1000, "ms", 500.0, at_most=True)


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
