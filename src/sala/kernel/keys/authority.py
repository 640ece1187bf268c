"""The demonstration authority: it issues the certificates of document signing, and says in its name what it is.

An installation with a certificate of a real authority puts it in with `keys_certificate`; the authority here
then issues nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID, ObjectIdentifier

from sala.engines.wire.signatures import PrivateKey, PublicKey

AUTHORITY_NAME = "Sala Demonstration Authority"
DOCUMENTS_NAME = "Sala Demonstration Document Signing"
AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 825
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""Extended key usage of document signing (RFC 9336)."""


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "TH"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def certify_authority(private: PrivateKey, *, now: datetime) -> x509.Certificate:
    """Return the self-signed certificate of the demonstration authority."""
    name = _name(AUTHORITY_NAME, "Sala (demonstration)")
    public = private.public_key()
    return (
        _builder(name, name, public, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .sign(private, hashes.SHA256())
    )


def certify(
    public: PublicKey, *, issuer: x509.Certificate, issuer_key: PrivateKey, now: datetime
) -> x509.Certificate:
    """Return a certificate of document signing for `public`, issued by the demonstration authority."""
    ends = min(now + timedelta(days=CERTIFICATE_DAYS), issuer.not_valid_after_utc)
    return (
        _builder(
            _name(DOCUMENTS_NAME, "Sala (demonstration)"),
            issuer.subject,
            public,
            now,
            max((ends - now).days, 1),
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            ),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )


def read_chain(pem: str) -> list[x509.Certificate]:
    """Read the certificates of a PEM text, the signer's first."""
    return x509.load_pem_x509_certificates(pem.encode("ascii")) if pem else []


def as_pem(*certificates: x509.Certificate) -> str:
    """Return certificates as one PEM text."""
    return "".join(one.public_bytes(serialization.Encoding.PEM).decode("ascii") for one in certificates)


def fits(certificate: x509.Certificate, public: PublicKey) -> bool:
    """Tell whether a certificate is of this key."""
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return certificate.public_key().public_bytes(*form) == public.public_bytes(*form)


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Tell whether `issuer` signed `certificate`."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001 - wrong name, wrong key or wrong signature: all mean no
        return False
    return True


def _builder(
    subject: x509.Name, issuer: x509.Name, public: PublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )
