"""Compares what a file says with what the registry holds: what is new, what changes, what is wrong."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sala.engines.wire import canonical_json, sha256_hex
from sala.kernel.registry.importing.mapping import Mapping, load_mapping
from sala.kernel.registry.importing.opening import Opened, open_table
from sala.kernel.registry.importing.problems import Problem, Refused
from sala.kernel.registry.importing.reading import Findings, Record, read_section
from sala.kernel.registry.models import Area, Organisation, RegisterService, RegisterVersion
from sala.kernel.text.interface import normal

ORGANISATION_FIELDS = (
    "kind",
    "name_th",
    "name_en",
    "short_name_th",
    "short_name_en",
    "website",
    "established_on",
)
SERVICE_FIELDS = ("name_th", "name_en", "status", "project", "reason", "note", "url")
_SAMPLE = 12


@dataclass(frozen=True)
class OrganisationChange:
    """One organisation that is new (`before` is None) or differs in `fields`."""

    code: str
    row: int
    values: dict[str, Any]
    before: Organisation | None
    fields: tuple[str, ...]


@dataclass(frozen=True)
class ServiceRow:
    """One service as it will be stored."""

    code: str
    organisation: str
    row: int
    values: dict[str, str]


@dataclass
class Plan:
    """Everything an import would do, and everything that is wrong with it."""

    mapping: Mapping
    findings: Findings
    as_at_on: dt.date | None = None
    organisations: list[OrganisationChange] = field(default_factory=list)
    organisations_read: int = 0
    services: list[ServiceRow] = field(default_factory=list)
    service_counts: dict[str, int] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    content_sha256: str = ""
    same_as: RegisterVersion | None = None

    @property
    def changes_nothing(self) -> bool:
        """Whether the registry already holds exactly this."""
        return not self.organisations and (not self.services or self.same_as is not None)

    def summary(self) -> dict[str, Any]:
        """Return what the preview shows, in JSON types."""
        new = sum(1 for change in self.organisations if change.before is None)
        changed = len(self.organisations) - new
        return {
            "organisations": {
                "read": self.organisations_read,
                "new": new,
                "changed": changed,
                "unchanged": self.organisations_read - len(self.organisations),
            },
            "services": {"read": len(self.services), **self.service_counts},
            "statuses": [
                {"code": one["code"], "th": one["th"], "en": one["en"], "number": self.statuses[one["code"]]}
                for one in self.mapping.statuses
            ],
            "errors": self.findings.errors,
            "warnings": self.findings.warnings,
            "corrections": self.findings.corrections,
            "changes_nothing": self.changes_nothing,
            "sample_organisations": [_told(change) for change in self.organisations[:_SAMPLE]],
            "sample_services": [
                {"code": one.code, "organisation": one.organisation, **one.values}
                for one in self.services[:_SAMPLE]
            ],
        }


def _told(change: OrganisationChange) -> dict[str, Any]:
    return {
        "code": change.code,
        "name_th": change.values["name_th"],
        "kind": change.values["kind"],
        "is_new": change.before is None,
        "fields": list(change.fields),
    }


def plan_import(
    *, content: bytes, file_name: str, mapping_text: str, as_at_on: dt.date | None = None
) -> Plan:
    """Read a file with a mapping and compare it with the registry. Writes nothing. Raises `Refused`."""
    mapping = load_mapping(mapping_text)
    findings = Findings()
    plan = Plan(mapping, findings, as_at_on or mapping.as_at_on(file_name))
    opened = open_table(content, name=file_name, encoding=mapping.encoding, delimiter=mapping.delimiter)
    for notice in opened.notices:
        findings.add(notice.severity, notice.code, **notice.params)
    sections = len(mapping.organisations) + (mapping.services is not None)
    if opened.is_csv and sections > 1:
        raise Refused("csv-one-table")
    rows, expected = _plan_organisations(plan, opened)
    if mapping.services is not None:
        _plan_services(plan, opened, rows, expected)
    return plan


# --- organisations --------------------------------------------------------------------------------------


def _plan_organisations(plan: Plan, opened: Opened) -> tuple[dict[str, Record], dict[str, int]]:
    rows: dict[str, Record] = {}
    expected: dict[str, int] = {}
    for section in plan.mapping.organisations:
        for record in read_section(opened, section, plan.findings, services=False):
            code = record.values["code"]
            if code in rows:
                plan.findings.add(
                    "error",
                    "duplicate-code",
                    sheet=record.sheet,
                    row=record.row,
                    code=code,
                    first=rows[code].row,
                )
                continue
            record.values["kind_in_source"] = record.as_written.get("kind", "")
            rows[code] = _with_changes(plan, record, section.changes.get(code))
            if (said := record.values.pop("services_expected", None)) is not None:
                expected[code] = said
    _tell_same_names(plan, rows.values())
    _compare_organisations(plan, rows)
    return rows, expected


def _with_changes(plan: Plan, record: Record, changes: Any) -> Record:
    for name, value in (changes or {}).items():
        if name == "reason":
            continue
        record.as_written.setdefault(f"{name} as read", str(record.values.get(name) or ""))
        record.values[name] = value
        plan.findings.add(
            "correction",
            "changed-by-mapping",
            sheet=record.sheet,
            row=record.row,
            field=name,
            code=record.values["code"],
            value=value,
            reason=changes["reason"],
        )
    return record


def _tell_same_names(plan: Plan, records: Iterable[Record]) -> None:
    seen: dict[str, Record] = {}
    for record in records:
        spelling = record.values["name_th"].replace(" ", "")
        first = seen.setdefault(spelling, record)
        if first is not record:
            plan.findings.add(
                "warning",
                "same-name",
                sheet=record.sheet,
                row=record.row,
                code=first.values["code"],
                first=first.row,
            )


def _compare_organisations(plan: Plan, rows: dict[str, Record]) -> None:
    parents = {record.values.get("parent") for record in rows.values()} - {None}
    present = {
        one.code: one
        for one in Organisation.objects.select_related("parent").filter(code__in={*rows, *parents})
    }
    areas = {record.values.get("area") for record in rows.values()} - {None}
    known_areas = set(Area.objects.filter(code__in=areas).values_list("code", flat=True))
    above = {code: record.values.get("parent") for code, record in rows.items()}
    for code, record in rows.items():
        if _is_wrong(plan, record, rows, present, known_areas, above):
            continue
        plan.organisations_read += 1
        before = present.get(code)
        fields = _differences(record, before)
        if before is None or fields:
            plan.organisations.append(OrganisationChange(code, record.row, record.values, before, fields))


def _is_wrong(
    plan: Plan,
    record: Record,
    rows: dict[str, Record],
    present: dict[str, Organisation],
    known_areas: set[str],
    above: dict[str, str | None],
) -> bool:
    code, parent, area = record.values["code"], record.values.get("parent"), record.values.get("area")
    before = present.get(code)
    wrong: list[tuple[str, dict[str, Any]]] = []
    if before is not None and before.is_demonstration:
        wrong.append(("demonstration-code", {"code": code}))
    if before is not None and before.ended_on is not None:
        wrong.append(("ended", {"code": code}))
    if parent and parent not in rows and parent not in present:
        wrong.append(("unknown-parent", {"code": parent}))
    if area and area not in known_areas:
        wrong.append(("unknown-area", {"code": area}))
    if _stands_below_itself(code, above, present):
        wrong.append(("parent-circle", {"code": code}))
    for problem, params in wrong:
        plan.findings.add("error", problem, sheet=record.sheet, row=record.row, **params)
    return bool(wrong)


def _stands_below_itself(code: str, above: dict[str, str | None], present: dict[str, Organisation]) -> bool:
    seen, at = {code}, above.get(code)
    while at:
        if at in seen:
            return at == code
        seen.add(at)
        if at in above:
            at = above[at]
        else:
            known = present.get(at)
            at = known.parent.code if known is not None and known.parent is not None else None
    return False


def _differences(record: Record, before: Organisation | None) -> tuple[str, ...]:
    """Return the fields in which the file differs; a column that the mapping does not read changes nothing."""
    if before is None:
        return ()
    differing = [
        name
        for name in ORGANISATION_FIELDS
        if name in record.values and _said(name, record.values[name]) != getattr(before, name)
    ]
    parent = before.parent.code if before.parent else None
    if "parent" in record.values and record.values["parent"] != parent:
        differing.append("parent")
    if "area" in record.values and record.values["area"] != before.area_id:
        differing.append("area")
    return tuple(differing)


def _said(name: str, value: Any) -> Any:
    if name == "established_on":
        return value
    return normal(value) if value else ""


# --- services -----------------------------------------------------------------------------------------------


def _plan_services(plan: Plan, opened: Opened, rows: dict[str, Record], expected: dict[str, int]) -> None:
    section = plan.mapping.services
    if section is None:
        return
    by_source = {one["source"]: one["code"] for one in plan.mapping.statuses}
    seen: dict[str, int] = {}
    counted: Counter[str] = Counter()
    kinds: set[tuple[str, str]] = set()
    pending: list[Record] = []
    known = set(rows)
    for record in read_section(opened, section, plan.findings, services=True):
        code, status = record.values["code"], record.values["status"]
        if code in seen:
            plan.findings.add(
                "error", "duplicate-code", sheet=record.sheet, row=record.row, code=code, first=seen[code]
            )
            continue
        seen[code] = record.row
        if status not in by_source:
            plan.findings.add(
                "error",
                "unknown-value",
                sheet=record.sheet,
                row=record.row,
                value=status,
                known=" · ".join(by_source),
                column=section.fields["status"].column,
            )
            continue
        pending.append(record)
    elsewhere = {record.values["organisation"] for record in pending} - known
    known |= set(
        Organisation.objects.filter(
            code__in=elsewhere, is_demonstration=False, ended_on__isnull=True
        ).values_list("code", flat=True)
    )
    for record in pending:
        organisation = record.values["organisation"]
        if organisation not in known:
            plan.findings.add(
                "error", "unknown-organisation", sheet=record.sheet, row=record.row, code=organisation
            )
            continue
        _check_kind(plan, record, rows.get(organisation), kinds)
        counted[organisation] += 1
        status = by_source[record.values["status"]]
        plan.statuses[status] += 1
        values = {name: record.values.get(name) or "" for name in SERVICE_FIELDS}
        values["status"] = status
        plan.services.append(ServiceRow(record.values["code"], organisation, record.row, values))
    for code, said in expected.items():
        if said != counted[code]:
            plan.findings.add(
                "warning",
                "count-differs",
                sheet=rows[code].sheet,
                row=rows[code].row,
                code=code,
                said=said,
                counted=counted[code],
            )
    _compare_services(plan)


def _check_kind(plan: Plan, record: Record, listed: Record | None, told: set[tuple[str, str]]) -> None:
    """Tell once where the service list gives an organisation another kind than the list of organisations."""
    kind = record.values.get("organisation_kind")
    if kind is None or listed is None or kind == listed.as_written.get("kind as read", listed.values["kind"]):
        return
    pair = (record.values["organisation"], kind)
    if pair not in told:
        told.add(pair)
        plan.findings.add(
            "warning",
            "kind-differs",
            sheet=record.sheet,
            row=record.row,
            code=pair[0],
            value=record.as_written.get("organisation_kind", kind),
            other=listed.as_written.get("kind", listed.values["kind"]),
        )


def _compare_services(plan: Plan) -> None:
    plan.services.sort(key=lambda one: one.code)
    kept = [
        [one.code, one.organisation, *(one.values[name] for name in SERVICE_FIELDS)] for one in plan.services
    ]
    told: dict[str, Any] = {"services": kept, "statuses": list(plan.mapping.statuses)}
    plan.content_sha256 = sha256_hex(canonical_json(told))
    last = (
        RegisterVersion.objects.filter(register__code=plan.mapping.register_code).order_by("-number").first()
    )
    before: dict[str, list[str]] = {}
    if last is not None:
        if last.content_sha256 == plan.content_sha256:
            plan.same_as = last
        stored = RegisterService.objects.filter(version=last).values_list(
            "code", "organisation__code", *SERVICE_FIELDS
        )
        before = {row[0]: list(row) for row in stored}
    now = {row[0]: row for row in kept}
    new = len(now.keys() - before.keys())
    changed = sum(1 for code, row in now.items() if code in before and before[code] != row)
    plan.service_counts = {
        "new": new,
        "changed": changed,
        "unchanged": len(now) - new - changed,
        "gone": len(before.keys() - now.keys()),
    }


def problems_of(refused: Refused) -> list[Problem]:
    """Return the one problem of a refused file as a list."""
    return [refused.problem]
