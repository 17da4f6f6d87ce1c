r"""The keys that sign checkpoints: Ed25519, each named after itself, one following another by an entry of the ledger.

1. A key's id is the first 16 hex digits of `SHA-256("paceline ledger key 1\n" || public key)`.
2. A rotation is an entry of kind `ledger.key`. Its details hold the new key, and the one before it if there is one;
   both have signed `"paceline ledger rotation 1\n" || tenant || "\n" || old public key || new public key`. So whoever
   trusts one of the two may trust the other.
"""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from paceline.ledger.entry import Actor, Deed
from paceline.ledger.failures import CheckpointError
from paceline.primitives.canonical import Json
from paceline.primitives.chance import fresh_key
from paceline.primitives.ids import TenantId

KEY = b"paceline ledger key 1\n"
ROTATION = b"paceline ledger rotation 1\n"
ROTATED = "ledger.key"
"""The kind of the entry that names a new key."""


def key_id(public: bytes) -> str:
    """Return the id of a public key of 32 bytes."""
    return hashlib.sha256(KEY + public).hexdigest()[:16]


class Signer:
    """A private key; its text form says only which it is."""

    __slots__ = ("_private", "id", "public")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        """Sign with this key."""
        self._private = private
        self.public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = key_id(self.public)

    def __repr__(self) -> str:
        return f"Signer(id={self.id!r})"

    @classmethod
    def fresh(cls) -> Signer:
        """Return a new key that nobody can guess."""
        return cls(Ed25519PrivateKey.from_private_bytes(fresh_key(32)))

    @classmethod
    def at(cls, path: Path) -> Signer:
        """Return the key in this file; when there is no file, make both, readable by its owner only.

        Raises:
            CheckpointError: the file holds no Ed25519 key in PEM.
        """
        try:
            place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls.from_pem(path.read_bytes())
        signer = cls.fresh()
        with os.fdopen(place, "wb") as file:
            file.write(signer.to_pem())
        return signer

    @classmethod
    def from_pem(cls, text: bytes) -> Signer:
        """Return the key that `to_pem` wrote.

        Raises:
            CheckpointError: it is no Ed25519 key.
        """
        try:
            private = load_pem_private_key(text, password=None)
        except (ValueError, TypeError) as problem:
            # The text is a secret, or was meant to be: it is not repeated.
            raise CheckpointError("this is no private key in PEM without a password") from problem
        if not isinstance(private, Ed25519PrivateKey):
            raise CheckpointError("this key is not of the kind Ed25519")
        return cls(private)

    def to_pem(self) -> bytes:
        """Return the private key as text, unencrypted."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes."""
        return self._private.sign(message)


def rotation(*, tenant: TenantId, new: Signer, old: Signer | None, actor: Actor, reason: str | None = None) -> Deed:
    """Return what has to be noted before checkpoints are signed by a new key; `old` is None for the first of all."""
    details: dict[str, Json] = {"key": new.id, "public": b64encode(new.public).decode("ascii"), "previous": None}
    if old is not None:
        message = ROTATION + tenant.encode("utf-8") + b"\n" + old.public + new.public
        details["previous"] = {
            "key": old.id,
            "public": b64encode(old.public).decode("ascii"),
            "signature": b64encode(old.sign(message)).decode("ascii"),
        }
        details["signature"] = b64encode(new.sign(message)).decode("ascii")
    return Deed(kind=ROTATED, actor=actor, reason=reason, details=details)
