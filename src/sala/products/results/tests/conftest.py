"""What the tests of rankings share: files of their own, and rankings of invented units."""

from __future__ import annotations

from typing import Any

import pytest

from sala.kernel.registry.interface import Organisation


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Any) -> None:
    settings.VAR = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    settings.CLAMD = ""


@pytest.fixture
def agencies(db: None) -> list[Organisation]:
    from sala.products.results.tests.factories import agency, ministry

    first, second = ministry(1), ministry(2)
    return [agency(number, first if number % 2 else second) for number in range(1, 7)]
