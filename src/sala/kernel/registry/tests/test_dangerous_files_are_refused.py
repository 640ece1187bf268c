"""What is no table, or dangerous to open, is refused with its place and reason, in both languages."""

from __future__ import annotations

import contextlib
import re
import struct
import zipfile

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from sala.kernel.registry.importing import opening
from sala.kernel.registry.importing.mapping import load_mapping
from sala.kernel.registry.importing.opening import column_index, column_letter, decode, open_table
from sala.kernel.registry.importing.problems import SENTENCES, Problem, Refused
from sala.kernel.registry.tests.workbooks import MAPPING, SERVICES, with_parts, workbook


def refusal(content: bytes, name: str = "a.xlsx", **more: str) -> Problem:
    with pytest.raises(Refused) as refused:
        open_table(content, name=name, **more)
    problem = refused.value.problem
    with translation.override("en"):
        english = problem.sentence
    with translation.override("th"):
        assert problem.sentence != english, "the reason is told in both languages"
    return problem


def test_macros_are_refused_by_part_by_type_and_by_name() -> None:
    good = workbook()
    assert refusal(with_parts(good, xl__vbaProject_dot_bin=b"x")).code == "macros"
    types = b'<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    assert refusal(with_parts(good, **{"[Content_Types]_dot_xml": types})).code == "macros"
    assert refusal(with_parts(good, xl__macrosheets__sheet1_dot_xml=b"x")).code == "macros"
    assert refusal(good, "a.xlsm").code == "macros"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch) -> None:
    bomb = with_parts(workbook(), xl__worksheets__sheet9_dot_xml=b"0" * (60 * 1024 * 1024))
    assert len(bomb) < 1024 * 1024
    problem = refusal(bomb)
    assert problem.code == "zip-bomb"
    assert int(problem.params["ratio"].replace(",", "")) > 120
    monkeypatch.setattr(opening, "MAX_PARTS", 3)
    assert refusal(workbook()).code == "zip-bomb"


def test_a_bomb_whose_directory_lies_about_its_size_is_refused() -> None:
    bomb = bytearray(with_parts(workbook(), xl__sharedStrings_dot_xml=b"0" * (30 * 1024 * 1024)))
    size = struct.pack("<L", 30 * 1024 * 1024)
    lie = struct.pack("<L", 1024)
    assert refusal(bytes(bomb.replace(size, lie))).code in {"not-a-workbook", "zip-bomb"}


def test_a_cell_in_a_far_corner_is_refused_before_the_rectangle_is_built() -> None:
    far = b'<worksheet><sheetData><row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>'
    assert refusal(with_parts(workbook(), xl__worksheets__sheet1_dot_xml=far)).code == "too-many-rows"
    wide = b'<worksheet><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>'
    problem = refusal(with_parts(workbook(), xl__worksheets__sheet1_dot_xml=wide))
    assert (problem.code, problem.sheet) == ("too-many-columns", "M")


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "empty"),
        (b"  \n ", "a.csv", "empty"),
        (b"PK\x03\x04junk", "a.xlsx", "not-a-workbook"),
        (b"hello", "a.xlsx", "not-a-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "old-excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a.xlsx",
            "encrypted",
        ),
        ("id,ชื่อ".encode("utf-16"), "a.csv", "utf-16"),
        (b"id,name\n1,a\x00b\n", "a.csv", "binary"),
        (b'id,name\n1,"open\n2,b\n', "a.csv", "csv-broken"),
        (b"x" * (50 * 1024 * 1024 + 1), "a.csv", "too-large"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, name: str, code: str) -> None:
    assert refusal(content, name).code == code


def test_a_zip_that_is_no_workbook_and_a_doctype_are_refused() -> None:
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(out.getvalue()).code == "not-a-workbook"
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
    assert refusal(with_parts(workbook(), xl__worksheets__sheet1_dot_xml=evil)).code == "not-a-workbook"


def test_an_encrypted_member_is_refused() -> None:
    content = bytearray(workbook())
    for place in [found.start() for found in re.finditer(b"PK\x01\x02", bytes(content))]:
        content[place + 8] |= 1
    assert refusal(bytes(content)).code == "encrypted"


