"""Auditors read what their role covers, in their language, with proofs; outsiders read nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from sala.engines.tlog import read_proof
from sala.kernel.audit import reading, verify_offline
from sala.kernel.audit.checkpoints import checkpoint_verifiers
from sala.kernel.audit.evidence import log_origin
from sala.kernel.audit.interface import SYSTEM, Actor
from sala.kernel.audit.models import AuditRecord
from sala.kernel.audit.reference import page, page_path
from sala.kernel.audit.sealer import seal_once
from sala.kernel.registry.interface import grant_role

Happen = Callable[..., AuditRecord]
pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor_of_a_client(agency_a: Any, malee: Any, sign_in_as: Callable[..., Client]) -> Client:
    grant_role(account_id=malee.pk, organisation=agency_a, role="auditor", actor=SYSTEM)
    return sign_in_as(malee)


def _addresses(record: AuditRecord) -> list[str]:
    own = f"/audit/{record.id}/"
    return ["/audit/", own, f"{own}proof", f"{own}record.json"]


def test_the_auditor_sees_what_happened_in_thai_with_the_buddhist_year(
    own_log: Path, happen: Happen, auditor_client: Client, somsak: Any
) -> None:
    record = happen(actor=Actor("account", str(somsak.pk)), subject="tests.Thing:42")
    answer = auditor_client.get("/audit/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "เกิดเหตุการณ์" in text
    assert "สมศักดิ์ รักงาน" in text
    assert str(record.at.year + 543) in text
    assert "tests.Thing:42" in text
    assert answer["Cache-Control"] == "no-store"
    auditor_client.cookies["django_language"] = "en"
    english = auditor_client.get("/audit/").content.decode()
    assert "Something happened" in english
    assert str(record.at.year) in english


def test_outsiders_read_nothing(
    own_log: Path, happen: Happen, client: Client, dao_client: Client, operator_admin_client: Client
) -> None:
    record = happen()
    seal_once()
    for address in _addresses(record):
        answer = client.get(address)
        assert answer.status_code == 302
        assert "next=" in answer["Location"]
        for outsider in (dao_client, operator_admin_client):
            assert outsider.get(address).status_code == 403
    assert client.post("/audit/export/").status_code == 302
    assert dao_client.post("/audit/export/").status_code == 403


def test_an_auditor_of_one_agency_reads_its_records_only(
    own_log: Path, happen: Happen, auditor_of_a_client: Client, agency_a: Any, agency_b: Any
) -> None:
    own = happen(organisation=agency_a, subject="tests.Thing:own")
    others = happen(organisation=agency_b, subject="tests.Thing:other")
    nobodys = happen(subject="tests.Thing:nobody")
    seal_once()
    text = auditor_of_a_client.get("/audit/").content.decode()
    assert "tests.Thing:own" in text
    assert "tests.Thing:other" not in text
    assert "tests.Thing:nobody" not in text
    for address in _addresses(own):
        assert auditor_of_a_client.get(address).status_code == 200
    for hidden in (others, nobodys):
        for address in _addresses(hidden)[1:]:
            assert auditor_of_a_client.get(address).status_code == 404


def test_an_auditor_of_a_ministry_reads_the_departments_below(
    own_log: Path, happen: Happen, auditor_of_a_client: Client, agency_a: Any, agency_b: Any
) -> None:
    type(agency_b).objects.filter(pk=agency_b.pk).update(parent=agency_a)
    happen(organisation=agency_b, subject="tests.Thing:below")
    assert "tests.Thing:below" in auditor_of_a_client.get("/audit/").content.decode()


def test_until_somebody_says_who_audits_nobody_reads(
    auditor_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_scope", None)
    assert auditor_client.get("/audit/").status_code == 403


def test_the_downloaded_proof_and_record_verify_each_other(
    own_log: Path, happen: Happen, auditor_client: Client
) -> None:
    record = happen()
    assert auditor_client.get(f"/audit/{record.id}/proof").status_code == 404
    assert "รอผนึก" in auditor_client.get(f"/audit/{record.id}/").content.decode()
    seal_once()
    assert "ผนึกแล้ว" in auditor_client.get(f"/audit/{record.id}/").content.decode()
    proof = read_proof(auditor_client.get(f"/audit/{record.id}/proof").content.decode())
    content = auditor_client.get(f"/audit/{record.id}/record.json").content
    assert proof.proves(content, checkpoint_verifiers(log_origin()), origin=log_origin())


def test_filters_leave_what_fits(own_log: Path, happen: Happen, auditor_client: Client) -> None:
    first = happen(subject="tests.Thing:first", actor=Actor("account", str(uuid4())))
    happen(subject="tests.Thing:second")
    day = first.at.astimezone().strftime(f"%-d/%-m/{first.at.year + 543}")
    for query, seen in (
        ({"subject": "tests.Thing:first"}, {"first"}),
        ({"code": first.code}, {"first", "second"}),
        ({"code": "registry.none"}, set()),
        ({"actor": first.actor_id}, {"first"}),
        ({"from": day, "until": day}, {"first", "second"}),
        ({"until": "1/1/2560"}, set()),
        ({"organisation": str(uuid4())}, set()),
        ({"organisation": "nonsense", "before": "nonsense"}, {"first", "second"}),
    ):
        text = auditor_client.get("/audit/", query).content.decode()
        found = {name for name in ("first", "second") if f">tests.Thing:{name}</p>" in text}
        assert found == seen, query


def test_a_day_that_cannot_be_read_is_told_and_kept(auditor_client: Client) -> None:
    text = auditor_client.get("/audit/", {"from": "31/2/2569", "until": "yesterday"}).content.decode()
    assert text.count("โปรดกรอกวันที่ในรูปแบบ") >= 2
    assert 'value="31/2/2569"' in text
    text = auditor_client.get("/audit/", {"from": "2/1/2569", "until": "1/1/2569"}).content.decode()
    assert "วันสิ้นสุดมาก่อนวันเริ่มต้น" in text


def test_older_records_are_a_page_away_and_a_list_takes_a_fixed_number_of_queries(
    own_log: Path,
    happen: Happen,
    auditor_client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(70):
        happen(number, subject=f"tests.Thing:{number:03}", actor=Actor("account", str(uuid4())))
    with django_assert_max_num_queries(16):
        text = auditor_client.get("/audit/").content.decode()
    assert "tests.Thing:069" in text
    assert "tests.Thing:010" not in text
    link = text.split("?before=")[1].split('"')[0]
    older = auditor_client.get(f"/audit/?before={link}").content.decode()
    assert "tests.Thing:010" in older
    assert "tests.Thing:069" not in older


def test_an_export_verifies_offline_holds_the_scope_only_and_is_itself_recorded(
    own_log: Path,
    happen: Happen,
    auditor_of_a_client: Client,
    malee: Any,
    agency_a: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = [happen(number, organisation=agency_a).id for number in range(3)]
    happen(9)
    seal_once()
    answer = auditor_of_a_client.post("/audit/export/", {"code": "audit.test.sealed"})
    assert answer["Content-Type"] == "application/zip"
    (tmp_path / "bundle.zip").write_bytes(answer.content)
    report = verify_offline.check(
        str(tmp_path / "bundle.zip"), [str(key) for key in checkpoint_verifiers(log_origin())]
    )
    assert (report.wrong, report.checked) == ([], 3)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        text = archive.read("records.jsonl").decode()
    assert all(str(id_) in text for id_ in kept)
    event = AuditRecord.objects.get(code="audit.records.exported")
    assert (event.actor_id, event.data["count"]) == (str(malee.pk), 3)
    monkeypatch.setattr("sala.kernel.audit.actions.MAX_EXPORT", 2)
    assert auditor_of_a_client.post("/audit/export/", {"code": "audit.test.sealed"}).status_code == 422


def test_everyone_sees_the_signed_checkpoint_and_its_keys(
    own_log: Path, happen: Happen, client: Client
) -> None:
    assert client.get("/audit/checkpoint").status_code == 404
    happen()
    seal_once()
    assert client.get("/audit/checkpoint").content.decode().startswith(f"{log_origin()}\n")
    assert client.get("/audit/keys").content.decode().startswith(f"{log_origin()}+")


def test_the_page_of_action_codes_is_current() -> None:
    assert page_path().read_text(encoding="utf-8") == page(), "run ./sala manage audit_codes"
    call_command("audit_codes", "--check")


def test_a_page_of_action_codes_that_is_not_current_is_told(
    settings: Any, tmp_path: Path, happen: Happen
) -> None:
    settings.ROOT = tmp_path
    with pytest.raises(CommandError, match="not current"):
        call_command("audit_codes", "--check")
    call_command("audit_codes", stdout=io.StringIO())
    call_command("audit_codes", "--check")
    assert "audit.test" not in page_path().read_text(encoding="utf-8")
