"""What all tests share: one PostgreSQL, and a cast whose outsider tries every endpoint."""

from __future__ import annotations

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let the test database, and it alone, be emptied between tests although audit refuses TRUNCATE."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("audit_record", "audit_seal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")
