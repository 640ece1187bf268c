"""An append-only log that can prove what it holds: records, Merkle tree, signed checkpoints, proofs.

Words it owns: record (bytes), index (its place, from 0), leaf and node (RFC 6962 hashes), root, checkpoint
(size and root as a C2SP signed note), inclusion proof (this record is in that tree), consistency proof (that
tree only grew), frontier (the few hashes from which a tree goes on).

`tree`, `proofs`, `notes` and `checkpoints` are pure; `store` alone touches files, in one folder, and answers
an append only when the record is on the disk. It never changes or deletes a record, never reads what a record
means, opens no socket and holds no key.
"""

from sala.engines.tlog.checkpoints import Checkpoint, WrongCheckpoint, read_proof, write_proof
from sala.engines.tlog.notes import NoteSigner, NoteVerifier, WrongNote, open_note, sign_note
from sala.engines.tlog.proofs import verify_consistency, verify_inclusion
from sala.engines.tlog.store import Log, LogBusy, LogDamaged, LogReader, LogUnusable
from sala.engines.tlog.tree import hash_leaf, root_of

__all__ = [
    "Checkpoint",
    "Log",
    "LogBusy",
    "LogDamaged",
    "LogReader",
    "LogUnusable",
    "NoteSigner",
    "NoteVerifier",
    "WrongCheckpoint",
    "WrongNote",
    "hash_leaf",
    "open_note",
    "read_proof",
    "root_of",
    "sign_note",
    "verify_consistency",
    "verify_inclusion",
    "write_proof",
]
