"""Every way a table can be wrong is refused with row and column, in each form of file."""

from __future__ import annotations

import contextlib
import datetime
import io
import random
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from sala.engines.composite import Method, Refused, Table, compute
from sala.engines.composite.tests.building import indicator, method

UNITS = {"column": "unit", "titles": {"th": "name"}, "groups": ["kind"], "ignored": ["note"]}
GOOD = "unit,name,kind,x,y\nA,หนึ่ง,k,1,2\nB,สอง,k,3,4\nC,สาม,l,5,7\n"


@pytest.fixture
def made() -> Method:
    return method(indicator("x"), indicator("y"), units=UNITS)


def read(tmp_path: Path, content: str | bytes) -> Table:
    path = tmp_path / "data.csv"
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return Table.read(path)


def refused(made: Method, tmp_path: Path, content: str | bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        compute(made, read(tmp_path, content))
    return caught.value


def workbook(rows: list[list[Any]], **options: Any) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("data")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.close()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "column"),
    [
        ("B,สอง,k,3,4", "A,สอง,k,3,4", "duplicate-unit", 3, "unit"),
        ("B,สอง,k,3,4", "B,สอง,k,three,4", "not-a-number", 3, "x"),
        ("B,สอง,k,3,4", 'B,สอง,k,"1,234",4', "not-a-number", 3, "x"),
        ("B,สอง,k,3,4", "B,สอง,k,๓,4", "not-a-number", 3, "x"),
        ("B,สอง,k,3,4", "B,สอง,k,1_000,4", "not-a-number", 3, "x"),
        ("B,สอง,k,3,4", "B,สอง,k,inf,4", "not-a-number", 3, "x"),
        ("B,สอง,k,3,4", "B,สอง,k,1e999,4", "not-a-number", 3, "x"),
        ("B,สอง,k,3,4", "B,สอง,k,nan,4", "not-a-number", 3, "x"),
        ("B,สอง,k,3,4", ",สอง,k,3,4", "unit-code", 3, "unit"),
        ("B,สอง,k,3,4", " B,สอง,k,3,4", "unit-code", 3, "unit"),
        ("B,สอง,k,3,4", "B,สอง,k,3", "ragged-row", 3, None),
        ("B,สอง,k,3,4", "B,สอง,k,3,4,5", "ragged-row", 3, None),
        ("B,สอง,k,3,4", 'B,"ส\nอ"ง,k,3,4', "csv", 4, None),
        ("unit,name,kind,x,y", "unit,name,kind,x,z", "missing-column", 1, "y"),
        ("unit,name,kind,x,y", "unit,name,kind,x,x", "repeated-column", 1, "x"),
        ("unit,name,kind,x,y", "unit,name,kind,x,", "unnamed-column", 1, "E"),
    ],
)
def test_each_fault_is_named_with_row_and_column(
    made: Method, tmp_path: Path, old: str, new: str, code: str, line: int, column: str | None
) -> None:
    error = refused(made, tmp_path, GOOD.replace(old, new))
    assert error.code == f"composite.table.{code}"
    assert error.place is not None
    assert error.place.line == line
    assert error.place.column == column
    assert "%(" not in error.message


def test_the_good_table_is_taken(made: Method, tmp_path: Path) -> None:
    assert compute(made, read(tmp_path, GOOD)).ranks().tolist() == [3, 2, 1]


def test_an_unknown_column_is_refused_unless_it_is_ignored(made: Method, tmp_path: Path) -> None:
    for name, code in (("z", "composite.table.unknown-column"), ("note", None)):
        content = "\n".join(
            f"{line},{name if number == 0 else 1}" for number, line in enumerate(GOOD.splitlines())
        )
        if code is None:
            compute(made, read(tmp_path, content))
        else:
            assert refused(made, tmp_path, content).code == code


def test_an_unknown_unit_and_an_absent_one_are_refused(tmp_path: Path) -> None:
    known = {**UNITS, "known": ["A", "B", "D"]}
    made = method(indicator("x"), indicator("y"), units=known)
    error = refused(made, tmp_path, GOOD)
    assert [(one.code.rpartition(".")[2], one.params["code"]) for one in error.problems] == [
        ("unknown-unit", "C"),
        ("absent-unit", "D"),
    ]
    assert error.place is not None
    assert error.place.line == 4


