"""Binds a table to a method: every cell that the method asks for becomes a number or a text, or a fault.

Units are sorted by their code, so neither the order of rows nor the form of the file leaves a trace.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sala.engines.composite.exact import Floats
from sala.engines.composite.method import Method
from sala.engines.composite.problems import Faults
from sala.engines.composite.table import Cell, Table
from sala.engines.wire.canonical import canonical_json
from sala.engines.wire.errors import Place, marked

_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, eq=False)
class Observations:
    """What a method needs of a table: units in the order of their codes, numbers, groups and titles.

    `values` has a row for each indicator, in the method's order, and a column for each unit; missing is NaN.
    """

    units: tuple[str, ...]
    values: Floats
    indicators: tuple[str, ...]
    denominators: Mapping[str, Floats]
    groups: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, tuple[str, ...]]
    carried: Mapping[str, tuple[str, ...]]
    lines: tuple[int, ...]

    @cached_property
    def hash(self) -> str:
        """The SHA-256 of the canonical data: a canonical JSON heading, then the numbers as doubles.

        The heading names units, texts and columns in sorted order; each numeric column follows as little-endian
        IEEE 754 doubles in the order of units, with one NaN for what is missing and no negative zero.
        """
        numbers = {
            **{f"value:{code}": self.values[row] for row, code in enumerate(self.indicators)},
            **{f"denominator:{code}": column for code, column in self.denominators.items()},
        }
        heading = {
            "form": "sala-composite-data/1",
            "units": list(self.units),
            "groups": {name: list(column) for name, column in self.groups.items()},
            "titles": {name: list(column) for name, column in self.titles.items()},
            "carried": {name: list(column) for name, column in self.carried.items()},
            "numbers": sorted(numbers),
        }
        return digest(heading, (numbers[name] for name in sorted(numbers)))


def digest(heading: object, arrays: Iterable[Floats]) -> str:
    """Return the SHA-256 of a canonical JSON heading, a line break, and arrays as canonical doubles."""
    made = hashlib.sha256(canonical_json(heading))
    made.update(b"\n")
    for array in arrays:
        made.update(np.ascontiguousarray(canonical(array), dtype="<f8").data)
    return made.hexdigest()


def canonical(values: Floats) -> Floats:
    """Return values with one NaN for what is missing and no negative zero."""
    plain: Floats = values + 0.0
    missing = np.isnan(plain)
    if missing.any():
        plain[missing] = np.nan
    return plain


def bind(method: Method, table: Table) -> Observations:
    """Return what the method needs of the table, or raise `Refused` with each fault's row and column."""
    faults = Faults()
    _check_columns(method, table, faults)
    faults.refuse_if_any()
    codes = _codes(method, table, faults)
    numeric = [(node.code, node.column) for node in method.indicators]
    sizes = [(size.code, size.column) for size in method.denominators]
    numbers = {
        column: _numbers(table, column, method.missing, codes, faults) for _, column in (*numeric, *sizes)
    }
    texts = {
        column: _texts(table, column)
        for column in (*method.units.groups, *method.units.carried, *method.units.titles.values())
    }
    faults.refuse_if_any()
    order = sorted(range(table.rows), key=codes.__getitem__)
    index = np.asarray(order)
    values = np.empty((len(numeric), table.rows))
    for row, (_, column) in enumerate(numeric):
        values[row] = numbers[column][index]

    def ordered(column: str) -> tuple[str, ...]:
        return tuple(texts[column][at] for at in order)

    return Observations(
        units=tuple(codes[at] for at in order),
        values=values,
        indicators=tuple(code for code, _ in numeric),
        denominators={code: numbers[column][index] for code, column in sizes},
        groups={column: ordered(column) for column in method.units.groups},
        titles={language: ordered(column) for language, column in method.units.titles.items()},
        carried={column: ordered(column) for column in method.units.carried},
        lines=tuple(table.lines[at] for at in order),
    )


