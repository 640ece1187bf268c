"""A published version keeps its address and its content, in every rendition."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks
from python_calamine import CalamineWorkbook

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.interface import ANONYMOUS, SYSTEM, Actor
from sala.kernel.publishing import renditions
from sala.kernel.publishing.interface import (
    Column,
    PublishedTable,
    offer_table,
    read_table,
    table_published,
    withdraw_table,
)

pytestmark = pytest.mark.django_db

COLUMNS = [
    Column("name_th", "ชื่อ", "Name", "ชื่อหน่วยงาน", "Name of the agency"),
    Column("score", "คะแนน", "Score", "คะแนนรวม", "The whole score", "number"),
    Column("rank", "อันดับ", "Rank", "อันดับ", "Rank", "whole"),
]
ROWS: list[dict[str, Any]] = [
    {"name_th": "หน่วยทดสอบ ก", "score": 0.1 + 0.2, "rank": 1},
    {"name_th": "=1+1", "score": None, "rank": 2},
]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    settings.CLAMD = ""


def offered(version: str = "1", rows: list[dict[str, Any]] = ROWS, actor: Actor = SYSTEM) -> PublishedTable:
    return offer_table(
        code="tests-table",
        title_th="ตารางทดสอบ",
        title_en="Test table",
        description_th="ตารางที่ใช้ทดสอบ",
        description_en="A table for tests.",
        columns=COLUMNS,
        rows=rows,
        version=version,
        licence="CC BY 4.0",
        publisher=None,
        actor=actor,
    )


def body(client: Client, address: str, **more: Any) -> bytes:
    response = client.get(address, **more)
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_every_rendition_says_the_same_rows(client: Client) -> None:
    offered()
    parquet = pl.read_parquet(io.BytesIO(body(client, "/tables/tests-table/1.parquet")))
    assert parquet.rows() == [("หน่วยทดสอบ ก", 0.1 + 0.2, 1), ("=1+1", None, 2)]
    plain = list(csv.reader(io.StringIO(body(client, "/tables/tests-table/1.csv").decode())))
    assert plain == [
        ["name_th", "score", "rank"],
        ["หน่วยทดสอบ ก", "0.30000000000000004", "1"],
        ["=1+1", "", "2"],
    ]
    told = json.loads(body(client, "/tables/tests-table/1.json"))
    assert [row["rank"] for row in told["rows"]] == [1, 2]
    assert told["columns"][0]["title_th"] == "ชื่อ"
    book = CalamineWorkbook.from_filelike(io.BytesIO(body(client, "/tables/tests-table/1.xlsx")))
    assert book.sheet_names == ["data", "columns", "about"]
    assert book.get_sheet_by_name("data").to_python()[2][0] == "=1+1"


def test_no_spreadsheet_runs_a_cell(client: Client) -> None:
    offered()
    content = body(client, "/tables/tests-table/1.csv?for=spreadsheet")
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[2][0] == "'=1+1"
    book = body(client, "/tables/tests-table/1.xlsx")
    import zipfile

    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@given(st.text(max_size=40))
def test_a_guarded_text_never_begins_with_what_runs(text: str) -> None:
    frame = pl.DataFrame({"a": [text.replace("\x00", "")]}, schema={"a": pl.String})
    cell = next(
        csv.reader(
            io.StringIO(
                renditions.as_spreadsheet_csv(frame).decode("utf-8-sig").partition("\r\n")[2], newline=""
            )
        ),
        [""],
    )
    assert not cell or not cell[0].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_same_content_again_is_the_same_version_and_other_content_is_refused() -> None:
    first = offered()
    assert offered().pk == first.pk
    with pytest.raises(DomainError) as refused:
        offered(rows=ROWS[:1])
    assert refused.value.code == "publishing.version.taken"
    assert offered("2", ROWS[:1]).pk != first.pk


def test_the_same_rows_make_the_same_bytes() -> None:
    one, two = offered("1"), offered("2")
    assert one.content_sha256 == two.content_sha256
    assert one.parquet.sha256 == two.parquet.sha256
    assert read_table(one).equals(read_table(two))


def test_who_has_a_file_need_not_fetch_it_again(client: Client) -> None:
    offered()
    first = client.get("/tables/tests-table/1.csv")
    assert "immutable" in first["Cache-Control"]
    assert b"".join(first.streaming_content)  # a file left unread stays open
    again = client.get("/tables/tests-table/1.csv", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_latest_leads_to_the_permanent_address(client: Client) -> None:
    offered("1")
    offered("2", ROWS[:1])
    assert client.get("/tables/tests-table/latest.csv")["Location"] == "/tables/tests-table/2.csv"


@pytest.mark.parametrize(
    ("rows", "row", "column"),
    [
        ([{"name_th": "ก", "score": "มาก", "rank": 1}], 1, "score"),
        ([*ROWS, {"name_th": 5, "score": 1.0, "rank": 1}], 3, "name_th"),
        ([{"name_th": "ก", "surplus": 1}], 1, "surplus"),
    ],
)
def test_a_wrong_value_is_refused_with_row_and_column_in_both_languages(
    rows: list[dict[str, Any]], row: int, column: str
) -> None:
    with pytest.raises(DomainError) as refused:
        offered(rows=rows)
    assert refused.value.place is not None
    assert (refused.value.place.row, refused.value.place.column) == (row, column)
    with translation.override("en"):
        english = refused.value.message
    with translation.override("th"):
        assert refused.value.message != english
    assert not PublishedTable.objects.exists()


def test_listeners_hear_after_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[str] = []

    def listen(sender: Any, table: PublishedTable, **more: Any) -> None:
        heard.append(table.version)

    table_published.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            offered()
            assert heard == []
    finally:
        table_published.disconnect(listen)
    assert heard == ["1"]


def test_nobody_unknown_publishes_or_withdraws() -> None:
    with pytest.raises(NotAllowed):
        offered(actor=ANONYMOUS)
    table = offered()
    with pytest.raises(NotAllowed):
        withdraw_table(table, reason="no", actor=ANONYMOUS)


def test_a_withdrawn_version_keeps_its_address_and_says_why(client: Client) -> None:
    withdraw_table(offered(), reason="พบข้อผิดพลาด", actor=SYSTEM)
    for address in ("/tables/tests-table/1/", "/tables/tests-table/1.csv"):
        answer = client.get(address)
        assert answer.status_code == 410
        assert "พบข้อผิดพลาด" in answer.content.decode()


def test_pages_are_open_in_both_languages_and_cost_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(1, 9):
        offered(str(number), [ROWS[0] | {"rank": number}])
    for language, word in (("th", "ตารางทดสอบ"), ("en", "Test table")):
        client.cookies["django_language"] = language
        for address in ("/tables/", "/tables/tests-table/", "/tables/tests-table/3/"):
            with django_assert_max_num_queries(8):
                page = client.get(address).content.decode()
            assert word in page
    assert client.get("/tables/nothing/").status_code == 404
    assert client.get("/tables/tests-table/1.exe").status_code == 404
    assert client.post("/tables/").status_code == 405
