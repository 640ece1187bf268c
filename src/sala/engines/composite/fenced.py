"""Reads Parquet bytes in a process of their own.

A damaged file can make the reader ask for more memory than there is, and it then ends the whole process instead of
raising. So files that somebody else wrote are read by a child with a limit on memory and time; its death is a
refusal, not ours.
"""

from __future__ import annotations

import io
import subprocess
import sys

import polars as pl

TIME_S = 120
MEMORY_BYTES = 8 * 1024**3

_CHILD = """
import io, resource, sys
limit, most_rows, most_columns, most_cells = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import polars as pl
content = sys.stdin.buffer.read()
try:
    columns = len(pl.read_parquet_schema(io.BytesIO(content)))
    rows = pl.scan_parquet(io.BytesIO(content)).select(pl.len()).collect().item()
    if rows > most_rows or columns > most_columns or rows * columns > most_cells:
        sys.exit(3)
    made = io.BytesIO()
    pl.read_parquet(io.BytesIO(content)).write_ipc(made)
except Exception as error:
    sys.stdout.write((str(error).splitlines() or ["?"])[0][:300])
    sys.exit(4)
sys.stdout.buffer.write(made.getvalue())
"""


class Unreadable(Exception):
    """The file is damaged; the text is the reader's own reason."""


class TooLarge(Exception):
    """The file holds more rows, columns or cells than are read."""


def read_parquet(content: bytes, *, most_rows: int, most_columns: int, most_cells: int) -> pl.DataFrame:
    """Return the frame of Parquet bytes; raise `Unreadable` or `TooLarge`, whatever the bytes are."""
    limits = [str(limit) for limit in (MEMORY_BYTES, most_rows, most_columns, most_cells)]
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _CHILD, *limits],
            input=content,
            capture_output=True,
            timeout=TIME_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable("timeout") from error
    if done.returncode == 3:
        raise TooLarge
    if done.returncode == 4:
        raise Unreadable(done.stdout.decode("utf-8", "replace"))
    if done.returncode != 0:
        raise Unreadable("damaged")
    return pl.read_ipc(io.BytesIO(done.stdout))
