"""Reads Parquet files and Polars frames as tables."""

from __future__ import annotations

import numpy as np
import polars as pl

from sala.engines.composite import fenced
from sala.engines.composite.problems import refusal
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


def read(content: bytes, name: str) -> Table:
    """Read Parquet bytes that somebody else wrote."""
    try:
        frame = fenced.read_parquet(
            content, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS, most_cells=MOST_CELLS
        )
    except fenced.TooLarge as error:
        raise refusal(
            "table.too-many-rows",
            marked("The table has more than %(limit)s rows or %(cells)s cells."),
            limit=MOST_ROWS,
            cells=MOST_CELLS,
        ) from error
    except fenced.Unreadable as error:
        raise refusal(
            "table.parquet",
            marked("%(name)s cannot be read as Parquet: %(reason)s."),
            name=name,
            reason=str(error),
        ) from error
    return from_frame(frame, name)


def from_frame(frame: pl.DataFrame, name: str) -> Table:
    """Take the columns of a frame: numbers as doubles, anything else cell by cell."""
    check_heading(frame.columns, 1)
    if not frame.height:
        raise no_rows(name)
    columns: dict[str, list[Cell] | np.ndarray] = {}
    for series in frame.iter_columns():
        if series.dtype.is_float() or (series.dtype.is_integer() and _fits(series)):
            # A NaN in the file is not a missing value: it is kept apart, to be refused with its row.
            if series.dtype.is_float() and series.is_nan().any():
                columns[series.name] = series.cast(pl.Float64).to_list()
            else:
                columns[series.name] = series.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        elif series.dtype == pl.Boolean or series.dtype == pl.String:
            columns[series.name] = series.to_list()
        elif series.dtype == pl.Null:
            columns[series.name] = [None] * frame.height
        elif series.dtype.is_nested() or series.dtype == pl.Binary or series.dtype == pl.Object:
            raise refusal(
                "table.column-type",
                marked("The column “%(column)s” holds %(found)s, not texts or numbers."),
                place=Place(column=series.name),
                column=series.name,
                found=str(series.dtype),
            )
        elif series.dtype.is_decimal():
            columns[series.name] = [None if cell is None else float(cell) for cell in series.to_list()]
        else:
            columns[series.name] = [None if cell is None else str(cell) for cell in series.to_list()]
    return Table(name, columns, range(1, frame.height + 1))


def _fits(series: pl.Series) -> bool:
    """Whether whole numbers are kept exactly as doubles."""
    lowest, highest = series.min(), series.max()
    return lowest is None or (abs(int(lowest)) <= 2**53 and abs(int(highest)) <= 2**53)  # type: ignore[arg-type]
