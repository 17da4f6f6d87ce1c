r"""The hash chain of a tenant, pure.

Every row of a tenant has a sequence number, from 1 without gaps, and a hash that covers everything that it says and
everything before it:

1. The hash before the first row is `SHA-256("paceline ledger start 1\n" || tenant)`.
2. The hash of a row is `SHA-256("paceline ledger row 1\n" || T || tenant || S || previous || B || body)`, where
   `T` and `B` are the numbers of bytes of the tenant and of the body, `S` is the sequence number, each as 8 bytes, the
   most significant first; `tenant` and `body` are UTF-8; `previous` is the 32 bytes of the hash before.

The texts in front keep the two apart from each other and from every other use of SHA-256 here; the lengths keep the
parts apart, so that nothing can be moved from one into the next. A row found at another place, in another ledger, or
with another body has another hash.
"""

from __future__ import annotations

import hashlib

from paceline.primitives.ids import TenantId

START = b"paceline ledger start 1\n"
ROW = b"paceline ledger row 1\n"


def start_of(tenant: TenantId) -> str:
    """Return the hash before a tenant's first row, lower-case hex."""
    return hashlib.sha256(START + tenant.encode("utf-8")).hexdigest()


def hash_of(*, tenant: TenantId, sequence: int, previous: str, body: str) -> str:
    """Return the hash of a row, lower-case hex, after the hash of the row before it."""
    name = tenant.encode("utf-8")
    said = body.encode("utf-8")
    parts = (ROW, _number(len(name)), name, _number(sequence), bytes.fromhex(previous), _number(len(said)), said)
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _number(value: int) -> bytes:
    return value.to_bytes(8, "big")
