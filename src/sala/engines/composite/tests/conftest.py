"""The engine is tested as it is without a host: its sentences in their own language."""

from __future__ import annotations

import pytest

from sala.engines.wire.errors import marked


@pytest.fixture(autouse=True)
def untranslated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sala.engines.wire.errors._translate", marked)
