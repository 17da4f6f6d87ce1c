"""The key that persons, agents and debts are told apart by: made once, for its owner only, never shown.

Whoever has the key and a number can tell whether that person is in the records; whoever has the records alone cannot.
Each tenant has a key of its own, made of the one in the data folder, so that nobody is the same person to two of them.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from contextlib import suppress
from pathlib import Path

from paceline.primitives.chance import fresh_key
from paceline.primitives.ids import TenantId
from paceline.records.failures import RecordsKeyError

KEY_FILE = "records-key"
"""The key, in the data folder."""
_BYTES, _KEY_DIGITS = 32, 32


def tenant_key(data_folder: Path, tenant: TenantId) -> str:
    """Return a tenant's key, hex; the one in the data folder that it comes of is made at first use.

    Args:
        data_folder: is there.
        tenant: whose.

    Raises:
        RecordsKeyError: the file cannot be read or made, or holds no key.
    """
    path = data_folder / KEY_FILE
    try:
        _make(path)
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except OSError as wrong:
        raise RecordsKeyError(f"the key {path} cannot be read or made: {wrong.strerror}") from wrong
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise RecordsKeyError(f"{path} holds no key", hint="restore it: without it, no person is found again")
    whole = hmac.new(key, b"paceline call records of " + tenant.encode(), hashlib.sha256)
    # 128 bits: with a number behind them they fit into one block of SHA-256, which halves what a digest costs.
    return whole.hexdigest()[:_KEY_DIGITS]


def key_mark(key: str) -> str:
    """Return what tells one key from another and says nothing of either; it is kept with the records."""
    return hmac.new(bytes.fromhex(key), b"mark", hashlib.sha256).hexdigest()[:16]


def _make(path: Path) -> None:
    """Make the file whole or not at all: of two processes at once, both find the same key."""
    if path.exists():
        return
    drawn = path.with_name(f".{KEY_FILE}.{fresh_key(8).hex()}")
    place = os.open(drawn, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(place, fresh_key(_BYTES).hex().encode("ascii"))
        os.fsync(place)
        with suppress(FileExistsError):
            os.link(drawn, path)
    finally:
        os.close(place)
        drawn.unlink()
