"""An import shows what it would change, is accepted as a whole, and changes nothing the second time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.interface import COMMAND
from sala.kernel.registry.importing.planning import plan_import
from sala.kernel.registry.importing.problems import Refused
from sala.kernel.registry.imports import accept_batch, plan_batch, take_file, withdraw_batch
from sala.kernel.registry.models import (
    BatchState,
    ImportBatch,
    Organisation,
    OrganisationEvent,
    RegisterService,
    RegisterVersion,
)
from sala.kernel.registry.register import current_version, register_services, status_counts
from sala.kernel.registry.signals import services_imported
from sala.kernel.registry.tests.cast import actor_of
from sala.kernel.registry.tests.workbooks import AGENCIES, MAPPING, MINISTRIES, SERVICES, workbook

pytestmark = pytest.mark.django_db
NAME = "services-2569-05-03.xlsx"
REAL = Path(settings.ROOT).parent / "shared" / "data" / "services" / "government-services-2569-05-03.xlsx"
REAL_MAPPING = Path(settings.ROOT) / "examples" / "service-register" / "mapping.yaml"


def upload(content: bytes, mapping: str = MAPPING, name: str = NAME) -> ImportBatch:
    return plan_batch(take_file(content=content, file_name=name, mapping_text=mapping, actor=COMMAND))


def errors(**sheets: list[list[object]]) -> list[tuple[str, str, int | None, str]]:
    """Return the errors that a workbook with these sheets has."""
    plan = plan_import(content=workbook(**sheets), file_name=NAME, mapping_text=MAPPING)
    return [
        (one.code, one.sheet, one.row, one.column)
        for one in plan.findings.problems
        if one.severity == "error"
    ]


def test_nothing_is_written_before_somebody_accepts() -> None:
    batch = upload(workbook())
    assert batch.state == BatchState.PREVIEW
    assert batch.summary["organisations"] == {"read": 3, "new": 3, "changed": 0, "unchanged": 0}
    assert batch.summary["services"] == {"read": 3, "new": 3, "changed": 0, "unchanged": 0, "gone": 0}
    assert not Organisation.objects.exists()
    assert not RegisterService.objects.exists()


def test_what_was_accepted_is_there_with_corrections_and_parents() -> None:
    batch = accept_batch(upload(workbook()), actor=COMMAND)
    assert batch.state == BatchState.ACCEPTED
    assert batch.content is None, "the bytes go when they are no longer needed"
    assert len(batch.file_sha256) == len(batch.mapping_sha256) == 64
    a1 = Organisation.objects.select_related("parent").get(code="t-A1")
    assert (a1.name_th, a1.kind, a1.parent.code, a1.is_demonstration) == (
        "กรมปลวกบิน",
        "department",
        "t-M1",
        False,
    )
    a2 = Organisation.objects.get(code="t-A2")
    assert (a2.name_th, a2.name_en, a2.kind_in_source) == (
        "สำนักนกกระเรียน กระดาษ",
        "Bureau of Paper Cranes",
        "องค์การมหาชน",
    )
    version = current_version()
    assert (version.number, version.services, version.organisations, version.as_at_on) == (
        1,
        3,
        2,
        dt.date(2026, 5, 3),
    )
    assert version.counts == {"live": 2, "none": 1}
    assert [(one.code, one.name_th, one.note) for one in register_services()] == [
        ("S1", "ขออนุญาตเลี้ยงปลวก", ""),
        ("S2", "ต่ออายุใบอนุญาต", "รอ"),
        ("S3", "พับนก", "12"),
    ]


def test_each_correction_is_told_by_row_and_column() -> None:
    batch = upload(workbook())
    told = [
        (one["row"], one["column"], one["params"]["right"])
        for one in batch.problems
        if one["code"] == "corrected"
    ]
    assert told == [(3, "C name", "กรมปลวกบิน"), (3, "D kind", "กรม")]


def test_the_same_file_again_changes_nothing(django_capture_on_commit_callbacks) -> None:
    heard: list[int] = []

    def hear(sender, version, **more) -> None:
        heard.append(version.number)

    services_imported.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            first = accept_batch(upload(workbook()), actor=COMMAND)
            accept_batch(first, actor=COMMAND)
        before = list(Organisation.objects.order_by("code").values())
        with django_capture_on_commit_callbacks(execute=True):
            again = upload(workbook())
            assert again.summary["changes_nothing"]
            accept_batch(again, actor=COMMAND)
    finally:
        services_imported.disconnect(hear)
    assert heard == [1]
    assert list(Organisation.objects.order_by("code").values()) == before
    assert RegisterVersion.objects.count() == 1
    assert RegisterService.objects.count() == 3
    assert not OrganisationEvent.objects.exists()


def test_a_changed_file_makes_a_new_version_and_keeps_the_old_one() -> None:
    accept_batch(upload(workbook()), actor=COMMAND)
    agencies = [row[:] for row in AGENCIES]
    agencies[3] = ["A2", "M1", "สำนักนกกระดาษ", "กรม", 1]
    services = [
        *SERVICES[:1],
        ["S1", "A1", "ขออนุญาตเลี้ยงปลวก", "ยัง", ""],
        *SERVICES[2:3],
        ["S4", "A2", "ใหม่", "ยัง", ""],
    ]
    batch = upload(workbook(A=agencies, S=services), name="services-2570-05-03.xlsx")
    assert batch.summary["organisations"]["changed"] == 1
    assert batch.summary["services"] == {"read": 3, "new": 1, "changed": 1, "unchanged": 1, "gone": 1}
    accept_batch(batch, actor=COMMAND)
    one, two = RegisterVersion.objects.order_by("number")
    assert (one.rows.count(), two.rows.count()) == (3, 3)
    assert one.rows.get(code="S1").status == "live"
    a2 = Organisation.objects.get(code="t-A2")
    assert status_counts(two)[a2.pk] == {"none": 1}
    events = OrganisationEvent.objects.filter(organisation=a2).order_by("kind")
    assert [(one.kind, one.happened_on, one.name_th_before or one.kind_before) for one in events] == [
        ("changed_kind", dt.date(2027, 5, 3), "public_organisation"),
        ("renamed", dt.date(2027, 5, 3), "สำนักนกกระเรียน กระดาษ"),
    ]


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ({"S": [*SERVICES, ["S1", "A1", "อีกครั้ง", "ยัง", ""]]}, ("duplicate-code", "S", 5, "")),
        ({"S": [*SERVICES, ["S9", "A9", "ไม่มีหน่วยงาน", "ยัง", ""]]}, ("unknown-organisation", "S", 5, "")),
        ({"S": [*SERVICES, ["S9", "A1", "", "ยัง", ""]]}, ("required", "S", 5, "C name")),
        ({"S": [*SERVICES, ["S9", "A1", "ก", "ไม่รู้", ""]]}, ("unknown-value", "S", 5, "status")),
        ({"S": [*SERVICES, ["S 9", "A1", "ก", "ยัง", ""]]}, ("not-a-code", "S", 5, "A id")),
        ({"S": [*SERVICES, ["S9", "A1", "ก" * 601, "ยัง", ""]]}, ("too-long", "S", 5, "C name")),
        ({"S": [*SERVICES, ["S9", "A1", "=1/0→#DIV/0!", "ยัง", ""]]}, ("error-cell", "S", 5, "C name")),
        ({"S": SERVICES[:1]}, ("no-rows", "S", None, "")),
        ({"A": [*AGENCIES, ["A3", "M1", "กรม", "กรม", "สอง"]]}, ("not-a-number", "A", 5, "E services")),
        ({"A": [*AGENCIES, ["A3", "M9", "กรม", "กรม", 0]]}, ("unknown-parent", "A", 5, "")),
        ({"A": [*AGENCIES, ["A3", "A3", "กรม", "กรม", 0]]}, ("parent-circle", "A", 5, "")),
        ({"A": [*AGENCIES, ["A3", "M1", "กรม", "กรรม", 0]]}, ("unknown-value", "A", 5, "D kind")),
        ({"M": [*MINISTRIES, ["M1", "ซ้ำ"]]}, ("duplicate-code", "M", 3, "")),
    ],
)
def test_each_mistake_is_told_by_row_and_column(sheets, expected) -> None:
    assert expected in errors(**sheets)


@pytest.mark.parametrize(
    ("sheets", "code", "row"),
    [
        ({"S": [["id", "agency", "name", "status"], *[row[:4] for row in SERVICES[1:]]]}, "no-column", 1),
        ({"S": [["id", "agency", "name", "status", "note", "note"]]}, "column-twice", 1),
        ({"A": [["only"]]}, "no-header", 2),
    ],
)
def test_a_wrong_header_refuses_the_file(sheets, code, row) -> None:
    batch = upload(workbook(**sheets))
    assert batch.state == BatchState.REFUSED
    assert [(one["code"], one["row"]) for one in batch.problems] == [(code, row)]
    with pytest.raises(DomainError):
        accept_batch(batch, actor=COMMAND)


def test_a_file_with_one_error_writes_nothing_at_all() -> None:
    batch = upload(workbook(S=[*SERVICES, ["S1", "A1", "ซ้ำ", "ยัง", ""]]))
    with pytest.raises(DomainError) as refused:
        accept_batch(batch, actor=COMMAND)
    assert refused.value.code == "registry.import.errors"
    assert not Organisation.objects.exists()
    assert not RegisterVersion.objects.exists()
    batch.refresh_from_db()
    assert batch.state == BatchState.PREVIEW


def test_a_count_that_does_not_fit_is_a_warning() -> None:
    plan = plan_import(content=workbook(S=SERVICES[:3]), file_name=NAME, mapping_text=MAPPING)
    assert [one.params["code"] for one in plan.findings.problems if one.code == "count-differs"] == ["t-A2"]


def test_a_csv_of_organisations_is_read_in_the_thai_code_page(cast) -> None:
    mapping = """
