"""A broken method or table is refused with row, column or line, in both languages, and nothing is lost or half written."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from sala.kernel.audit.interface import COMMAND
from sala.kernel.jobs.interface import run_waiting
from sala.products.results import refusals
from sala.products.results.computing import ComputingRefused, compute_version
from sala.products.results.models import Drawing, RankingVersion, State, UnitResult
from sala.products.results.tests.factories import METHOD, TABLE, drafted, town_ranking

pytestmark = pytest.mark.django_db

BROKEN = [
    ("not YAML", METHOD.replace("nodes:", "nodes: ]"), TABLE, "method", "line"),
    ("an unknown word", METHOD.replace("direction: up", "direction: sideways", 1), TABLE, "method", "line"),
    ("weights that do not sum", METHOD.replace("0.25", "0.35"), TABLE, "method", "line"),
    ("a cycle", METHOD.replace("code: index, title", "code: index, parent: reach, title"), TABLE, "method", "line"),
    ("an unknown parent", METHOD.replace("parent: index, weight: 0.25", "parent: nobody, weight: 0.25"), TABLE, "method", "line"),
    ("a geometric mean of z-scores", METHOD.replace("{rule: goalposts, low: 0, high: 100, range: [0, 100]}", "{rule: z-score}").replace("arithmetic", "geometric"), TABLE, "method", "line"),
    ("a duplicate row", METHOD, TABLE + "U1,ซ้ำ,Again,north,1,1\n", "data", "row"),
    ("text in a number column", METHOD, TABLE.replace("10,90", "สิบ,90"), "data", "row"),
    ("a missing column", METHOD, TABLE.replace("speed", "haste", 1), "data", "column"),
    ("an unknown unit", METHOD.replace("column: code\n", "column: code\n  known: [U1, U2, U3]\n"), TABLE, "data", "row"),
    ("a row too short", METHOD, TABLE + "U5,ห้า\n", "data", "row"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "table", "part", "place"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_a_fault_is_kept_with_its_place(method: str, table: str, part: str, place: str) -> None:
    version = drafted(town_ranking(), method=method, table=table)
    with pytest.raises(ComputingRefused):
        compute_version(version.pk, actor=COMMAND)
    version.refresh_from_db()
    assert version.state == State.DRAFT
    fault = refusals.shown(version.problems)[0]
    assert fault.part == part
    assert getattr(fault, place) or fault.line
    assert not UnitResult.objects.exists()
    assert not Drawing.objects.exists()


def test_a_wrong_encoding_is_refused_with_its_line() -> None:
    ranking = town_ranking()
    from sala.products.results.actions import draft_version

    version = draft_version(
        ranking,
        method_text=METHOD,
        content=TABLE.encode("cp874"),
        data_name="towns.csv",
        actor=COMMAND,
        compute=False,
    )
    with pytest.raises(ComputingRefused):
        compute_version(version.pk, actor=COMMAND)
    version.refresh_from_db()
    assert version.problems[0]["part"] == "data"


def test_the_faults_are_shown_where_they_can_be_mended_and_nothing_is_lost(
    operator_admin_client: Client, client: Client
) -> None:
    town_ranking()
    faulty = METHOD.replace("0.25", "0.35") + "# a note that must not be lost\n"
    asked = operator_admin_client.post(
        "/work/rankings/towns/version/",
        {"method_text": faulty, "data_file": SimpleUploadedFile("towns.csv", TABLE.encode())},
    )
    run_waiting("results")
    progress = operator_admin_client.get(asked["Location"]).content.decode()
    assert "/work/rankings/towns/1/" in progress
    page = operator_admin_client.get("/work/rankings/towns/1/").content.decode()
    assert "a note that must not be lost" in page
    assert "towns.csv" in page
    assert client.get("/rankings/towns/1/").status_code == 404

    # Mended in place, the table that was given before is used again.
    mended = operator_admin_client.post(
        "/work/rankings/towns/1/", {"method_text": METHOD, "label_th": "", "label_en": ""}
    )
    assert mended.status_code == 302
    run_waiting("results")
    version = RankingVersion.objects.get()
    assert (version.state, version.unit_count, version.problems) == (State.COMPUTED, 4, [])


def _workbook(extra: dict[str, bytes]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    book.add_worksheet().write_row(0, 0, ["code", "name_th"])
    book.close()
    out = io.BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry, source.read(entry))
        for name, content in extra.items():
            target.writestr(name, content)
    return out.getvalue()


EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("macros.xlsx", _workbook({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"0" * 200})),
        ("bomb.xlsx", _workbook({"xl/worksheets/sheet9.xml": b"0" * 300_000_000})),
        ("virus.csv", EICAR),
        ("program.csv", b"MZ" + b"\x00" * 400),
        ("empty.csv", b""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_dangerous_file_is_refused_and_the_method_stays_typed(
    operator_admin_client: Client, name: str, content: bytes
) -> None:
    town_ranking()
    for language in ("th", "en"):
        operator_admin_client.cookies["django_language"] = language
        answer = operator_admin_client.post(
            "/work/rankings/towns/version/",
            {"method_text": METHOD + "# typed\n", "data_file": SimpleUploadedFile(name, content)},
        )
        assert answer.status_code == 422
        assert "# typed" in answer.content.decode()
    assert not RankingVersion.objects.exists()


def test_a_200_mb_upload_is_refused_before_it_is_read(operator_admin_client: Client) -> None:
    town_ranking()
    answer = operator_admin_client.post(
        "/work/rankings/towns/version/",
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 * 1024 * 1024),
        HTTP_ACCEPT="text/html",
    )
    assert answer.status_code == 413
    assert settings.UPLOAD_MAX_BYTES < 200 * 1024 * 1024


def test_a_method_file_in_a_wrong_encoding_names_its_line(operator_admin_client: Client) -> None:
    town_ranking()
    answer = operator_admin_client.post(
        "/work/rankings/towns/version/",
        {
            "method_file": SimpleUploadedFile("m.yaml", METHOD.encode("cp874")),
            "data_file": SimpleUploadedFile("t.csv", TABLE.encode()),
        },
    )
    assert answer.status_code == 422
    assert "บรรทัดที่ 4" in answer.content.decode()


def test_a_refusal_speaks_both_languages() -> None:
    version = drafted(town_ranking(), table=TABLE + "U1,ซ้ำ,Again,north,1,1\n")
    with pytest.raises(ComputingRefused):
        compute_version(version.pk, actor=COMMAND)
    version.refresh_from_db()
    with translation.override("en"):
        english = refusals.shown(version.problems)[0]
    with translation.override("th"):
        thai = refusals.shown(version.problems)[0]
    assert "U1" in english.sentence
    assert "U1" in thai.sentence
    assert english.sentence != thai.sentence
