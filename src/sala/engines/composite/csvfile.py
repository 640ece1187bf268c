"""Reads comma-separated values strictly: UTF-8, one width, no guessing."""

from __future__ import annotations

import csv
import io

from sala.engines.composite.problems import Faults, refusal
from sala.engines.composite.table import MOST_CELLS, MOST_ROWS, Cell, Table, check_heading, no_rows
from sala.engines.wire.errors import Place, marked

LONGEST_CELL = 100_000


def read(content: bytes, name: str) -> Table:
    """Read CSV bytes; raise `Refused` with the line of each row that does not fit."""
    reader = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    heading: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    faults = Faults()
    line = 1
    try:
        for cells in reader:
            if not cells or (len(cells) == 1 and not cells[0].strip() and len(heading) != 1):
                line = reader.line_num + 1
                continue
            if not heading:
                heading = cells
                _check_separator(heading, line)
                check_heading(heading, line)
            elif len(cells) != len(heading):
                faults.add(
                    "table.ragged-row",
                    marked("This row has %(found)s cells where the heading has %(expected)s."),
                    place=Place(line=line, row=line),
                    found=len(cells),
                    expected=len(heading),
                )
            else:
                rows.append(cells)
                lines.append(line)
                if len(rows) > MOST_ROWS or len(rows) * len(heading) > MOST_CELLS:
                    raise refusal(
                        "table.too-many-rows",
                        marked("The table has more than %(limit)s rows or %(cells)s cells."),
                        limit=MOST_ROWS,
                        cells=MOST_CELLS,
                    )
            line = reader.line_num + 1
    except csv.Error as error:
        raise refusal(
            "table.csv",
            marked("This line is not CSV: %(reason)s."),
            place=Place(line=reader.line_num, row=reader.line_num),
            reason=str(error),
        ) from error
    faults.refuse_if_any()
    if not rows:
        raise no_rows(name)
    columns: dict[str, list[Cell]] = {
        column: list(values) for column, values in zip(heading, zip(*rows, strict=True), strict=True)
    }
    return Table(name, columns, lines)


def _check_separator(heading: list[str], line: int) -> None:
    if len(heading) != 1:
        return
    for sign, called in ((";", ";"), ("\t", "TAB"), ("|", "|")):
        if sign in heading[0]:
            raise refusal(
                "table.separator",
                marked("The columns are separated by “%(found)s”; CSV separates them by commas."),
                place=Place(line=line, row=line),
                found=called,
            )


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refusal(
            "table.encoding",
            marked("The file is not UTF-8; it looks like %(encoding)s."),
            place=Place(line=1),
            encoding="UTF-16 (“Unicode text”)",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        # Thai letters fill 0xA1 to 0xFB of windows-874, and files from spreadsheets come in it by default.
        high = [byte for byte in content if byte >= 0x80]
        thai = sum(0xA1 <= byte <= 0xFB for byte in high) / len(high)
        raise refusal(
            "table.encoding",
            marked("The file is not UTF-8; it looks like %(encoding)s."),
            place=Place(line=line, row=line),
            encoding="Windows-874 (TIS-620)" if thai > 0.9 else "Windows-1252",
        ) from error
    if "\x00" in text:
        raise refusal(
            "table.binary",
            marked("The file holds a NUL byte, so it is not a text file."),
            place=Place(line=text.count("\n", 0, text.index("\x00")) + 1),
        )
    return text


csv.field_size_limit(LONGEST_CELL)
