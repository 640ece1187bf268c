"""The verification pages: valid, revoked, unknown; a copy is compared and never kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sala.kernel.audit.interface import SYSTEM, allow
from sala.kernel.documents.interface import IssuedDocument, declare_kind, render, revoke
from sala.kernel.documents.kinds import KINDS
from sala.kernel.documents.tests.conftest import CERTIFICATE
from sala.kernel.files.interface import StoredFile, open_file

pytestmark = pytest.mark.django_db
Issued = Callable[..., IssuedDocument]


def send(client: Client, address: str, content: bytes, name: str = "paper.pdf") -> str:
    return client.post(address, {"file": SimpleUploadedFile(name, content)}).content.decode()


def content_of(document: IssuedDocument) -> bytes:
    with open_file(document.file) as file:
        return file.read()


def test_a_valid_document_is_shown_to_nobody_in_particular(client: Client, issued: Issued) -> None:
    document = issued()
    answer = client.get(f"/verify/{document.public_id}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "เอกสารถูกต้อง" in page
    assert document.number in page
    assert "ประกาศนียบัตรทดสอบ" in page
    assert "กรมตัวอย่างน้ำใจ" not in page  # what the paper says stays on the paper
    assert "no-cache" in answer["Cache-Control"]


def test_a_revoked_document_says_since_when_and_why(client: Client, issued: Issued) -> None:
    document = revoke(issued(), reason="พิมพ์ชื่อผิด", actor=SYSTEM)
    page = client.get(f"/verify/{document.public_id}/").content.decode()
    assert "เอกสารถูกเพิกถอนแล้ว" in page
    assert "พิมพ์ชื่อผิด" in page
    assert "เอกสารถูกต้อง" not in page


def test_an_unknown_code_is_not_found_and_says_so(client: Client) -> None:
    answer = client.get("/verify/2222222222222222")
    assert answer.status_code == 404
    assert "ไม่พบเอกสารนี้" in answer.content.decode()
    assert "&lt;b&gt;" in client.get("/verify/?code=<b>x</b>").content.decode()


def test_the_printed_code_is_found_with_dashes_and_capitals(client: Client, issued: Issued) -> None:
    document = issued()
    answer = client.get("/verify/", {"code": document.public_id_shown.upper()})
    assert answer.status_code == 302
    assert answer["Location"] == f"/verify/{document.public_id}"


def test_a_copy_is_compared_and_not_kept(client: Client, issued: Issued) -> None:
    document, another = issued(), issued()
    address = f"/verify/{document.public_id}"
    content = content_of(document)
    kept = StoredFile.objects.count()
    assert "เป็นเอกสารฉบับจริง" in send(client, address, content)
    assert "เป็นเอกสารฉบับจริง" in send(client, "/verify/", content)
    assert "เป็นเอกสารคนละฉบับ" in send(client, address, content_of(another))
    broken = bytearray(content)
    broken[len(content) // 2] ^= 1
    changed = send(client, address, bytes(broken))
    assert "ไฟล์ถูกแก้ไข" in changed or "ไฟล์เสียหาย" in changed
    assert "ไฟล์นี้ไม่ได้ออกจากที่นี่" in send(client, address, render("documents/certificate.typ", CERTIFICATE))
    assert StoredFile.objects.count() == kept


def test_the_real_copy_of_a_revoked_document_says_both(client: Client, issued: Issued) -> None:
    document = revoke(issued(), reason="พิมพ์ชื่อผิด", actor=SYSTEM)
    assert "แต่เอกสารนี้ถูกเพิกถอน" in send(client, "/verify/", content_of(document))


def test_something_that_is_no_pdf_is_refused_in_words(client: Client) -> None:
    answer = client.post("/verify/", {"file": SimpleUploadedFile("a.csv", b"1,2\n")})
    assert answer.status_code == 422
    assert "รับเฉพาะ PDF" in answer.content.decode()
    assert "โปรดเลือกไฟล์ PDF" in client.post("/verify/").content.decode()


def test_the_public_keys_are_published(client: Client, issued: Issued) -> None:
    document = issued()
    answer = client.get("/verify/keys.json")
    [key] = answer.json()["keys"]
    assert key["kid"] == document.key_id
    assert key["alg"] == "ES256"
    assert "d" not in key


def test_an_outsider_gets_the_page_but_not_the_file(client: Client, issued: Issued) -> None:
    document = issued()
    assert client.get(f"/files/{document.file_id}/").status_code == 403


def test_a_kind_may_let_its_readers_in(client: Client, issued: Issued) -> None:
    declare_kind("tests.open", title_th="ก", title_en="a", may_read=lambda _actor, _document: allow())
    try:
        document = issued(kind="tests.open")
        answer = client.get(f"/files/{document.file_id}/")
    finally:
        KINDS.pop("tests.open")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == content_of(document)  # type: ignore[attr-defined]
