"""The main job: EGDI 2022 becomes a country ranking that is drawn, explained, signed and recomputed."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from sala.engines.wire import read_compact
from sala.engines.wire.identifiers import read_jwk
from sala.products.results import queries
from sala.products.results.models import Drawing, RankingVersion, State
from sala.products.results.signing import TYPE, is_genuine

pytestmark = pytest.mark.django_db


@pytest.fixture
def egdi() -> RankingVersion:
    call_command("load_rankings", stdout=StringIO())
    found = queries.latest_version("egdi")
    assert found is not None
    return found


def test_thailand_stands_at_rank_55_with_0_7660(egdi: RankingVersion, client: Client) -> None:
    thailand = egdi.units.get(code="THA")
    assert (thailand.whole_rank, f"{thailand.score:.4f}") == (55, "0.7660")
    assert egdi.unit_count == 193
    page = client.get("/rankings/egdi/").content.decode()
    assert "อันดับของไทย" in page
    assert "0.7660" in page
    assert "United Nations" in page  # the citation


def test_the_map_is_there_without_a_script_and_leads_to_countries(
    egdi: RankingVersion, client: Client
) -> None:
    page = client.get("/rankings/egdi/").content.decode()
    assert page.count('<a href="/rankings/egdi/1/units/') > 140
    drawing = Drawing.objects.get(version=egdi, code="map", language="th")
    assert "<script" not in drawing.svg
    assert "style=" not in drawing.svg
    assert "#0a00" not in drawing.svg  # every stand-in became a colour of the page
    spec = client.get("/rankings/egdi/1/charts/map.json").json()
    assert "countries-110m" in json.dumps(spec)
    assert "#0a00" not in json.dumps(spec)


def test_every_page_is_open_in_both_languages(egdi: RankingVersion, client: Client) -> None:
    for language, word in (("th", "เดนมาร์ก"), ("en", "Denmark")):
        client.cookies["django_language"] = language
        assert word in client.get("/rankings/egdi/").content.decode()
        for address in (
            "/rankings/",
            "/rankings/egdi/1/",
            "/rankings/egdi/1/units/THA/",
            "/rankings/egdi/1/method/",
            "/rankings/egdi/1/compare/?u=THA&u=SGP&q=Lao",
            "/rankings/egdi/1/record/",
            "/rankings/egdi/1/changes/",
        ):
            assert client.get(address).status_code == 200, address


def test_a_printed_override_is_said_with_its_reason(egdi: RankingVersion, client: Client) -> None:
    page = client.get("/rankings/egdi/1/units/DEU/").content.decode()
    assert "0.876933" in page


def test_the_record_is_signed_by_a_key_that_everyone_can_fetch(egdi: RankingVersion, client: Client) -> None:
    line = client.get("/rankings/egdi/1/record.jws").content.decode()
    keys = client.get("/.well-known/jwks.json").json()["keys"]
    trusted = {key["kid"]: read_jwk(key) for key in keys if key["sala_purpose"] == "records"}
    signed = read_compact(line, keys=trusted, type_=TYPE)
    assert signed.payload == client.get("/rankings/egdi/1/record.json").content
    told = json.loads(signed.payload)
    assert told["result_sha256"] == egdi.result_sha256
    assert is_genuine(egdi)


def test_loading_again_changes_nothing(egdi: RankingVersion) -> None:
    call_command("load_rankings", stdout=StringIO())
    assert RankingVersion.objects.filter(ranking__slug="egdi").count() == 1
    assert egdi.state == State.PUBLISHED


def test_one_command_recomputes_the_downloaded_bundle(
    egdi: RankingVersion, client: Client, tmp_path: Path
) -> None:
    bundle = tmp_path / "egdi-1.zip"
    bundle.write_bytes(b"".join(client.get("/rankings/egdi/1/bundle.zip").streaming_content))  # type: ignore[attr-defined]
    done = _recompute(bundle)
    assert done.returncode == 0, done.stderr
    assert egdi.result_sha256 in done.stdout

    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(bundle) as source, zipfile.ZipFile(broken, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.endswith("data.csv"):
                content = content.replace(b"0.7763", b"0.7764")
            target.writestr(entry, content)
    assert _recompute(broken).returncode == 1


def _recompute(bundle: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; from sala.runtime.index_cli import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", program, "recompute", str(bundle)],
        capture_output=True,
        text=True,
        check=False,
        cwd=settings.ROOT,
        env={"PYTHONPATH": str(settings.ROOT / "src"), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
