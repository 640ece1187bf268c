"""The key of purpose `documents`, asked of the keys room when it is needed."""

from __future__ import annotations

from typing import Any

PURPOSE = "documents"


def _room() -> Any:
    from sala.kernel.keys import interface

    return interface


def sign(data: bytes) -> Any:
    return _room().sign(PURPOSE, data)


def public_keys() -> Any:
    return _room().public_keys(PURPOSE)


def pdf_signer() -> Any:
    return _room().pdf_signer(PURPOSE)


def certificate_chain() -> Any:
    return _room().certificate_chain(PURPOSE)
