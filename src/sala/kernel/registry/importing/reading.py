"""Applies a mapping to a sheet, cell by cell, and tells every cell that is wrong by row and column."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sala.kernel.registry.importing.mapping import Section, Source
from sala.kernel.registry.importing.opening import Opened, Row, Sheet, column_letter
from sala.kernel.registry.importing.problems import Problem, Refused, Severity
from sala.kernel.registry.models import Organisation, RegisterService
from sala.kernel.text.interface import arabic_digits, normal, read_thai_date

MAX_PROBLEMS = 5_000
_CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")
_WEB_ADDRESS = re.compile(r"^https?://[^\s/$.?#][^\s]{1,280}$")


@dataclass
class Findings:
    """All problems of one import; errors forbid accepting it."""

    problems: list[Problem] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0
    corrections: int = 0

    def add(
        self,
        severity: Severity,
        code: str,
        /,
        *,
        sheet: str = "",
        row: int | None = None,
        column: str = "",
        **params: Any,
    ) -> None:
        """Keep one finding; counts go on when the list is full."""
        self._keep(Problem(severity, code, params, sheet, row, column))

    def refuse(self, code: str, where: dict[str, Any], params: dict[str, Any]) -> None:
        """Keep an error whose sentence names the column too."""
        self._keep(Problem("error", code, params, where["sheet"], where["row"], where["column"]))

    def _keep(self, problem: Problem) -> None:
        severity = problem.severity
        if severity == "error":
            self.errors += 1
        elif severity == "warning":
            self.warnings += 1
        elif severity == "correction":
            self.corrections += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
        elif len(self.problems) == MAX_PROBLEMS:
            self.problems.append(Problem("notice", "too-many-problems", {"limit": f"{MAX_PROBLEMS:,}"}))


@dataclass(frozen=True)
class Record:
    """One row read: its fields as text (or what their type is), and where it stood."""

    sheet: str
    row: int
    values: dict[str, Any]
    as_written: dict[str, str]


def choose_sheet(opened: Opened, section: Section) -> Sheet:
    """Return the sheet that a section reads: by name, or the only one. Raises `Refused`."""
    if opened.is_csv:
        return opened.sheets[""]
    if not section.sheet:
        return next(iter(opened.sheets.values()))
    if section.sheet not in opened.sheets:
        raise Refused("no-sheet", sheet=section.sheet, sheets=", ".join(opened.sheets))
    return opened.sheets[section.sheet]


def _text(cell: Any) -> str:
    """Return a cell as text: whole numbers without `.0`, dates in ISO form."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)


def _columns(sheet: Sheet, section: Section) -> dict[str, int]:
    """Return column name → place, and refuse a header that lacks or repeats a wanted one."""
    if len(sheet.rows) < section.header_row:
        raise Refused("no-header", sheet=sheet.name, row=section.header_row)
    header = sheet.rows[section.header_row - 1]
    names = [normal(_text(cell)) for cell in header.cells]
    places: dict[str, int] = {}
    for source in section.fields.values():
        wanted = normal(source.column)
        if not wanted:
            continue
        if wanted not in names:
            listed = ", ".join(name for name in names if name)[:400]
            raise Refused(
                "no-column", sheet=sheet.name, row=header.number, column=source.column, columns=listed
            )
        if names.count(wanted) > 1:
            raise Refused("column-twice", sheet=sheet.name, row=header.number, column=source.column)
        places[source.column] = names.index(wanted)
    return places


