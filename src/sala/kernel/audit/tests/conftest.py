"""An own log folder, and a declared code, for each test of audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sala.engines.tlog import NoteSigner
from sala.kernel.audit import checkpoints
from sala.kernel.audit.codes import CODES
from sala.kernel.audit.interface import SYSTEM, declare, record
from sala.kernel.audit.models import AuditRecord

CODE = "audit.test.sealed"


@pytest.fixture
def own_log(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an own log, signed by a key of the tests."""
    settings.VAR = tmp_path
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    monkeypatch.setattr(checkpoints, "_signer", lambda name: NoteSigner.of(name, key))
    monkeypatch.setattr(checkpoints, "_verifiers", lambda name: [NoteSigner.of(name, key).verifier])
    return tmp_path / "audit-log"


@pytest.fixture
def happen() -> Iterator[Callable[..., AuditRecord]]:
    """Record that something happened."""
    declare(CODE, th="เกิดเหตุการณ์", en="Something happened", fields=("number",))

    def act(number: int = 0, **more: Any) -> AuditRecord:
        fields: dict[str, Any] = {"subject": "tests.Thing:1", "actor": SYSTEM, "data": {"number": number}}
        return record(CODE, **(fields | more))

    yield act
    del CODES[CODE]
