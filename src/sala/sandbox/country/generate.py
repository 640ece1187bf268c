"""Makes the organisations of the demonstration country, the same on every machine."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from sala.kernel.registry.interface import EventKind, Kind
from sala.sandbox.country import words

SEED = 2563
COUNTED = {
    Kind.PAO: 76,
    Kind.CITY: 30,
    Kind.TOWN: 192,
    Kind.SUBDISTRICT: 2247,
    Kind.TAO: 5303,
    Kind.SPECIAL: 2,
}
"""Local governments by kind on 6 August 2563: 7,850 in all."""

OPERATOR_CODE = "demo-operator"
_LOCAL_FORMS = {
    Kind.CITY: ("เทศบาลนคร{}", "{} City Municipality"),
    Kind.TOWN: ("เทศบาลเมือง{}", "{} Town Municipality"),
    Kind.SUBDISTRICT: ("เทศบาลตำบล{}", "{} Subdistrict Municipality"),
    Kind.TAO: ("องค์การบริหารส่วนตำบล{}", "{} Subdistrict Administrative Organisation"),
}
_CODE_OF_KIND = {Kind.CITY: "city", Kind.TOWN: "town", Kind.SUBDISTRICT: "mun", Kind.TAO: "tao"}
_PROVINCES_LEFT_OUT = {"10"}  # the capital is a special local government, not a province


@dataclass(frozen=True)
class Made:
    """One invented organisation; `parent` and `area` are codes."""

    code: str
    kind: Kind
    name_th: str
    name_en: str
    parent: str | None = None
    area: str | None = None


@dataclass(frozen=True)
class MadeEvent:
    """One invented event of an organisation."""

    code: str
    kind: EventKind
    on: dt.date
    name_th_before: str = ""
    name_en_before: str = ""
    kind_before: str = ""
    parent_before: str | None = None


def _ministries() -> Iterator[Made]:
    for number, (thai, english, topics) in enumerate(words.MINISTRIES, 1):
        ministry = f"demo-m{number:02}"
        yield Made(ministry, Kind.MINISTRY, f"กระทรวง{thai}", f"Ministry of {english}")
        forms = product(topics, words.DEPARTMENT_FORMS)
        for place, ((topic_th, topic_en), (form_th, form_en)) in enumerate(forms, 1):
            yield Made(
                f"{ministry}-d{place:02}",
                Kind.DEPARTMENT,
                form_th.format(topic_th),
                form_en.format(topic_en),
                ministry,
            )
        topic_th, topic_en = topics[number % len(topics)]
        yield Made(
            f"{ministry}-p01",
            Kind.PUBLIC_ORGANISATION,
            f"สถาบันวิจัย{topic_th} (องค์การมหาชน)",
            f"Research Institute of {topic_en} (Public Organisation)",
            ministry,
        )
        if number % 2:
            topic_th, topic_en = topics[(number + 1) % len(topics)]
            yield Made(
                f"{ministry}-e01",
                Kind.STATE_ENTERPRISE,
                f"องค์การ{topic_th}",
                f"{topic_en} Enterprise",
                ministry,
            )


def _operator() -> Made:
    return Made(
        OPERATOR_CODE,
        Kind.PUBLIC_ORGANISATION,
        "สำนักงานศาลาดิจิทัลกลาง (องค์การมหาชน)",
        "Central Office of the Digital Hall (Public Organisation)",
        "demo-m05",
    )


def _provinces(province_codes: Sequence[str]) -> Iterator[Made]:
    names = [
        (th1 + th2, f"{en1} {en2}")
        for (th2, en2) in words.PROVINCE_LAST
        for (th1, en1) in words.PROVINCE_FIRST
    ]
    for code, (thai, english) in zip(province_codes, names, strict=True):
        yield Made(
            f"demo-p{code}",
            Kind.PROVINCE,
            f"คณะกรรมการดิจิทัลจังหวัด{thai}",
            f"Digital Committee of {english} Province",
            None,
            code,
        )
        yield Made(
            f"demo-pao{code}",
            Kind.PAO,
            f"องค์การบริหารส่วนจังหวัด{thai}",
            f"{english} Provincial Administrative Organisation",
            f"demo-p{code}",
            code,
        )


def _places(dice: random.Random) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return shuffled names for towns (short) and for subdistricts (with their kind of place before)."""
    short = [
        (first_th + last_th, f"{first_en} {last_en}")
        for (first_th, first_en), (last_th, last_en) in product(words.PLACE_FIRST, words.PLACE_LAST)
    ]
    full = [
        (generic_th + th, f"{generic_en} {en}")
        for (generic_th, generic_en), (th, en) in product(words.PLACE_GENERIC, short)
    ]
    dice.shuffle(short)
    dice.shuffle(full)
    return short, full


