"""The same rows as Parquet, CSV, XLSX and JSON: made once when a version is published, never again.

A cell never becomes a formula: in XLSX texts are written as texts, and the CSV for spreadsheets puts an apostrophe
before a text that a spreadsheet would run (OWASP, CSV injection). The plain CSV keeps every text exactly.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import datetime

import polars as pl
import xlsxwriter

from sala.engines.wire import canonical_json, sha256_hex
from sala.kernel.publishing.columns import Column

PURPOSE = "publishing.table"
FORMS: dict[str, str] = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
# A fixed date, so that the same rows give the same file.
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  (XlsxWriter takes naive times)
_RUNS = ("=", "+", "-", "@", "\t", "\r")
BOM = b"\xef\xbb\xbf"


def content_sha256(columns: Sequence[Column], frame: pl.DataFrame) -> str:
    """Return the digest of what a version says: its column dictionary and its rows, whatever writes the files."""
    head = canonical_json([column.as_data() for column in columns])
    return sha256_hex(head + b"\n" + as_csv(frame))


def as_parquet(frame: pl.DataFrame) -> bytes:
    """Return the rows as Parquet (zstd)."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True)
    return buffer.getvalue()


def as_csv(frame: pl.DataFrame) -> bytes:
    """Return the rows as CSV: UTF-8 without a mark, CRLF, numbers in their shortest exact digits."""
    return frame.write_csv(line_terminator="\r\n").encode("utf-8")


def as_spreadsheet_csv(frame: pl.DataFrame) -> bytes:
    """Return the rows as CSV for spreadsheet programs: a byte order mark, and no text that would be run."""
    guarded = frame.with_columns(
        [
            pl.when(pl.col(name).str.slice(0, 1).is_in(_RUNS))
            .then("'" + pl.col(name))
            .otherwise(pl.col(name))
            .alias(name)
            for name, kind in frame.schema.items()
            if kind == pl.String
        ]
    )
    return BOM + as_csv(guarded)


def as_json(frame: pl.DataFrame, about: dict[str, object]) -> bytes:
    """Return the rows as JSON objects under `rows`, with what the table is beside them."""
    rows = json.loads(frame.write_json()) if frame.height else []
    return json.dumps(about | {"rows": rows}, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def as_xlsx(frame: pl.DataFrame, columns: Sequence[Column], about: dict[str, object]) -> bytes:
    """Return the rows as a workbook: the rows, and a sheet that describes the columns."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": str(about.get("title_th", "")), "created": _MADE})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("data")
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, 42 if column.type == "text" and "name" in column.name else 16)
        sheet.write_string(0, at, column.name, head)
    for row, values in enumerate(frame.iter_rows(), start=1):
        for at, (value, column) in enumerate(zip(values, columns, strict=True)):
            if value is None:
                continue
            if column.type in {"whole", "number"}:
                sheet.write_number(row, at, value)
            elif column.type == "date":
                sheet.write_datetime(row, at, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
            elif column.type == "yes_no":
                sheet.write_boolean(row, at, value)
            else:
                sheet.write_string(row, at, value)
    words = book.add_worksheet("columns")
    words.set_column(0, 0, 22)
    words.set_column(1, 4, 44)
    for at, title in enumerate(
        ("name", "title_th", "title_en", "description_th", "description_en", "type", "unit")
    ):
        words.write_string(0, at, title, head)
    for row, column in enumerate(columns, start=1):
        for at, text in enumerate(column.as_data().values()):
            words.write_string(row, at, str(text))
    notes = book.add_worksheet("about")
    notes.set_column(0, 0, 22)
    notes.set_column(1, 1, 100)
    for row, (name, said) in enumerate(
        (name, said) for name, said in about.items() if isinstance(said, str | int)
    ):
        notes.write_string(row, 0, name, head)
        notes.write_string(row, 1, str(said))
    book.close()
    return buffer.getvalue()
