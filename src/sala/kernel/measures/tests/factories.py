"""Organisations and measures for the tests of measures; the names exist nowhere."""

from __future__ import annotations

from datetime import date

from sala.kernel.audit.interface import SYSTEM
from sala.kernel.measures.interface import DeclaredMeasure, Reading, declare_measure, record_observations
from sala.kernel.registry.interface import Kind, Organisation

DAY = (date(2026, 5, 3), date(2026, 5, 3))
SHARE = declare_measure(
    "tests.online-share",
    1,
    title_th="สัดส่วนบริการออนไลน์ทดสอบ",
    title_en="Test share of services online",
    definition_th="ร้อยละของบริการที่ใช้ออนไลน์ได้ ใช้ในการทดสอบ",
    definition_en="Per cent of services that work online, for tests.",
    unit="percent",
)


def organisation(number: int = 1, **fields: object) -> Organisation:
    values = {
        "code": f"T{number:04}",
        "kind": Kind.DEPARTMENT,
        "name_th": f"กรมทดสอบที่ {number}",
        "name_en": f"Test department {number}",
    }
    made = Organisation(**(values | fields)).prepared()
    made.save()
    return made


def recorded(
    bodies: list[Organisation],
    values: list[float],
    *,
    measure: DeclaredMeasure = SHARE,
    window: tuple[date, date] = DAY,
) -> None:
    record_observations(
        measure=measure,
        window=window,
        observations=[
            Reading(body.pk, value, {"of": 100, "online": value})
            for body, value in zip(bodies, values, strict=True)
        ],
        source="a test",
        actor=SYSTEM,
    )
