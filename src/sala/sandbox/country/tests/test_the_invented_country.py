"""The demonstration country is complete, the same everywhere, and none of its names exists."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import geothai
import pytest
from django.conf import settings

from sala.kernel.audit.interface import COMMAND
from sala.kernel.registry.interface import Kind, Organisation, OrganisationEvent, operator
from sala.kernel.registry.reference import load_areas
from sala.sandbox.country.generate import COUNTED, country, history
from sala.sandbox.country.load import AreasMissing, load_country

REAL = Path(settings.ROOT).parent / "shared" / "data" / "services" / "government-services-2569-05-03.xlsx"
_FORMS = (
    "คณะกรรมการดิจิทัลจังหวัด",
    "องค์การบริหารส่วนจังหวัด",
    "องค์การบริหารส่วนตำบล",
    "เทศบาลนคร",
    "เทศบาลเมือง",
    "เทศบาลตำบล",
)


def area_codes() -> list[str]:
    codes = []
    for province in geothai.provinces():
        codes.append(province.code)
        for district in geothai.districts(province.code):
            codes.append(district.code)
            codes += [one.code for one in geothai.subdistricts(district.code)]
    return codes


@pytest.fixture(scope="module")
def made():
    return country(area_codes())


def test_the_numbers_by_kind_are_those_of_the_source(made) -> None:
    kinds = Counter(one.kind for one in made)
    assert {kind: kinds[kind] for kind in COUNTED} == COUNTED
    assert sum(COUNTED.values()) == 7850
    assert (kinds[Kind.MINISTRY], kinds[Kind.DEPARTMENT], kinds[Kind.PROVINCE]) == (20, 302, 76)
    assert len(made) >= 8200


def test_it_is_the_same_on_every_machine(made) -> None:
    assert country(list(reversed(area_codes()))) == made


def test_codes_and_names_are_used_once_and_parents_exist(made) -> None:
    codes = {one.code for one in made}
    assert len(codes) == len(made)
    assert max(Counter(one.name_th for one in made).values()) == 1
    assert max(Counter(one.name_en for one in made).values()) == 1
    assert {one.parent for one in made} - {None} <= codes
    assert all(one.name_en.isascii() for one in made)
    assert {event.code for event in history(made)} <= codes


def _bare(name: str) -> str:
    for form in _FORMS:
        name = name.removeprefix(form)
    return name.replace(" ", "")


def test_no_name_is_a_place_of_thailand(made) -> None:
    real = set()
    for province in geothai.provinces():
        real.add(province.name_th)
        for district in geothai.districts(province.code):
            real.add(district.name_th)
            real |= {one.name_th for one in geothai.subdistricts(district.code)}
    invented = {_bare(one.name_th) for one in made}
    assert not invented & {name.replace(" ", "") for name in real}


@pytest.mark.skipif(not REAL.exists(), reason="the real workbook is not beside the repository")
def test_no_name_is_that_of_a_real_agency(made) -> None:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(REAL)
    real = {
        str(cell).replace(" ", "").strip()
        for sheet, column in (("หน่วยงาน", 3), ("กระทรวง", 1))
        for cell in (row[column] for row in book.get_sheet_by_name(sheet).to_python()[1:])
    }
    assert len(real) > 230
    assert not {one.name_th.replace(" ", "") for one in made} & real


@pytest.mark.django_db
def test_it_loads_quickly_once_and_says_that_it_is_invented(record_property) -> None:
    load_areas()
    started = time.perf_counter()
    loaded = load_country(actor=COMMAND)
    record_property("seconds", time.perf_counter() - started)
    assert loaded.written == loaded.organisations == Organisation.objects.count()
    assert not Organisation.objects.filter(is_demonstration=False).exists()
    events = OrganisationEvent.objects.count()
    again = load_country(actor=COMMAND)
    assert again.written == 0
    assert OrganisationEvent.objects.count() == events > 0
    assert operator().code == "demo-operator"
    assert (
        Organisation.objects.filter(kind=Kind.TAO, province__isnull=False, parent__kind=Kind.PROVINCE).count()
        == 5303
    )


@pytest.mark.django_db
def test_it_needs_the_map() -> None:
    with pytest.raises(AreasMissing):
        load_country(actor=COMMAND)


@pytest.mark.django_db
def test_a_real_organisation_is_never_overwritten() -> None:
    from sala.engines.wire.errors import DomainError

    load_areas()
    Organisation(code="demo-m01", kind=Kind.MINISTRY, name_th="กระทรวงจริง").prepared().save()
    with pytest.raises(DomainError):
        load_country(actor=COMMAND)
    assert Organisation.objects.get().name_th == "กระทรวงจริง"
