"""Signed heads, to be kept where the ledger is not: they show a tail cut off, or a whole ledger written anew.

The text of a checkpoint, each line ended by a line feed:

    paceline ledger checkpoint 1
    tenant "acme"
    size 42
    head 6e340b9c...        the hash of row 42, or the start of the chain when size is 0
    root fac54203...        of the Merkle tree over the hashes of rows 1 to 42
    at 2026-11-20T12:00:00.000000Z
    key 0f3a5c7e9b1d2f40
    signature <base64>

The tenant is written as JSON. The signature is Ed25519's, over all lines before its own, their line feeds included.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from paceline.ledger.entry import instant_from, instant_text
from paceline.ledger.failures import CheckpointError
from paceline.ledger.keys import Signer
from paceline.primitives.canonical import canonical_json
from paceline.primitives.ids import TenantId

FIRST_LINE = "paceline ledger checkpoint 1"

_FORM = re.compile(
    rf'{FIRST_LINE}\ntenant (?P<tenant>"[^\n]*")\nsize (?P<size>0|[1-9][0-9]{{0,17}})\n'
    r"head (?P<head>[0-9a-f]{64})\nroot (?P<root>[0-9a-f]{64})\n"
    r"at (?P<at>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)\n"
    r"key (?P<key>[0-9a-f]{16})\nsignature (?P<signature>[A-Za-z0-9+/]{86}==)\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What was signed, and the signature.

    Attributes:
        size: rows of the chain at that time.
        head: hash of the last of them.
        root: of the Merkle tree over their hashes.
        key: id of the key that signed.
        signature: 64 bytes.
    """

    tenant: TenantId
    size: int
    head: str
    root: str
    at: datetime
    key: str
    signature: bytes

    @property
    def text(self) -> str:
        """The form that is kept elsewhere."""
        return f"{_signed(self)}signature {b64encode(self.signature).decode('ascii')}\n"

    def is_signed_by(self, public: bytes) -> bool:
        """Return whether the signature is that of this public key."""
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(self.signature, _signed(self).encode("utf-8"))
        except InvalidSignature:
            return False
        return True


def sign_checkpoint(*, tenant: TenantId, size: int, head: str, root: str, at: datetime, signer: Signer) -> Checkpoint:
    """Return the signed checkpoint of a chain."""
    blank = Checkpoint(tenant=tenant, size=size, head=head, root=root, at=at, key=signer.id, signature=b"")
    signature = signer.sign(_signed(blank).encode("utf-8"))
    return Checkpoint(tenant=tenant, size=size, head=head, root=root, at=at, key=signer.id, signature=signature)


def read_checkpoint(text: str, *, keys: Mapping[str, bytes]) -> Checkpoint:
    """Return the checkpoint that this text holds, when a key that is trusted has signed it.

    Args:
        text: what was kept.
        keys: public keys by their ids.

    Raises:
        CheckpointError: the text has another form, the key is unknown, or the signature is not the key's.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise CheckpointError("this is not the text of a checkpoint")
    try:
        tenant = json.loads(found["tenant"])
        at = instant_from(found["at"])
    except ValueError as problem:
        raise CheckpointError("this is not the text of a checkpoint") from problem
    checkpoint = Checkpoint(
        tenant=TenantId(str(tenant)),
        size=int(found["size"]),
        head=found["head"],
        root=found["root"],
        at=at,
        key=found["key"],
        signature=b64decode(found["signature"]),
    )
    if checkpoint.key not in keys:
        raise CheckpointError(f"the key {checkpoint.key} that signed this checkpoint is not known")
    if checkpoint.text != text or not checkpoint.is_signed_by(keys[checkpoint.key]):
        raise CheckpointError(f"the signature of this checkpoint is not that of key {checkpoint.key}")
    return checkpoint


def _signed(checkpoint: Checkpoint) -> str:
    return (
        f"{FIRST_LINE}\n"
        f"tenant {canonical_json(checkpoint.tenant)}\n"
        f"size {checkpoint.size}\n"
        f"head {checkpoint.head}\n"
        f"root {checkpoint.root}\n"
        f"at {instant_text(checkpoint.at)}\n"
        f"key {checkpoint.key}\n"
    )
