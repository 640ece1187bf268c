"""Records are written in the action's transaction, hold declared fields only, and never change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from sala.kernel.audit.codes import CODES
from sala.kernel.audit.interface import (
    ANONYMOUS,
    SYSTEM,
    Actor,
    NotDeclared,
    allow,
    declare,
    deny,
    record,
)
from sala.kernel.audit.models import AuditRecord, PendingSeal, Seal

CODE = "audit.test.happened"


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    declare(CODE, th="เกิดเหตุทดสอบ", en="A test happened", fields=("count", "on", "price", "list", "what"))
    yield
    del CODES[CODE]


@pytest.mark.django_db
def test_a_record_tells_who_did_what_to_which_subject() -> None:
    malee = Actor("account", str(uuid4()), via="api", on_behalf_of=str(uuid4()), ial="2.3", aal=2)
    kept = record(CODE, subject="permits.Permit:7", actor=malee, data={"count": 3})
    row = AuditRecord.objects.get()
    assert (row.id, row.code, row.subject, row.data) == (kept.id, CODE, "permits.Permit:7", {"count": 3})
    assert (row.actor_kind, row.actor_id, row.via) == ("account", malee.id, "api")
    assert (row.on_behalf_of, row.ial, row.aal) == (malee.on_behalf_of, "2.3", 2)
    assert row.txid > 0
    assert row.at.tzinfo is not None


@pytest.mark.django_db
def test_a_stored_thing_is_named_by_model_and_key_and_lends_its_organisation() -> None:
    class Thing(Seal):
        organisation_id = UUID(int=9)

        class Meta:
            app_label = "audit"
            proxy = True

    kept = record(CODE, subject=Thing(position=4), actor=SYSTEM)
    assert kept.subject == "audit.Thing:4"
    assert kept.organisation_id == UUID(int=9)


@pytest.mark.django_db
def test_dates_ids_and_decimals_are_kept_as_text() -> None:
    data = {
        "on": datetime(2026, 5, 3, tzinfo=UTC),
        "price": Decimal("1.50"),
        "list": [UUID(int=1), {"deep": UUID(int=2)}],
        "what": {"b", "a"},
    }
    kept = record(CODE, subject="x", actor=ANONYMOUS, data=data)
    kept.refresh_from_db()
    assert kept.data == {
        "on": "2026-05-03T00:00:00+00:00",
        "price": "1.50",
        "list": [str(UUID(int=1)), {"deep": str(UUID(int=2))}],
        "what": ["a", "b"],
    }


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"name": "somebody"}, "does not declare the field name"),
        ({"count": 0.5}, "cannot be sealed"),
        ({"count": 2**60}, "cannot be sealed"),
        ({"what": object()}, "cannot be sealed"),
        ({"what": "x" * 20_000}, "bytes of data"),
    ],
)
def test_data_that_was_not_declared_or_cannot_be_sealed_is_refused(data: dict[str, object], why: str) -> None:
    with pytest.raises(NotDeclared, match=why):
        record(CODE, subject="x", actor=SYSTEM, data=data)


def test_an_undeclared_code_is_refused() -> None:
    with pytest.raises(NotDeclared, match="not declared"):
        record("audit.test.unheard-of", subject="x", actor=SYSTEM)


@pytest.mark.parametrize("subject", [None, "", 7, Seal()])
def test_a_record_without_a_subject_is_refused(subject: object) -> None:
    with pytest.raises(NotDeclared):
        record(CODE, subject=subject, actor=SYSTEM)


def test_a_code_is_declared_once_with_the_same_words() -> None:
    assert declare(CODE, **_words()) == CODE
    with pytest.raises(ValueError, match="declared twice"):
        declare(CODE, th="อื่น", en="Other")
    with pytest.raises(ValueError, match="dotted"):
        declare("Happened", th="ก", en="a")
    with pytest.raises(ValueError, match="no sentence"):
        declare("audit.test.silent", th=" ", en="a")


def _words() -> dict[str, object]:
    known = CODES[CODE]
    return {"th": known.sentence_th, "en": known.sentence_en, "fields": known.fields}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_record SET code = 'x'",
        "DELETE FROM audit_record",
        "UPDATE audit_seal SET position = 5",
        "DELETE FROM audit_seal",
    ],
)
def test_the_database_itself_refuses_to_change_a_record_or_a_seal(statement: str) -> None:
    kept = record(CODE, subject="x", actor=SYSTEM)
    Seal.objects.create(position=0, record_id=kept.id)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert AuditRecord.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["audit_record", "audit_seal"])
def test_the_database_itself_refuses_to_empty_the_tables(table: str) -> None:
    # Only the test database has this guard off, so that tests can be cleaned up after.
    connection.cursor().execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_no_truncate")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(f"TRUNCATE {table}")


@pytest.mark.django_db
def test_no_writer_can_antedate_a_record() -> None:
    old = datetime(2000, 1, 1, tzinfo=UTC)
    AuditRecord.objects.create(code=CODE, subject="x", actor_kind="system", via="job", at=old, txid=1)
    row = AuditRecord.objects.get()
    assert row.at.year > 2000
    assert row.txid > 1


@pytest.mark.django_db
def test_each_record_waits_for_the_sealer_and_goes_with_its_transaction() -> None:
    kept = record(CODE, subject="x", actor=SYSTEM)
    assert list(PendingSeal.objects.values_list("record_id", flat=True)) == [kept.id]
    sid = transaction.savepoint()
    record(CODE, subject="y", actor=SYSTEM)
    transaction.savepoint_rollback(sid)
    assert AuditRecord.objects.count() == PendingSeal.objects.count() == 1


def test_a_decision_is_true_when_allowed_and_carries_its_reason() -> None:
    assert allow()
    refused = deny("Only the head of the agency may do this.")
    assert not refused
    assert refused.reason == "Only the head of the agency may do this."
