"""What all tests share: one PostgreSQL, and a cast whose outsider tries every endpoint.

The cast: Malee, a citizen; Somsak, who answers for agency A; Dao, who answers for agency B and is therefore the
outsider of everything of A; an auditor; and the administrator of the organisation that runs the installation.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

if TYPE_CHECKING:
    from sala.kernel.people.interface import Account
    from sala.kernel.registry.interface import Organisation

_server: pytest.StashKey[Any] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Start the tests' PostgreSQL where pytest was called by hand and nothing else answers there."""
    host = Path(settings.DATABASES["default"]["HOST"])
    if hasattr(config, "workerinput") or host.parent.name != "test-postgres":
        return
    from sala.runtime.dataserver import as_child
    from sala.runtime.postgres import Cluster

    cluster = Cluster(host.parent, durable=False)
    if cluster.running_pid() is not None and cluster.answers():
        return
    cluster.ensure()
    child = as_child(cluster)
    child.start()
    cluster.wait_until_it_answers()
    cluster.ensure_database()
    config.stash[_server] = child


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that `pytest_configure` started."""
    if child := config.stash.get(_server, None):
        child.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let the test database, and it alone, be emptied between tests although audit refuses TRUNCATE."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("audit_record", "audit_seal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")


# --- the cast -----------------------------------------------------------------------------------------


@pytest.fixture
def agency_a(db: None) -> Organisation:
    return _agency("test-agency-a", "หน่วยงานทดสอบ ก", "Test agency A")


@pytest.fixture
def agency_b(db: None) -> Organisation:
    return _agency("test-agency-b", "หน่วยงานทดสอบ ข", "Test agency B")


@pytest.fixture
def operator_organisation(db: None) -> Organisation:
    from sala.kernel.audit.interface import COMMAND
    from sala.kernel.registry.interface import set_operator

    return set_operator(_agency("test-operator", "หน่วยงานผู้ดูแลทดสอบ", "Test operator"), actor=COMMAND)


@pytest.fixture
def malee(db: None) -> Account:
    """A citizen, who holds no role anywhere."""
    return _person("มาลี ใจดี", "Malee Jaidee")


@pytest.fixture
def somsak(agency_a: Organisation) -> Account:
    """Answers for agency A."""
    return _official("สมศักดิ์ รักงาน", "Somsak Rakngan", agency_a, "respondent")


@pytest.fixture
def dao(agency_b: Organisation) -> Account:
    """Answers for agency B: the outsider of agency A."""
    return _official("ดาว สว่างใจ", "Dao Sawangjai", agency_b, "respondent")


@pytest.fixture
def auditor(operator_organisation: Organisation) -> Account:
    """Audits the whole platform."""
    return _official("วิไล ซื่อตรง", "Wilai Suetrong", operator_organisation, "auditor")


@pytest.fixture
def operator_admin(operator_organisation: Organisation) -> Account:
    """Administers the organisation that runs the installation."""
    return _official("กัญญา ดูแลดี", "Kanya Dulaedee", operator_organisation, "administrator")


@pytest.fixture
def sign_in_as() -> Callable[..., Client]:
    """Return a function that gives a browser in which an account has signed in by digital ID."""
    from sala.kernel.people.tests import factories

    def signed_in(account: Account, **levels: Any) -> Client:
        client = Client()
        factories.sign_in(client, account, **levels)
        return client

    return signed_in


def _agency(code: str, name_th: str, name_en: str) -> Organisation:
    from sala.kernel.audit.interface import COMMAND
    from sala.kernel.registry.interface import Kind, create_organisation

    return create_organisation(
        code=code,
        kind=Kind.OTHER,
        name_th=name_th,
        name_en=name_en,
        is_demonstration=True,
        actor=COMMAND,
    )


def _person(name_th: str, name_en: str) -> Account:
    from sala.kernel.people.tests import factories

    return factories.account(f"{name_en.split()[0].lower()}@sala.example", name_th=name_th, name_en=name_en)


def _official(name_th: str, name_en: str, organisation: Organisation, role: str) -> Account:
    from sala.kernel.audit.interface import COMMAND
    from sala.kernel.registry.interface import grant_role

    account = _person(name_th, name_en)
    grant_role(account_id=account.pk, organisation=organisation, role=role, actor=COMMAND)
    return account


@pytest.fixture
def malee_client(malee: Account, sign_in_as: Callable[..., Client]) -> Client:
    return sign_in_as(malee)


@pytest.fixture
def somsak_client(somsak: Account, sign_in_as: Callable[..., Client]) -> Client:
    return sign_in_as(somsak)


@pytest.fixture
def dao_client(dao: Account, sign_in_as: Callable[..., Client]) -> Client:
    return sign_in_as(dao)


@pytest.fixture
def auditor_client(auditor: Account, sign_in_as: Callable[..., Client]) -> Client:
    return sign_in_as(auditor)


@pytest.fixture
def operator_admin_client(operator_admin: Account, sign_in_as: Callable[..., Client]) -> Client:
    return sign_in_as(operator_admin)
