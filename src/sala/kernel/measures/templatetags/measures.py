"""How values and raw readings are written on pages."""

from __future__ import annotations

import json

from django import template
from django.utils.translation import gettext as _

from sala.kernel.measures.models import Measure

register = template.Library()


@register.simple_tag
def reading(value: float, unit: str) -> str:
    """Write a value in its unit: `62.5 %`, `1,204`, `3.2 days`; at most three decimals, no idle zeros."""
    number = f"{value:,.3f}".rstrip("0").rstrip(".")
    if unit == Measure.Unit.PERCENT:
        shown = f"{value:,.1f}".removesuffix(".0")
        return f"{shown} %"
    if unit in {Measure.Unit.COUNT, Measure.Unit.RATIO}:
        return number
    return _("%(number)s %(unit)s") % {"number": number, "unit": Measure.Unit(unit).label}


@register.filter
def raw_json(value: object) -> str:
    """Write a raw reading as it is stored, indented, Thai left readable."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
