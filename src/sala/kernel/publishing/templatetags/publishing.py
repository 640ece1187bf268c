"""How cells of a preview are written."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def cell(value: object) -> str:
    """Write a value of a preview as it stands in the table; nothing for an empty one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value)


@register.filter
def is_number(value: object) -> bool:
    """Whether a value stands to the right of its cell."""
    return isinstance(value, int | float) and not isinstance(value, bool)
