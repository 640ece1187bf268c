"""Observations are appended, superseded, never changed."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.interface import ANONYMOUS, SYSTEM
from sala.kernel.measures import queries
from sala.kernel.measures.distribution import distribution
from sala.kernel.measures.interface import Reading, declare_measure, observations, record_observations
from sala.kernel.measures.models import Observation, Recording
from sala.kernel.measures.tests.factories import DAY, SHARE, organisation, recorded

pytestmark = pytest.mark.django_db


def test_a_correction_is_a_new_row_and_becomes_current() -> None:
    body = organisation()
    recorded([body], [40.0])
    recorded([body], [45.0])
    assert [row.value for row in observations(SHARE.code)] == [45.0]
    assert sorted(row.value for row in queries.history(observations(SHARE.code)[0].measure, body.pk)) == [
        40.0,
        45.0,
    ]


def test_what_is_already_current_is_not_written_again() -> None:
    bodies = [organisation(1), organisation(2)]
    recorded(bodies, [40.0, 50.0])
    recorded(bodies, [40.0, 55.0])
    assert Observation.objects.count() == 3
    assert Recording.objects.count() == 2


def test_the_database_refuses_to_change_or_delete_an_observation() -> None:
    recorded([organisation()], [40.0])
    with pytest.raises(DatabaseError), transaction.atomic():
        Observation.objects.update(value=99)
    with pytest.raises(DatabaseError), transaction.atomic():
        Observation.objects.all()._raw_delete("default")


def test_windows_do_not_mix() -> None:
    body = organisation()
    recorded([body], [40.0])
    later = (date(2026, 6, 3), date(2026, 6, 3))
    recorded([body], [60.0], window=later)
    assert [row.value for row in observations(SHARE.code)] == [60.0]
    assert [row.value for row in observations(SHARE.code, window=DAY)] == [40.0]
    assert queries.common_window([SHARE.code]) == later


@pytest.mark.parametrize(
    ("readings", "code"),
    [
        ([float("nan")], "measures.value"),
        ([float("inf")], "measures.value"),
        ([1.0, 2.0], "measures.repeated"),
    ],
)
def test_a_wrong_delivery_is_refused_whole_with_its_row(readings: list[float], code: str) -> None:
    body, other = organisation(1), organisation(2)
    delivery = [Reading(other.pk, 1.0), *(Reading(body.pk, value) for value in readings)]
    with pytest.raises(DomainError) as refused:
        record_observations(measure=SHARE, window=DAY, observations=delivery, source="a test", actor=SYSTEM)
    assert refused.value.code == code
    assert refused.value.place is not None
    assert refused.value.place.row == len(delivery)
    assert not Observation.objects.exists()


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(DomainError) as refused:
        record_observations(
            measure=SHARE, window=(DAY[0], date(2026, 1, 1)), observations=[], source="a test", actor=SYSTEM
        )
    assert refused.value.code == "measures.window"


def test_nobody_unknown_records() -> None:
    with pytest.raises(NotAllowed):
        record_observations(measure=SHARE, window=DAY, observations=[], source="a test", actor=ANONYMOUS)


def test_a_measure_declared_twice_with_other_words_stops_the_start() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        declare_measure(
            SHARE.code,
            1,
            title_th="อื่น",
            title_en="Other",
            definition_th="อื่น",
            definition_en="Other",
            unit="percent",
        )


@given(st.lists(st.floats(min_value=-1e6, max_value=1e6), min_size=1, max_size=200))
def test_every_value_falls_into_exactly_one_bar(values: list[float]) -> None:
    spread = distribution(values)
    assert spread is not None
    assert sum(bin_.count for bin_ in spread.bins) == len(values)
    assert spread.least <= spread.quarter <= spread.median <= spread.three_quarters <= spread.most