def _check_columns(method: Method, table: Table, faults: Faults) -> None:
    units = method.units
    wanted: dict[str, str] = {units.column: ""}
    wanted |= dict.fromkeys((*units.titles.values(), *units.groups, *units.carried), "")
    wanted |= {size.column: size.code for size in method.denominators}
    wanted |= {node.column: node.code for node in method.indicators}
    for column, code in wanted.items():
        if column not in table.columns:
            faults.add(
                "table.missing-column",
                marked("The column “%(column)s” is not in %(name)s."),
                place=Place(line=1, column=column, field=code or None),
                column=column,
                name=table.name,
            )
    for column in table.columns:
        if column not in wanted and column not in units.ignored:
            faults.add(
                "table.unknown-column",
                marked("The method knows no column “%(column)s”."),
                place=Place(line=1, column=column),
                column=column,
            )


def _codes(method: Method, table: Table, faults: Faults) -> list[str]:
    column = method.units.column
    codes = _texts(table, column)
    known = set(method.units.known)
    first: dict[str, int] = {}
    for code, line in zip(codes, table.lines, strict=True):
        place = Place(row=line, line=line, column=column)
        if not code or code != code.strip() or any(ord(sign) < 32 for sign in code):
            faults.add(
                "table.unit-code",
                marked("A unit needs a code without blanks around it; here stands “%(code)s”."),
                place=place,
                code=code,
            )
        elif code in first:
            faults.add(
                "table.duplicate-unit",
                marked("The unit “%(code)s” already stands on line %(line)s."),
                place=place,
                code=code,
                line=first[code],
            )
        elif known and code not in known:
            faults.add(
                "table.unknown-unit",
                marked("The method does not know the unit “%(code)s”."),
                place=place,
                code=code,
            )
        first.setdefault(code, line)
    if known and method.units.complete:
        for code in method.units.known:
            if code not in first:
                faults.add(
                    "table.absent-unit",
                    marked("The unit “%(code)s”, which the method knows, is not in the table."),
                    place=Place(column=column),
                    code=code,
                )
    return codes


def _texts(table: Table, column: str) -> list[str]:
    return [_text(cell) for cell in table.columns[column]]


def _text(cell: Cell) -> str:
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and float(cell).is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)


def _numbers(
    table: Table, column: str, missing: Sequence[str], codes: Sequence[str], faults: Faults
) -> Floats:
    cells = table.columns[column]
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "fiu":
        values: Floats = cells.astype(np.float64)
        infinite: NDArray[np.intp] = np.flatnonzero(np.isinf(values))
        for at in infinite:
            _not_a_number(table, column, int(at), float(values[at]), codes, faults)
        return canonical(values)
    values = np.full(len(cells), np.nan)
    absent = set(missing) | {""}
    for at, cell in enumerate(cells):
        if isinstance(cell, str):
            word = cell.strip(" \u00a0")
            if word in absent:
                continue
            if _NUMBER.fullmatch(word):
                values[at] = float(word)
            if not np.isfinite(values[at]):
                _not_a_number(table, column, at, cell, codes, faults)
        elif cell is None:
            continue
        elif isinstance(cell, bool) or not np.isfinite(cell):
            _not_a_number(table, column, at, cell, codes, faults)
        else:
            values[at] = float(cell)
    return canonical(values)


def _not_a_number(
    table: Table, column: str, at: int, cell: Cell, codes: Sequence[str], faults: Faults
) -> None:
    line = table.lines[at]
    shown = _text(cell) if not isinstance(cell, float) or np.isfinite(cell) else str(cell)
    faults.add(
        "table.not-a-number",
        marked("“%(cell)s” stands where “%(column)s” of the unit “%(unit)s” needs a number."),
        place=Place(row=line, line=line, column=column),
        cell=shown if len(shown) <= 60 else shown[:59] + "…",
        column=column,
        unit=codes[at],
    )
