"""Checkpoints (C2SP tlog-checkpoint) and proof files (C2SP tlog-proof): what a log shows to others."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sala.engines.tlog.notes import NoteSigner, NoteVerifier, WrongNote, open_note, read_note, sign_note
from sala.engines.tlog.proofs import verify_inclusion
from sala.engines.tlog.tree import EMPTY_ROOT, hash_leaf

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_PROOF_HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF_HASHES = 64


class WrongCheckpoint(ValueError):
    """The text is not a checkpoint or a proof, or does not fit the log, record or key it is held against."""


@dataclass(frozen=True)
class Checkpoint:
    """A log's word at one moment: who it is, how many records it holds, and their root.

    `extensions` are further lines, which readers that do not know them pass over.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (
            not self.origin
            or "\n" in self.origin
            or any("\n" in line or not line for line in self.extensions)
        ):
            raise WrongCheckpoint("origin and extensions are single lines that are not empty")
        if self.size < 0 or len(self.root) != 32:
            raise WrongCheckpoint("a size is 0 or more, and a root has 32 bytes")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise WrongCheckpoint("an empty log has the root of the empty tree")

    def text(self) -> str:
        """Return the text that is signed."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode("ascii"), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    def sign(self, signers: Iterable[NoteSigner]) -> str:
        """Return the checkpoint as a signed note."""
        return sign_note(self.text(), signers)

    @classmethod
    def read(cls, text: str) -> Checkpoint:
        """Read the text of a checkpoint; raises `WrongCheckpoint`."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] != "":
            raise WrongCheckpoint("a checkpoint has origin, size and root, each on a line of its own")
        if not _DECIMAL.fullmatch(lines[1]):
            raise WrongCheckpoint("the size is not a decimal number")
        return cls(lines[0], int(lines[1]), _hash(lines[2]), tuple(lines[3:-1]))

    @classmethod
    def open(
        cls, note: str | bytes, verifiers: Sequence[NoteVerifier], *, origin: str | None = None
    ) -> Checkpoint:
        """Read a signed checkpoint by one of `verifiers`, of the log `origin`; raises `WrongCheckpoint`."""
        try:
            found = cls.read(open_note(note, verifiers).text)
        except WrongNote as error:
            raise WrongCheckpoint(str(error)) from error
        if origin is not None and found.origin != origin:
            raise WrongCheckpoint(f"a checkpoint of {found.origin!r}, not of {origin!r}")
        return found


@dataclass(frozen=True)
class ProofFile:
    """A record's place with everything that proves it offline; `checkpoint` is the signed note as written."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def proves(self, record: bytes, verifiers: Sequence[NoteVerifier], *, origin: str | None = None) -> bool:
        """Tell whether `record` is in the log at this place under a checkpoint signed by `verifiers`.

        `extra` is not covered by any signature.
        """
        try:
            head = Checkpoint.open(self.checkpoint, verifiers, origin=origin)
        except WrongCheckpoint:
            return False
        return verify_inclusion(
            index=self.index, size=head.size, leaf=hash_leaf(record), proof=self.hashes, root=head.root
        )


def write_proof(*, index: int, hashes: Iterable[bytes], checkpoint: str, extra: bytes | None = None) -> str:
    """Return a `.tlog-proof` file for the record at `index` under a signed checkpoint."""
    lines = [_PROOF_HEADER]
    if extra is not None:
        lines.append(f"extra {b64encode(extra).decode('ascii')}")
    lines.append(f"index {index}")
    lines += [b64encode(value).decode("ascii") for value in hashes]
    return "".join(f"{line}\n" for line in lines) + "\n" + checkpoint


def read_proof(text: str) -> ProofFile:
    """Read a `.tlog-proof` file's form; raises `WrongCheckpoint`. What it proves is a further question."""
    head, parted, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not parted or lines.pop(0) != _PROOF_HEADER or not lines:
        raise WrongCheckpoint("not a tlog proof")
    extra = None
    if lines[0].startswith("extra "):
        extra = _bytes(lines.pop(0)[6:])
    if not lines or not lines[0].startswith("index ") or not _DECIMAL.fullmatch(lines[0][6:]):
        raise WrongCheckpoint("a proof names its index")
    index = int(lines.pop(0)[6:])
    if len(lines) > MAX_PROOF_HASHES:
        raise WrongCheckpoint(f"more than {MAX_PROOF_HASHES} hashes")
    try:
        Checkpoint.read(read_note(checkpoint).text)
    except WrongNote as error:
        raise WrongCheckpoint(str(error)) from error
    return ProofFile(index, tuple(_hash(line) for line in lines), checkpoint, extra)


def _bytes(text: str) -> bytes:
    try:
        value = b64decode(text, validate=True)
    except ValueError as error:
        raise WrongCheckpoint("not base64") from error
    if b64encode(value).decode("ascii") != text:
        raise WrongCheckpoint("base64 with stray bits at its end")
    return value


def _hash(text: str) -> bytes:
    value = _bytes(text)
    if len(value) != 32:
        raise WrongCheckpoint("a hash has 32 bytes")
    return value
