"""The rules that a method is made of, as plain frozen values read from its checked document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Text:
    """A text in Thai and in English."""

    th: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the Thai where `language` begins with th, else the English."""
        return self.th if language.startswith("th") else self.en


@dataclass(frozen=True)
class Imputation:
    """What stands in for a missing value."""

    rule: str = "none"
    group: str | None = None
    fallback: str = "none"


@dataclass(frozen=True)
class Availability:
    """How complete units and indicators must be: shares from 0 to 1, counted before or after imputation."""

    units: float = 0.0
    indicators: float = 0.0
    after: str = "denomination"


@dataclass(frozen=True)
class Treatment:
    """What is done with an indicator whose skew and kurtosis betray outliers."""

    rule: str = "none"
    points: int = 5
    skew: float = 2.0
    kurtosis: float = 3.5
    always: bool = False


@dataclass(frozen=True)
class Normalisation:
    """How a value becomes a score; which fields count depends on the rule."""

    rule: str = "none"
    range: tuple[float, float] = (0.0, 100.0)
    low: float = 0.0
    high: float = 1.0
    truncate: bool = True
    mean: float = 0.0
    deviation: float = 1.0
    ties: str = "min"
    reference: str = ""
    target: float | None = None
    cap: bool = False
    points: tuple[tuple[float, float], ...] = ()
    outside: str = "extend"
    constant: float | None = None


@dataclass(frozen=True)
class Missing:
    """What a missing child does to its parent: `rescale`, `absent`, `refuse` or `value`."""

    rule: str = "rescale"
    minimum: float = 0.0
    value: float = 0.0


@dataclass(frozen=True)
class Gate:
    """A floor for one child: below it the parent is capped, or not scored where `cap` is None."""

    child: str
    at_least: float
    cap: float | None = None


@dataclass(frozen=True)
class Aggregation:
    """How children become their parent."""

    rule: str = "arithmetic"
    power: float = 1.0
    zeros: str = "refuse"
    score: str = "net"
    missing: Missing = Missing()
    gates: tuple[Gate, ...] = ()


@dataclass(frozen=True)
class Printing:
    """How a score is rounded where it is published; `decimals` None prints it exact."""

    decimals: int | None = None
    half: str = "up"


@dataclass(frozen=True)
class Ranking:
    """What ranks are made from, and what equal scores get."""

    on: str = "exact"
    ties: str = "min"
    break_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Override:
    """A figure printed instead of the computed one, for a reason that is printed with it."""

    unit: str
    node: str
    value: float | None
    reason: Text


@dataclass(frozen=True)
class Level:
    """A level of the hierarchy; the first one is the index itself."""

    code: str
    title: Text
    aggregation: Aggregation | None = None


@dataclass(frozen=True)
class Denominator:
    """A size that indicators are divided by."""

    code: str
    title: Text
    column: str
    unit: Text | None = None


@dataclass(frozen=True)
class UnitColumns:
    """Which columns of the data say what is ranked, and which units may occur."""

    column: str
    titles: Mapping[str, str]
    groups: tuple[str, ...]
    carried: tuple[str, ...]
    ignored: tuple[str, ...]
    known: tuple[str, ...]
    complete: bool


@dataclass(frozen=True)
class Node:
    """An aggregate, or an indicator where it has a direction."""

    code: str
    title: Text
    parent: str | None
    weight: float
    position: int
    note: Text | None = None
    aggregation: Aggregation | None = None
    direction: int = 0
    column: str = ""
    unit: Text | None = None
    denominator: str | None = None
    factor: float = 1.0
    target: float | None = None
    imputation: Imputation | None = None
    treatment: Treatment | None = None
    normalisation: Normalisation | None = None

    @property
    def is_indicator(self) -> bool:
        """Whether observations come in here."""
        return self.direction != 0


def text(value: Mapping[str, str] | None) -> Text | None:
    """Read a text in two languages."""
    return Text(th=value["th"], en=value["en"]) if value else None


def required_text(value: Mapping[str, str]) -> Text:
    """Read a text that the schema demands."""
    return Text(th=value["th"], en=value["en"])


def _is_off(value: Mapping[str, Any]) -> bool:
    return value.get("on") is False


def imputation(value: Mapping[str, Any] | None) -> Imputation | None:
    """Read an imputation rule; a stage that is switched off imputes nothing."""
    if value is None:
        return None
    if _is_off(value):
        return Imputation()
    return Imputation(value["rule"], value.get("group"), value.get("fallback", "none"))


def treatment(value: Mapping[str, Any] | None) -> Treatment | None:
    """Read a treatment rule; a stage that is switched off treats nothing."""
    if value is None:
        return None
    if _is_off(value):
        return Treatment()
    return Treatment(
        value["rule"],
        value.get("points", 5),
        float(value.get("skew", 2.0)),
        float(value.get("kurtosis", 3.5)),
        value.get("always", False),
    )


def normalisation(value: Mapping[str, Any] | None) -> Normalisation | None:
    """Read a normalisation rule; a stage that is switched off leaves values as they are."""
    if value is None:
        return None
    if _is_off(value):
        return Normalisation()
    rule = value["rule"]
    low, high = value.get("range", [0, 100] if rule in {"min-max", "goalposts"} else [0, 1])
    constant = value.get("constant")
    target = value.get("target")
    return Normalisation(
        rule=rule,
        range=(float(low), float(high)),
        low=float(value.get("low", 0)),
        high=float(value.get("high", 1)),
        truncate=value.get("truncate", True),
        mean=float(value.get("mean", 0)),
        deviation=float(value.get("deviation", 1)),
        ties=value.get("ties", "min"),
        reference=value.get("reference", ""),
        target=None if target is None else float(target),
        cap=value.get("cap", False),
        points=tuple((float(x), float(y)) for x, y in value.get("points", ())),
        outside=value.get("outside", "extend"),
        constant=None if constant is None else float(constant),
    )


def aggregation(value: Mapping[str, Any] | None) -> Aggregation | None:
    """Read how children become their parent."""
    if value is None:
        return None
    missing = value.get("missing", {"rule": "rescale"})
    return Aggregation(
        rule=value["rule"],
        power=float(value.get("power", 1)),
        zeros=value.get("zeros", "refuse"),
        score=value.get("score", "net"),
        missing=Missing(missing["rule"], float(missing.get("minimum", 0)), float(missing.get("value", 0))),
        gates=tuple(
            Gate(
                gate["child"],
                float(gate["at_least"]),
                None if gate.get("cap") is None else float(gate["cap"]),
            )
            for gate in value.get("gates", ())
        ),
    )


def availability(value: Mapping[str, Any] | None) -> Availability:
    """Read how complete units and indicators must be."""
    if value is None or _is_off(value):
        return Availability()
    return Availability(
        float(value.get("units", 0)), float(value.get("indicators", 0)), value.get("after", "denomination")
    )
