"""Fixtures of the registry's tests."""

import pytest

from sala.kernel.registry.tests import cast as cast_module


@pytest.fixture
def cast(db):
    return cast_module.made()
