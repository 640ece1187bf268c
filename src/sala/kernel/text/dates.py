"""Dates as Thai pages write them: Buddhist era, long, short and numeric; and dates known only in part."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from sala.kernel.text.normal import arabic_digits

Style = Literal["long", "short", "numeric"]
BANGKOK = ZoneInfo("Asia/Bangkok")
MONTHS_TH = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
MONTHS_TH_SHORT = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def be_year(value: dt.date | int) -> int:
    """Return the Buddhist-era year of a date or of a C.E. year.

    Until B.E. 2483 the year began on 1 April (Calendar Year Act B.E. 2483), so January to March of a C.E.
    year before 1941 belong to the Buddhist year before.
    """
    if isinstance(value, int):
        return value + 543
    before_april_of_old = value.year < 1941 and value.month < 4
    return value.year + (542 if before_april_of_old else 543)


def ce_year(buddhist_year: int, month: int = 12) -> int:
    """Return the C.E. year of a Buddhist year; before B.E. 2483 January to March lie at the year's end."""
    if buddhist_year == 2483 and month < 4:
        raise ValueError("B.E. 2483 had no January to March.")
    return buddhist_year - (542 if buddhist_year < 2483 and month < 4 else 543)


def _local(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(BANGKOK)
    return value


def thai_date(value: dt.date | dt.datetime, style: Style = "long", language: str = "th") -> str:
    """Return a date as people write it: Buddhist era in Thai, C.E. in English; aware times in Bangkok.

    long `3 พฤษภาคม 2569` · short `3 พ.ค. 69` · numeric `03/05/2569`; English `3 May 2026`, `3 May 2026`
    and `2026-05-03`.
    """
    value = _local(value)
    if language != "th":
        if style == "numeric":
            return f"{value:%Y-%m-%d}"
        month = MONTHS_EN[value.month - 1]
        return f"{value.day} {month if style == 'long' else month[:3]} {value.year}"
    year = be_year(value)
    if style == "numeric":
        return f"{value.day:02}/{value.month:02}/{year}"
    if style == "short":
        return f"{value.day} {MONTHS_TH_SHORT[value.month - 1]} {year % 100:02}"
    return f"{value.day} {MONTHS_TH[value.month - 1]} {year}"


def thai_datetime(value: dt.datetime, style: Style = "long", language: str = "th") -> str:
    """Return date and time of day in Bangkok: `3 พฤษภาคม 2569 เวลา 14.05 น.` or `3 May 2026, 14:05`."""
    value = value.astimezone(BANGKOK) if value.tzinfo is not None else value
    day = thai_date(value, style, language)
    if language != "th":
        return f"{day}, {value:%H:%M}"
    return f"{day} เวลา {value:%H.%M} น." if style == "long" else f"{day} {value:%H.%M} น."


_NUMERIC = re.compile(r"^(\d{1,2})[/\-.](\d{1,2})[/\-.](\d{4})$")
_NAMED = re.compile(r"^(\d{1,2})\s*(\S+?)\s*(?:พ\.?ศ\.?\s*)?(\d{4})$")


def read_thai_date(text: str) -> dt.date:
    """Read a full Thai date in any of the three styles (four-digit Buddhist year); wrong ones raise ValueError."""
    text = arabic_digits(text.strip())
    if found := _NUMERIC.match(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _NAMED.match(text):
        day, year = int(found[1]), int(found[3])
        name = found[2]
        if name in MONTHS_TH:
            month = MONTHS_TH.index(name) + 1
        elif name in MONTHS_TH_SHORT:
            month = MONTHS_TH_SHORT.index(name) + 1
        else:
            raise ValueError(text)
    else:
        raise ValueError(text)
    if not 2300 < year < 2800:
        raise ValueError(text)
    return dt.date(ce_year(year, month), month, day)


_ISO = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


@dataclass(frozen=True, order=True)
class PartialDate:
    """A date of which the day, or month and day, may be unknown: a legal birth date. `year` is C.E."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise ValueError("A day needs its month.")
        dt.date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def from_iso(cls, text: str) -> PartialDate:
        """Read `1957`, `1957-03` or `1957-03-05`."""
        found = _ISO.match(text)
        if not found:
            raise ValueError(text)
        return cls(*(int(part) if part else None for part in found.groups()))  # type: ignore[arg-type]

    @classmethod
    def from_register(cls, text: str) -> PartialDate:
        """Read eight digits of Buddhist year, month and day, zeros where unknown: `25000000`."""
        if len(text) != 8 or not (text.isascii() and text.isdigit()):
            raise ValueError(text)
        year, month, day = int(text[:4]), int(text[4:6]) or None, int(text[6:]) or None
        return cls(ce_year(year, month or 12), month, day)

    def to_iso(self) -> str:
        """Return the ISO 8601 form, as short as what is known."""
        parts = [f"{self.year:04}"]
        parts += [f"{part:02}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    @property
    def is_full(self) -> bool:
        """Whether the day is known."""
        return self.day is not None

    @property
    def counted_from(self) -> dt.date:
        """The day from which age is counted: the first of the known month or year (Civil and Commercial Code s. 16)."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    def age_on(self, day: dt.date) -> int:
        """Return full years of age on `day`."""
        born = self.counted_from
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def shown(self, style: Style = "long", language: str = "th") -> str:
        """Return what is known, as people write it: `พ.ศ. 2500`, `มีนาคม 2500`, `5 มีนาคม 2500`."""
        if self.day is not None and self.month is not None:
            return thai_date(dt.date(self.year, self.month, self.day), style, language)
        if self.month is not None:
            if language != "th":
                return (
                    f"{self.year:04}-{self.month:02}"
                    if style == "numeric"
                    else f"{MONTHS_EN[self.month - 1]} {self.year}"
                )
            year = be_year(dt.date(self.year, self.month, 1))
            return f"{self.month:02}/{year}" if style == "numeric" else f"{MONTHS_TH[self.month - 1]} {year}"
        return str(self.year) if language != "th" else f"พ.ศ. {be_year(self.year)}"