def _locals(dice: random.Random, subdistricts: Mapping[str, Sequence[str]]) -> Iterator[Made]:
    """Spread the local governments over the provinces as the real subdistricts are spread."""
    seats = [code for codes in subdistricts.values() for code in codes]
    dice.shuffle(seats)
    short, full = _places(dice)
    seat = 0
    for kind, (form_th, form_en) in _LOCAL_FORMS.items():
        names = short if kind in (Kind.CITY, Kind.TOWN) else full
        for number in range(1, COUNTED[kind] + 1):
            thai, english = names.pop()
            area = seats[seat % len(seats)]
            seat += 1
            yield Made(
                f"demo-{_CODE_OF_KIND[kind]}{number:04}",
                kind,
                form_th.format(thai),
                form_en.format(english),
                f"demo-p{area[:2]}",
                area,
            )
    yield Made("demo-special1", Kind.SPECIAL, "มหานครดวงประทีป", "Metropolis of Duang Prathip", None, "10")
    yield Made(
        "demo-special2", Kind.SPECIAL, "เมืองพิเศษหาดจันทร์ฉาย", "Special City of Hat Chan Chai", None, "20"
    )


def country(areas: Sequence[str]) -> list[Made]:
    """Return all organisations, parents before children, for the given area codes (2 and 6 digits used)."""
    dice = random.Random(SEED)  # noqa: S311 - a fixed seed is the point: the same country everywhere
    provinces = sorted(code for code in areas if len(code) == 2 and code not in _PROVINCES_LEFT_OUT)
    subdistricts: dict[str, list[str]] = {code: [] for code in provinces}
    for code in sorted(areas):
        if len(code) == 6 and code[:2] in subdistricts:
            subdistricts[code[:2]].append(code)
    extra = [
        Made("demo-m01-d16", Kind.DEPARTMENT, "กรมแสงหิ่งห้อยกลางคืน", "Department of Night Fireflies", "demo-m01"),
        Made("demo-m02-d16", Kind.DEPARTMENT, "กรมเรือกระดาษและทางน้ำเล็ก", "Department of Paper Boats and Small Waterways", "demo-m02"),
    ]  # fmt: skip
    return [*_ministries(), *extra, _operator(), *_provinces(provinces), *_locals(dice, subdistricts)]


def history(made: Sequence[Made]) -> list[MadeEvent]:
    """Return invented events: ranks that municipalities rose to, names that departments had, moves between ministries."""
    events: list[MadeEvent] = []
    towns = [one for one in made if one.kind == Kind.TOWN][:40]
    for place, town in enumerate(towns):
        events.append(
            MadeEvent(
                town.code,
                EventKind.CHANGED_KIND,
                dt.date(2009 + place % 11, 1 + place % 12, 1 + place % 27),
                kind_before=Kind.SUBDISTRICT,
            )
        )
    departments = [one for one in made if one.kind == Kind.DEPARTMENT]
    for place, department in enumerate(departments[::15]):
        events.append(
            MadeEvent(
                department.code,
                EventKind.RENAMED,
                dt.date(2010 + place % 9, 10, 1),
                name_th_before=department.name_th.replace("กรมส่งเสริม", "สำนักงานส่งเสริม"),
                name_en_before=department.name_en.replace("Department for the", "Office for the"),
            )
        )
    for place, department in enumerate(departments[4::60]):
        before = f"demo-m{(place * 3 + 7) % 20 + 1:02}"
        if before != department.parent:
            events.append(
                MadeEvent(
                    department.code, EventKind.MOVED, dt.date(2016 + place, 10, 1), parent_before=before
                )
            )
    return events
