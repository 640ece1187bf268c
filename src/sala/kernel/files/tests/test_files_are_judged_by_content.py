"""What is refused, with its reason in both languages, and what is taken."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from sala.engines.wire.errors import DomainError
from sala.kernel.files.interface import verdict
from sala.kernel.files.names import LONGEST, extension_of, safe_name
from sala.kernel.files.scan import EICAR
from sala.kernel.files.tests import samples

MB = 1_048_576


@pytest.fixture(autouse=True)
def _own_folder(settings: object, tmp_path: Path) -> None:
    settings.VAR = tmp_path  # type: ignore[attr-defined]
    settings.CLAMD = ""  # type: ignore[attr-defined]


def judged(name: str, content: bytes, **more: object) -> str:
    return verdict(SimpleUploadedFile(name, content), **more).kind  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("ข้อมูล.csv", "รหัส,ชื่อ\n1,ก\n".encode(), "csv"),
        ("old.csv", "รหัส,ชื่อ\n".encode("cp874"), "csv"),
        ("data.json", b'{"a": 1}', "json"),
        ("method.yaml", b"a: 1\n", "yaml"),
        ("plain", b"hello", "text"),
        ("book.xlsx", samples.workbook(), "xlsx"),
        ("paper.pdf", samples.pdf(), "pdf"),
        ("dot.png", samples.PNG, "png"),
        ("many.zip", samples.zipped({"a.csv": b"1,2"}), "zip"),
        ("stored.zip", samples.zipped({"a.csv": b"1,2"}, method=zipfile.ZIP_STORED), "zip"),
        ("log.gz", gzip.compress(b"hello"), "gzip"),
        ("sheet.ods", samples.zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "ods"),
        ("two.zip", samples.zipped({"inner.zip": samples.zipped({"a.txt": b"a"})}), "zip"),
    ],
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_good_files_are_known_by_their_content(name: str, content: bytes, kind: str) -> None:
    assert judged(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "files.empty"),
        ("photo.png", samples.pdf(), "files.wrong-extension"),
        ("paper.pdf", b"not a pdf at all", "files.wrong-extension"),
        ("table.csv", samples.workbook(), "files.wrong-extension"),
        ("setup.exe", b"MZ" + bytes(64), "files.program"),
        ("report.pdf", b"MZ" + bytes(64), "files.program"),
        ("run.csv", b"#!/bin/sh\nrm -rf /\n", "files.program"),
        ("page.html", b"<!DOCTYPE html><script>1</script>", "files.active-page"),
        ("page.txt", b"<html><script>1</script></html>", "files.active-page"),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "files.active-page"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "files.old-office"),
        ("new.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "files.old-office"),
        ("macro.xlsm", samples.workbook(), "files.macros"),
        ("hidden.xlsx", samples.workbook_with({"xl/vbaProject.bin": b"x"}), "files.macros"),
        ("typed.xlsx", samples.workbook(samples.MACRO_WORKBOOK), "files.macros"),
        ("sheet.xlsx", samples.workbook_with({"xl/macrosheets/sheet1.xml": b"x"}), "files.macros"),
        (
            "in.zip",
            samples.zipped({"m.xlsx": samples.workbook_with({"xl/vbaProject.bin": b"x"})}),
            "files.macros",
        ),
        ("locked.zip", samples.locked_zip(), "files.encrypted"),
        ("locked.pdf", samples.pdf("secret"), "files.encrypted"),
        ("bomb.zip", samples.zipped({"zeros.bin": bytes(40 * MB)}), "files.zip-bomb"),
        ("bomb.xlsx", samples.workbook_with({"xl/sheet.xml": bytes(40 * MB)}), "files.zip-bomb"),
        ("inner.zip", samples.zipped({"i.zip": samples.zipped({"z": bytes(40 * MB)})}), "files.zip-bomb"),
        ("lying.zip", samples.lying_zip(4 * MB), "files.zip-bomb"),
        ("overlap.zip", samples.overlapping_zip(), "files.zip-bomb"),
        ("bomb.gz", gzip.compress(bytes(40 * MB)), "files.zip-bomb"),
        ("up.zip", samples.zipped({"../../etc/passwd": b"x"}), "files.unsafe-entry"),
        ("root.zip", samples.zipped({"/etc/passwd": b"x"}), "files.unsafe-entry"),
        ("cut.zip", samples.zipped({"a.txt": b"a" * 999})[:-30], "files.damaged"),
        ("virus.txt", EICAR, "files.infected"),
        ("virus.zip", samples.zipped({"eicar.com": EICAR}), "files.infected"),
        ("seven.7z", b"7z\xbc\xaf\x27\x1c" + bytes(64), "files.kind-not-accepted"),
    ],
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_bad_files_are_refused_with_a_reason_in_both_languages(name: str, content: bytes, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        judged(name, content)
    assert refusal.value.code == code
    with translation.override("en"):
        english = refusal.value.message
    with translation.override("th"):
        thai = refusal.value.message
    assert "%" not in english
    assert any("\u0e01" <= letter <= "\u0e5b" for letter in thai), thai
    assert thai != english


def test_archives_inside_archives_inside_archives_are_refused() -> None:
    content = samples.zipped({"a.txt": b"a"})
    for depth in range(4):
        content = samples.zipped({f"level{depth}.zip": content})
    with pytest.raises(DomainError, match="nested-too-deep"):
        judged("deep.zip", content)


def test_a_place_that_takes_workbooks_only_refuses_a_picture() -> None:
    assert judged("book.xlsx", samples.workbook(), accept={"xlsx", "csv"}) == "xlsx"
    with pytest.raises(DomainError) as refusal:
        judged("dot.png", samples.PNG, accept={"xlsx", "csv"})
    assert refusal.value.code == "files.kind-not-accepted"
    assert refusal.value.status == 415
    assert "CSV, XLSX" in refusal.value.message


def test_one_byte_too_many_is_too_large() -> None:
    assert judged("a.txt", b"x" * 100, max_bytes=100) == "text"
    with pytest.raises(DomainError) as refusal:
        judged("a.txt", b"x" * 101, max_bytes=100)
    assert (refusal.value.code, refusal.value.status) == ("files.too-large", 413)


def test_nothing_is_left_behind_by_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(DomainError):
        judged("virus.txt", EICAR)
    assert list(tmp_path.rglob("in-*")) == []


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\รายงาน ปี 2569.xlsx", "รายงาน ปี 2569.xlsx"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nSet-Cookie: x=1.csv", "a_Set-Cookie_ x=1.csv"),
        ("CON.txt", "file.txt"),
        ("   ", "file"),
        (".htaccess", "htaccess"),
    ],
)
def test_names_are_made_safe_and_stay_readable(given_name: str, kept: str) -> None:
    assert safe_name(given_name) == kept


@given(st.text(max_size=400))
def test_a_safe_name_is_always_safe_and_stays_the_same(name: str) -> None:
    made = safe_name(name)
    assert 0 < len(made) <= LONGEST
    assert not set(made) & set('/\\\r\n\0"<>|:*?')
    assert not made.startswith(".")
    assert safe_name(made) == made
    assert extension_of(made) == extension_of(made).lower()
