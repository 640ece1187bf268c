"""Methods, tables, agencies and a service register for tests; the names exist nowhere."""

from __future__ import annotations

from datetime import date
from typing import Any

from sala.kernel.audit.interface import COMMAND, Actor
from sala.kernel.registry.interface import (
    Kind,
    Organisation,
    RegisterService,
    RegisterVersion,
    ServiceRegister,
)
from sala.products.results.actions import draft_version, publish_version, save_ranking
from sala.products.results.computing import compute_version
from sala.products.results.examples import REGISTER_INDEX, about, folder
from sala.products.results.models import Ranking, RankingVersion

METHOD = """\
format: sala-composite/1
code: tests
version: "1"
title: {th: ดัชนีทดสอบ, en: Test index}
units:
  column: code
  titles: {th: name_th, en: name_en}
  groups: [region]
weights: {sum: 1}
stages:
  normalisation: {rule: goalposts, low: 0, high: 100, range: [0, 100]}
  aggregation: {rule: arithmetic}
nodes:
  - {code: index, title: {th: ดัชนี, en: Index}}
  - {code: reach, parent: index, weight: 0.75, direction: up, title: {th: การเข้าถึง, en: Reach}}
  - {code: speed, parent: index, weight: 0.25, direction: up, title: {th: ความเร็ว, en: Speed}}
printing: {decimals: 2}
ranking: {on: printed, ties: min}
"""
TABLE = """\
code,name_th,name_en,region,reach,speed
U1,เมืองสมมติหนึ่ง,Town One,north,80,40
U2,เมืองสมมติสอง,Town Two,south,60,60
U3,เมืองสมมติสาม,Town Three,north,60,60
U4,เมืองสมมติสี่,Town Four,south,10,90
"""


def town_ranking(actor: Actor = COMMAND, **more: Any) -> Ranking:
    words: dict[str, Any] = {
        "title_th": "อันดับเมืองสมมติ",
        "title_en": "Ranking of towns",
        "summary_th": "ใช้ทดสอบ",
        "summary_en": "For tests.",
        "unit_word_th": "เมือง",
        "unit_word_en": "town",
        "units_word_en": "towns",
        "licence": "CC BY 4.0",
    }
    return save_ranking(slug="towns", actor=actor, **(words | more))


def drafted(
    ranking: Ranking, *, method: str = METHOD, table: str = TABLE, actor: Actor = COMMAND
) -> RankingVersion:
    return draft_version(
        ranking, method_text=method, content=table.encode(), data_name="towns.csv", actor=actor, compute=False
    )


def published(ranking: Ranking | None = None, **more: Any) -> RankingVersion:
    version = drafted(ranking or town_ranking(), **more)
    return publish_version(compute_version(version.pk, actor=COMMAND), actor=COMMAND)


def many(count: int) -> str:
    rows = ["code,name_th,name_en,region,reach,speed"]
    rows += [
        f"U{number},เทศบาลสมมติที่ {number},Town {number},r{number % 20},{number % 101},{number * 7 % 101}"
        for number in range(count)
    ]
    return "\n".join(rows) + "\n"


# --- a service register ---------------------------------------------------------------------------------


def ministry(number: int) -> Organisation:
    made = Organisation(
        code=f"m{number}", kind=Kind.MINISTRY, name_th=f"กระทรวงสมมติ {number}", name_en=f"Ministry {number}"
    ).prepared()
    made.save()
    return made


def agency(number: int, parent: Organisation) -> Organisation:
    made = Organisation(
        code=f"a{number}",
        kind=Kind.DEPARTMENT,
        parent=parent,
        name_th=f"กรมสมมติ {number}",
        name_en=f"Department {number}",
    ).prepared()
    made.save()
    return made


STATUSES = ["linked", "being_built", "to_be_funded", "eservice_not_linked", "will_not_be"]


def register(
    bodies: list[Organisation], counts: list[list[int]], day: date = date(2026, 5, 3)
) -> RegisterVersion:
    """Keep a register version in which each body has so many services of each of the five statuses."""
    kept, _ = ServiceRegister.objects.get_or_create(
        code="tests-register", defaults={"title_th": "ทะเบียนทดสอบ", "title_en": "Test register"}
    )
    number = kept.versions.count() + 1
    version = RegisterVersion.objects.create(
        register=kept,
        number=number,
        as_at_on=day,
        statuses=[{"code": code, "th": code, "en": code, "is_online": False} for code in STATUSES],
        counts={code: sum(row[at] for row in counts) for at, code in enumerate(STATUSES)},
        services=sum(map(sum, counts)),
        organisations=len(bodies),
        file_name="register.xlsx",
        file_sha256="0" * 64,
        mapping_sha256="1" * 64,
        content_sha256=f"{number:064}",
    )
    rows = []
    for body, row in zip(bodies, counts, strict=True):
        for code, count in zip(STATUSES, row, strict=True):
            rows += [
                RegisterService(
                    organisation=body,
                    version=version,
                    code=f"{body.code}-{code}-{at}",
                    name_th=f"งานบริการสมมติ {body.code} {code} {at}",
                    status=code,
                    source_row=1,
                    sort_key="",
                    search_text="",
                )
                for at in range(count)
            ]
    RegisterService.objects.bulk_create(rows)
    return version


def register_ranking(**more: Any) -> Ranking:
    told = about(folder(REGISTER_INDEX) / "ranking.yaml")
    return save_ranking(slug=told.slug, kind=told.kind, actor=COMMAND, **(told.words | more))
