"""The Merkle tree against vectors that were made elsewhere, and against the definition itself."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.ledger.tree import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    shows_consistency,
    shows_inclusion,
)

CASES: dict[str, Any] = json.loads(Path("tests/cases/merkle-vectors.json").read_text(encoding="utf-8"))
LEAVES = [leaf_hash(bytes.fromhex(data)) for data in CASES["leaves"]]
ROOTS = [bytes.fromhex(root) for root in CASES["roots"]]

leaves = st.lists(st.binary(min_size=32, max_size=32), max_size=70)


def defined_root(nodes: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word; over leaf hashes."""
    if not nodes:
        return hashlib.sha256(b"").digest()
    if len(nodes) == 1:
        return nodes[0]
    k = largest_power_below(len(nodes))
    return hashlib.sha256(b"\x01" + defined_root(nodes[:k]) + defined_root(nodes[k:])).digest()


def defined_path(m: int, nodes: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, section 2.1.1."""
    if len(nodes) == 1:
        return []
    k = largest_power_below(len(nodes))
    if m < k:
        return [*defined_path(m, nodes[:k]), defined_root(nodes[k:])]
    return [*defined_path(m - k, nodes[k:]), defined_root(nodes[:k])]


def defined_proof(m: int, nodes: list[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962, section 2.1.2."""
    if m == len(nodes):
        return [] if whole else [defined_root(nodes)]
    k = largest_power_below(len(nodes))
    if m <= k:
        return [*defined_proof(m, nodes[:k], whole=whole), defined_root(nodes[k:])]
    return [*defined_proof(m - k, nodes[k:], whole=False), defined_root(nodes[:k])]


def largest_power_below(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_vectors(size: int) -> None:
    assert root_of(LEAVES[:size]) == ROOTS[size]


@pytest.mark.parametrize("case", CASES["inclusion"], ids=lambda case: f"{case['index']} of {case['size']}")
def test_inclusion_proofs_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    proof = [bytes.fromhex(node) for node in case["proof"]]
    index, size = case["index"], case["size"]
    assert inclusion_proof(index, LEAVES[:size]) == proof
    assert shows_inclusion(index=index, size=size, leaf=LEAVES[index], proof=proof, root=ROOTS[size])


@pytest.mark.parametrize("case", CASES["consistency"], ids=lambda case: f"{case['first']} in {case['second']}")
def test_consistency_proofs_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    proof = [bytes.fromhex(node) for node in case["proof"]]
    first, second = case["first"], case["second"]
    assert consistency_proof(first, LEAVES[:second]) == proof
    assert shows_consistency(first=first, second=second, proof=proof, old_root=ROOTS[first], new_root=ROOTS[second])


@given(leaves)
def test_root_is_that_of_the_definition(nodes: list[bytes]) -> None:
    assert root_of(iter(nodes)) == defined_root(nodes)


@given(leaves.filter(bool), st.data())
def test_proofs_are_those_of_the_definition_and_convince(nodes: list[bytes], data: st.DataObject) -> None:
    size, root = len(nodes), defined_root(nodes)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_proof(index, nodes)
    assert path == defined_path(index, nodes)
    assert shows_inclusion(index=index, size=size, leaf=nodes[index], proof=path, root=root)

    first = data.draw(st.integers(1, size))
    proof = consistency_proof(first, nodes)
    assert proof == defined_proof(first, nodes)
    old = defined_root(nodes[:first])
    assert shows_consistency(first=first, second=size, proof=proof, old_root=old, new_root=root)


@given(leaves.filter(lambda nodes: len(set(nodes)) > 1), st.data())
def test_proof_of_anything_else_convinces_nobody(nodes: list[bytes], data: st.DataObject) -> None:
    size, root = len(nodes), defined_root(nodes)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_proof(index, nodes)
    stranger = data.draw(st.binary(min_size=32, max_size=32).filter(lambda node: node not in nodes))
    assert not shows_inclusion(index=index, size=size, leaf=stranger, proof=path, root=root)
    assert not shows_inclusion(index=index, size=size, leaf=nodes[index], proof=[*path, stranger], root=root)
    assert not shows_inclusion(index=index, size=size, leaf=nodes[index], proof=path[:-1], root=root)
    assert not shows_inclusion(index=size, size=size, leaf=nodes[index], proof=path, root=root)

    first = data.draw(st.integers(1, size - 1))
    proof, old = consistency_proof(first, nodes), defined_root(nodes[:first])
    for wrong_old, wrong_new, wrong in ((stranger, root, proof), (old, stranger, proof), (old, root, proof[:-1])):
        assert not shows_consistency(first=first, second=size, proof=wrong, old_root=wrong_old, new_root=wrong_new), (
            first,
            size,
        )


def test_leaf_or_tree_that_is_not_there_is_refused() -> None:
    with pytest.raises(IndexError):
        inclusion_proof(3, LEAVES[:3])
    with pytest.raises(IndexError):
        consistency_proof(0, LEAVES)
    with pytest.raises(IndexError):
        consistency_proof(9, LEAVES)
