"""Signatures, keys and compact signatures follow the RFC vectors, and no altered bit passes."""

from __future__ import annotations

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from sala.engines.wire.identifiers import (
    WrongIdentifier,
    content_id,
    digest_of,
    from_base64url,
    key_id,
    public_jwk,
    read_jwk,
    to_base64url,
    value_id,
)
from sala.engines.wire.jws import WrongSignature, read_compact, sign_compact
from sala.engines.wire.signatures import (
    Algorithm,
    WrongKey,
    algorithm_of,
    der_from_raw,
    generate,
    private_pem,
    public_pem,
    raw_from_der,
    read_private_pem,
    read_public_pem,
    sign,
    verify,
)

# RFC 8037 appendix A.1: the key of all its examples.
RFC8037_SECRET = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
RFC8037_PUBLIC = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
# RFC 7515 appendix A.3: ECDSA P-256.
RFC7515_PUBLIC = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
RFC7515_LINE = (
    "eyJhbGciOiJFUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)

algorithms: list[Algorithm] = ["Ed25519", "ES256"]


def _rfc8037_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.from_private_bytes(from_base64url(RFC8037_SECRET))


def test_ed25519_signs_as_rfc_8032_section_7_1_test_2() -> None:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    )
    assert sign(key, b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_the_signature_of_rfc_8037_a_4_and_the_thumbprint_of_a_3() -> None:
    key = _rfc8037_key()
    signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    line = signed + ".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    assert to_base64url(sign(key, signed.encode())) == line.rsplit(".", 1)[1]
    assert read_compact(line, keys=read_jwk(RFC8037_PUBLIC)).payload == b"Example of Ed25519 signing"
    assert key_id(key.public_key()) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_signature_of_rfc_7515_a_3_verifies() -> None:
    signed = read_compact(RFC7515_LINE, keys=read_jwk(RFC7515_PUBLIC))
    assert json.loads(signed.payload)["iss"] == "joe"


@pytest.mark.parametrize("algorithm", algorithms)
@given(data=st.binary(max_size=200), place=st.integers(0, 63), bit=st.integers(0, 7))
def test_a_signature_fits_its_bytes_only(algorithm: Algorithm, data: bytes, place: int, bit: int) -> None:
    key = generate(algorithm)
    signature = sign(key, data)
    assert len(signature) == 64
    assert verify(key.public_key(), data, signature)
    altered = bytearray(signature)
    altered[place] ^= 1 << bit
    assert not verify(key.public_key(), data, bytes(altered))
    assert not verify(key.public_key(), data + b"x", signature)
    assert not verify(generate(algorithm).public_key(), data, signature)
    assert not verify(key.public_key(), data, signature[:-1])


@pytest.mark.parametrize("algorithm", algorithms)
def test_keys_go_through_pem_and_jwk_unchanged(algorithm: Algorithm) -> None:
    key = generate(algorithm)
    assert algorithm_of(key) == algorithm
    for passphrase in (None, b"open sesame"):
        again = read_private_pem(private_pem(key, passphrase), passphrase)
        assert key_id(again.public_key()) == key_id(key.public_key())
    assert key_id(read_public_pem(public_pem(key.public_key()))) == key_id(key.public_key())
    jwk = public_jwk(key.public_key())
    assert jwk["alg"] == algorithm
    assert key_id(read_jwk(jwk)) == jwk["kid"]


def test_other_kinds_of_keys_are_refused() -> None:
    with pytest.raises(WrongKey, match="secp384r1"):
        algorithm_of(ec.generate_private_key(ec.SECP384R1()))
    other = rsa.generate_private_key(65537, 2048)
    with pytest.raises(WrongKey, match="neither"):
        read_private_pem(private_pem(other))  # type: ignore[arg-type]
    with pytest.raises(WrongKey, match="cannot be read"):
        read_private_pem(private_pem(generate("ES256"), b"right"), b"wrong")
    for jwk in (
        {"kty": "oct", "k": "AA"},
        {"kty": "OKP", "crv": "Ed25519"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {**RFC7515_PUBLIC, "y": RFC7515_PUBLIC["x"]},
        {**RFC8037_PUBLIC, "x": RFC8037_PUBLIC["x"] + "="},
    ):
        with pytest.raises(WrongKey):
            read_jwk(jwk)


def test_der_and_raw_forms_turn_into_each_other() -> None:
    raw = (1).to_bytes(32, "big") + (2).to_bytes(32, "big")
    assert raw_from_der(der_from_raw(raw)) == raw


@pytest.mark.parametrize("algorithm", algorithms)
def test_a_compact_signature_reads_back_by_key_id_and_type(algorithm: Algorithm) -> None:
    key = generate(algorithm)
    name = key_id(key.public_key())
    line = sign_compact(
        b"{}", signer=lambda data: sign(key, data), algorithm=algorithm, key_id=name, type_="run+jws"
    )
    signed = read_compact(line, keys={name: key.public_key()}, type_="run+jws")
    assert (signed.payload, signed.key_id) == (b"{}", name)
    with pytest.raises(WrongSignature, match="signed as"):
        read_compact(line, keys=key.public_key(), type_="other+jws")
    with pytest.raises(WrongSignature, match="not trusted"):
        read_compact(line, keys={"other": key.public_key()})


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"alg": "none"}, "claims 'none'"),
        ({"alg": "HS256"}, "claims 'HS256'"),
        ({"alg": "ES256"}, "claims 'ES256'"),
        ({"alg": ["EdDSA"]}, "claims"),
        ({"alg": "EdDSA", "crit": ["b64"], "b64": False}, "extension"),
        ([], "not an object"),
        ({"alg": "EdDSA"}, "does not fit"),
    ],
)
def test_a_header_that_lies_is_refused(header: object, why: str) -> None:
    line = f"{to_base64url(json.dumps(header).encode())}.{to_base64url(b'x')}.{to_base64url(b'0' * 64)}"
    with pytest.raises(WrongSignature, match=why):
        read_compact(line, keys=_rfc8037_key().public_key())


@given(st.text(max_size=60))
def test_any_text_is_answered_with_a_reason(text: str) -> None:
    with pytest.raises(WrongSignature):
        read_compact(text, keys=_rfc8037_key().public_key())


@given(st.binary())
def test_base64url_has_one_spelling(data: bytes) -> None:
    assert from_base64url(to_base64url(data)) == data


@pytest.mark.parametrize("text", ["AB", "A", "AA==", "A+/A", "ก"])
def test_other_spellings_of_base64url_are_refused(text: str) -> None:
    with pytest.raises(WrongIdentifier):
        from_base64url(text)


def test_content_is_named_by_its_digest() -> None:
    name = content_id(b"sala")
    assert digest_of(name) == hashlib.sha256(b"sala").digest()
    assert value_id({"a": 1}) == content_id(b'{"a":1}')
    for wrong in ("sha256:00", "md5:00", name.upper(), name + "\n"):
        with pytest.raises(WrongIdentifier):
            digest_of(wrong)