@pytest.mark.parametrize("encoding", ["cp874", "utf-16", "cp1252"])
def test_a_wrong_encoding_is_refused_with_its_line(made: Method, tmp_path: Path, encoding: str) -> None:
    content = GOOD if encoding != "cp1252" else "unit,name,kind,x,y\nA,Côte,k,1,2\n"
    error = refused(made, tmp_path, content.encode(encoding))
    assert error.code == "composite.table.encoding"
    assert error.place is not None
    assert error.place.line == (1 if encoding == "utf-16" else 2)
    if encoding == "cp874":
        assert "874" in error.message


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n\n", "empty"),
        (b"unit,name,kind,x,y\n", "no-rows"),
        (b"unit;name;kind;x;y\nA;a;k;1;2\n", "separator"),
        (b"unit\tname\tkind\tx\ty\nA\ta\tk\t1\t2\n", "separator"),
        (b"unit,x\nA,\x001\n", "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old-workbook"),
        (b"PAR1 this is not Parquet PAR1", "parquet"),
        (b"PK\x03\x04 this is not a ZIP", "workbook"),
    ],
)
def test_files_that_are_no_table_are_refused(made: Method, tmp_path: Path, content: bytes, code: str) -> None:
    assert refused(made, tmp_path, content).code == f"composite.table.{code}"


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(Refused) as caught:
        Table.read(path)
    assert caught.value.code == "composite.table.too-large"
    with pytest.raises(Refused) as caught:
        Table.read(tmp_path / "none.csv")
    assert caught.value.code == "composite.table.unreadable"


def test_a_byte_order_mark_blank_lines_and_na_are_allowed(made: Method, tmp_path: Path) -> None:
    table = read(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("B,สอง,k,3,4", "\nB,สอง,k,NA, 4 ").encode())
    run = compute(made, table)
    assert run.stage("raw")[:, 1].tolist()[1] == 4.0
    assert run.observations.lines == (2, 4, 5)


# --- workbooks ------------------------------------------------------------------------------------------------

ROWS: list[list[Any]] = [
    ["unit", "name", "kind", "x", "y"],
    ["A", "หนึ่ง", "k", 1, 2],
    ["B", "สอง", "k", 3, 4],
    ["C", "สาม", "l", 5, 7],
]


def changed(row: int, column: int, cell: Any) -> list[list[Any]]:
    rows = [list(one) for one in ROWS]
    rows[row][column] = cell
    return rows


def test_a_workbook_gives_the_same_data_as_csv_and_parquet(made: Method, tmp_path: Path) -> None:
    frame = pl.DataFrame({name: [row[at] for row in ROWS[1:]] for at, name in enumerate(ROWS[0])})
    frame.select(reversed(frame.columns)).reverse().write_parquet(tmp_path / "data.parquet")
    (tmp_path / "data.xlsx").write_bytes(workbook(ROWS))
    hashes = {
        compute(made, table).id
        for table in (
            read(tmp_path, GOOD),
            Table.read(tmp_path / "data.xlsx"),
            Table.read(tmp_path / "data.parquet"),
            Table.from_frame(frame),
        )
    }
    assert len(hashes) == 1


@pytest.mark.parametrize(
    ("rows", "code", "row", "column"),
    [
        (changed(2, 3, "three"), "not-a-number", 3, "x"),
        (changed(2, 3, True), "not-a-number", 3, "x"),
        (changed(2, 3, datetime.date(2569, 1, 1)), "not-a-number", 3, "x"),
        (changed(2, 0, "A"), "duplicate-unit", 3, "unit"),
        (changed(0, 4, "x"), "repeated-column", 1, "x"),
        (changed(0, 3, None), "unnamed-column", 1, "D"),
        ([*ROWS, ["D", "สี่", "k", 1, 2, 3]], "ragged-row", 5, None),
        (ROWS[:1], "no-rows", None, None),
        ([], "empty", None, None),
    ],
)
def test_faults_of_a_workbook_are_named_with_row_and_column(
    made: Method, tmp_path: Path, rows: list[list[Any]], code: str, row: int | None, column: str | None
) -> None:
    path = tmp_path / "data.xlsx"
    path.write_bytes(workbook(rows))
    with pytest.raises(Refused) as caught:
        compute(made, Table.read(path))
    assert caught.value.code == f"composite.table.{code}"
    if row is not None:
        assert caught.value.place is not None
        assert (caught.value.place.row, caught.value.place.column) == (row, column)