class _Refusal(Exception):
    """One cell is wrong; caught in `_field` and told with its place."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def _whole(text: str, column: str) -> int:
    plain = arabic_digits(text).replace(",", "")
    if not re.fullmatch(r"-?\d{1,15}", plain):
        raise _Refusal("not-a-number", value=text[:80], column=column)
    return int(plain)


def _day(text: str, column: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return read_thai_date(text)
    except ValueError:
        raise _Refusal("not-a-date", value=text[:80], column=column) from None


def _address(text: str, column: str) -> str:
    if not _WEB_ADDRESS.match(text):
        raise _Refusal("not-an-address", value=text[:80], column=column)
    return text


def _code(text: str, column: str) -> str:
    if not _CODE.match(text):
        raise _Refusal("not-a-code", value=text[:80])
    return text


_TYPES: dict[str, Callable[[str, str], Any]] = {
    "code": _code,
    "parent": _code,
    "organisation": _code,
    "website": _address,
    "url": _address,
    "established_on": _day,
    "services_expected": _whole,
}
_REQUIRED = {"code", "name_th", "kind", "organisation", "status"}
_LIMITS: dict[str, int | None] = {
    name: getattr(model._meta.get_field(name), "max_length", None)
    for model, names in (
        (Organisation, ("name_th", "name_en", "short_name_th", "short_name_en")),
        (RegisterService, ("project", "reason", "note")),
    )
    for name in names
}
_SERVICE_NAME: int | None = RegisterService._meta.get_field("name_th").max_length


def _cell(row: Row, place: int) -> str:
    return _text(row.cells[place]) if place < len(row.cells) else ""


def _field(
    name: str, source: Source, raw: str, findings: Findings, where: dict[str, Any], limit: int | None
) -> Any:
    """Return one field's value, or None when it is wrong (told in `findings`) or empty."""
    if any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n" for sign in raw):
        raise _Refusal("control-signs", column=source.column)
    value = normal(raw)
    if source.corrections and value in source.corrections:
        right = source.corrections[value]
        findings.add("correction", "corrected", value=value, right=right, **where)
        value = right
    value = value or source.default
    if not value:
        if name in _REQUIRED:
            raise _Refusal("required", column=source.column)
        return None
    if source.values is not None:
        if value not in source.values:
            raise _Refusal(
                "unknown-value",
                value=value[:120],
                column=source.column,
                known=" · ".join(source.values)[:600],
            )
        value = source.values[value]
    value = source.prefix + value
    if limit and len(value) > limit:
        raise _Refusal("too-long", column=source.column, length=len(value), limit=limit)
    return _TYPES[name](value, source.column) if name in _TYPES else value


def read_section(opened: Opened, section: Section, findings: Findings, *, services: bool) -> Iterator[Record]:
    """Yield the rows of one section that are right in themselves; wrong cells go to `findings`."""
    sheet = choose_sheet(opened, section)
    places = _columns(sheet, section)
    width = sum(1 for cell in sheet.rows[section.header_row - 1].cells if _text(cell).strip())
    limits: dict[str, int | None] = {name: _LIMITS.get(name) for name in section.fields}
    if services:
        limits.update(name_th=_SERVICE_NAME, name_en=_SERVICE_NAME)
    body: Sequence[Row] = sheet.rows[section.header_row :]
    found = 0
    for row in body:
        if not any(_text(cell).strip() for cell in row.cells):
            continue
        found += 1
        record = _record(sheet, row, section, places, findings, limits)
        if opened.is_csv and len(row.cells) > max(width, len(sheet.rows[section.header_row - 1].cells)):
            findings.add("error", "too-many-cells", row=row.number, cells=len(row.cells), columns=width)
        elif record is not None:
            yield record
    if not found:
        findings.add("error", "no-rows", sheet=sheet.name)


def _record(
    sheet: Sheet,
    row: Row,
    section: Section,
    places: dict[str, int],
    findings: Findings,
    limits: dict[str, int | None],
) -> Record | None:
    values: dict[str, Any] = {}
    as_written: dict[str, str] = {}
    right = True
    for name, source in section.fields.items():
        if source.constant is not None:
            values[name] = source.prefix + source.constant
            continue
        place = places[source.column]
        letter = column_letter(place)
        where: dict[str, Any] = {
            "sheet": sheet.name,
            "row": row.number,
            "column": f"{letter} {source.column}",
        }
        if f"{letter}{row.number}" in sheet.error_cells:
            findings.add("error", "error-cell", **where)
            right = False
            continue
        raw = _cell(row, place)
        as_written[name] = normal(raw)
        try:
            values[name] = _field(name, source, raw, findings, where, limits.get(name))
        except _Refusal as refusal:
            findings.refuse(refusal.code, where, refusal.params)
            right = False
    return Record(sheet.name, row.number, values, as_written) if right else None
