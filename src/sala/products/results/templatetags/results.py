"""How scores, ranks and small drawings are written on pages of rankings."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sala.products.results.charts import lines
from sala.products.results.models import Ranking, UnitResult, language
from sala.products.results.queries import Change, Difference

register = template.Library()


@register.filter
def score(value: float | None, decimals: int = 2) -> str:
    """Write a score with the decimals of its ranking; a dash where there is none."""
    return "–" if value is None else f"{value:,.{int(decimals)}f}"


@register.filter
def tidy(value: Any) -> str:
    """Write a number with at most four decimals and no idle zeros; a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    return f"{value:,.4f}".rstrip("0").rstrip(".")


@register.filter
def percent(value: float | None) -> str:
    """Write a share from 0 to 1 as per cent."""
    return "–" if value is None else f"{value * 100:.1f}".removesuffix(".0") + " %"


@register.filter
def words(value: dict[str, Any] | None, key: str = "title") -> str:
    """Return `title_th` or `title_en` of a mapping, by the page's language."""
    if not value:
        return ""
    return str(value.get(f"{key}_{language()}") or value.get(f"{key}_th") or "")


def _parts(ranking: Ranking, counts: list[float]) -> list[lines.Part]:
    return [
        lines.Part(count, str(part[f"title_{language()}"]), str(part.get("tone", "none")))
        for part, count in zip(ranking.makeup, counts, strict=False)
    ]


@register.simple_tag
def makeup_bar(ranking: Ranking, counts: list[float], height: int = 14) -> SafeString:
    """Draw the make-up of a unit, or of all units together."""
    parts = _parts(ranking, counts)
    label = ", ".join(f"{part.label} {part.count:,.0f}" for part in parts if part.count)
    return lines.stacked(parts, height=height, label=label)


@register.simple_tag
def makeup_legend(ranking: Ranking, counts: list[float]) -> list[dict[str, object]]:
    """Return the parts with their swatches, counts and shares."""
    parts = _parts(ranking, counts)
    whole = sum(part.count for part in parts) or 1
    return [
        {
            "swatch": lines.swatch(part.tone),
            "label": part.label,
            "count": part.count,
            "share": part.count / whole,
        }
        for part in parts
    ]


@register.simple_tag
def node_track(node: dict[str, Any], scale: list[float], *scores: float | None) -> SafeString:
    """Draw where the given scores stand among all units at one node."""
    spread = node.get("spread")
    band = lines.Band(spread["quarter"], spread["median"], spread["three_quarters"]) if spread else None
    known = [f"{value:,.4g}" for value in scores if value is not None]
    label = _("%(title)s: %(scores)s; median of all %(median)s") % {
        "title": words(node),
        "scores": ", ".join(known) or "–",
        "median": f"{spread['median']:,.4g}" if spread else "–",
    }
    return lines.track(scores, (scale[0], scale[1]), band, label=label)


@register.simple_tag
def unit_mark(number: int) -> SafeString:
    """Draw the shape of the nth compared unit."""
    return lines.unit_mark(number)


@register.simple_tag
def share_of(value: float | None, scale: list[float]) -> float:
    """Return where a score stands between the ends of the scale, 0 to 100, for a bar."""
    if value is None:
        return 0.0
    span = (scale[1] - scale[0]) or 1.0
    return max(0.0, min(100.0, (value - scale[0]) / span * 100))


@register.filter
def item(mapping: dict[str, Any] | None, key: str) -> Any:
    """Return the entry of a mapping under a name that a variable holds."""
    return (mapping or {}).get(key)


@register.filter
def at(sequence: list[Any] | None, place: int) -> Any:
    """Return the entry of a list at a place that a variable holds."""
    return sequence[place] if sequence is not None and 0 <= place < len(sequence) else None


@register.simple_tag
def standing(unit: UnitResult, count: int) -> str:
    """Write `rank 55 of 193`, or that the unit is not ranked."""
    if unit.whole_rank is None:
        return _("not ranked")
    return _("rank %(rank)s of %(count)s") % {"rank": unit.whole_rank, "count": f"{count:,}"}


@register.filter
def drawn(svg: str) -> SafeString:
    """Put a stored drawing into the page: it was made by us, cleaned, and holds no person's markup."""
    return SafeString(svg)


@register.filter
def sum_of(counts: list[float]) -> int:
    """Return the whole of a make-up."""
    return int(sum(counts))


@register.filter
def total_of(legend: list[dict[str, Any]]) -> int:
    """Return the whole of a legend."""
    return int(sum(part["count"] for part in legend))


@register.filter
def absolute(value: float) -> float:
    """Return the size of a number without its sign."""
    return abs(value)


@register.filter
def pretty(record: str) -> str:
    """Write canonical JSON with line breaks, for reading."""
    return json.dumps(json.loads(record), ensure_ascii=False, indent=2) if record else ""


@register.simple_tag
def step_scale() -> SafeString:
    """Draw the seven steps of a map's colours."""
    return lines.steps()


@register.simple_tag
def band_mark() -> SafeString:
    """Draw what stands for the middle half of all units."""
    return lines.band_mark()


@register.simple_tag
def median_mark() -> SafeString:
    """Draw what stands for the median."""
    return lines.median_mark()


@register.simple_tag
def swatch(tone: str) -> SafeString:
    """Draw the square of a tone."""
    return lines.swatch(tone)


@register.simple_tag
def tracks(node: dict[str, Any], scale: list[float]) -> SafeString:
    """Draw where all compared units stand at one node."""
    return SafeString(node_track(node, scale, *node["scores"]))


@register.simple_tag
def with_unit(rows: list[UnitResult], code: str) -> str:
    """Return the query that compares the chosen units and one more."""
    return "?" + urlencode([("u", row.code) for row in rows] + [("u", code)])


@register.simple_tag
def without_unit(rows: list[UnitResult], code: str) -> str:
    """Return the query that compares the chosen units without one."""
    return "?" + urlencode([("u", row.code) for row in rows if row.code != code])


@register.filter
def arrivals(difference: Difference) -> list[tuple[str, list[Change]]]:
    """Return those who came and those who left, each with its heading."""
    return [(_("New in this edition"), difference.came), (_("No longer in this edition"), difference.left)]
