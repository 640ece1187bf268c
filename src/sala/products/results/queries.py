"""Reads of rankings for pages: what is open, the units of a version, comparisons and changes between versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from sala.kernel.text.interface import arabic_digits, normal
from sala.products.results.models import Drawing, Ranking, RankingVersion, State, UnitResult, language
from sala.products.results.standings import node_list

OPEN = (State.PUBLISHED, State.WITHDRAWN)
SORTS = {
    "rank": ("order",),
    "-rank": ("-order",),
    "name": ("sort_key", "code"),
    "-name": ("-sort_key", "-code"),
}
MOST_COMPARED = 4


def open_versions() -> QuerySet[RankingVersion]:
    """Return the latest published version of every ranking, in the order of rankings."""
    latest = (
        RankingVersion.objects.filter(ranking=OuterRef("ranking"), state=State.PUBLISHED)
        .order_by("-number")
        .values("id")[:1]
    )
    return (
        RankingVersion.objects.filter(id=Subquery(latest))
        .select_related("ranking", "ranking__publisher", "table__table")
        .order_by("ranking__place", "ranking__slug")
    )


def latest_version(slug: str) -> RankingVersion | None:
    """Return the latest published version of a ranking."""
    return (
        RankingVersion.objects.filter(ranking__slug=slug, state=State.PUBLISHED)
        .select_related("ranking", "ranking__publisher", "table__table")
        .order_by("-number")
        .first()
    )


def version_of(slug: str, number: int) -> RankingVersion | None:
    """Return one version, whatever its state; the page asks the policy."""
    return (
        RankingVersion.objects.filter(ranking__slug=slug, number=number)
        .select_related("ranking", "ranking__publisher", "table__table", "progress", "data", "bundle")
        .first()
    )


def numbers_of(ranking: Ranking) -> list[RankingVersion]:
    """Return the open versions of a ranking, newest first, with what a list of them says."""
    return list(
        ranking.versions.filter(state__in=OPEN)
        .order_by("-number")
        .only("id", "ranking_id", "number", "state", "label_th", "label_en", "published_at", "result_sha256")
    )


@dataclass(frozen=True)
class Wish:
    """What a reader of a list asked for."""

    query: str = ""
    group: str = ""
    kind: str = ""
    sort: str = "rank"


def units(version: RankingVersion, wish: Wish) -> QuerySet[UnitResult]:
    """Return the units that fit, in the wished order; what the list does not show is left unread."""
    found = UnitResult.objects.filter(version=version).defer("nodes", "search_text")
    if wish.group:
        found = found.filter(group=wish.group)
    if wish.kind:
        found = found.filter(kind=wish.kind)
    text = normal(arabic_digits(wish.query))[:120].casefold().strip()
    if text:
        found = found.filter(search_text__contains=text.replace(" ", "")) | found.filter(
            search_text__contains=text
        )
    return found.order_by(*SORTS.get(wish.sort, SORTS["rank"]))


def ends(version: RankingVersion, count: int = 5) -> tuple[list[UnitResult], list[UnitResult]]:
    """Return the first and the last ranked units."""
    ranked = UnitResult.objects.filter(version=version, rank__isnull=False).defer("nodes", "search_text")
    return list(ranked.order_by("order")[:count]), list(ranked.order_by("-order")[:count])


def unit(version: RankingVersion, code: str) -> UnitResult | None:
    """Return one unit with its organisation."""
    return UnitResult.objects.filter(version=version, code=code).select_related("organisation").first()


def neighbours(version: RankingVersion, of: UnitResult) -> list[UnitResult]:
    """Return the units just before and after one, itself among them."""
    return list(
        UnitResult.objects.filter(version=version, order__range=(of.order - 2, of.order + 2))
        .defer("nodes", "search_text")
        .order_by("order")
    )


def compared(version: RankingVersion, codes: Sequence[str]) -> list[UnitResult]:
    """Return up to four units in the order of `codes`; unknown ones are left out."""
    wanted = list(dict.fromkeys(code for code in codes if code))[:MOST_COMPARED]
    known = {row.code: row for row in UnitResult.objects.filter(version=version, code__in=wanted)}
    return [known[code] for code in wanted if code in known]


def drawings(version: RankingVersion) -> dict[str, Drawing]:
    """Return the drawings of a version in the page's language, by code; specifications are left unread."""
    found = Drawing.objects.filter(version=version, language=language()).defer("spec")
    return {drawing.code: drawing for drawing in found}


def of_organisation(organisation_id: UUID) -> list[UnitResult]:
    """Return where an organisation stands in the latest published version of every ranking."""
    return list(
        UnitResult.objects.filter(organisation_id=organisation_id, version__in=open_versions().values("id"))
        .select_related("version__ranking")
        .defer("nodes", "search_text")
        .order_by("version__ranking__place")
    )


@dataclass(frozen=True)
class Change:
    """One unit in two versions; ranks and scores are absent where it was not in one."""

    code: str
    name: str
    rank_before: float | None
    rank: float | None
    score_before: float | None
    score: float | None

    @property
    def moved(self) -> int | None:
        """How many places up (positive) or down."""
        if self.rank is None or self.rank_before is None:
            return None
        return int(self.rank_before - self.rank)


@dataclass(frozen=True)
class Difference:
    """What changed between two versions."""

    changes: list[Change]
    method_changed: bool
    data_changed: bool
    engine_changed: bool
    came: list[Change]
    left: list[Change]
    weights: list[dict[str, Any]]


def difference(before: RankingVersion, after: RankingVersion) -> Difference:
    """Return what changed from one version to another, in two queries; the largest movements come first."""
    old = _by_code(before)
    new = _by_code(after)
    changes, came, left = [], [], []
    for code in sorted(old.keys() | new.keys()):
        was, now = old.get(code), new.get(code)
        shown = now or was
        assert shown is not None  # noqa: S101  (the code is of one of them)
        change = Change(
            code,
            shown.name,
            was.rank if was else None,
            now.rank if now else None,
            was.score if was else None,
            now.score if now else None,
        )
        if was is None:
            came.append(change)
        elif now is None:
            left.append(change)
        elif (was.rank, was.score) != (now.rank, now.score):
            changes.append(change)
    changes.sort(key=lambda one: (-abs(one.moved or 0), one.code))
    return Difference(
        changes,
        before.method_sha256 != after.method_sha256,
        before.data_sha256 != after.data_sha256,
        before.engine_version != after.engine_version,
        came,
        left,
        _weights(before.summary, after.summary),
    )


def _by_code(version: RankingVersion) -> dict[str, UnitResult]:
    rows = UnitResult.objects.filter(version=version).only("code", "name_th", "name_en", "rank", "score")
    return {row.code: row for row in rows}


def _weights(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the nodes whose share of the whole changed, came or went."""
    old = {node["code"]: node for node in node_list(before["tree"])} if before.get("tree") else {}
    new = {node["code"]: node for node in node_list(after["tree"])} if after.get("tree") else {}
    changed = []
    for code in [*new, *(code for code in old if code not in new)]:
        was, now = old.get(code), new.get(code)
        if was is None or now is None or abs(was["share"] - now["share"]) > 1e-12:
            node = now or was
            assert node is not None  # noqa: S101
            changed.append(
                {
                    "title_th": node["title_th"],
                    "title_en": node["title_en"],
                    "before": was["share"] if was else None,
                    "after": now["share"] if now else None,
                }
            )
    return changed
