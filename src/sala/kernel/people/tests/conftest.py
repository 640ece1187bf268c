"""Keys of the tests: nothing is written beside the repository."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from sala.kernel.people.pid import PidKeys


@pytest.fixture(autouse=True)
def _keys(settings) -> None:
    settings.PID_KEYS = PidKeys("k1", {"k1": b"1" * 32}).to_json()
    cache.clear()
