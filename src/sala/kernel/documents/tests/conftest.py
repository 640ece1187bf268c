"""A folder of each test's own for its keys, and an issued document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sala.kernel.audit.interface import SYSTEM
from sala.kernel.documents.interface import IssuedDocument, issue

CERTIFICATE = {
    "issuer": "สำนักงานทดสอบ",
    "heading": "ประกาศนียบัตร",
    "awarded_to": "กรมตัวอย่างน้ำใจ",
    "body": ["ได้รับรางวัลหน่วยงานตัวอย่าง", "ประจำปี พ.ศ. ๒๕๖๙"],
    "signer_name": "นางสาวมาลี ใจดี",
    "signer_position": "ผู้อำนวยการ",
}


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path


@pytest.fixture
def issued(db: None) -> Callable[..., IssuedDocument]:
    def make(kind: str = "tests.certificate", **more: Any) -> IssuedDocument:
        fields: dict[str, Any] = {
            "kind": kind,
            "title_th": "ประกาศนียบัตรทดสอบ",
            "title_en": "Test certificate",
            "issuer_th": "สำนักงานทดสอบ",
            "issuer_en": "Test Office",
            "template": "documents/certificate.typ",
            "data": CERTIFICATE,
            "subject": "tests.Award:1",
            "actor": SYSTEM,
        }
        return issue(**(fields | more))

    return make
