"""A key and a certificate of the tests' own, and an issued document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from sala.engines.wire import signatures
from sala.engines.wire.identifiers import key_id
from sala.kernel.audit.interface import SYSTEM
from sala.kernel.documents import keyring
from sala.kernel.documents.interface import IssuedDocument, issue

CERTIFICATE = {
    "issuer": "สำนักงานทดสอบ",
    "heading": "ประกาศนียบัตร",
    "awarded_to": "กรมตัวอย่างน้ำใจ",
    "body": ["ได้รับรางวัลหน่วยงานตัวอย่าง", "ประจำปี พ.ศ. ๒๕๖๙"],
    "signer_name": "นางสาวมาลี ใจดี",
    "signer_position": "ผู้อำนวยการ",
}


@dataclass(frozen=True)
class _Signature:
    key_id: str
    algorithm: signatures.Algorithm
    value: bytes


@pytest.fixture(scope="session")
def key_and_certificate() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "สำนักงานทดสอบ (TEST)")])
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, True, True, False, False), critical=True
        )
        .sign(key, hashes.SHA256())
    )
    return key, certificate


@pytest.fixture(autouse=True)
def own_key(
    monkeypatch: pytest.MonkeyPatch,
    key_and_certificate: tuple[ec.EllipticCurvePrivateKey, x509.Certificate],
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.VAR = tmp_path
    key, certificate = key_and_certificate
    der = certificate.public_bytes(serialization.Encoding.DER)
    own = asn1_x509.Certificate.load(der)
    private = asn1_keys.PrivateKeyInfo.load(
        key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    store = SimpleCertificateStore()
    store.register(own)
    signer = SimpleSigner(signing_cert=own, signing_key=private, cert_registry=store)
    name = key_id(key.public_key())
    monkeypatch.setattr(keyring, "sign", lambda data: _Signature(name, "ES256", signatures.sign(key, data)))
    monkeypatch.setattr(keyring, "public_keys", lambda: {name: key.public_key()})
    monkeypatch.setattr(keyring, "pdf_signer", lambda: signer)
    monkeypatch.setattr(
        keyring, "certificate_chain", lambda: certificate.public_bytes(serialization.Encoding.PEM)
    )


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
