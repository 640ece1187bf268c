"""A date typed as people in Thailand say it: day, month and Buddhist year in three boxes, partial where allowed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sala.kernel.text.interface import PartialDate, arabic_digits, be_year, ce_year

PARTS = ("day", "month", "year")
FIRST_BUDDHIST_YEAR = 2300
"""A smaller year can only be meant as C.E.: nobody alive was born in B.E. 2300."""


class ThaiDateWidget(forms.MultiWidget):
    """Three boxes named `<name>_day`, `<name>_month`, `<name>_year`."""

    template_name = "web/forms/date.html"
    use_fieldset = True

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        box = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__(
            {
                part: forms.TextInput({**box, "maxlength": 4 if part == "year" else 2, "class": "input"})
                for part in PARTS
            },
            dict(attrs or {}),
        )

    def decompress(self, value: Any) -> list[str]:
        """Split a date, a partial date or an ISO text into what stands in the boxes."""
        if isinstance(value, str):
            value = PartialDate.from_iso(value) if value else None
        if isinstance(value, dt.date):
            value = PartialDate(value.year, value.month, value.day)
        if value is None:
            return ["", "", ""]
        year = be_year(dt.date(value.year, value.month or 12, value.day or 1))
        return [str(value.day or ""), str(value.month or ""), str(year)]


class ThaiDateField(forms.MultiValueField):
    """A date in the Buddhist era; gives a `date`, or with `partial` a `PartialDate` that may lack day and month."""

    widget = ThaiDateWidget

    def __init__(self, *, partial: bool = False, **options: Any) -> None:
        self.partial = partial
        boxes = [forms.CharField(required=False, max_length=4) for _part in PARTS]
        if partial:
            options.setdefault(
                "help_text",
                _("For example 15 4 2569. Leave the day or the month empty if you do not know it."),
            )
        else:
            options.setdefault("help_text", _("For example 15 4 2569"))
        super().__init__(fields=boxes, require_all_fields=False, **options)

    def compress(self, values: Sequence[str]) -> dt.date | PartialDate | None:
        """Read the boxes; each error says which box and how to mend it."""
        typed = [arabic_digits(value or "").strip() for value in (*values, "", "", "")[:3]]
        if not any(typed):
            return None
        for name, text in zip((_("day"), _("month"), _("year")), typed, strict=True):
            if text and not (text.isascii() and text.isdigit()):
                raise ValidationError(_("Write the %(part)s in digits."), "digits", {"part": name})
        day, month, year = (int(text) if text else None for text in typed)
        return self._read(day or None, month or None, year)

    def _read(self, day: int | None, month: int | None, year: int | None) -> dt.date | PartialDate:
        if year is None:
            raise ValidationError(_("Write the year, for example 2569."), "year")
        if month is not None and not 1 <= month <= 12:
            raise ValidationError(_("The month must be between 1 and 12."), "month")
        if (month is None and day is not None) or (not self.partial and month is None):
            raise ValidationError(_("Write the month too, as a number from 1 to 12."), "month")
        if not self.partial and day is None:
            raise ValidationError(_("Write the day too."), "day")
        try:
            common = year if year < FIRST_BUDDHIST_YEAR else ce_year(year, month or 12)
            found = PartialDate(common, month, day)
        except ValueError:
            raise ValidationError(
                _("There is no such day; check the day, the month and the year."), "no-such-day"
            ) from None
        return found if self.partial else found.counted_from
