"""Checkpoints are signed notes as C2SP writes them; known keys and signatures come out the same."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sala.engines.tlog.checkpoints import (
    Checkpoint,
    ProofFile,
    WrongCheckpoint,
    read_proof,
    write_proof,
)
from sala.engines.tlog.notes import NoteSigner, NoteVerifier, WrongNote, open_note, read_note, sign_note
from sala.engines.tlog.proofs import prove_inclusion
from sala.engines.tlog.tree import EMPTY_ROOT, Frontier, hash_leaf, stored_place

# The example key pair and note of the note format's first implementation (golang.org/x/mod/sumdb/note).
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETER_LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="


def _key(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


LOG = NoteSigner.of("sala.example/audit", _key(1))
WITNESS = NoteSigner.of("witness.example", _key(2))
CHECKPOINT = Checkpoint("sala.example/audit", 3, bytes(range(32)))


def test_the_published_example_note_signs_and_verifies_bit_by_bit() -> None:
    signer = NoteSigner.of("PeterNeumann", Ed25519PrivateKey.from_private_bytes(b64decode(PETER_SEED)[1:]))
    assert str(signer.verifier) == PETER
    assert sign_note(PETER_TEXT, [signer]) == f"{PETER_TEXT}\n{PETER_LINE}\n"
    assert open_note(f"{PETER_TEXT}\n{PETER_LINE}\n", [NoteVerifier.read(PETER)]).text == PETER_TEXT


def test_the_key_of_the_go_checksum_database_reads() -> None:
    vkey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    assert str(NoteVerifier.read(vkey)) == vkey


def test_a_checkpoint_reads_back_by_the_keys_that_are_trusted() -> None:
    note = CHECKPOINT.sign([WITNESS, LOG])
    assert note.startswith("sala.example/audit\n3\n" + b64encode(bytes(range(32))).decode() + "\n\n— ")
    assert Checkpoint.open(note, [LOG.verifier], origin="sala.example/audit") == CHECKPOINT
    assert Checkpoint.open(note.encode(), [WITNESS.verifier]) == CHECKPOINT
    assert open_note(note, [LOG.verifier, WITNESS.verifier]).verified == (WITNESS.verifier, LOG.verifier)
    with pytest.raises(WrongCheckpoint, match="none of the keys"):
        Checkpoint.open(note, [NoteSigner.of("sala.example/audit", _key(3)).verifier])
    with pytest.raises(WrongCheckpoint, match="not of"):
        Checkpoint.open(note, [LOG.verifier], origin="other.example/audit")


def test_a_signature_cannot_move_to_another_name() -> None:
    note = CHECKPOINT.sign([NoteSigner.of("someone.else", _key(1))])
    with pytest.raises(WrongNote, match="none of the keys"):
        open_note(note.replace("someone.else", LOG.name), [LOG.verifier])


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_an_altered_note_does_not_open(place: int, change: int) -> None:
    note = bytearray(CHECKPOINT.sign([LOG]).encode())
    place %= len(note)
    note[place] ^= change
    with pytest.raises(WrongNote):
        open_note(bytes(note), [LOG.verifier])


def test_a_bad_line_of_a_known_key_spoils_a_note_and_an_unknown_key_does_not() -> None:
    good = CHECKPOINT.sign([LOG])
    forged = f"— {LOG.name} {b64encode(LOG.verifier.key_hash + bytes(64)).decode()}\n"
    with pytest.raises(WrongNote, match="does not fit"):
        open_note(good + forged, [LOG.verifier])
    unknown = f"— witness.example {b64encode(b'abcd' + bytes(72)).decode()}\n"
    assert len(open_note(good + unknown, [LOG.verifier]).lines) == 2


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "\n\n— a AAAAAAAA\n",
        "text\n\n— a AAAAAAAA",
        "text\n\n- a AAAAAAAA\n",
        "text\n\n— a AAAA\n",
        "text\n\n— a+b AAAAAAAA\n",
        "text\n\n— a b AAAAAAAA\n",
        "text\n\n— a !!!!\n",
        "te\x00xt\n\n— a AAAAAAAA\n",
        b"te\xffxt\n\n",
        "text\n\n" + "— a AAAAAAAA\n" * 101,
        "x" * 1_000_001 + "\n\n— a AAAAAAAA\n",
    ],
)
def test_what_is_not_a_note_is_refused(note: str | bytes) -> None:
    with pytest.raises(WrongNote):
        read_note(note)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000+AQ==",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("+AR", "+BR"),
        "a b+00000000+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "name+zz+AQ==",
    ],
)
def test_what_is_not_a_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(WrongNote):
        NoteVerifier.read(vkey)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n3\n",
        "origin\n03\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n3\nAAEC\n",
        "origin\n3\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "\n3\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n0\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n3\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(WrongCheckpoint):
        Checkpoint.read(text)


def test_extensions_are_kept_and_the_empty_log_has_its_root() -> None:
    for checkpoint in (
        Checkpoint("a", 0, EMPTY_ROOT),
        Checkpoint("a", 7, bytes(32), ("timestamp 5", "another")),
    ):
        assert Checkpoint.read(checkpoint.text()) == checkpoint


def _log_of(records: list[bytes]) -> tuple[str, list[list[bytes]]]:
    frontier, nodes = Frontier(), []
    for record in records:
        nodes += frontier.append(hash_leaf(record))
    note = Checkpoint(LOG.name, len(records), frontier.root()).sign([LOG])
    proofs = [
        prove_inclusion(index, len(records), lambda level, number: nodes[stored_place(level, number)])
        for index in range(len(records))
    ]
    return note, proofs


def test_a_proof_file_proves_its_record_and_no_other() -> None:
    records = [b"one", b"two", b"three", b"four", b"five"]
    note, proofs = _log_of(records)
    for index, record in enumerate(records):
        text = write_proof(index=index, hashes=proofs[index], checkpoint=note, extra=b"more")
        assert text.startswith(f"c2sp.org/tlog-proof@v1\nextra bW9yZQ==\nindex {index}\n")
        proof = read_proof(text)
        assert proof == ProofFile(index, tuple(proofs[index]), note, b"more")
        assert proof.proves(record, [LOG.verifier], origin=LOG.name)
        assert not proof.proves(b"six", [LOG.verifier])
        assert not proof.proves(record, [WITNESS.verifier])
        assert not proof.proves(record, [LOG.verifier], origin="other")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("index 1", "index x"),
        lambda text: text.replace("index 1\n", ""),
        lambda text: text.replace("extra ", "extra !"),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("index 1\n", "index 1\n" + "A" * 43 + "=\n" * 65),
        lambda text: text.replace("index 1\n", "index 1\nAAAA\n"),
        lambda text: "",
        lambda text: text.rsplit("—", 1)[0],
    ],
)
def test_what_is_not_a_proof_file_is_refused(change: object) -> None:
    note, proofs = _log_of([b"one", b"two"])
    text = write_proof(index=1, hashes=proofs[1], checkpoint=note, extra=b"x")
    assert read_proof(text).extra == b"x"
    with pytest.raises(WrongCheckpoint):
        read_proof(change(text))  # type: ignore[operator]
