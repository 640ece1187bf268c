"""Says in words what a method does at every step, for the page that explains it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.engines.composite import Method, Refused
from sala.engines.composite.rules import Aggregation, Normalisation
from sala.products.results.engine import method_of
from sala.products.results.models import Ranking, RankingVersion

MEANS = {
    "arithmetic": gettext_lazy("weighted mean (arithmetic): a low part can be made up for by a high one"),
    "geometric": gettext_lazy("weighted geometric mean: a very low part weighs down the whole"),
    "harmonic": gettext_lazy("weighted harmonic mean: the lowest parts decide most"),
    "generalised": gettext_lazy("generalised mean with a power that the method states"),
    "copeland": gettext_lazy("Copeland: every unit is compared with every other, pair by pair"),
    "outranking": gettext_lazy("outranking: every unit is compared with every other, pair by pair"),
    "minimum": gettext_lazy("the lowest part is the whole"),
}
SCALES = {
    "none": gettext_lazy("values stay as they are"),
    "min-max": gettext_lazy(
        "the lowest value seen becomes the low end of the scale, the highest the high end"
    ),
    "goalposts": gettext_lazy("fixed goalposts become the ends of the scale, whatever values are seen"),
    "z-score": gettext_lazy("values become their distance from the mean in standard deviations"),
    "rank": gettext_lazy("values become ranks"),
    "percentile-rank": gettext_lazy("values become the share of units they are not below"),
    "borda": gettext_lazy("values become the number of units they beat"),
    "distance-to-target": gettext_lazy("values become the part of the way to a stated target"),
    "distance-to-maximum": gettext_lazy("values become their distance from the highest value seen"),
    "distance-to-reference": gettext_lazy("values are divided by those of a reference unit"),
    "fraction-of-maximum": gettext_lazy("values are divided by the highest value seen"),
    "anchors": gettext_lazy("fixed anchors turn values into scores, the same in every edition"),
}
IMPUTATIONS = {
    "none": gettext_lazy("A missing value stays missing; it is never guessed."),
    "mean": gettext_lazy("A missing value is replaced by the mean of all units."),
    "median": gettext_lazy("A missing value is replaced by the median of all units."),
    "group-mean": gettext_lazy("A missing value is replaced by the mean of its group."),
    "group-median": gettext_lazy("A missing value is replaced by the median of its group."),
}
TIES = {
    "min": gettext_lazy("Equal scores share the best rank, and the next rank is left out (1, 2, 2, 4)."),
    "max": gettext_lazy("Equal scores share the last rank of theirs (1, 3, 3, 4)."),
    "dense": gettext_lazy("Equal scores share a rank, and no rank is left out (1, 2, 2, 3)."),
    "average": gettext_lazy("Equal scores share the mean of their ranks (1, 2.5, 2.5, 4)."),
    "ordinal": gettext_lazy("Equal scores get different ranks by their code."),
}


@dataclass(frozen=True)
class Step:
    """One step of a method: its icon, what it is called, and what happens there."""

    icon: str
    title: str
    sentences: list[str]
    is_long: bool = False


def method_words(version: RankingVersion) -> list[Step]:
    """Return the steps of a version's method in the language that is active now."""
    try:
        method = method_of(version.method_text)
    except Refused:  # an older form of method, readable by its own engine only
        return []
    return [
        _table(version.ranking, method),
        _scale(method),
        _whole(method),
        _printing(method),
        *([_overrides(method)] if method.overrides else []),
    ]


