"""A table of observations as it was read, cell by cell, with the line of each row.

A table knows no method: its cells are what the file held. `observations` binds it to a method and decides which
cells are numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sala.engines.composite.problems import refusal
from sala.engines.wire.errors import Place, marked

if TYPE_CHECKING:
    import polars as pl

Cell = str | float | int | bool | None
"""What a cell can hold; dates and times are held as text, so they are refused where a number is due."""

MOST_BYTES = 100 * 1024 * 1024
MOST_ROWS = 1_000_000
MOST_COLUMNS = 5_000
MOST_CELLS = 50_000_000

CSV, WORKBOOK, PARQUET = "csv", "xlsx", "parquet"


@dataclass(frozen=True, eq=False)
class Table:
    """Named columns of equal length, and for each row the line (or sheet row) that it came from."""

    name: str
    columns: Mapping[str, Sequence[Cell] | np.ndarray]
    lines: Sequence[int]

    @classmethod
    def read(cls, path: str | Path, *, sheet: str | None = None, most_bytes: int = MOST_BYTES) -> Table:
        """Read CSV (UTF-8, comma), XLSX or Parquet, told apart by their first bytes.

        The first row names the columns. Raises `Refused` with line, row or column where the file is not such a
        table; nothing of a refused file is used. `sheet` names the sheet of a workbook, else the first is read.
        """
        from sala.engines.composite import csvfile, parquet, workbook

        path = Path(path)
        content = _content(path, most_bytes)
        if content.startswith(b"PK\x03\x04"):
            return workbook.read(content, path.name, sheet)
        if content.startswith(b"PAR1"):
            return parquet.read(content, path.name)
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            raise refusal(
                "table.old-workbook",
                marked("%(name)s is a workbook in the old XLS form, or one locked with a password."),
                name=path.name,
            )
        return csvfile.read(content, path.name)

    @classmethod
    def from_columns(
        cls, columns: Mapping[str, Sequence[Cell] | np.ndarray], *, name: str = "table"
    ) -> Table:
        """Make a table from columns in memory; a missing value is None, or NaN in an array."""
        lengths = {column: len(values) for column, values in columns.items()}
        if len(set(lengths.values())) > 1:
            column = next(key for key, length in lengths.items() if length != max(lengths.values()))
            raise refusal(
                "table.ragged-column",
                marked("The column “%(column)s” has %(found)s values where others have %(expected)s."),
                place=Place(column=column),
                column=column,
                found=lengths[column],
                expected=max(lengths.values()),
            )
        rows = next(iter(lengths.values()), 0)
        if rows == 0:
            raise no_rows(name)
        return cls(name, dict(columns), range(1, rows + 1))

    @classmethod
    def from_frame(cls, frame: pl.DataFrame, *, name: str = "table") -> Table:
        """Make a table from a Polars frame."""
        from sala.engines.composite import parquet

        return parquet.from_frame(frame, name)

    @property
    def rows(self) -> int:
        """How many rows there are below the heading."""
        return len(self.lines)


def _content(path: Path, most_bytes: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > most_bytes:
            raise refusal(
                "table.too-large",
                marked("%(name)s has %(size)s MB; at most %(limit)s MB are read."),
                name=path.name,
                size=-(-size // 2**20),
                limit=most_bytes // 2**20,
            )
        content = path.read_bytes()
    except OSError as error:
        raise refusal(
            "table.unreadable",
            marked("%(path)s cannot be read: %(reason)s."),
            path=str(path),
            reason=error.strerror or "?",
        ) from error
    if not content.strip(b" \t\r\n\xef\xbb\xbf"):
        raise refusal("table.empty", marked("%(name)s is empty."), name=path.name)
    return content


def no_rows(name: str) -> Exception:
    """Return the refusal of a table that has a heading and nothing below it."""
    return refusal("table.no-rows", marked("%(name)s has a heading but no rows below it."), name=name)


def check_heading(heading: Sequence[str], line: int) -> None:
    """Refuse columns without a name and names that stand twice."""
    if len(heading) > MOST_COLUMNS:
        raise refusal(
            "table.too-many-columns",
            marked("The heading has %(found)s columns; at most %(limit)s are read."),
            place=Place(line=line, row=line),
            found=len(heading),
            limit=MOST_COLUMNS,
        )
    seen: dict[str, int] = {}
    for position, name in enumerate(heading, 1):
        if not name.strip():
            raise refusal(
                "table.unnamed-column",
                marked("Column %(position)s has no name in the heading."),
                place=Place(line=line, row=line, column=letter(position)),
                position=letter(position),
            )
        if name in seen:
            raise refusal(
                "table.repeated-column",
                marked("The column “%(name)s” stands twice in the heading."),
                place=Place(line=line, row=line, column=name),
                name=name,
            )
        seen[name] = position


def letter(position: int) -> str:
    """Return the letters of a column as spreadsheets count it: 1 is A, 27 is AA."""
    letters = ""
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
