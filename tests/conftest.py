"""What tests of the whole system share: a house of their own, laid anew for each file that opens one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sala.runtime.tests.house import House, lay_house, open_folder


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with open_folder() as folder:
        made = lay_house(folder)
        yield made
        made.kill_all()
