"""Keys sign wherever they live; after rotation old signatures stay good, after revocation they do not."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from pikepdf import Pdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from sala.engines.tlog import Checkpoint, root_of
from sala.engines.wire import DomainError, NotAllowed, WrongSignature, read_compact, read_jwk
from sala.kernel.audit.checkpoints import checkpoint_signers, checkpoint_verifiers
from sala.kernel.audit.interface import ANONYMOUS, COMMAND, SYSTEM, Actor
from sala.kernel.audit.models import AuditRecord
from sala.kernel.keys import authority
from sala.kernel.keys.interface import (
    KeyUnavailable,
    Signature,
    SigningKey,
    certificate_chain,
    certify,
    ensure_key,
    pdf_signer,
    public_keys,
    read_line,
    revoke,
    rotate,
    sign,
    sign_line,
    verify,
)
from sala.kernel.keys.purposes import declare_purpose
from sala.kernel.keys.stores import FileStore

pytestmark = pytest.mark.django_db
PURPOSES = ["documents", "audit"]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_purpose_signs_and_verifies_in_each_store(any_store: str, purpose: str) -> None:
    made = sign(purpose, b"data")
    key = SigningKey.objects.get(key_id=made.key_id)
    assert (key.purpose, key.store, key.state) == (purpose, any_store, "active")
    assert len(made.value) == 64
    assert verify(purpose, b"data", made)
    assert not verify(purpose, b"other", made)
    other = "audit" if purpose == "documents" else "documents"
    assert not verify(other, b"data", made)
    assert sign(purpose, b"data").key_id == made.key_id


@pytest.mark.parametrize("purpose", PURPOSES)
def test_after_rotation_old_signatures_stay_good(any_store: str, purpose: str) -> None:
    old = sign(purpose, b"data")
    rotate(purpose, actor=COMMAND)
    new = sign(purpose, b"data")
    assert new.key_id != old.key_id
    assert verify(purpose, b"data", old)
    assert verify(purpose, b"data", new)
    assert SigningKey.objects.get(key_id=old.key_id).state == "retired"
    assert set(public_keys(purpose)) == {old.key_id, new.key_id}
    event = AuditRecord.objects.filter(code="keys.key.made").latest("id")
    assert event.data["replaces"] == old.key_id
    assert event.actor_id == COMMAND.id


def test_after_revocation_signatures_verify_no_more_and_signing_goes_on() -> None:
    old = sign("documents", b"data")
    key = SigningKey.objects.get(key_id=old.key_id)
    revoke(key, reason="The server was broken into", actor=COMMAND)
    assert not verify("documents", b"data", old)
    new = sign("documents", b"data")
    assert new.key_id != old.key_id
    assert verify("documents", b"data", new)
    revoke(key, reason="again", actor=COMMAND)
    assert AuditRecord.objects.filter(code="keys.key.revoked").count() == 1
    with pytest.raises(DomainError, match="no-reason"):
        revoke(SigningKey.objects.get(key_id=new.key_id), reason=" ", actor=COMMAND)


@pytest.mark.parametrize("actor", [ANONYMOUS, Actor("account", str(uuid4())), Actor("client", "x")])
def test_outsiders_change_no_key(actor: Actor) -> None:
    key = ensure_key("documents")
    for attempt in (
        lambda: rotate("documents", actor=actor),
        lambda: revoke(key, reason="x", actor=actor),
        lambda: certify(key, "", actor=actor),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert sign("documents", b"").key_id == key.key_id


def test_an_undeclared_purpose_is_refused() -> None:
    with pytest.raises(DomainError, match=r"keys\.purpose\.unknown"):
        sign("parking", b"")
    with pytest.raises(ValueError, match="declared twice"):
        declare_purpose("audit", "x", algorithm="ES256")
    with pytest.raises(ValueError, match="lower-case"):
        declare_purpose("Audit log", "x")


def test_private_keys_are_for_the_server_alone_and_encrypted_with_a_passphrase(
    own_folder: Path, settings: Any
) -> None:
    plain = FileStore()._path(ensure_key("audit").id)
    assert b"BEGIN PRIVATE KEY" in plain.read_bytes()
    settings.KEYS_PASSPHRASE = "correct horse"
    key = ensure_key("documents")
    path = FileStore()._path(key.id)
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in path.read_bytes()
    for each in (plain, path):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
    assert stat.S_IMODE(own_folder.stat().st_mode) == 0o700
    assert verify("documents", b"x", sign("documents", b"x"))
    settings.KEYS_PASSPHRASE = "wrong"
    with pytest.raises(KeyUnavailable):
        sign("documents", b"x")


def test_a_key_that_is_gone_is_named_not_replaced(own_folder: Path) -> None:
    key = ensure_key("audit")
    FileStore()._path(key.id).unlink()
    with pytest.raises(KeyUnavailable, match="No such file"):
        sign("audit", b"x")
    assert SigningKey.objects.filter(purpose="audit").count() == 1


def test_a_module_that_does_not_answer_is_unavailable_and_leaves_no_key_row(
    softhsm: str, settings: Any
) -> None:
    settings.KEY_STORE, settings.PKCS11_PIN = "pkcs11", "1234"
    for module, token in ((softhsm, "nowhere"), ("/nowhere/module.so", "sala"), ("", "sala")):
        settings.PKCS11_MODULE, settings.PKCS11_TOKEN = module, token
        with pytest.raises(KeyUnavailable):
            rotate("audit", actor=COMMAND)
    assert not SigningKey.objects.exists()


def test_a_signed_line_reads_back_under_its_type() -> None:
    line = sign_line("records", b'{"a":1}', type_="run+jws")
    rotate("records", actor=SYSTEM)
    assert read_line("records", line, type_="run+jws").payload == b'{"a":1}'
    with pytest.raises(WrongSignature):
        read_line("records", line, type_="other+jws")
    with pytest.raises(WrongSignature):
        read_line("documents", line, type_="run+jws")


def test_documents_are_certified_by_an_authority_that_says_it_is_a_demonstration(any_store: str) -> None:
    chain = authority.read_chain(certificate_chain("documents").decode())
    own, root = chain
    assert authority.fits(own, ensure_key("documents").public_key)
    assert authority.is_issued_by(own, root)
    assert authority.is_issued_by(root, root)
    assert not authority.is_issued_by(root, own)
    for certificate in chain:
        name = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        assert "Demonstration" in str(name)
    assert own.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    assert not own.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def _sign_pdf() -> bytes:
    plain = io.BytesIO()
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(plain)
    plain.seek(0)
    metadata = signers.PdfSignatureMetadata(
        field_name="Sala", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    made = signers.PdfSigner(metadata, signer=pdf_signer("documents")).sign_pdf(
        IncrementalPdfFileWriter(plain)
    )
    return bytes(made.getbuffer())


def test_a_signed_pdf_validates_to_the_authority_also_after_both_keys_rotated(any_store: str) -> None:
    pdf = _sign_pdf()
    rotate("authority", actor=COMMAND)
    rotate("documents", actor=COMMAND)
    roots = [
        asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER))
        for one in authority.read_chain(certificate_chain("documents").decode())
    ]
    for content in (pdf, _sign_pdf()):
        signature = PdfFileReader(io.BytesIO(content)).embedded_signatures[0]
        status = validate_pdf_signature(signature, ValidationContext(trust_roots=roots, allow_fetching=False))
        assert status.intact
        assert status.valid
        assert status.trusted


def test_a_real_authoritys_chain_replaces_ours_and_wrong_ones_are_refused() -> None:
    key = ensure_key("documents")
    other = rotate("documents", actor=COMMAND)
    own_chain, other_chain = key.certificate_pem, other.certificate_pem
    with pytest.raises(DomainError, match="other-key"):
        certify(key, other_chain, actor=COMMAND)
    with pytest.raises(DomainError, match="other-key"):
        certify(key, "", actor=COMMAND)
    with pytest.raises(DomainError, match="unreadable"):
        certify(key, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", actor=COMMAND)
    leaf = authority.as_pem(authority.read_chain(own_chain)[0])
    rotate("authority", actor=COMMAND)
    with pytest.raises(DomainError, match="broken-chain"):
        certify(key, leaf + ensure_key("authority").certificate_pem, actor=COMMAND)
    certify(key, leaf, actor=COMMAND)
    assert SigningKey.objects.get(pk=key.pk).certificate_pem == leaf
    assert AuditRecord.objects.filter(code="keys.key.certified").count() == 1


def test_the_checkpoints_of_audit_are_signed_and_old_ones_stay_good() -> None:
    old = Checkpoint("sala.example/audit", 1, root_of([b"a"])).sign(checkpoint_signers("sala.example/audit"))
    rotate("audit", actor=COMMAND)
    new = Checkpoint("sala.example/audit", 2, root_of([b"a", b"b"])).sign(
        checkpoint_signers("sala.example/audit")
    )
    for note in (old, new):
        Checkpoint.open(note, checkpoint_verifiers("sala.example/audit"))


def test_anyone_gets_the_public_keys_that_still_verify(client: Client) -> None:
    line = sign_line("records", b"x", type_="t")
    gone = ensure_key("documents")
    revoke(gone, reason="x", actor=COMMAND)
    response = client.get("/.well-known/jwks.json")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/jwk-set+json"
    keys = {jwk["kid"]: read_jwk(jwk) for jwk in response.json()["keys"]}
    assert gone.key_id not in keys
    assert read_compact(line, keys=keys, type_="t").payload == b"x"
    assert "PRIVATE" not in response.content.decode()
    assert '"d"' not in response.content.decode()
    assert client.post("/.well-known/jwks.json").status_code == 405


def test_the_commands_rotate_list_and_certify(tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("keys_rotate", "documents", stdout=out)
    call_command("keys_list", stdout=out)
    key = ensure_key("documents")
    assert out.getvalue().count(key.key_id) == 2
    assert "certificate until" in out.getvalue()
    call_command("keys_certificate", "documents", stdout=out)
    assert key.public_pem.strip() in out.getvalue()
    (tmp_path / "chain.pem").write_text(key.certificate_pem)
    call_command("keys_certificate", "documents", str(tmp_path / "chain.pem"), stdout=out)
    for wrong in (tmp_path / "absent.pem", Path(__file__)):
        with pytest.raises(CommandError):
            call_command("keys_certificate", "documents", str(wrong), stdout=out)
    with pytest.raises(CommandError):
        call_command("keys_rotate", "parking", stdout=out)


def test_a_signature_says_which_key_made_it() -> None:
    made = sign("audit", b"x")
    assert not verify("audit", b"x", Signature("unknown", made.algorithm, made.value))
