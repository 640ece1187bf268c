"""Reads the values of one sheet of an XLSX workbook, after looking at what the package would unpack to.

A workbook is a ZIP of XML: a few kilobytes can unpack to gigabytes, and one cell far to the right makes readers
allocate everything before it. Both are measured before anything is parsed. Macros are refused, not ignored.
"""

from __future__ import annotations

import datetime
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Sequence

import python_calamine

from sala.engines.composite.problems import Faults, refusal
from sala.engines.composite.table import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Table,
    check_heading,
    no_rows,
)
from sala.engines.wire.errors import Place, marked

MOST_UNPACKED = 1024 * 1024 * 1024
MOST_RATIO = 200
FREE_BYTES = 10 * 1024 * 1024
_ERROR_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*\bt\s*=\s*["']e["'][^>]*>""")
_SHEET = re.compile(rb"""<(?:\w+:)?sheet\b[^>]*>""")
_RELATION = re.compile(rb"""<(?:\w+:)?Relationship\b[^>]*>""")
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,4})([0-9]{1,8})["']""")


def read(content: bytes, name: str, sheet: str | None) -> Table:
    """Read one sheet; raise `Refused` for macros, bombs, unknown sheets and whatever is not a table."""
    errors = _check_package(content, name)
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        names = book.sheet_names
        if sheet is not None and sheet not in names:
            raise refusal(
                "table.unknown-sheet",
                marked("There is no sheet “%(sheet)s”; the workbook has: %(known)s."),
                sheet=sheet,
                known=", ".join(names),
            )
        if not names:
            raise refusal("table.empty", marked("%(name)s is empty."), name=name)
        grid = book.get_sheet_by_name(sheet or names[0])
        start = grid.start
        cells = grid.to_python(skip_empty_area=True)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise refusal(
            "table.workbook",
            marked("%(name)s cannot be read as a workbook: %(reason)s."),
            name=name,
            reason=str(error) or type(error).__name__,
        ) from error
    _refuse_error_cells(errors.get(names.index(sheet) if sheet else 0, []))
    return _table(cells, name, first_row=(start[0] if start else 0) + 1)


def _table(cells: Sequence[Sequence[object]], name: str, first_row: int) -> Table:
    if not cells:
        raise refusal("table.empty", marked("%(name)s is empty."), name=name)
    heading = [_text(cell) for cell in cells[0]]
    while heading and not heading[-1]:
        heading.pop()
    check_heading(heading, first_row)
    rows: list[Sequence[Cell]] = []
    lines: list[int] = []
    for offset, found in enumerate(cells[1:], 1):
        row = [_cell(cell) for cell in found]
        if all(cell is None or cell == "" for cell in row):
            continue
        beyond = next((at for at in range(len(heading), len(row)) if row[at] not in (None, "")), None)
        if beyond is not None:
            raise refusal(
                "table.ragged-row",
                marked("This row has %(found)s cells where the heading has %(expected)s."),
                place=Place(line=first_row + offset, row=first_row + offset),
                found=beyond + 1,
                expected=len(heading),
            )
        rows.append(row[: len(heading)])
        lines.append(first_row + offset)
    if not rows:
        raise no_rows(name)
    columns: dict[str, list[Cell]] = {
        column: list(values) for column, values in zip(heading, zip(*rows, strict=True), strict=True)
    }
    return Table(name, columns, lines)


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _cell(cell: object) -> Cell:
    if cell is None or isinstance(cell, str | bool | int | float):
        return cell
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


def _refuse_error_cells(found: Sequence[str]) -> None:
    """Refuse formulas that failed: the reader gives them as empty cells, and #DIV/0! is not a missing value."""
    faults = Faults()
    for reference in found:
        letters = reference.rstrip("0123456789")
        row = int(reference[len(letters) :])
        faults.add(
            "table.error-cell",
            marked("The cell %(cell)s holds an error of the spreadsheet, such as #N/A or #DIV/0!."),
            place=Place(row=row, line=row, column=letters),
            cell=reference,
        )
    faults.refuse_if_any()


