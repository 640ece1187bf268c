"""Filters that follow the page's language: Buddhist era in Thai, C.E. in English."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language

from sala.kernel.text import dates, names, normal, numbers

register = template.Library()


def _language() -> str:
    return "en" if (get_language() or "th").startswith("en") else "th"


@register.filter
def thaidate(value: Any, style: dates.Style = "long") -> str:
    """`{{ case.due_on|thaidate }}`, `|thaidate:"short"`, `|thaidate:"numeric"`; partial dates too; nothing for None."""
    if isinstance(value, dates.PartialDate):
        return value.shown(style, _language())
    return dates.thai_date(value, style, _language()) if isinstance(value, dt.date) else ""


@register.filter
def thaidatetime(value: Any, style: dates.Style = "long") -> str:
    """`{{ row.recorded_at|thaidatetime }}`: date and time of day in Bangkok; nothing for None."""
    return dates.thai_datetime(value, style, _language()) if isinstance(value, dt.datetime) else ""


@register.filter
def be_year(value: Any) -> str:
    """`{{ 2026|be_year }}` → 2569 on Thai pages, 2026 on English ones."""
    if not isinstance(value, (dt.date, int)):
        return ""
    if _language() == "th":
        return str(dates.be_year(value))
    return str(value.year if isinstance(value, dt.date) else value)


@register.filter
def thainumber(value: Any, places: int | None = None) -> str:
    """`{{ 1234567|thainumber }}` → 1,234,567; `|thainumber:2` → two decimals; nothing for None."""
    return numbers.grouped(value, places) if isinstance(value, (int, float, Decimal)) else ""


@register.filter
def thaidigits(value: Any) -> str:
    """`{{ 2569|thaidigits }}` → ๒๕๖๙ on Thai pages, unchanged on English ones."""
    return normal.thai_digits(str(value)) if _language() == "th" else str(value)


@register.filter
def baht(value: Any) -> str:
    """`{{ fee_satang|baht }}` → 1,234.50 บาท."""
    return numbers.baht(value, _language()) if isinstance(value, int) else ""


@register.simple_tag
def inlanguage(thai: str, english: str) -> str:
    """`{% inlanguage row.name_th row.name_en %}`: the text of the page's language, or the other one."""
    return names.in_language(thai or "", english or "", _language())