sala: import-mapping/1
kind: organisations
title: {th: หน่วยงาน, en: Agencies}
organisations:
  - fields:
      code: {column: รหัส}
      name_th: {column: ชื่อ}
      parent: {column: สังกัด}
      established_on: {column: ตั้งเมื่อ}
      kind: {constant: department}
"""
    rows = 'รหัส,ชื่อ,สังกัด,ตั้งเมื่อ\r\nq1,"กรม\r\nสองบรรทัด",m1,3 ต.ค. 2545\r\nq2,กรมอื่น,m1,32/1/2545\r\n'
    batch = upload(rows.encode("cp874"), mapping, "a.csv")
    assert [(one["code"], one["row"], one["column"]) for one in batch.problems] == [
        ("read-as", None, ""),
        ("not-a-date", 4, "D ตั้งเมื่อ"),
    ], "lines count as an editor counts them"
    good = upload(rows.replace("32/1", "31/1").encode("cp874"), mapping, "a.csv")
    accept_batch(good, actor=COMMAND)
    q1 = Organisation.objects.get(code="q1")
    assert (q1.name_th, q1.established_on, q1.parent_id) == (
        "กรม สองบรรทัด",
        dt.date(2002, 10, 3),
        cast.ministry.pk,
    )


def test_only_the_operators_administrators_import(cast) -> None:
    for outsider in (cast.malee, cast.somsak):
        with pytest.raises(NotAllowed):
            take_file(content=workbook(), file_name=NAME, mapping_text=MAPPING, actor=actor_of(outsider))
    batch = take_file(content=workbook(), file_name=NAME, mapping_text=MAPPING, actor=actor_of(cast.kanya))
    plan_batch(batch)
    for act in (accept_batch, withdraw_batch):
        with pytest.raises(NotAllowed):
            act(batch, actor=actor_of(cast.somsak))
    accept_batch(batch, actor=actor_of(cast.kanya))


def test_a_withdrawn_upload_cannot_be_accepted() -> None:
    batch = upload(workbook())
    for _ in range(2):
        withdraw_batch(batch, actor=COMMAND)
    with pytest.raises(DomainError):
        accept_batch(batch, actor=COMMAND)
    assert not Organisation.objects.exists()


def test_an_import_does_not_touch_invented_organisations() -> None:
    Organisation(code="t-A1", kind="department", name_th="กรมสมมุติ", is_demonstration=True).prepared().save()
    assert "demonstration-code" in {code for code, *_place in errors()}


def test_the_command_previews_and_accepts(tmp_path, capsys) -> None:
    file, mapping = tmp_path / NAME, tmp_path / "mapping.yaml"
    file.write_bytes(workbook())
    mapping.write_text(MAPPING, encoding="utf-8")
    call_command("import_register", mapping=mapping, file=file)
    assert "Nothing was written" in capsys.readouterr().out
    assert not Organisation.objects.exists()
    call_command("import_register", mapping=mapping, file=file, accept=True)
    assert "Accepted as version 1" in capsys.readouterr().out
    file.write_bytes(b"PK\x03\x04")
    with pytest.raises(CommandError, match="nothing was written"):
        call_command("import_register", mapping=mapping, file=file, accept=True)


def test_the_committed_mapping_of_the_real_register_is_right() -> None:
    from sala.kernel.registry.importing.mapping import load_mapping

    mapping = load_mapping(REAL_MAPPING.read_text(encoding="utf-8"))
    assert [one["code"] for one in mapping.statuses] == [
        "linked",
        "being_built",
        "to_be_funded",
        "eservice_not_linked",
        "will_not_be",
    ]


@pytest.mark.skipif(not REAL.exists(), reason="the real workbook is not beside the repository")
def test_the_real_register_of_services_comes_in_whole(django_assert_max_num_queries) -> None:
    batch = upload(REAL.read_bytes(), REAL_MAPPING.read_text(encoding="utf-8"), REAL.name)
    assert (batch.summary["errors"], batch.summary["organisations"]["new"]) == (0, 22 + 261)
    kinds = [one for one in batch.problems if one["code"] == "corrected" and "สว่น" in one["params"]["value"]]
    assert len([one for one in kinds if one["sheet"] == "หน่วยงาน"]) == 3, (
        "three agencies with a misspelt kind"
    )
    accept_batch(batch, actor=COMMAND)
    version = current_version()
    assert (version.services, version.organisations) == (4906, 261)
    assert [version.counts[one["code"]] for one in version.statuses] == [705, 2297, 601, 326, 977]
    assert Organisation.objects.filter(parent__isnull=False, is_demonstration=False).count() == 261
    with django_assert_max_num_queries(1):
        counts = status_counts(version)
    assert sum(sum(one.values()) for one in counts.values()) == 4906
    again = upload(REAL.read_bytes(), REAL_MAPPING.read_text(encoding="utf-8"), REAL.name)
    assert again.summary["changes_nothing"]


def test_a_refused_file_raises_with_its_one_problem() -> None:
    with pytest.raises(Refused):
        plan_import(content=b"PK\x03\x04", file_name=NAME, mapping_text=MAPPING)
