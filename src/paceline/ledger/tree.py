"""The Merkle tree over a tenant's row hashes, pure, after RFC 6962 and RFC 9162 (SHA-256).

1. A leaf's hash is `SHA-256(0x00 || data)`; the data of leaf `i` are the 32 bytes of the hash of row `i + 1`.
2. A node's hash is `SHA-256(0x01 || left || right)`; the left side holds the largest power of two below the number of
   leaves. The tree of nothing is `SHA-256("")`.
3. An inclusion proof names the nodes that lead from one leaf to the root.
4. A consistency proof names the nodes that show a smaller tree to be the beginning of a larger one.

The splitting of point 2 is the same as pairing neighbours level by level, the one that is left over moving up as it is;
that is how it is computed here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf that holds these data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node over two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over these leaf hashes, holding no more of them than the tree is high."""
    peaks: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, node = 0, leaf
        while peaks and peaks[-1][0] == height:
            node = node_hash(peaks.pop()[1], node)
            height += 1
        peaks.append((height, node))
    if not peaks:
        return EMPTY
    root = peaks.pop()[1]
    while peaks:
        root = node_hash(peaks.pop()[1], root)
    return root


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the nodes from leaf `index`, counted from 0, to the root: the lowest first.

    Raises:
        IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} in a tree of {len(leaves)}")
    proof, level = [], list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        index, level = index // 2, _above(level)
    return proof


def consistency_proof(first: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the nodes that show the tree of the first `first` leaves to be the beginning of the tree of all.

    Raises:
        IndexError: `first` is not from 1 to the number of leaves.
    """
    if not 1 <= first <= len(leaves):
        raise IndexError(f"no tree of {first} leaves in a tree of {len(leaves)}")
    proof: list[bytes] = []
    if first == len(leaves):
        return proof
    node, level = first - 1, list(leaves)
    while node % 2:
        node, level = node // 2, _above(level)
    if node:
        proof.append(level[node])
    while len(level) > 1:
        sibling = node ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        node, level = node // 2, _above(level)
    return proof


def shows_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether the proof leads from leaf hash `leaf` at `index` to the root of a tree of `size` leaves.

    References:
        RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    position, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if position % 2 or position == last:
            node = node_hash(step, node)
            while position and not position % 2:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, step)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


def shows_consistency(*, first: int, second: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Return whether the proof shows that a tree of `first` leaves is the beginning of one of `second`.

    References:
        RFC 9162, section 2.1.4.2.
    """
    if not 1 <= first <= second:
        return False
    if first == second:
        return not proof and old_root == new_root
    # A complete tree is a node of the larger one, so its own root begins the walk.
    steps = [old_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not steps:
        return False
    position, last = first - 1, second - 1
    while position % 2:
        position, last = position >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if position % 2 or position == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while position and not position % 2:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, step)
        position, last = position >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _above(level: list[bytes]) -> list[bytes]:
    pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs + level[-1:] if len(level) % 2 else pairs
