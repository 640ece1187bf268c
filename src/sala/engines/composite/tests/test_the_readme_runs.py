"""The README's examples run as they stand."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
SCHEMA = Path(__file__).parents[1] / "method.schema.json"


def test_every_example_gives_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = doctest.testfile(str(README), module_relative=False, encoding="utf-8")
    assert found.attempted > 10
    assert found.failed == 0


def test_every_rule_of_the_schema_is_explained() -> None:
    text = README.read_text(encoding="utf-8")
    definitions = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]
    for part in ("imputation", "treatment", "normalisation", "missing", "aggregation"):
        for rule in definitions[part]["properties"]["rule"]["enum"]:
            assert re.search(rf"`{rule}`", text), rule
