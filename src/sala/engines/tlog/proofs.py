"""Proofs over the tree: a record is in it (inclusion), and it only ever grew (consistency)."""

from __future__ import annotations

from collections.abc import Sequence

from sala.engines.tlog.tree import EMPTY_ROOT, Node, hash_node, range_hash


def prove_inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """Return the proof that record `index` is in the tree of `size` records (RFC 6962 section 2.1.1).

    `node` gives stored hashes. Raises ValueError unless 0 ≤ index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"record {index} is not in a tree of {size}")
    begin, end = 0, size
    ranges = []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    return [range_hash(left, right, node) for left, right in reversed(ranges)]


def prove_consistency(old_size: int, size: int, node: Node) -> list[bytes]:
    """Return the proof that the tree of `old_size` is the beginning of that of `size` (section 2.1.2).

    It is empty when both are the same tree or the old one is empty. Raises ValueError unless
    0 ≤ old_size ≤ size.
    """
    if not 0 <= old_size <= size:
        raise ValueError(f"a tree of {old_size} is no beginning of a tree of {size}")
    if old_size in (0, size):
        return []
    begin, end = 0, size
    ranges = []
    while end > old_size:
        middle = begin + _split(end - begin)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    proof = [range_hash(left, right, node) for left, right in reversed(ranges)]
    # The old tree's own root is known to the reader only when it is one full subtree from the beginning.
    return proof if begin == 0 else [range_hash(begin, end, node), *proof]


def verify_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether the leaf hash stands at `index` of the tree with `size` and `root` (RFC 9162 2.1.3.2)."""
    return index >= 0 and root_from_inclusion(index=index, size=size, leaf=leaf, proof=proof) == root


def root_from_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    """Return the root that the proof leads to, or None where it has the wrong length for its place."""
    if not 0 <= index < size:
        return None
    number, last, root = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if number & 1 or number == last:
            root = hash_node(step, root)
            while number and not number & 1:
                number >>= 1
                last >>= 1
        else:
            root = hash_node(root, step)
        number >>= 1
        last >>= 1
    return root if last == 0 else None


def verify_consistency(
    *, old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether the tree of `old_size` is the beginning of that of `size` (RFC 9162 2.1.4.2)."""
    if not 0 <= old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    steps = list(proof)
    if old_size & (old_size - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    number, last = old_size - 1, size - 1
    while number & 1:
        number >>= 1
        last >>= 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            old, new = hash_node(step, old), hash_node(step, new)
            while number and not number & 1:
                number >>= 1
                last >>= 1
        else:
            new = hash_node(new, step)
        number >>= 1
        last >>= 1
    return last == 0 and old == old_root and new == root


def _split(count: int) -> int:
    """Return the largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
