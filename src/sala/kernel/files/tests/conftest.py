"""A disk of its own for each test, and a purpose whose owner may read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sala.kernel.audit.interface import Actor
from sala.kernel.files.interface import declare_purpose
from sala.kernel.files.policy import owner_may_read
from sala.kernel.files.purposes import PURPOSES
from sala.kernel.people.models import Account


@pytest.fixture
def disk(settings: object, tmp_path: Path) -> Path:
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    settings.VAR = tmp_path  # type: ignore[attr-defined]
    settings.CLAMD = ""  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def purpose() -> Iterator[str]:
    declare_purpose("tests.paper", may_read=owner_may_read, retain_days=30)
    yield "tests.paper"
    PURPOSES.pop("tests.paper")


def _account(email: str) -> Account:
    return Account.objects.create_user(email=email, password="correct horse battery")


@pytest.fixture
def malee(db: None) -> Account:
    return _account("malee@example.org")


@pytest.fixture
def outsider(db: None) -> Account:
    return _account("charlie@example.org")


@pytest.fixture
def malee_actor(malee: Account) -> Actor:
    return Actor("account", str(malee.pk))
