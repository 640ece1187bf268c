"""What load balancers and Prometheus ask, and who may read the figures."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection
from django.test import Client

from sala.site import health


def heartbeat(age_s: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [age_s],
        )


def test_alive_asks_no_database(client: Client) -> None:
    """No database mark: the test would fail if the address touched it."""
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_says_which_part_is_not(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "migrations": "ok", "worker": "none has started"}


@pytest.mark.django_db
def test_ready_with_a_worker_that_reports(client: Client) -> None:
    heartbeat(1)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


@pytest.mark.django_db
def test_a_silent_worker_is_named(client: Client) -> None:
    heartbeat(3600)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"].startswith("silent for 36")


@pytest.mark.django_db
def test_ready_without_a_database_is_an_answer_not_an_error(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> str:
        raise OperationalError

    monkeypatch.setattr(health, "_database", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "the database does not answer"


@pytest.mark.django_db
def test_metrics_tell_queues_and_requests(client: Client) -> None:
    heartbeat(2)
    client.get("/healthz")
    said = client.get("/metrics").content.decode()
    assert 'sala_http_requests_total{method="GET",route="healthz",status="200"}' in said
    assert "sala_database_up 1.0" in said
    assert "sala_audit_pending 0.0" in said
    assert "sala_worker_heartbeat_age_seconds 2." in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "10.1.2.3"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=203.0.113.9"},
        {"REMOTE_ADDR": "not an address"},
    ],
)
def test_outsiders_do_not_learn_that_metrics_exist(client: Client, headers: dict[str, str]) -> None:
    assert client.get("/metrics", **headers).status_code == 404  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_token_opens_metrics_and_nothing_else_does(client: Client, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "s3cret"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer s3cret"}).status_code == 200
    assert (
        client.get("/metrics", headers={"Authorization": "Bearer ศาลา".encode().decode("latin1")}).status_code
        == 404
    )


@pytest.mark.django_db
def test_production_without_a_token_shows_no_metrics(client: Client, settings: LazySettings) -> None:
    settings.PRODUCTION = True
    settings.SECURE_PROXY_SSL_HEADER = None
    assert client.get("/metrics").status_code == 404


def test_only_reading_is_answered(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
