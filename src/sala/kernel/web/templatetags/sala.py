"""Tags and filters of the design system; built into every template, no `{% load %}` needed."""

from __future__ import annotations

import re

from django import template
from django.forms import BaseForm
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from sala.kernel.text.interface import words as words_of
from sala.kernel.web.icons import drawing, drawings

register = template.Library()
_SVG = SafeString  # drawings come from the build, never from a person


@register.simple_tag
def icon(name: str, size: object = 20, title: str = "", classes: str = "") -> SafeString:
    """Draw the lucide icon `name`, `size` pixels wide; with a title it is read aloud, without it is decoration."""
    named = format_html('role="img" aria-label="{}"', title) if title else _SVG('aria-hidden="true"')
    return format_html(
        '<svg class="inline-block shrink-0 {}" width="{}" height="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        ' stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round" focusable="false" {}>{}</svg>',
        classes,
        size,
        size,
        named,
        _SVG(drawing(name)),
    )


@register.simple_tag
def bar(value: object, maximum: object = 100, tone: str = "", label: str = "") -> SafeString:
    """Draw a bar filled to value/maximum by SVG attributes; `label` says the same in words for those who hear it."""
    share = _share(value, maximum)
    named = format_html('role="img" aria-label="{}"', label) if label else _SVG('aria-hidden="true"')
    return format_html(
        '<svg class="bar {}" viewBox="0 0 100 4" preserveAspectRatio="none" {}><rect width="{}" height="4"/></svg>',
        f"bar-{tone}" if tone else "",
        named,
        f"{share * 100:.2f}".rstrip("0").rstrip("."),
    )


def _share(value: object, maximum: object) -> float:
    try:
        top = float(str(maximum))
        return min(max(float(str(value)) / top, 0.0), 1.0) if top > 0 else 0.0
    except ValueError:
        return 0.0


@register.simple_tag(takes_context=True)
def query_replace(context: Context, **changes: object) -> str:
    """Return `?…` of this page with some parameters replaced; an empty value drops one, and `page` drops with any change."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return "?"
    query = request.GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_query(context: Context, name: str, parameter: str = "sort") -> str:
    """Return `?…` that sorts by `name`, or the other way round when it already does."""
    request: HttpRequest | None = context.get("request")
    now = request.GET.get(parameter, "") if request is not None else ""
    return query_replace(context, **{parameter: f"-{name}" if now == name else name})


@register.simple_tag(takes_context=True)
def sort_state(context: Context, name: str, parameter: str = "sort") -> str:
    """Return `ascending`, `descending` or nothing for the column `name` of this page."""
    request: HttpRequest | None = context.get("request")
    now = request.GET.get(parameter, "") if request is not None else ""
    return {name: "ascending", f"-{name}": "descending"}.get(now, "")


@register.simple_tag(takes_context=True)
def nav_active(context: Context, href: object, exact: bool = False) -> SafeString:
    """Return `aria-current="page"` when this page is at `href` or, unless exact, below it."""
    request: HttpRequest | None = context.get("request")
    address = str(href).partition("?")[0]
    if request is None or not address:
        return SafeString("")
    here = request.path
    below = (
        not exact and address != "/" and here.startswith(address if address.endswith("/") else f"{address}/")
    )
    return SafeString(' aria-current="page"') if here == address or below else SafeString("")


@register.filter
def highlight(text: object, query: object) -> SafeString:
    """Mark each word of `query` in `text`, whatever the case; Thai is parted into its words."""
    asked = str(query or "")
    words = sorted(
        {*asked.split(), *(word for word in words_of(asked) if len(word) > 1)}, key=len, reverse=True
    )
    if not words:
        return conditional_escape(str(text))
    pieces = re.split("(" + "|".join(re.escape(word) for word in words) + ")", str(text), flags=re.IGNORECASE)
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", piece) if at % 2 else piece,) for at, piece in enumerate(pieces)),
    )


@register.filter
def form_errors(form: BaseForm) -> list[tuple[str, str, str]]:
    """Return (label, message, id of the input) for each error of a form, those of the whole form first."""
    found = [("", str(message), "") for message in form.non_field_errors()]
    for field in form:
        target = field.id_for_label or field.auto_id or field.html_name
        if field.use_fieldset and field.auto_id:
            target = f"{field.auto_id}_0"
        found.extend((str(field.label), str(message), target) for message in field.errors)
    return found


@register.filter
def pages_around(page: object) -> list[int | None]:
    """Return the page numbers to show for a Django `Page`; None stands for a gap."""
    number, last = int(page.number), int(page.paginator.num_pages)  # type: ignore[attr-defined]
    near = sorted({1, last, *range(max(1, number - 1), min(last, number + 1) + 1)})
    shown: list[int | None] = []
    for at, page_number in enumerate(near):
        if at and page_number - near[at - 1] == 2:
            shown.append(page_number - 1)
        elif at and page_number - near[at - 1] > 2:
            shown.append(None)
        shown.append(page_number)
    return shown


@register.filter
def initial(name: object) -> str:
    """Return the letter for an avatar: Thai names begin with their consonant, not with a leading vowel."""
    text = str(name or "").strip()
    for title in ("นางสาว", "นาย", "นาง", "Mr. ", "Ms. ", "Mrs. "):
        text = text.removeprefix(title)
    return next((letter for letter in text.strip() if letter not in "เแโใไ"), "?").upper()


@register.simple_tag
def icon_names() -> list[str]:
    """Return the names of all icons."""
    return sorted(drawings())
