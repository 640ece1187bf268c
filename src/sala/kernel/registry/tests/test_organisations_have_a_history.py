"""What an organisation was on any day can be told, and its past is not overwritten."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.interface import ANONYMOUS, COMMAND, SYSTEM
from sala.kernel.registry import actions
from sala.kernel.registry.interface import (
    Area,
    Kind,
    Organisation,
    as_of,
    operator,
    organisation_as_of,
    organisation_by_code,
    organisations,
    parent_chain,
    provinces,
    search_organisations,
)
from sala.kernel.registry.reference import load_areas
from sala.kernel.registry.search import search
from sala.kernel.registry.tests.cast import actor_of, organisation

pytestmark = pytest.mark.django_db


def day(year: int) -> dt.date:
    return dt.date(year, 10, 1)


def test_names_parents_and_ends_are_told_for_any_day(cast, django_assert_num_queries) -> None:
    other = organisation("m2", Kind.MINISTRY)
    fish = organisation(
        "fish", name="กรมปลาเก่า", name_en="Old Fish", parent=cast.ministry, established_on=day(2000)
    )
    fish = actions.rename_organisation(
        fish, name_th="กรมปลาใหม่", name_en="New Fish", on=day(2010), actor=COMMAND
    )
    fish = actions.move_organisation(fish, parent=other, on=day(2015), actor=COMMAND)
    fish = actions.merge_organisation(fish, into=cast.a, on=day(2020), actor=COMMAND)
    told = [
        (year, state.exists, state.name_th, state.parent_id)
        for year in (1999, 2005, 2012, 2016, 2021)
        for state in [organisation_as_of(fish, dt.date(year, 12, 31))]
    ]
    assert told == [
        (1999, False, "กรมปลาเก่า", cast.ministry.pk),
        (2005, True, "กรมปลาเก่า", cast.ministry.pk),
        (2012, True, "กรมปลาใหม่", cast.ministry.pk),
        (2016, True, "กรมปลาใหม่", other.pk),
        (2021, False, "กรมปลาใหม่", other.pk),
    ]
    assert organisation_as_of(fish, day(2010)).name_th == "กรมปลาใหม่", "a change counts from its day on"
    with django_assert_num_queries(2):
        assert len(as_of(day(2005))) == 6
    assert fish not in organisations()
    assert fish in organisations(ended=True)


def test_children_of_a_merged_organisation_move_with_it(cast) -> None:
    bureau = organisation("bureau", parent=cast.a)
    actions.merge_organisation(cast.a, into=cast.b, on=day(2020), actor=COMMAND)
    bureau.refresh_from_db()
    assert bureau.parent_id == cast.b.pk
    assert organisation_as_of(bureau, day(2019)).parent_id == cast.a.pk
    assert [one.code for one in parent_chain(organisation_by_code("bureau"))] == ["m1", "b"]


def test_a_split_off_organisation_begins_on_its_day(cast) -> None:
    new = actions.split_organisation(
        cast.a, code="a2", name_th="กรมปลาน้อย", name_en="Small Fish", on=day(2022), actor=COMMAND
    )
    assert new.parent_id == cast.ministry.pk
    assert not organisation_as_of(new, day(2021)).exists
    assert organisation_as_of(new, day(2022)).exists


def test_what_cannot_happen_is_refused(cast) -> None:
    refused = {
        "registry.organisation.circle": [
            lambda: actions.move_organisation(cast.ministry, parent=cast.a, on=day(2020), actor=COMMAND),
            lambda: actions.merge_organisation(cast.a, into=cast.a, on=day(2020), actor=COMMAND),
        ],
        "registry.organisation.has-children": [
            lambda: actions.abolish_organisation(cast.ministry, on=day(2020), actor=COMMAND)
        ],
        "registry.organisation.code-taken": [lambda: organisation("a")],
    }
    for code, tries in refused.items():
        for attempt in tries:
            with pytest.raises(DomainError) as error:
                attempt()
            assert error.value.code == code
    ended = actions.abolish_organisation(cast.a, on=day(2020), actor=COMMAND)
    with pytest.raises(DomainError) as error:
        actions.rename_organisation(ended, name_th="ก", name_en="", on=day(2021), actor=COMMAND)
    assert error.value.code == "registry.organisation.ended"


def test_history_is_written_forward_only(cast) -> None:
    actions.rename_organisation(cast.a, name_th="ก", name_en="", on=day(2020), actor=COMMAND)
    with pytest.raises(DomainError) as error:
        actions.rename_organisation(cast.a, name_th="ข", name_en="", on=day(2019), actor=COMMAND)
    assert error.value.code == "registry.organisation.out-of-order"


def test_only_those_who_run_the_registry_change_it(cast) -> None:
    for outsider in (ANONYMOUS, actor_of(cast.malee), actor_of(cast.somsak)):
        with pytest.raises(NotAllowed):
            actions.rename_organisation(cast.a, name_th="ก", name_en="", on=day(2020), actor=outsider)
        with pytest.raises(NotAllowed):
            actions.set_operator(cast.a, actor=outsider)
    actions.rename_organisation(cast.a, name_th="ก", name_en="", on=day(2020), actor=actor_of(cast.kanya))


def test_there_is_one_operator(cast) -> None:
    actions.set_operator(cast.b, actor=SYSTEM)
    actions.set_operator(cast.b, actor=SYSTEM)
    assert operator() == cast.b
    assert Organisation.objects.filter(is_operator=True).count() == 1


def test_the_map_of_thailand_loads_once(django_assert_max_num_queries) -> None:
    assert load_areas().written == 77 + 928 + 7436
    with django_assert_max_num_queries(4):
        assert load_areas().written == 0
    assert [
        Area.objects.filter(level=level).count() for level in ("province", "district", "subdistrict")
    ] == [
        77,
        928,
        7436,
    ]
    names = [one.name_th for one in provinces()]
    assert names[0] == "กระบี่"
    assert names[-1] == "อุบลราชธานี"
    assert names.index("เชียงใหม่") < names.index("ตรัง") < names.index("ตาก")
    Area.objects.filter(code="50").update(name_en="?")
    assert load_areas().written == 1


def test_names_are_found_by_part_by_code_and_with_typing_errors(cast) -> None:
    organisation("tao9", Kind.TAO, "องค์การบริหารส่วนตำบลทุ่งเมฆกระซิบ")
    organisation("mun9", Kind.SUBDISTRICT, "เทศบาลตำบลทุ่งเมฆกระซิบ")

    def codes(text: str) -> list[str]:
        return [one.code for one in search_organisations(organisations(), text)]

    assert codes("ปลาทอง") == ["a"]
    assert codes("ปลาทอว") == ["a"] or codes("ปลาทอว")[0] == "a"
    assert codes("tao9") == ["tao9"]
    assert codes("อบต.เมฆกระซิบ") == ["tao9"]
    assert codes("อบต เมฆกระซบ") == ["tao9"]
    assert set(codes("เมฆกระซบ")) == {"tao9", "mun9"}
    assert codes("zzzzzz") == []
    assert codes("'; DROP TABLE x; -- %") == []
    hits = search("ปลาทอง", actor=ANONYMOUS, limit=5)
    assert [(hit.title, hit.url) for hit in hits] == [("กรมปลาทอง", "/organisations/a/")]
    assert search("   ", actor=ANONYMOUS, limit=5) == []


def test_an_empty_installation_gets_its_operator_and_first_invitation(capsys, mailoutbox) -> None:
    call_command("create_operator", name_th="สำนักงานแรก", email="first@agency.example")
    assert operator().name_th == "สำนักงานแรก"
    assert "/registry/invitations/" in capsys.readouterr().out
