"""Reading the filters of the audit page from its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.kernel.audit.queries import Filters
from sala.kernel.text.interface import read_thai_date

_WRONG_DAY = gettext_lazy("Write the day as 15/4/2569.")


@dataclass(frozen=True)
class ReadFilters:
    """The filters with what was typed and, by field, what could not be read."""

    filters: Filters
    typed: dict[str, str]
    errors: dict[str, str]

    @property
    def any(self) -> bool:
        """Whether anything was asked for."""
        return any(self.typed.values())


def read_filters(query: QueryDict) -> ReadFilters:
    """Read the filters; what cannot be read filters nothing out and is told."""
    names = ("code", "subject", "actor", "organisation", "from", "until")
    typed = {name: query.get(name, "").strip()[:200] for name in names}
    errors: dict[str, str] = {}

    def day(name: str) -> date | None:
        if not typed[name]:
            return None
        try:
            return read_thai_date(typed[name])
        except ValueError:
            errors[name] = str(_WRONG_DAY)
            return None

    from_on, until_on = day("from"), day("until")
    if from_on and until_on and until_on < from_on:
        errors["until"] = _("This day is before the first.")
    organisation = None
    if typed["organisation"]:
        try:
            organisation = UUID(typed["organisation"])
        except ValueError:
            typed["organisation"] = ""
    filters = Filters(typed["code"], typed["subject"], typed["actor"], organisation, from_on, until_on)
    return ReadFilters(filters, typed, errors)
