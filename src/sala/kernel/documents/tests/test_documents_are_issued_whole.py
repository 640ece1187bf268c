"""The signed PDF/A-3, its numbers, its signature and the bit that breaks it."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pikepdf
import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from sala.engines.wire import canonical_json, sha256_hex
from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import SYSTEM
from sala.kernel.documents.interface import Attachment, IssuedDocument, declare_kind, render, revoke
from sala.kernel.documents.kinds import KINDS
from sala.kernel.documents.models import NumberSeries
from sala.kernel.documents.signing import read_code, read_signature
from sala.kernel.documents.tests.conftest import CERTIFICATE
from sala.kernel.documents.thai import joined
from sala.kernel.files.interface import open_file
from sala.kernel.keys.interface import DOCUMENTS, rotate

Issued = Callable[..., IssuedDocument]
AT = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


def content_of(document: IssuedDocument) -> bytes:
    with open_file(document.file) as file:
        return file.read()


@pytest.mark.django_db
def test_the_pdf_is_pdf_a_3_with_the_data_inside(issued: Issued) -> None:
    document = issued(attachments=[Attachment("decision.json", b'{"points": 72}', description="Decision")])
    with pikepdf.open(io.BytesIO(content_of(document))) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfaid:conformance"] == "A"
            assert metadata["dc:title"] == "ประกาศนียบัตรทดสอบ"
        assert set(pdf.attachments) == {"document.json", "decision.json"}
        inside = pdf.attachments["document.json"].get_file().read_bytes()
        assert json.loads(inside) == CERTIFICATE
        assert sha256_hex(inside) == document.data_sha256
        assert str(pdf.Root.Lang) == "th"
        fonts = {str(font.BaseFont) for page in pdf.pages for font in page.Resources.Font.values()}
        assert fonts
        assert all("Sarabun" in font for font in fonts)


@pytest.mark.django_db
def test_the_signature_is_whole_and_one_flipped_bit_breaks_it(issued: Issued) -> None:
    content = content_of(issued())
    good = read_signature(content)
    assert good.is_good
    assert "Document Signing" in good.signed_by
    for place in (200, len(content) // 3, len(content) // 2):
        broken = bytearray(content)
        broken[place] ^= 1
        assert not read_signature(bytes(broken)).is_good


@pytest.mark.django_db
def test_what_is_appended_after_signing_is_seen(issued: Issued) -> None:
    content = content_of(issued())
    assert not read_signature(content + b"\n% more\n").is_good
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.add_blank_page()
        again = io.BytesIO()
        pdf.save(again)
    assert not read_signature(again.getvalue()).is_good


def test_the_same_input_gives_the_same_bytes() -> None:
    first = render("documents/certificate.typ", CERTIFICATE, at=AT, attachments=[Attachment("a.json", b"{}")])
    second = render(
        "documents/certificate.typ", CERTIFICATE, at=AT, attachments=[Attachment("a.json", b"{}")]
    )
    assert first == second
    assert b"sala-typst" not in first


def test_data_is_never_run_as_code() -> None:
    nasty = '#panic("ran") #read("/etc/passwd") $x$ \\ "quoted" @ref <label>'
    made = render("documents/certificate.typ", {**CERTIFICATE, "awarded_to": nasty}, at=AT)
    assert made.startswith(b"%PDF")


@pytest.mark.parametrize("template", ["documents/none.typ", "../../etc/passwd", "documents/../../x.typ"])
def test_an_unknown_template_is_refused(template: str) -> None:
    with pytest.raises(DomainError, match=r"documents\.no-template"):
        render(template, CERTIFICATE)


def test_data_that_lack_what_the_template_needs_are_refused_with_the_reason() -> None:
    with pytest.raises(DomainError) as refusal:
        render("documents/certificate.typ", {"issuer": "x"})
    assert refusal.value.code == "documents.not-set"
    assert "heading" in refusal.value.message


@pytest.mark.django_db
def test_numbers_run_by_kind_and_buddhist_year_and_a_rollback_leaves_no_gap(issued: Issued) -> None:
    declare_kind("tests.certificate", title_th="ก", title_en="a", prefix="ทด")
    try:
        first = issued()
        with pytest.raises(DomainError):
            issued(template="documents/none.typ")
        second = issued()
    finally:
        KINDS.pop("tests.certificate")
    other = issued(kind="tests.other")
    assert [document.sequence for document in (first, second, other)] == [1, 2, 1]
    assert first.number == f"ทด 1/{first.year_be}"
    assert first.year_be >= 2569


@pytest.mark.django_db(transaction=True)
def test_issuing_at_the_same_time_gives_each_number_once(issued: Issued) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for turn in range(4):
                try:
                    with transaction.atomic():
                        issued(kind="tests.many")
                        if turn == 1:
                            raise ZeroDivisionError
                except ZeroDivisionError:
                    continue
        except BaseException as error:  # noqa: BLE001 (shown by the assertion below)
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    numbers = sorted(IssuedDocument.objects.filter(kind="tests.many").values_list("sequence", flat=True))
    assert numbers == list(range(1, 13))
    assert NumberSeries.objects.get(kind="tests.many").last == 12


@pytest.mark.django_db
def test_the_square_code_is_signed_and_short_enough_to_print(issued: Issued) -> None:
    document = issued()
    said = read_code(document.code)
    assert said is not None
    assert said["d"] == document.public_id
    assert said["n"] == document.number
    assert document.data_sha256.startswith(said["h"])
    assert len(document.code) < 420
    head, body, signature = document.code.split(".")
    assert read_code(f"{head}.{body[:-2]}AA.{signature}") is None
    assert read_code("nonsense") is None


@pytest.mark.django_db
def test_after_a_rotation_old_documents_stay_good_and_new_ones_name_the_new_key(issued: Issued) -> None:
    old = issued()
    rotate(DOCUMENTS, actor=SYSTEM)
    new = issued()
    assert old.key_id != new.key_id
    for document in (old, new):
        assert read_code(document.code) is not None
        assert read_signature(content_of(document)).is_good


@pytest.mark.django_db
def test_revoking_needs_a_reason_and_holds_for_ever(issued: Issued) -> None:
    document = issued()
    with pytest.raises(DomainError, match="no-reason"):
        revoke(document, reason="  ", actor=SYSTEM)
    first = revoke(document, reason="พิมพ์ชื่อผิด", actor=SYSTEM)
    again = revoke(document, reason="อื่น", actor=SYSTEM)
    assert first.revoked_at == again.revoked_at
    assert again.revoked_reason == "พิมพ์ชื่อผิด"


@pytest.mark.django_db
def test_data_are_stored_canonically(issued: Issued) -> None:
    document = issued()
    assert sha256_hex(canonical_json(document.data)) == document.data_sha256


def test_marks_stay_with_their_word() -> None:
    assert joined("จุฬาฯ") == "จุฬา\u2060ฯ"
    assert joined({"a": ["ต่าง ๆ", 3]}) == {"a": ["ต่าง\u00a0\u2060ๆ", 3]}
    assert joined("ฯ alone") == "ฯ alone"


@given(st.text(alphabet="กขค ฯๆab", max_size=40))
def test_joining_adds_nothing_that_can_be_seen_and_is_the_same_twice(text: str) -> None:
    once = joined(text)
    assert once.replace("\u2060", "").replace("\u00a0", " ") == text
    assert joined(once) == once
