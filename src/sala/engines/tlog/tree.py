"""The Merkle tree of RFC 6962: hashes, the frontier that grows it, and where each node is stored.

A node is named by level and number: level 0 are the leaves, node `n` of level `l` covers the records from
`n·2^l` up to `(n+1)·2^l`. Only full nodes are stored, in the order in which appending completes them; that
order is the same for every log, so a stored node is found by arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without records (RFC 6962 section 2.1)."""

Node = Callable[[int, int], bytes]
"""Gives the stored hash of the full node (level, number)."""


def hash_leaf(record: bytes) -> bytes:
    """Return the leaf hash of a record: SHA-256 of 0x00 and the record."""
    return sha256(b"\x00" + record).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node: SHA-256 of 0x01 and both children."""
    return sha256(b"\x01" + left + right).digest()


def stored_count(size: int) -> int:
    """Return how many full nodes a tree of `size` records has, leaves included."""
    return 2 * size - size.bit_count()


def stored_place(level: int, number: int) -> int:
    """Return the place of a full node among all stored nodes, from 0."""
    completing = ((number + 1) << level) - 1
    return stored_count(completing) + level


class Frontier:
    """The roots of the full subtrees at the right edge: all that is needed to append and to know the root."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self._peaks = list(peaks)
        if len(self._peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} has {size.bit_count()} full subtrees at its edge")

    @classmethod
    def of(cls, size: int, node: Node) -> Frontier:
        """Return the frontier of a stored tree."""
        return cls(size, [node(level, number) for level, number in full_subtrees(0, size)])

    def append(self, leaf: bytes) -> list[bytes]:
        """Add a leaf hash; return the nodes that it completes, the leaf first, in the order of storing."""
        completed = [leaf]
        size, peaks = self.size, self._peaks
        while size & 1:
            leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
            completed.append(leaf)
            size >>= 1
        peaks.append(leaf)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        return fold(self._peaks)


def full_subtrees(begin: int, end: int) -> list[tuple[int, int]]:
    """Return the full nodes that together cover the records from `begin` up to `end`, left to right.

    `begin` must be a multiple of the largest power of two that the range holds, as it is for every range
    that a proof asks for.
    """
    found = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        found.append((level, begin >> level))
        begin += 1 << level
    return found


def fold(peaks: Sequence[bytes]) -> bytes:
    """Return the hash above the full subtrees `peaks` (largest first); of none, the empty root."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = hash_node(peak, root)
    return root


def range_hash(begin: int, end: int, node: Node) -> bytes:
    """Return the hash over the records from `begin` up to `end` (as RFC 6962 `MTH(D[begin:end])`)."""
    return fold([node(level, number) for level, number in full_subtrees(begin, end)])


def root_of(records: Iterable[bytes]) -> bytes:
    """Return the root of the tree over `records`."""
    frontier = Frontier()
    for record in records:
        frontier.append(hash_leaf(record))
    return frontier.root()
