"""Computes a drafted version: the run, its rows, its drawings and its bundle, all in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from sala.engines.composite import Refused, Run
from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import Actor, declare, record
from sala.kernel.files.interface import store_bytes
from sala.kernel.jobs.interface import Reporter
from sala.products.results import refusals
from sala.products.results.bundle import bundle_of
from sala.products.results.drawings import drawings_of
from sala.products.results.engine import method_of, outcome_of, run_of
from sala.products.results.models import Drawing, RankingVersion, State, UnitResult
from sala.products.results.recipe import make_table
from sala.products.results.standings import Outcome, summary_of, unit_rows

COMPUTED = declare(
    "results.version.computed",
    th="คำนวณการจัดอันดับ",
    en="Computed a version of a ranking",
    fields=("slug", "number", "units", "method_sha256", "data_sha256", "result_sha256", "engine_version"),
)
REFUSED = declare(
    "results.version.refused",
    th="ไม่รับวิธีคำนวณหรือตารางข้อมูล",
    en="Refused a method or a table",
    fields=("slug", "number", "faults", "first"),
)
BUNDLE_PURPOSE = "results.bundle"
# The column that carries ISO 3166-1 numeric codes, where a ranking is drawn on a map.
MAP_COLUMNS = ("iso_numeric", "numeric", "iso3166_numeric")


class ComputingRefused(DomainError):
    """The method or the table cannot be used; the version keeps every fault with its place."""


def compute_version(
    version_id: UUID | str, *, actor: Actor, report: Reporter | None = None
) -> RankingVersion:
    """Compute a draft; what is computed already is returned as it is, so a killed job may simply run again.

    Raises `ComputingRefused` after the faults were stored with the draft.
    """
    version = RankingVersion.objects.select_related("ranking", "data").get(pk=version_id)
    if version.state != State.DRAFT or version.data is None:
        return version
    step = _steps(report)
    step(gettext_noop("Checking the method and the table"))
    part = "method"
    try:
        method = method_of(version.method_text)
        part = "data"
        run = run_of(method, version.data)
    except (Refused, DomainError) as error:
        _refuse(version, error, part=_part_of(error, part), actor=actor)
    step(gettext_noop("Placing every unit"))
    outcome = outcome_of(run)
    if not version.ranking.groupings:
        version.ranking.groupings = groupings_of(run)
    rows = unit_rows(version, outcome)
    summary = summary_of(version.ranking, outcome, rows)
    step(gettext_noop("Drawing"))
    drawings = drawings_of(version, rows, _numbers(version, outcome))
    step(gettext_noop("Packing what recomputes it"))
    bundle = _bundle(version, run)
    step(gettext_noop("Keeping all of it"))
    return _keep(version, outcome, rows, drawings, summary, bundle, actor=actor)


# What groups are called where the ranking does not say: by the name of their column.
_GROUP_TITLES = {
    "region": ("ภูมิภาค", "Region"),
    "ministry": ("กระทรวง", "Ministry"),
    "province": ("จังหวัด", "Province"),
    "kind": ("ประเภท", "Kind"),
    "group": ("กลุ่ม", "Group"),
}


def groupings_of(run: Run) -> list[dict[str, str]]:
    """Return the first two group columns of the method as groupings, with their Thai and English columns if carried."""
    carried = run.observations.carried
    made = []
    for column in list(run.observations.groups)[:2]:
        title_th, title_en = _GROUP_TITLES.get(column.lower(), (column, column))
        made.append(
            {
                "code": column,
                "th": f"{column}_th" if f"{column}_th" in carried else column,
                "en": f"{column}_en" if f"{column}_en" in carried else column,
                "title_th": title_th,
                "title_en": title_en,
            }
        )
    return made


def _steps(report: Reporter | None) -> Any:
    def step(message: str) -> None:
        if report is not None:
            report.advance(message=message)

    return step


def _part_of(error: DomainError, reached: str) -> str:
    return "method" if ".method." in f".{error.code}" else reached


def _refuse(version: RankingVersion, error: DomainError, *, part: str, actor: Actor) -> None:
    problems = refusals.as_data(error, part=part)
    with transaction.atomic():
        locked = RankingVersion.objects.select_for_update().get(pk=version.pk)
        locked.problems = problems
        locked.save(update_fields=["problems"])
        record(
            REFUSED,
            subject=locked,
            actor=actor,
            organisation=version.ranking.publisher,
            data={
                "slug": version.ranking.slug,
                "number": version.number,
                "faults": len(problems),
                "first": error.code,
            },
        )
    raise ComputingRefused(error.code, error.template, params=error.params, place=error.place) from error


def _numbers(version: RankingVersion, outcome: Outcome) -> Mapping[str, str] | None:
    if version.ranking.map != "world":
        return None
    for name in MAP_COLUMNS:
        if name in outcome.columns:
            return dict(zip(outcome.units, outcome.columns[name], strict=True))
    return None


def _bundle(version: RankingVersion, run: Run) -> bytes:
    ranking = version.ranking
    also: dict[str, bytes] = {}
    if ranking.kind == ranking.Kind.MEASURES and version.window_start and version.window_end:
        made = make_table(ranking.recipe, (version.window_start, version.window_end))
        also["observations.csv"] = made.observed
    return bundle_of(
        run,
        folder=f"{ranking.slug}-{version.number}",
        title=f"{ranking.title_th} · {ranking.title_en} · {version.number}",
        also=also,
    )


def _keep(
    version: RankingVersion,
    outcome: Outcome,
    rows: list[UnitResult],
    drawings: list[Drawing],
    summary: dict[str, Any],
    bundle: bytes,
    *,
    actor: Actor,
) -> RankingVersion:
    ranking = version.ranking
    with transaction.atomic():
        locked = (
            RankingVersion.objects.select_for_update(of=("self",))
            .select_related("ranking")
            .get(pk=version.pk)
        )
        if locked.state != State.DRAFT:
            return locked
        locked.bundle = store_bytes(
            bundle,
            name=f"{ranking.slug}-{locked.number}.zip",
            media_type="application/zip",
            purpose=BUNDLE_PURPOSE,
            actor=actor,
        )
        locked.method_sha256, locked.data_sha256 = outcome.method_sha256, outcome.data_sha256
        locked.result_sha256, locked.engine_version = outcome.result_sha256, outcome.engine_version
        locked.unit_count, locked.summary, locked.problems = len(rows), summary, []
        locked.computed_at, locked.state = timezone.now(), State.COMPUTED
        locked.save()
        if locked.ranking.groupings != ranking.groupings:
            locked.ranking.groupings = ranking.groupings
            locked.ranking.save(update_fields=["groupings"])
        UnitResult.objects.bulk_create(rows, batch_size=1_000)
        Drawing.objects.bulk_create(drawings)
        record(
            COMPUTED,
            subject=locked,
            actor=actor,
            organisation=ranking.publisher,
            data={
                "slug": ranking.slug,
                "number": locked.number,
                "units": len(rows),
                "method_sha256": outcome.method_sha256,
                "data_sha256": outcome.data_sha256,
                "result_sha256": outcome.result_sha256,
                "engine_version": outcome.engine_version,
            },
        )
    return locked
