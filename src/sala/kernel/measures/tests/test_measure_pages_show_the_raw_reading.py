"""Pages of measures are open to everyone, show the raw reading, and cost few queries."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from sala.kernel.measures.tests.factories import SHARE, organisation, recorded

pytestmark = pytest.mark.django_db


def test_anyone_reads_the_raw_figures_behind_a_value(client: Client) -> None:
    body = organisation()
    recorded([body], [62.5])
    page = client.get(f"/measures/{SHARE.code}/{body.code}/").content.decode()
    assert "62.5 %" in page
    assert "&quot;online&quot;: 62.5" in page


def test_a_superseded_value_stays_visible(client: Client) -> None:
    body = organisation()
    recorded([body], [40.0])
    recorded([body], [45.0])
    page = client.get(f"/measures/{SHARE.code}/{body.code}/").content.decode()
    assert "40 %" in page
    assert "45 %" in page
    assert page.count("ถูกแทนด้วยค่าที่บันทึกใหม่กว่า") == 1


def test_the_page_of_a_measure_costs_the_same_for_few_and_many(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    bodies = [organisation(number) for number in range(1, 121)]
    recorded(bodies, [float(number % 100) for number in range(120)])
    with django_assert_max_num_queries(9):
        page = client.get(f"/measures/{SHARE.code}/?sort=-value").content.decode()
    assert "99 %" in page


def test_pages_exist_in_both_languages_and_unknown_ones_are_not_found(client: Client) -> None:
    body = organisation()
    recorded([body], [62.5])
    for language, word in (("th", "กรมทดสอบที่ 1"), ("en", "Test department 1")):
        client.cookies["django_language"] = language
        for address in ("/measures/", f"/measures/{SHARE.code}/", f"/measures/of/{body.code}/"):
            assert client.get(address).status_code == 200
        assert word in client.get(f"/measures/{SHARE.code}/?q={body.code}").content.decode()
    assert client.get("/measures/tests.unknown/").status_code == 404
    assert client.get("/measures/of/NOBODY/").status_code == 404
    assert client.post("/measures/").status_code == 405
