"""A service register is measured, and its agencies ranked down to the single services."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from sala.kernel.audit.interface import COMMAND, SYSTEM
from sala.kernel.jobs.interface import run_waiting
from sala.kernel.measures.interface import observations
from sala.kernel.registry.interface import Organisation, services_imported
from sala.products.results import queries
from sala.products.results.following import catch_up_registers, follow_register
from sala.products.results.models import RankingVersion
from sala.products.results.tests.factories import register, register_ranking

pytestmark = pytest.mark.django_db

# linked, being built, to be funded, e-service not linked, will not be
COUNTS = [
    [1, 0, 0, 0, 0],
    [90, 10, 0, 0, 0],
    [0, 5, 5, 0, 0],
    [0, 0, 0, 4, 6],
    [0, 0, 0, 0, 20],
    [2, 2, 2, 2, 2],
]
WORKBOOK = settings.ROOT.parent / "shared" / "data" / "services" / "government-services-2569-05-03.xlsx"


def followed(agencies: list[Organisation], counts: list[list[int]] = COUNTS) -> RankingVersion:
    version = register(agencies, counts)
    services_imported.send(sender=None, version=version, actor=COMMAND)
    run_waiting("results")
    found = queries.latest_version("service-register")
    assert found is not None
    return found


def test_an_import_is_measured_ranked_and_published_by_itself(agencies: list[Organisation]) -> None:
    register_ranking()
    found = followed(agencies)
    assert [row.value for row in observations("services.linked-share").order_by("organisation__code")] == [
        100.0, 90.0, 0.0, 0.0, 0.0, 20.0,
    ]  # fmt: skip
    assert found.unit_count == 6
    assert found.summary["makeup"] == [93, 6, 17, 7, 28]


def test_one_of_one_does_not_stand_before_ninety_of_a_hundred(agencies: list[Organisation]) -> None:
    register_ranking()
    found = followed(agencies)
    ranks = {row.code: row.rank for row in found.units.all()}
    assert ranks["a2"] == 1
    assert ranks["a1"] > 1


def test_a_score_is_what_the_rule_says(agencies: list[Organisation]) -> None:
    register_ranking()
    found = followed(agencies)
    whole = 151
    national = {"linked": 93 / whole, "online": 99 / whole, "underway": 116 / whole, "planned": 123 / whole}
    parts = {"linked": 90, "online": 90, "underway": 100, "planned": 100}
    weights = {"linked": 0.4, "online": 0.3, "underway": 0.2, "planned": 0.1}
    expected = sum(weights[step] * 100 * (parts[step] + 5 * national[step]) / 105 for step in weights)
    assert found.units.get(code="a2").score == pytest.approx(expected, abs=0.005)


def test_the_page_of_an_agency_shows_the_very_services(agencies: list[Organisation], client: Client) -> None:
    register_ranking()
    found = followed(agencies)
    page = client.get(f"/rankings/service-register/{found.number}/units/a4/").content.decode()
    assert "งานบริการสมมติ a4 eservice_not_linked 3" in page
    assert "งานบริการสมมติ a4 will_not_be 5" in page
    assert "/measures/services.linked-share/a4/" in page
    assert "/organisations/a4/services/" in page


def test_groups_are_ministries_and_kinds(agencies: list[Organisation], client: Client) -> None:
    register_ranking()
    found = followed(agencies)
    assert found.units.get(code="a2").group_th == "กระทรวงสมมติ 2"
    page = client.get("/rankings/service-register/?group=m1").content.decode()
    assert "กรมสมมติ 1" in page.partition('id="units-title"')[2]
    assert "กรมสมมติ 2" not in page.partition('id="units-title"')[2]


def test_the_same_register_again_makes_no_new_version_and_another_does(agencies: list[Organisation]) -> None:
    register_ranking()
    first = followed(agencies)
    follow_register(str(first.units.count() and _last_register()), actor=SYSTEM)
    assert run_waiting("results") == 0
    second = followed(agencies, [*COUNTS[:-1], [9, 0, 0, 0, 0]])
    assert (first.number, second.number) == (1, 2)


def _last_register() -> str:
    from sala.kernel.registry.interface import service_register_imports

    found = service_register_imports().first()
    assert found is not None
    return str(found.pk)


def test_what_changed_between_versions_is_told(agencies: list[Organisation], client: Client) -> None:
    register_ranking()
    first = followed(agencies)
    second = followed(agencies, [*COUNTS[:-1], [9, 0, 0, 0, 0]])
    told = queries.difference(first, second)
    assert (told.method_changed, told.data_changed) == (False, True)
    assert next(change for change in told.changes if change.code == "a6").moved is not None
    assert "กรมสมมติ 6" in client.get("/rankings/service-register/2/changes/").content.decode()


def test_a_lost_word_about_an_import_is_made_up_for(agencies: list[Organisation]) -> None:
    register_ranking()
    register(agencies, COUNTS)
    assert catch_up_registers(actor=SYSTEM) == 1
    run_waiting("results")
    assert queries.latest_version("service-register") is not None
    assert catch_up_registers(actor=SYSTEM) == 0


def test_the_organisation_page_has_a_card(agencies: list[Organisation], client: Client) -> None:
    register_ranking()
    found = followed(agencies)
    page = client.get("/organisations/a2/").content.decode()
    assert f"/rankings/service-register/{found.number}/units/a2/" in page


@pytest.mark.skipif(not WORKBOOK.is_file(), reason="the real workbook is not part of the repository")
def test_the_real_register_ranks_261_agencies(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    from sala.kernel.registry.imports import accept_batch, plan_batch, take_file

    register_ranking()
    mapping = Path(settings.ROOT) / "examples" / "service-register" / "mapping.yaml"
    with django_capture_on_commit_callbacks(execute=True):
        batch = take_file(
            content=WORKBOOK.read_bytes(),
            file_name=WORKBOOK.name,
            mapping_text=mapping.read_text(encoding="utf-8"),
            as_at_on=None,
            actor=COMMAND,
        )
        batch.refresh_from_db()
        accept_batch(plan_batch(batch), actor=COMMAND)
    run_waiting("results")
    found = queries.latest_version("service-register")
    assert found is not None
    assert found.unit_count == 261
    assert found.summary["makeup"] == [705, 326, 2297, 601, 977]
    assert len(found.summary["groups"][0]) == 22
    page = client.get("/rankings/service-register/").content.decode()
    assert "4,906" in page
