"""Measures what a service register says: for each agency the shares of its services by status.

The five statuses are those of the Thai register of government services (status codes of its mapping file). A share
carries its `part` and its `whole`, so that every per cent can be counted again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sala.kernel.audit.interface import Actor
from sala.kernel.measures.interface import DeclaredMeasure, Reading, declare_measure, record_observations
from sala.kernel.registry.interface import RegisterVersion, status_counts

RANKING = "service-register"


@dataclass(frozen=True)
class Status:
    """One status of the register: its code there, its column in the index's table, its words and tone."""

    code: str
    column: str
    title_th: str
    title_en: str
    tone: str


STATUSES = (
    Status("linked", "linked_n", "เชื่อมโยงแล้ว", "Linked", "linked"),
    Status(
        "eservice_not_linked",
        "unlinked_n",
        "เป็น e-Service แล้ว ยังไม่เชื่อมโยงกลาง",
        "E-service, not linked",
        "unlinked",
    ),
    Status("being_built", "building_n", "อยู่ระหว่างการดำเนินการ", "Being built", "building"),
    Status("to_be_funded", "funded_n", "รอจัดสรรงบประมาณ", "To be funded", "funded"),
    Status("will_not_be", "none_n", "ไม่พัฒนาเป็น e-Service", "Will not be an e-service", "none"),
)


def _share(
    name: str, title_th: str, title_en: str, what_th: str, what_en: str, better: str
) -> DeclaredMeasure:
    return declare_measure(
        f"services.{name}-share",
        1,
        title_th=title_th,
        title_en=title_en,
        definition_th=f"ร้อยละของงานบริการของหน่วยงานที่{what_th} นับจากทะเบียนงานบริการภาครัฐฉบับที่นำเข้า",
        definition_en=f"Per cent of the organisation's services that {what_en}, counted from the imported service register.",
        unit="percent",
        direction=better,  # type: ignore[arg-type]
    )


SHARES = {
    "linked": _share(
        "linked",
        "สัดส่วนงานบริการที่เชื่อมโยงแล้ว",
        "Share of services linked",
        "เชื่อมโยงกับแพลตฟอร์มกลางของภาครัฐแล้ว",
        "are linked to the government's central platform",
        "higher",
    ),
    "eservice_not_linked": _share(
        "unlinked",
        "สัดส่วน e-Service ที่ยังไม่เชื่อมโยงกลาง",
        "Share of e-services not linked",
        "เป็น e-Service แล้วแต่ยังไม่เชื่อมโยงกับแพลตฟอร์มกลาง",
        "are e-services but not linked to the central platform",
        "none",
    ),
    "being_built": _share(
        "building",
        "สัดส่วนงานบริการที่กำลังดำเนินการ",
        "Share of services being built",
        "ได้รับงบประมาณแล้วและอยู่ระหว่างพัฒนาหรือเชื่อมโยง",
        "are funded and being built or linked",
        "none",
    ),
    "to_be_funded": _share(
        "to-be-funded",
        "สัดส่วนงานบริการที่รอจัดสรรงบประมาณ",
        "Share of services to be funded",
        "ขอรับงบประมาณแล้วแต่ยังไม่ได้รับจัดสรร",
        "have asked for a budget and not received it",
        "none",
    ),
    "will_not_be": _share(
        "not-planned",
        "สัดส่วนงานบริการที่ไม่พัฒนาเป็น e-Service",
        "Share of services that will not be e-services",
        "หน่วยงานระบุว่าจะไม่พัฒนาเป็น e-Service",
        "will not become e-services, as the organisation states",
        "lower",
    ),
}
COUNT = declare_measure(
    "services.count",
    1,
    title_th="จำนวนงานบริการในทะเบียน",
    title_en="Number of services in the register",
    definition_th="จำนวนงานบริการของหน่วยงานในทะเบียนงานบริการภาครัฐฉบับที่นำเข้า",
    definition_en="How many services of the organisation the imported service register lists.",
    unit="count",
    direction="none",
)


@dataclass(frozen=True)
class Measured:
    """What a measuring came to: agencies, and rows written that were not already current."""

    agencies: int
    written: int


def is_measurable(version: RegisterVersion) -> bool:
    """Whether this register speaks of the five statuses."""
    return {status.code for status in STATUSES} == {str(status["code"]) for status in version.statuses}


def measure_register(version: RegisterVersion, *, actor: Actor) -> Measured:
    """Record, for every organisation of the register, its count of services and the five shares.

    Idempotent: what is already current is not recorded again. The window is the day the register speaks of.
    """
    counts = status_counts(version)
    window = (version.as_at_on, version.as_at_on)
    source = f"{version.register.code} · {version.file_name} · sha256:{version.file_sha256[:16]}"
    written = record_observations(
        measure=COUNT,
        window=window,
        observations=[
            Reading(
                body,
                float(sum(own.values())),
                {"by_status": dict(sorted(own.items())), "register": str(version.pk)},
            )
            for body, own in sorted(counts.items())
        ],
        source=source,
        actor=actor,
    ).written
    for status in STATUSES:
        readings = []
        for body, own in sorted(counts.items()):
            whole = sum(own.values())
            part = own.get(status.code, 0)
            readings.append(
                Reading(
                    body,
                    part * 100 / whole,
                    {"part": part, "whole": whole, "status": status.code, "register": str(version.pk)},
                )
            )
        written += record_observations(
            measure=SHARES[status.code], window=window, observations=readings, source=source, actor=actor
        ).written
    return Measured(len(counts), written)
