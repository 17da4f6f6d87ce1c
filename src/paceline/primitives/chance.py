"""The only source of chance: everything else is made from a seed that was drawn here once, or was given."""

from __future__ import annotations

import secrets

_SEED_BITS = 64


def fresh_seed() -> int:
    """Return a seed of 64 bits that nobody can guess."""
    return secrets.randbits(_SEED_BITS)


def fresh_key(size: int = 32) -> bytes:
    """Return `size` bytes that nobody can guess: a key for signing or for a keyed hash."""
    return secrets.token_bytes(size)
