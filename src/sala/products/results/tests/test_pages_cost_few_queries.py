"""Lists cost the same for four units and for eight thousand."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from sala.kernel.audit.interface import ANONYMOUS
from sala.products.results.models import Drawing
from sala.products.results.search import search
from sala.products.results.tests.factories import many, published

pytestmark = pytest.mark.django_db


def test_a_ranking_of_8000_units_is_shown_in_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    version = published(table=many(8_000))
    assert version.unit_count == 8_000
    for address, most in (
        ("/rankings/", 4),
        ("/rankings/towns/", 8),
        ("/rankings/towns/?q=%E0%B8%AA%E0%B8%A1%E0%B8%A1%E0%B8%95%E0%B8%B4&group=r7&sort=-name&page=3", 8),
        ("/rankings/towns/1/units/U4321/", 6),
        ("/rankings/towns/1/compare/?u=U1&u=U2&q=77", 5),
        ("/rankings/towns/1/method/", 3),
        ("/rankings/towns/1/record/", 4),
    ):
        client.get(address)
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200, address
    bars = Drawing.objects.get(version=version, code="spread", language="th").svg
    assert bars.count("<path") > 30  # with so many units there are bars, no dots
    assert "<circle" not in bars
    with django_assert_max_num_queries(2):
        hits = search("สมมติที่ 4321", actor=ANONYMOUS, limit=10)
    assert hits[0].url == "/rankings/towns/1/units/U4321/"
    page = client.get("/rankings/towns/?q=4321").content.decode()
    assert "เทศบาลสมมติที่ 4321" in page


def test_the_home_page_costs_two_queries_more(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    published()
    with django_assert_max_num_queries(12):
        assert "อันดับเมืองสมมติ" in client.get("/").content.decode()
