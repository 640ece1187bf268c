"""`./sala bench [NAME]`: prints how fast this machine is, then one JSON line for each figure.

A benchmark is a file `benchmarks/NAME.py` with `main() -> None`, which prints lines of `name`, `value`, `unit`,
`target`, `met` and, where a peer ran beside it, `peer` and `ratio`. Figures are read beside the calibration:
they tell of the program only as far as the machine is known.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence

from sala.runtime import places, testing
from sala.runtime.console import CannotGoOn

FOLDER = places.ROOT / "benchmarks"
ROWS = 20_000


def names() -> list[str]:
    """Return the benchmarks that there are."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    made = argparse.ArgumentParser(
        prog="./sala bench",
        description="Measure, and print one JSON line for each figure, after a calibration.",
    )
    made.add_argument("name", nargs="?", help="one file of benchmarks/; all where none is named")
    return made


def main(arguments: Sequence[str]) -> int:
    """Print the calibration, then run the benchmarks."""
    wanted = parser().parse_args(arguments)
    chosen = [wanted.name] if wanted.name else names()
    if unknown := [name for name in chosen if name not in names()]:
        raise CannotGoOn(
            f"There is no benchmark {unknown[0]!r}.", *(f"./sala bench {name}" for name in names())
        )
    with testing.server() as url:
        os.environ["DATABASE_URL"] = url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sala.site.settings_test")
        calibrate(url)
        for name in chosen:
            run = _load(name)
            run()
    return 0


def _load(name: str) -> Callable[[], object]:
    sys.path.insert(0, str(FOLDER))
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    run: Callable[[], object] = module.main
    return run


# --- calibration ----------------------------------------------------------------------------------------


def calibrate(url: str) -> None:
    """Print what the machine itself can do, one JSON line each."""
    for name, value, unit in (*_signatures(), _fdatasync(), _copy(url)):
        print(json.dumps({"calibration": name, "value": round(value, 3), "unit": unit}), flush=True)


def _median_s(work: Callable[[], object], times: int = 5, repeat: int = 200) -> float:
    """Return the median time of one call, over several runs of `repeat` calls."""
    found: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        for _ in range(repeat):
            work()
        found.append((time.perf_counter() - began) / repeat)
    return statistics.median(found)


def _signatures() -> list[tuple[str, float, str]]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key, method = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(hashes.SHA256())
    public, message = key.public_key(), os.urandom(256)
    signature = key.sign(message, method)
    return [
        ("ECDSA P-256 sign", _median_s(lambda: key.sign(message, method)) * 1e6, "µs"),
        ("ECDSA P-256 verify", _median_s(lambda: public.verify(signature, message, method)) * 1e6, "µs"),
    ]


def _fdatasync() -> tuple[str, float, str]:
    places.var().mkdir(parents=True, exist_ok=True)
    found: list[float] = []
    with tempfile.NamedTemporaryFile(dir=places.var()) as file:
        for _ in range(100):
            file.write(os.urandom(512))
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            found.append(time.perf_counter() - began)
    return "fdatasync p50", statistics.median(found) * 1e3, "ms"


def _copy(url: str) -> tuple[str, float, str]:
    import psycopg

    found: list[float] = []
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE calibration (number bigint, word text)")
        for _ in range(3):
            began = time.perf_counter()
            with cursor.copy("COPY calibration FROM STDIN") as copy:
                for number in range(ROWS):
                    copy.write_row((number, "ศาลา"))
            found.append(ROWS / (time.perf_counter() - began))
    return "COPY", statistics.median(found), "rows/s"