def test_only_the_values_of_formulas_are_read() -> None:
    opened = open_table(workbook(X=[["=1+1→2", "=1/0→#DIV/0!"]]), name="a.xlsx")
    assert opened.sheets["X"].rows[0].cells[0] == "2"
    assert opened.sheets["X"].error_cells == {"B1"}


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_a_damaged_workbook_is_read_or_refused_but_never_crashes(noise: bytes, place: int) -> None:
    content = bytearray(workbook())
    at = place * len(content) // 400
    content[at : at + len(noise)] = noise
    with contextlib.suppress(Refused):
        assert open_table(bytes(content), name="a.xlsx").sheets


# --- encodings -------------------------------------------------------------------------------------------


def csv_of(rows: list[list[object]]) -> str:
    return "\r\n".join(",".join(str(cell) for cell in row) for row in rows)


def test_thai_code_page_is_detected_and_said() -> None:
    opened = open_table(csv_of(SERVICES).encode("cp874"), name="a.csv")
    assert opened.sheets[""].rows[2].cells[2] == "ต่ออายุใบอนุญาต"
    assert [(one.severity, one.params["encoding"]) for one in opened.notices] == [
        ("notice", "TIS-620 (Windows-874)")
    ]


def test_utf8_is_read_with_and_without_its_mark_and_nothing_is_said() -> None:
    for codec in ("utf-8", "utf-8-sig"):
        opened = open_table(csv_of(SERVICES).encode(codec), name="a.csv")
        assert opened.sheets[""].rows[0].cells[0] == "id"
        assert opened.notices == []


def test_a_wrong_byte_is_told_by_line_and_place() -> None:
    content = "id,ชื่อ\n1,ดี\n2,".encode() + b"caf\xe9 \x80\x81\n"
    problem = refusal(content, "a.csv")
    assert (problem.code, problem.row, problem.params["byte"], problem.params["value"]) == (
        "wrong-encoding",
        3,
        6,
        "E9",
    )
    declared = refusal("ชื่อ".encode("cp874"), "a.csv", encoding="utf-8")
    assert declared.params["encoding"] == "UTF-8"


@given(st.text(alphabet=st.characters(min_codepoint=0x0E01, max_codepoint=0x0E3A), min_size=4, max_size=40))
def test_thai_text_survives_both_encodings(text: str) -> None:
    assert decode(text.encode("cp874"), "tis-620")[0] == text
    assert decode(text.encode("utf-8"))[0] == text


@given(st.integers(0, 20_000))
def test_columns_are_named_as_excel_names_them(index: int) -> None:
    assert column_index(column_letter(index)) == index
    assert (column_letter(0), column_letter(25), column_letter(26), column_letter(16_383)) == (
        "A",
        "Z",
        "AA",
        "XFD",
    )


# --- mappings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        (("sala: import-mapping/1", "sala: ["), "mapping-broken", "line"),
        (("kind: services", "kind: sevices"), "mapping-wrong", "kind"),
        (("kind: {constant: ministry}", "kind: {constant: minstry}"), "mapping-wrong", "minstry"),
        (
            ("name_th: {column: name}\n      kind", "nmae: {column: name}\n      kind"),
            "mapping-wrong",
            "nmae",
        ),
        (("encoding: x", "encoding: x"), "", ""),
        (
            ("title: {th: ทะเบียนทดสอบ, en: Test register}", "title: &a {th: ก, en: b}"),
            "mapping-broken",
            "anchors",
        ),
        (("kind: services", "kind: services\nkind: services"), "mapping-broken", "twice"),
        (("sala: import-mapping/1", "sala: !!python/object:os.system"), "mapping-broken", "constructor"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place(change: tuple[str, str], code: str, told: str) -> None:
    text = MAPPING.replace(*change, 1)
    if not code:
        assert load_mapping(text).kind == "services"
        return
    with pytest.raises(Refused) as refused:
        load_mapping(text)
    assert refused.value.problem.code == code
    with translation.override("en"):
        assert told in refused.value.problem.sentence


def test_the_date_in_a_file_name_is_buddhist_where_the_mapping_says_so() -> None:
    mapping = load_mapping(MAPPING)
    assert str(mapping.as_at_on("services-2569-05-03.xlsx")) == "2026-05-03"
    assert mapping.as_at_on("services-2569-13-03.xlsx") is None
    assert mapping.as_at_on("services.xlsx") is None


def test_every_sentence_has_both_languages_and_takes_its_places() -> None:
    for code, sentence in SENTENCES.items():
        with translation.override("en"):
            english = str(sentence)
        with translation.override("th"):
            thai = str(sentence)
        assert english != thai, code
        places = set(re.findall(r"%\((\w+)\)s", english))
        assert set(re.findall(r"%\((\w+)\)s", thai)) == places, code
