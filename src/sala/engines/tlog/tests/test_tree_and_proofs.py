"""The tree and its proofs are those of RFC 6962: vectors, and a brute-force tree beside it."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.engines.tlog.proofs import (
    prove_consistency,
    prove_inclusion,
    verify_consistency,
    verify_inclusion,
)
from sala.engines.tlog.tree import (
    EMPTY_ROOT,
    Frontier,
    Node,
    hash_leaf,
    range_hash,
    root_of,
    stored_count,
    stored_place,
)

# The records and roots that the implementations of Certificate Transparency test themselves with.
RECORDS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LARGEST = 70


def mth(records: list[bytes]) -> bytes:
    """`MTH` word by word as RFC 6962 section 2.1 defines it, recursive and slow."""
    if not records:
        return sha256(b"").digest()
    if len(records) == 1:
        return sha256(b"\0" + records[0]).digest()
    split = 1
    while split * 2 < len(records):
        split *= 2
    return sha256(b"\1" + mth(records[:split]) + mth(records[split:])).digest()


def path(index: int, records: list[bytes]) -> list[bytes]:
    """`PATH` word by word as section 2.1.1 defines it."""
    if len(records) == 1:
        return []
    split = 1
    while split * 2 < len(records):
        split *= 2
    if index < split:
        return [*path(index, records[:split]), mth(records[split:])]
    return [*path(index - split, records[split:]), mth(records[:split])]


def subproof(size: int, records: list[bytes], known: bool) -> list[bytes]:
    """`SUBPROOF` word by word as section 2.1.2 defines it."""
    if size == len(records):
        return [] if known else [mth(records)]
    split = 1
    while split * 2 < len(records):
        split *= 2
    if size <= split:
        return [*subproof(size, records[:split], known), mth(records[split:])]
    return [*subproof(size - split, records[split:], False), mth(records[:split])]


def stored(records: list[bytes]) -> Node:
    """Return the nodes of a tree as the store keeps them."""
    frontier, nodes = Frontier(), []
    for record in records:
        nodes += frontier.append(hash_leaf(record))
    assert len(nodes) == stored_count(len(records))
    return lambda level, number: nodes[stored_place(level, number)]


RANDOM = [sha256(bytes([number])).digest()[: number % 5] for number in range(LARGEST)]
NODE = stored(RANDOM)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert root_of(RECORDS[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_root_of_nothing() -> None:
    assert root_of([]) == EMPTY_ROOT == sha256(b"").digest()


def test_the_audit_paths_of_rfc_6962_section_2_1_3() -> None:
    """The example of seven records d0 to d6 with nodes a to l."""
    node = stored(RECORDS[:7])
    a, b, c, d, e, f, j = (hash_leaf(record) for record in RECORDS[:7])
    g, h, i = node(1, 0), node(1, 1), node(1, 2)
    k, l = node(2, 0), range_hash(4, 7, node)  # noqa: E741 - the names of the RFC
    assert prove_inclusion(0, 7, node) == [b, h, l]
    assert prove_inclusion(3, 7, node) == [c, g, l]
    assert prove_inclusion(4, 7, node) == [f, j, k]
    assert prove_inclusion(6, 7, node) == [i, k]
    assert prove_consistency(3, 7, node) == [c, d, g, l]
    assert prove_consistency(4, 7, node) == [l]
    assert prove_consistency(6, 7, node) == [i, j, k]
    assert (a, e) == (node(0, 0), node(0, 4))


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_each_proof_is_the_one_of_the_definition_and_verifies(size: int) -> None:
    records = RANDOM[:size]
    root = range_hash(0, size, NODE)
    assert root == mth(records) == root_of(records)
    for index in range(size):
        proof = prove_inclusion(index, size, NODE)
        assert proof == path(index, records)
        assert verify_inclusion(
            index=index, size=size, leaf=hash_leaf(records[index]), proof=proof, root=root
        )
    for old in range(1, size + 1):
        proof = prove_consistency(old, size, NODE)
        assert proof == subproof(old, records, True)
        assert verify_consistency(
            old_size=old, old_root=mth(records[:old]), size=size, root=root, proof=proof
        )
    assert verify_consistency(old_size=0, old_root=EMPTY_ROOT, size=size, root=root, proof=[])


@given(st.data())
def test_an_altered_inclusion_proof_does_not_verify(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, LARGEST))
    index = data.draw(st.integers(0, size - 1))
    leaf, root = hash_leaf(RANDOM[index]), range_hash(0, size, NODE)
    proof = prove_inclusion(index, size, NODE)
    alterations = [
        {"index": index + 1},
        {"index": index - 1},
        {"leaf": bytes(32)},
        {"proof": [*proof, bytes(32)]},
        {"root": bytes(32)},
        {"index": size},
        {"index": index + 2**40},
    ]
    for place in range(len(proof)):
        alterations.append({"proof": proof[:place] + proof[place + 1 :]})
        alterations.append({"proof": [*proof[:place], bytes(32), *proof[place + 1 :]]})
    for altered in alterations:
        given_ = {"index": index, "size": size, "leaf": leaf, "proof": proof, "root": root} | altered
        assert not verify_inclusion(**given_), altered  # type: ignore[arg-type]


@given(st.data())
def test_a_log_that_was_rewritten_has_no_consistency_proof(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, LARGEST))
    old = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, old - 1))
    rewritten = [*RANDOM[:changed], b"another record", *RANDOM[changed + 1 : size]]
    proof = prove_consistency(old, size, stored(rewritten))
    old_root, root = range_hash(0, old, NODE), mth(rewritten)
    assert not verify_consistency(old_size=old, old_root=old_root, size=size, root=root, proof=proof)
    true_root, true_proof = range_hash(0, size, NODE), prove_consistency(old, size, NODE)
    for altered in (true_proof[1:], true_proof[:-1], [*true_proof, bytes(32)], []):
        if altered != true_proof:
            assert not verify_consistency(
                old_size=old, old_root=old_root, size=size, root=true_root, proof=altered
            )


def test_sizes_that_cannot_be_are_refused() -> None:
    for index, size in ((-1, 5), (5, 5), (0, 0)):
        with pytest.raises(ValueError, match="not in a tree"):
            prove_inclusion(index, size, NODE)
    for old, size in ((-1, 5), (6, 5)):
        with pytest.raises(ValueError, match="no beginning"):
            prove_consistency(old, size, NODE)
    assert not verify_inclusion(index=-1, size=5, leaf=b"", proof=[], root=b"")
    assert not verify_consistency(old_size=6, old_root=b"", size=5, root=b"", proof=[])
    assert not verify_consistency(old_size=3, old_root=b"", size=5, root=b"", proof=[])
    assert not verify_consistency(old_size=5, old_root=b"a", size=5, root=b"b", proof=[])


@given(st.integers(0, 300), st.integers(0, 12))
def test_nodes_are_stored_in_the_order_of_completion(number: int, level: int) -> None:
    place = stored_place(level, number)
    completing = ((number + 1) << level) - 1
    assert stored_count(completing) <= place < stored_count(completing + 1)


def test_a_frontier_goes_on_from_its_peaks() -> None:
    for size in range(LARGEST):
        frontier = Frontier.of(size, NODE)
        frontier.append(hash_leaf(RANDOM[size]))
        assert frontier.root() == mth(RANDOM[: size + 1])
    with pytest.raises(ValueError, match="full subtrees"):
        Frontier(3, [bytes(32)])
