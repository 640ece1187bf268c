"""Signed notes (C2SP signed-note): a text that people can read, followed by lines of signatures.

A signature line is `— name base64(key hash ‖ signature)`. The key hash is the beginning of a digest over the
name, the kind of signature and the key, so that a name cannot borrow another's key. Lines by unknown keys are
passed over, which is how witnesses add theirs later.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
"""The kind of signature of a log's own key; others are kept but not verified here."""

MAX_BYTES = 1_000_000
MAX_SIGNATURES = 100

_NAME = re.compile(r"[^\s+]+")


class WrongNote(ValueError):
    """The text is not a signed note, or none of the keys that must have signed it did."""


@dataclass(frozen=True)
class NoteSigner:
    """A name with the key that signs for it; `sign` gives an Ed25519 signature wherever the key lives."""

    name: str
    public: bytes
    sign: Callable[[bytes], bytes]

    @classmethod
    def of(cls, name: str, key: Ed25519PrivateKey) -> NoteSigner:
        """Return the signer of a key at hand."""
        return cls(name, key.public_key().public_bytes_raw(), key.sign)

    @property
    def verifier(self) -> NoteVerifier:
        """The public half."""
        return NoteVerifier(self.name, self.public)


@dataclass(frozen=True)
class NoteVerifier:
    """A name with the Ed25519 public key (32 bytes) that speaks for it."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise WrongNote(f"{self.name!r} is not a key name: no spaces, no plus sign")
        if len(self.public) != 32:
            raise WrongNote("an Ed25519 public key has 32 bytes")

    @property
    def key_hash(self) -> bytes:
        """The four bytes that stand before each signature by this key."""
        return _key_hash(self.name, ED25519, self.public)

    @classmethod
    def read(cls, text: str) -> NoteVerifier:
        """Read `name+hash+key`, the form in which verifier keys are handed around."""
        parts = text.strip().split("+", 2)
        try:
            name, key_hash, key = parts[0], bytes.fromhex(parts[1]), b64decode(parts[2], validate=True)
        except (IndexError, ValueError) as error:
            raise WrongNote("a verifier key is name+hash+key") from error
        if not key or key[0] != ED25519:
            raise WrongNote("only Ed25519 verifier keys are read here")
        verifier = cls(name, key[1:])
        if verifier.key_hash != key_hash:
            raise WrongNote("the hash of the verifier key does not fit its name and key")
        return verifier

    def __str__(self) -> str:
        key = b64encode(bytes([ED25519]) + self.public).decode("ascii")
        return f"{self.name}+{self.key_hash.hex()}+{key}"

    def fits(self, text: str, signature: bytes) -> bool:
        """Tell whether `signature` (64 bytes) is this key's over `text`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode("utf-8"))
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SignatureLine:
    """One signature line as it was read: whose it claims to be, and the bytes."""

    name: str
    key_hash: bytes
    signature: bytes


@dataclass(frozen=True)
class Note:
    """A note whose form is right; `verified` are the signers that were asked for and whose signature fits."""

    text: str
    lines: tuple[SignatureLine, ...]
    verified: tuple[NoteVerifier, ...] = ()


def sign_note(text: str, signers: Iterable[NoteSigner]) -> str:
    """Return `text` (which ends with a newline) as a note with one line for each signer."""
    _check_text(text)
    lines = []
    for signer in signers:
        value = signer.verifier.key_hash + signer.sign(text.encode("utf-8"))
        lines.append(f"— {signer.name} {b64encode(value).decode('ascii')}\n")
    return text + "\n" + "".join(lines)


def read_note(note: str | bytes) -> Note:
    """Read a note's form without trusting any of its signatures; raises `WrongNote`."""
    try:
        whole = note.decode("utf-8") if isinstance(note, bytes) else note
        size = len(whole.encode("utf-8"))
    except UnicodeError as error:
        raise WrongNote("a note is UTF-8") from error
    if size > MAX_BYTES:
        raise WrongNote(f"longer than {MAX_BYTES} bytes")
    head, parted, tail = whole.rpartition("\n\n")
    if not parted or not tail.endswith("\n"):
        raise WrongNote("a note has an empty line before its signatures and a newline at its end")
    text = head + "\n"
    _check_text(text)
    rows = tail[:-1].split("\n")
    if len(rows) > MAX_SIGNATURES:
        raise WrongNote(f"more than {MAX_SIGNATURES} signatures")
    return Note(text, tuple(_read_line(row) for row in rows))


def open_note(note: str | bytes, verifiers: Sequence[NoteVerifier]) -> Note:
    """Read a note that at least one of `verifiers` signed; raises `WrongNote`.

    A line that names a known key and does not fit is refused, as the specification asks, even when another
    fits. Lines of unknown keys are passed over.
    """
    found = read_note(note)
    known = {(verifier.name, verifier.key_hash): verifier for verifier in verifiers}
    verified: list[NoteVerifier] = []
    for line in found.lines:
        verifier = known.get((line.name, line.key_hash))
        if verifier is None:
            continue
        if not verifier.fits(found.text, line.signature):
            raise WrongNote(f"the signature by {line.name} does not fit the text")
        if verifier not in verified:
            verified.append(verifier)
    if not verified:
        raise WrongNote("signed by none of the keys that are trusted here")
    return Note(found.text, found.lines, tuple(verified))


def _key_hash(name: str, kind: int, key: bytes) -> bytes:
    return sha256(name.encode("utf-8") + b"\n" + bytes([kind]) + key).digest()[:4]


def _check_text(text: str) -> None:
    if not text.endswith("\n") or text == "\n":
        raise WrongNote("the text of a note is not empty and ends with a newline")
    if any((ch < " " and ch != "\n") or "\ud800" <= ch <= "\udfff" for ch in text):
        raise WrongNote("the text of a note holds no control characters")


def _read_line(row: str) -> SignatureLine:
    parts = row.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not _NAME.fullmatch(parts[1]):
        raise WrongNote("a signature line is `— name signature`")
    try:
        value = b64decode(parts[2], validate=True)
    except (Base64Error, ValueError) as error:
        raise WrongNote("a signature is base64") from error
    if len(value) < 5:
        raise WrongNote("a signature line is too short")
    return SignatureLine(parts[1], value[:4], value[4:])
