"""What a visitor of the directory chose, and the rows and counts that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from sala.kernel.registry.finding import search_organisations
from sala.kernel.registry.models import Kind, Organisation
from sala.kernel.registry.organisations import ICONS
from sala.kernel.registry.queries import organisations


@dataclass(frozen=True)
class Tile:
    """A kind with its number among the rows that the other choices leave."""

    code: str
    title: object
    icon: str
    number: int


def ministries() -> QuerySet[Organisation]:
    """Return what may be chosen as ministry: ministries, and groups at the top that hold agencies."""
    return organisations(kind=(Kind.MINISTRY, Kind.OTHER)).filter(parent__isnull=True)


@dataclass(frozen=True)
class DirectoryChoice:
    """Filters as the address has them; unknown values are ignored."""

    q: str = ""
    kind: str = ""
    ministry: str = ""
    province: str = ""
    data: str = ""
    ended: bool = False

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> DirectoryChoice:
        """Read the parameters of a request."""
        kind, data = str(given.get("kind", "")), str(given.get("data", ""))
        return cls(
            q=str(given.get("q", "")).strip()[:120],
            kind=kind if kind in Kind.values else "",
            ministry=str(given.get("ministry", ""))[:40],
            province=str(given.get("province", ""))[:2],
            data=data if data in {"real", "invented"} else "",
            ended=bool(given.get("ended")),
        )

    @property
    def datas(self) -> list[tuple[str, object]]:
        """Return the choice between real and invented organisations."""
        return [("", _("All")), ("real", _("Real")), ("invented", _("Invented"))]

    @property
    def is_narrow(self) -> bool:
        """Whether anything was chosen."""
        return bool(self.q or self.kind or self.ministry or self.province or self.data)

    @cached_property
    def _without_kind(self) -> QuerySet[Organisation]:
        found = organisations(ended=self.ended)
        if self.ministry:
            found = found.filter(parent__code=self.ministry)
        if self.province:
            found = found.filter(province_id=self.province)
        if self.data:
            found = found.filter(is_demonstration=self.data == "invented")
        return search_organisations(found, self.q) if self.q else found

    def rows(self) -> QuerySet[Organisation]:
        """Return what was chosen, best first for words, else in Thai order."""
        found = self._without_kind
        return found.filter(kind=self.kind) if self.kind else found

    def tiles(self) -> list[Tile]:
        """Return the kinds with their numbers: one query."""
        rows = self._without_kind.order_by().values("kind").annotate(number=Count("id"))
        counts = {row["kind"]: row["number"] for row in rows}
        return [
            Tile(kind.value, kind.label, ICONS[kind], counts.get(kind.value, 0))
            for kind in Kind
            if counts.get(kind.value) or kind.value == self.kind
        ]
