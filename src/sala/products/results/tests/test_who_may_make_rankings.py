"""Rankings are made by the awarding office and administrators of the operator; everyone else is told no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from sala.engines.wire.errors import NotAllowed
from sala.kernel.audit.interface import ANONYMOUS, COMMAND, Actor
from sala.kernel.jobs.interface import run_waiting
from sala.products.results import queries
from sala.products.results.actions import publish_version, withdraw_version
from sala.products.results.computing import compute_version
from sala.products.results.models import Ranking, RankingVersion, State, UnitResult
from sala.products.results.tests.factories import METHOD, TABLE, drafted, published, town_ranking

pytestmark = pytest.mark.django_db

NEW = {
    "title_th": "อันดับเมือง", "title_en": "Towns", "slug": "towns", "kind": "file", "unit_word_th": "เมือง",
    "unit_word_en": "town", "units_word_en": "towns", "summary_th": "ทดสอบ", "summary_en": "Test.", "source_th": "ก",
    "source_en": "a", "licence": "CC BY 4.0", "decimals": "2",
}  # fmt: skip
WORK = [
    ("get", "/work/rankings/"),
    ("get", "/work/rankings/new/"),
    ("post", "/work/rankings/new/"),
    ("get", "/work/rankings/towns/"),
    ("post", "/work/rankings/towns/measure/"),
    ("get", "/work/rankings/towns/version/"),
    ("post", "/work/rankings/towns/version/"),
    ("get", "/work/rankings/towns/1/"),
    ("post", "/work/rankings/towns/1/"),
    ("post", "/work/rankings/towns/1/compute/"),
    ("post", "/work/rankings/towns/1/publish/"),
    ("post", "/work/rankings/towns/1/withdraw/"),
]


@pytest.mark.parametrize(("verb", "address"), WORK)
def test_outsiders_come_into_no_page_of_the_work(
    verb: str, address: str, dao_client: Client, malee_client: Client, auditor_client: Client, client: Client
) -> None:
    version = drafted(town_ranking())
    compute_version(version.pk, actor=COMMAND)
    for who in (dao_client, malee_client, auditor_client):
        assert getattr(who, verb)(address).status_code == 403
    assert getattr(client, verb)(address).status_code in {302, 401}
    version.refresh_from_db()
    assert version.state == State.COMPUTED


@pytest.mark.parametrize(
    "call",
    [
        publish_version,
        lambda version, actor: withdraw_version(version, reason_th="ก", reason_en="a", actor=actor),
    ],
)
def test_actions_ask_the_policy_too(call: Callable[..., Any], dao: Any) -> None:
    version = published()
    for actor in (ANONYMOUS, Actor("account", str(dao.pk))):
        other = drafted(version.ranking)
        compute_version(other.pk, actor=COMMAND)
        with pytest.raises(NotAllowed):
            call(
                RankingVersion.objects.get(pk=version.pk if call is not publish_version else other.pk),
                actor=actor,
            )


def test_a_ranking_is_made_from_the_pages(operator_admin_client: Client, client: Client) -> None:
    made = operator_admin_client.post("/work/rankings/new/", NEW)
    assert made["Location"] == "/work/rankings/towns/version/"
    handed = {
        "method_file": SimpleUploadedFile("m.yaml", METHOD.encode()),
        "data_file": SimpleUploadedFile("towns.csv", TABLE.encode()),
        "label_th": "พ.ศ. 2569",
        "label_en": "2026",
    }
    asked = operator_admin_client.post("/work/rankings/towns/version/", handed)
    assert asked["Location"].startswith("/progress/")
    assert operator_admin_client.get(asked["Location"]).status_code == 200
    run_waiting("results")

    # Its makers look at it, nobody else does.
    assert client.get("/rankings/towns/1/").status_code == 404
    assert client.get("/rankings/towns/1/method.yaml").status_code == 404
    preview = operator_admin_client.get("/rankings/towns/1/").content.decode()
    assert "ยังไม่เผยแพร่" in preview
    assert operator_admin_client.get("/work/rankings/towns/1/").status_code == 200

    operator_admin_client.post("/work/rankings/towns/1/publish/")
    assert "เมืองสมมติหนึ่ง" in client.get("/rankings/towns/1/").content.decode()
    assert queries.latest_version("towns").units.get(code="U1").score == 70.0  # type: ignore[union-attr]

    operator_admin_client.post(
        "/work/rankings/towns/1/withdraw/", {"reason_th": "ตัวเลขผิด", "reason_en": "Wrong figures"}
    )
    page = client.get("/rankings/towns/1/")
    assert page.status_code == 200
    assert "ตัวเลขผิด" in page.content.decode()
    assert client.get("/rankings/towns/").status_code == 404
    assert client.get("/tables/ranking-towns/1.csv").status_code == 410


def test_the_awarding_office_of_the_operator_may_make_rankings(
    operator_organisation: Any, malee: Any, sign_in_as: Callable[..., Client]
) -> None:
    from sala.kernel.registry.interface import Role, grant_role

    grant_role(
        account_id=malee.pk, organisation=operator_organisation, role=Role.AWARDING_OFFICE, actor=COMMAND
    )
    assert sign_in_as(malee).get("/work/rankings/").status_code == 200


def test_without_both_reasons_nothing_is_withdrawn(operator_admin_client: Client) -> None:
    version = published()
    answer = operator_admin_client.post(
        "/work/rankings/towns/1/withdraw/", {"reason_th": "ตัวเลขผิด", "reason_en": ""}
    )
    assert answer.status_code == 422
    assert "ตัวเลขผิด" in answer.content.decode()  # what was typed is still there
    version.refresh_from_db()
    assert version.state == State.PUBLISHED


def test_equal_printed_scores_share_a_rank() -> None:
    assert {row.code: row.rank for row in published().units.all()} == {"U1": 1, "U2": 2, "U3": 2, "U4": 4}


def test_nothing_of_a_published_version_can_be_changed() -> None:
    version = published()
    with pytest.raises(DatabaseError), transaction.atomic():
        RankingVersion.objects.filter(pk=version.pk).update(result_sha256="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        UnitResult.objects.filter(version=version).update(rank=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        RankingVersion.objects.filter(pk=version.pk).update(state=State.DRAFT)


def test_the_same_method_and_table_give_the_same_result() -> None:
    ranking = town_ranking()
    first, second = published(ranking), published(ranking)
    assert first.result_sha256 == second.result_sha256
    assert Ranking.objects.count() == 1


def test_groups_of_a_method_become_filters() -> None:
    version = published()
    assert version.ranking.groupings[0]["title_th"] == "ภูมิภาค"
    assert {row.code: row.rank_in_group for row in version.units.all()} == {
        "U1": 1,
        "U2": 1,
        "U3": 2,
        "U4": 2,
    }