def _table(ranking: Ranking, method: Method) -> Step:
    sentences = []
    if ranking.kind == Ranking.Kind.MEASURES:
        sentences.append(
            _(
                "Every value is an observation of the platform itself; each can be opened down to its raw reading."
            )
        )
    few = max((float(column.get("few", 0)) for column in ranking.recipe.get("columns", ())), default=0.0)
    if few:
        sentences.append(
            _(
                "Few cases: before a share is used, %(few)s services of the national share are added to every unit"
                " (part + %(few)s × national share) ÷ (whole + %(few)s). One linked service of one therefore does not"
                " stand before ninety of a hundred. The number is a demonstration value."
            )
            % {"few": f"{few:g}"}
        )
    rules = {method.imputation(node).rule for node in method.indicators}
    sentences.extend(str(IMPUTATIONS[rule]) for rule in sorted(rules) if rule in IMPUTATIONS)
    treated = {method.treatment(node).rule for node in method.indicators}
    if treated - {"none"}:
        sentences.append(
            _(
                "Values far outside are drawn in where skew and kurtosis show outliers (winsorised, else a logarithm)."
            )
        )
    else:
        sentences.append(_("No value is cut or changed for lying far outside."))
    return Step("table-2", _("From values to one table"), sentences)


def _scale(method: Method) -> Step:
    seen: dict[str, list[str]] = {}
    for node in method.indicators:
        seen.setdefault(_scaling(method.normalisation(node)), []).append(node.code)
    sentences = []
    for sentence, codes in seen.items():
        sentences.append(sentence if len(seen) == 1 else f"{', '.join(codes[:6])}: {sentence}")
    return Step("ruler", _("From values to scores"), sentences)


def _scaling(rule: Normalisation) -> str:
    said = str(SCALES.get(rule.rule, rule.rule))
    said = f"{said[:1].upper()}{said[1:]}"
    if rule.rule == "goalposts":
        return _("%(what)s: %(low)s becomes %(from)s, %(high)s becomes %(to)s.") % {
            "what": said,
            "low": f"{rule.low:g}",
            "high": f"{rule.high:g}",
            "from": f"{rule.range[0]:g}",
            "to": f"{rule.range[1]:g}",
        }
    if rule.rule in {"min-max", "percentile-rank"}:
        return _("%(what)s (%(from)s to %(to)s).") % {
            "what": said,
            "from": f"{rule.range[0]:g}",
            "to": f"{rule.range[1]:g}",
        }
    return f"{said}."


def _whole(method: Method) -> Step:
    rules: dict[str, list[str]] = {}
    for node in method.aggregates:
        rules.setdefault(_mean(method.aggregation(node)), []).append(node.code)
    sentences = [
        said if len(rules) == 1 else f"{', '.join(codes[:6])}: {said}" for said, codes in rules.items()
    ]
    sentences.append(
        _("How much each part counts is drawn above; the shares of a level always add up to the whole.")
    )
    return Step("network", _("From parts to the whole"), sentences)


def _mean(rule: Aggregation) -> str:
    said = str(MEANS.get(rule.rule, rule.rule))
    said = f"{said[:1].upper()}{said[1:]}."
    if rule.missing.rule == "rescale":
        said += " " + _("Where a part is missing, the others carry its weight.")
    elif rule.missing.rule == "absent":
        said += " " + _("Where a part is missing, the whole is missing.")
    return said


def _printing(method: Method) -> Step:
    sentences = []
    if method.printing.decimals is not None:
        sentences.append(
            _("Scores are printed with %(count)s decimals; a half is rounded %(way)s.")
            % {
                "count": method.printing.decimals,
                "way": _("up") if method.printing.half == "up" else _("to the even digit"),
            }
        )
    if method.ranking.on == "printed":
        sentences.append(_("Ranks are made from the printed scores, so that what looks equal ranks equal."))
    else:
        sentences.append(_("Ranks are made from the exact scores, before rounding."))
    sentences.append(str(TIES[method.ranking.ties]))
    return Step("list-ordered", _("Rounding, ranks and ties"), sentences)


def _overrides(method: Method) -> Step:
    from sala.products.results.models import language

    return Step(
        "pen-line",
        _("Figures printed instead of the computed ones"),
        [f"{one.unit} · {one.node}: {one.reason.in_language(language())}" for one in method.overrides],
        is_long=len(method.overrides) > 3,
    )
