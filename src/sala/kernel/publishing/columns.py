"""What a column of a published table is: its name, its words in two languages, its type and unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import polars as pl
from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import DomainError, Place

ColumnType = Literal["text", "whole", "number", "date", "yes_no"]

POLARS: dict[str, pl.DataType] = {
    "text": pl.String(),
    "whole": pl.Int64(),
    "number": pl.Float64(),
    "date": pl.Date(),
    "yes_no": pl.Boolean(),
}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class Column:
    """A column; `name` is lower-case words joined by underscores, the same in every rendition."""

    name: str
    title_th: str
    title_en: str
    description_th: str
    description_en: str
    type: ColumnType = "text"
    unit: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return the column as it is stored and published."""
        return asdict(self)


def checked_columns(columns: Sequence[Column]) -> list[Column]:
    """Return the columns; raises `DomainError` for a bad or repeated name or a missing text."""
    if not columns:
        raise DomainError("publishing.columns.none", _("A published table needs at least one column."))
    seen: set[str] = set()
    for column in columns:
        place = Place(column=column.name)
        if not _NAME.fullmatch(column.name):
            raise DomainError(
                "publishing.columns.name",
                _("The column name “%(name)s” is not lower-case words joined by underscores."),
                params={"name": column.name},
                place=place,
            )
        if column.name in seen:
            raise DomainError(
                "publishing.columns.repeated",
                _("The column “%(name)s” stands twice."),
                params={"name": column.name},
                place=place,
            )
        seen.add(column.name)
        texts = (column.title_th, column.title_en, column.description_th, column.description_en)
        if not all(text.strip() for text in texts):
            raise DomainError(
                "publishing.columns.words",
                _("The column “%(name)s” lacks a title or a description in one of the two languages."),
                params={"name": column.name},
                place=place,
            )
    return list(columns)


def framed(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return rows as a frame of exactly these columns; raises `DomainError` with row and column of a wrong value."""
    schema = {column.name: POLARS[column.type] for column in columns}
    for number, row in enumerate(rows, start=1):
        if surplus := sorted(row.keys() - schema.keys()):
            raise DomainError(
                "publishing.rows.column",
                _("Row %(row)s has the column “%(column)s”, which the dictionary does not describe."),
                params={"row": number, "column": surplus[0]},
                place=Place(row=number, column=surplus[0]),
            )
    # polars would turn a number in a text column into digits without a word.
    if (wrong := _wrong_value(columns, rows)) is not None:
        raise wrong
    try:
        return pl.DataFrame([dict(row) for row in rows], schema=schema, strict=True)
    except (TypeError, pl.exceptions.PolarsError):
        raise _wrong_values() from None


def conformed(columns: Sequence[Column], frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with its columns in the order and types of the dictionary."""
    schema = {column.name: POLARS[column.type] for column in columns}
    for name in schema:
        if name not in frame.columns:
            raise DomainError(
                "publishing.rows.missing",
                _("The table has no column “%(column)s”, which the dictionary describes."),
                params={"column": name},
                place=Place(column=name),
            )
    if surplus := sorted(set(frame.columns) - schema.keys()):
        raise DomainError(
            "publishing.rows.column",
            _("Row %(row)s has the column “%(column)s”, which the dictionary does not describe."),
            params={"row": 1, "column": surplus[0]},
            place=Place(column=surplus[0]),
        )
    try:
        return frame.select([pl.col(name).cast(kind, strict=True) for name, kind in schema.items()])
    except pl.exceptions.PolarsError:
        raise (_wrong_value(columns, frame.to_dicts()) or _wrong_values()) from None


def _wrong_value(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> DomainError | None:
    fits: dict[str, tuple[type, ...]] = {
        "text": (str,),
        "whole": (int,),
        "number": (int, float),
        "yes_no": (bool,),
    }
    for number, row in enumerate(rows, start=1):
        for column in columns:
            value = row.get(column.name)
            kinds = fits.get(column.type)
            if value is None or kinds is None:
                continue
            if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
                return DomainError(
                    "publishing.rows.value",
                    _("Row %(row)s, column “%(column)s”: the value does not fit the type of the column."),
                    params={"row": number, "column": column.name},
                    place=Place(row=number, column=column.name),
                )
    return None


def _wrong_values() -> DomainError:
    return DomainError("publishing.rows.values", _("Some values do not fit the types of their columns."))
