"""What products put into the shell: doors, cards of the home page, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

Audience = Literal["everyone", "people", "companies", "agencies", "local"]


@dataclass(frozen=True)
class Door:
    """An entrance that works: shown on the home page and in the header.

    `title` and `sentence` are lazily translated; `icon` is a lucide name; `url` is a URL name
    (`results:index`) or a path (`/rankings/`); doors stand in the order of `place`, then of `code`.
    """

    code: str
    title: object
    sentence: object
    icon: str
    url: str
    audience: Audience = "everyone"
    place: int = 50

    @property
    def href(self) -> str:
        """The path of the door, or nothing when its address does not exist in this installation."""
        if self.url.startswith("/"):
            return self.url
        try:
            return reverse(self.url)
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class HomeRow:
    """One line of a home card: `bar` draws a share from 0 to 1, `mark` stands at its end (a rank, a score)."""

    text: object
    href: str = ""
    mark: object = ""
    bar: float | None = None


@dataclass(frozen=True)
class HomeFigure:
    """A number that this installation holds, with the sentence that says of what."""

    value: object
    label: object
    href: str = ""


@dataclass(frozen=True)
class HomeCard:
    """A block that an app offers to the home page: rows and figures; one with neither is left out.

    `kind` is a short word above the title ("Ranking", "Dataset"); cards stand in the order of `place`.
    """

    title: object
    href: str = ""
    kind: object = ""
    sentence: object = ""
    icon: str = "chart-column"
    rows: Sequence[HomeRow] = field(default_factory=tuple)
    figures: Sequence[HomeFigure] = field(default_factory=tuple)
    more: object = ""
    place: int = 50


# The registry stands below this room and cannot open a door of its own.
DIRECTORY = Door(
    code="organisations",
    title=_("Agencies"),
    sentence=_(
        "Ministries, departments, provinces and local governments: who they are and where they belong."
    ),
    icon="landmark",
    url="registry:directory",
    place=80,
)