def _check_package(content: bytes, name: str) -> dict[int, list[str]]:
    """Refuse a package that must not be opened; return the error cells of each sheet by its position."""
    errors: dict[str, list[str]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            _check_sizes(parts, len(content), name)
            paths = {part.filename.lower() for part in parts}
            if "xl/workbook.xml" not in paths and "xl/workbook.bin" not in paths:
                raise refusal(
                    "table.not-a-workbook", marked("%(name)s is a ZIP file, but not a workbook."), name=name
                )
            if any(
                path.endswith(("vbaproject.bin", "vbadata.xml")) or "macrosheets/" in path for path in paths
            ):
                raise refusal(
                    "table.macros", marked("%(name)s holds macros; a table of data needs none."), name=name
                )
            for part in parts:
                if part.filename.lower().startswith("xl/worksheets/") and part.filename.lower().endswith(
                    ".xml"
                ):
                    errors[part.filename.lower()] = _check_extent(package, part, name)
            order = _sheet_parts(package, parts)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise refusal(
            "table.workbook",
            marked("%(name)s cannot be read as a workbook: %(reason)s."),
            name=name,
            reason=str(error) or type(error).__name__,
        ) from error
    return {at: errors.get(path, []) for at, path in enumerate(order)}


def _sheet_parts(package: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Return the path of each sheet's part, in the order of the workbook."""
    by_path = {part.filename.lower(): part for part in parts}
    book, relations = by_path.get("xl/workbook.xml"), by_path.get("xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        return []
    targets = {
        _attribute(found, rb"Id"): _attribute(found, rb"Target")
        for found in _RELATION.findall(package.read(relations))
    }
    return [
        posixpath.normpath(posixpath.join("/xl", targets.get(_attribute(found, rb"\w+:id"), "")))
        .lstrip("/")
        .lower()
        for found in _SHEET.findall(package.read(book))
    ]


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\b" + name + rb"""\s*=\s*["']([^"']*)["']""", tag)
    return found.group(1).decode("utf-8", "replace") if found else ""


def _check_sizes(parts: Sequence[zipfile.ZipInfo], packed: int, name: str) -> None:
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > 10_000 or unpacked > MOST_UNPACKED or unpacked > max(FREE_BYTES, packed * MOST_RATIO):
        raise refusal(
            "table.bomb",
            marked("%(name)s would unpack to %(size)s MB, far more than a table of its size needs."),
            name=name,
            size=-(-unpacked // 2**20),
        )


def _check_extent(package: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> list[str]:
    """Refuse a sheet whose farthest cell would make a reader allocate an absurd grid; return its error cells."""
    errors: dict[str, None] = {}
    columns: set[bytes] = set()
    last_row = 0
    carried = b""
    # `read` is bounded by the size that the directory claims, which was checked; zipfile stops there.
    with package.open(part) as stream:
        while piece := stream.read(1 << 20):
            text = carried + piece
            for column, row in _CELL.findall(text):
                columns.add(column.upper())
                last_row = max(last_row, int(row))
            for tag in _ERROR_CELL.findall(text):
                if reference := _attribute(tag, b"r"):
                    errors[reference] = None
            carried = text[-64:]
    last_column = max((_number(column) for column in columns), default=0)
    if last_row > MOST_ROWS + 1 or last_column > MOST_COLUMNS or last_row * last_column > MOST_CELLS:
        raise refusal(
            "table.too-wide",
            marked("A sheet of %(name)s reaches to row %(row)s and column %(column)s."),
            name=name,
            row=last_row,
            column=last_column,
        )
    return list(errors)


def _number(letters: bytes) -> int:
    number = 0
    for byte in letters:
        number = number * 26 + byte - 64
    return number