def test_a_failed_formula_is_not_a_missing_value(made: Method, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    book.add_worksheet("cover").write(0, 0, "a cover sheet")
    sheet = book.add_worksheet("data")
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    sheet.write_formula(2, 3, "=1/0", None, "#DIV/0!")
    book.close()
    path = tmp_path / "data.xlsx"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(Refused) as caught:
        Table.read(path, sheet="data")
    assert caught.value.code == "composite.table.error-cell"
    assert caught.value.params == {"cell": "D3"}
    with pytest.raises(Refused) as caught:
        Table.read(path, sheet="other")
    assert caught.value.code == "composite.table.unknown-sheet"
    # The broken cell stands on the other sheet, so the cover is only not a table of this method.
    with pytest.raises(Refused) as caught:
        Table.read(path)
    assert caught.value.code == "composite.table.no-rows"


def repacked(content: bytes, add: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, add.get(name, old.read(name)))
        for name in add.keys() - set(old.namelist()):
            new.writestr(name, add[name])
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("add", "code"),
    [
        ({"xl/vbaProject.bin": b"\xd0\xcf"}, "macros"),
        ({"xl/macrosheets/sheet1.xml": b"<x/>"}, "macros"),
        ({"xl/media/big.bin": b"\0" * (64 * 1024 * 1024)}, "bomb"),
        (
            {
                "xl/worksheets/sheet1.xml": b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
                b"</sheetData></worksheet>"
            },
            "too-wide",
        ),
        ({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}, "workbook"),
    ],
)
def test_dangerous_workbooks_are_refused_before_they_are_unpacked(
    tmp_path: Path, add: dict[str, bytes], code: str
) -> None:
    path = tmp_path / "data.xlsx"
    path.write_bytes(repacked(workbook(ROWS), add))
    with pytest.raises(Refused) as caught:
        Table.read(path)
    assert caught.value.code == f"composite.table.{code}"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("readme.txt", "hello")
    with pytest.raises(Refused) as caught:
        Table.read(path)
    assert caught.value.code == "composite.table.not-a-workbook"


def test_a_damaged_workbook_is_refused_or_read_and_never_worse(tmp_path: Path) -> None:
    content, chance, path = workbook(ROWS), random.Random(1), tmp_path / "data.xlsx"
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
        path.write_bytes(bytes(damaged))
        with contextlib.suppress(Refused):
            Table.read(path)


# --- Parquet and memory -----------------------------------------------------------------------------------------


def test_parquet_of_wrong_types_is_refused(made: Method, tmp_path: Path) -> None:
    good = {"unit": ["A", "B"], "name": ["", ""], "kind": ["k", "k"], "x": [1.0, 2.0], "y": [1, 2]}
    for change, code in (
        ({"x": [[1.0], [2.0]]}, "column-type"),
        ({"x": [float("nan"), 1.0]}, "not-a-number"),
        ({"x": [float("inf"), 1.0]}, "not-a-number"),
        ({"x": [datetime.date(2022, 1, 1)] * 2}, "not-a-number"),
        ({"x": [True, False]}, "not-a-number"),
    ):
        pl.DataFrame({**good, **change}, strict=False).write_parquet(tmp_path / "data.parquet")
        with pytest.raises(Refused) as caught:
            compute(made, Table.read(tmp_path / "data.parquet"))
        assert caught.value.code == f"composite.table.{code}"
        if code == "not-a-number":
            assert caught.value.place is not None
            assert (caught.value.place.row, caught.value.place.column) == (1, "x")


def test_damaged_parquet_is_refused_even_where_it_ends_the_process_that_reads_it(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    pl.DataFrame({"unit": ["A", "B", "C"] * 20, "x": [1.0, 2.0, None] * 20}).write_parquet(buffer)
    content, path = buffer.getvalue(), tmp_path / "data.parquet"
    for at in range(10, len(content) - 8, len(content) // 6):
        damaged = bytearray(content)
        damaged[at : at + 8] = b"\xff" * 8
        path.write_bytes(bytes(damaged))
        with contextlib.suppress(Refused):
            Table.read(path)


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(Refused) as caught:
        Table.from_columns({"unit": ["A", "B"], "x": [1.0]})
    assert caught.value.code == "composite.table.ragged-column"


def test_all_faults_are_told_at_once_and_counted_beyond_a_hundred(made: Method, tmp_path: Path) -> None:
    rows = "".join(f"U{at},n,k,one,two\n" for at in range(80))
    error = refused(made, tmp_path, "unit,name,kind,x,y\n" + rows)
    assert (len(error.problems), error.found) == (100, 160)
