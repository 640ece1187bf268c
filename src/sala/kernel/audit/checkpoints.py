"""The port by which a higher room signs the checkpoints of the audit log."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sala.engines.tlog import NoteSigner, NoteVerifier

_signer: Callable[[str], NoteSigner] | None = None
_verifiers: Callable[[str], Sequence[NoteVerifier]] | None = None


def set_checkpoint_signer(
    signer: Callable[[str], NoteSigner] | None, *, verifiers: Callable[[str], Sequence[NoteVerifier]]
) -> None:
    """Let `signer` give the key that signs for the log of a name, and `verifiers` all keys that ever did.

    The keys room calls it once at start. Until somebody does, checkpoints carry no signature.
    """
    global _signer, _verifiers
    _signer, _verifiers = signer, verifiers


def checkpoint_signers(name: str) -> list[NoteSigner]:
    """Return who signs the log `name` now."""
    return [_signer(name)] if _signer is not None else []


def checkpoint_verifiers(name: str) -> list[NoteVerifier]:
    """Return the keys under which checkpoints of the log `name` are good."""
    return list(_verifiers(name)) if _verifiers is not None else []
