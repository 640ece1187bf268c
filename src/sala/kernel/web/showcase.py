"""The living page: samples of each component, read from the templates that draw them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

SAMPLES = Path(__file__).parent / "templates" / "web" / "design"


@dataclass(frozen=True)
class Sample:
    """One component: the sample's template and its own source."""

    code: str
    title: object

    @property
    def template(self) -> str:
        """The template that draws the sample."""
        return f"web/design/{self.code}.html"

    @property
    def source(self) -> str:
        """What a page writes to get it."""
        return _source(self.code)


@cache
def _source(code: str) -> str:
    return (SAMPLES / f"{code}.html").read_text(encoding="utf-8").strip()


@dataclass(frozen=True)
class Group:
    """Components that serve one purpose."""

    code: str
    title: object
    samples: tuple[Sample, ...]


def groups() -> tuple[Group, ...]:
    """Return the groups in the order of the page."""
    return GROUPS


def values() -> dict[str, object]:
    """Return what the samples show."""
    return {
        "sample_options": [
            ("central", _("Central government")),
            ("province", _("Province"), _("The provincial hall and its offices")),
            ("local", _("Local government")),
        ],
        "sample_kinds": [("central", _("Central government")), ("province", _("Province"))],
        "sample_page": Paginator(range(240), 20).page(6),
        "sample_errors": [
            (_("Full name"), _("Write your first name and surname."), "sample-name"),
            (_("Day of birth"), _("The month must be between 1 and 12."), "born_0"),
        ],
        "sample_bars": [
            (_("Linked"), 62, "success"),
            (_("Being built"), 21, ""),
            (_("Not linked"), 17, "warning"),
        ],
    }


GROUPS = (
    Group(
        "actions",
        _("Actions"),
        (
            Sample("button", _("Button")),
            Sample("link", _("Link")),
            Sample("dialog", _("Dialog")),
            Sample("tabs", _("Tabs")),
        ),
    ),
    Group(
        "forms",
        _("Forms"),
        (
            Sample("field", _("Field")),
            Sample("choices", _("Choices")),
            Sample("date_be", _("Date in the Buddhist era")),
            Sample("file_upload", _("File")),
            Sample("search_box", _("Search box")),
            Sample("error_summary", _("Error summary")),
            Sample("summary_list", _("Check your answers")),
        ),
    ),
    Group(
        "messages",
        _("Messages"),
        (
            Sample("alert", _("Alert")),
            Sample("notice", _("Notice")),
            Sample("status", _("Status")),
            Sample("empty", _("Empty state")),
        ),
    ),
    Group(
        "content",
        _("Content"),
        (
            Sample("service_card", _("Service card")),
            Sample("card", _("Card")),
            Sample("stat", _("Figure")),
            Sample("table", _("Table")),
            Sample("bar", _("Bar")),
            Sample("chart", _("Chart")),
            Sample("details", _("Details")),
            Sample("avatar", _("Avatar")),
            Sample("code", _("Code")),
            Sample("icon", _("Icon")),
        ),
    ),
    Group(
        "way",
        _("Finding the way"),
        (
            Sample("breadcrumbs", _("Breadcrumbs")),
            Sample("steps", _("Steps")),
            Sample("task_list", _("Task list")),
            Sample("timeline", _("Timeline")),
            Sample("progress", _("Progress")),
            Sample("pagination", _("Pagination")),
        ),
    ),
)
