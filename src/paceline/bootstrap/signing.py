"""The key that signs checkpoints: in the data folder, made at first use, for its owner only to read."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from paceline.ledger.book import Book
from paceline.ledger.checkpoint import Checkpoint
from paceline.ledger.entry import Actor, Query
from paceline.ledger.failures import CheckpointError
from paceline.ledger.keys import ROTATED, Signer, rotation
from paceline.ledger.proofs import seal
from paceline.primitives.canonical import Json
from paceline.settings.running import made_folder

KEY_FILE = "ledger-key.pem"
"""The private key, in the data folder."""


class Keeper(Protocol):
    """Who holds a ledger, and a folder for its key; a whole system does, and the ledger alone."""

    @property
    def book(self) -> Book:
        """The ledger."""
        ...

    @property
    def actor(self) -> Actor:
        """Who notes a key that is used for the first time."""
        ...

    @property
    def data_folder(self) -> Path | None:
        """Where the key lies; None where there is no place for one."""
        ...


def signer_of(keeper: Keeper) -> Signer:
    """Return the key of the data folder, which is made at first use and noted in each ledger that it signs.

    Raises:
        CheckpointError: there is no folder for a key, the file holds none, or it cannot be read or made.
        LedgerUnavailableError: it cannot be noted.
        SettingsError: the data folder cannot be made.
    """
    if keeper.data_folder is None:
        raise CheckpointError("there is no data folder, so no key that could sign", hint="set PACELINE_DATA_FOLDER")
    path = made_folder(keeper.data_folder) / KEY_FILE
    try:
        signer = Signer.at(path)
    except OSError as problem:
        raise CheckpointError(f"the key {path} cannot be read or made: {problem.strerror}") from problem
    noted = keeper.book.entries(Query(kind=ROTATED))
    if not any(_key_in(entry.rows[0].document) == signer.id for entry in noted):
        keeper.book.note(
            rotation(tenant=keeper.book.tenant, new=signer, old=None, actor=keeper.actor, reason="first checkpoint")
        )
    return signer


def sealed_by(keeper: Keeper) -> tuple[Checkpoint, str]:
    """Return a signed checkpoint of the ledger as it is now, and the public key that it is verified with.

    Raises:
        ChainBrokenError: the ledger was tampered with, so it is not signed.
        CheckpointError: there is no key that could sign.
        LedgerUnavailableError: the ledger cannot be read now.
    """
    signer = signer_of(keeper)
    return seal(keeper.book, signer), public_text(signer.public)


def own_keys(data_folder: Path) -> dict[str, bytes]:
    """Return the public key of the data folder by its id; nothing where there is none.

    Raises:
        CheckpointError: the file holds no key.
    """
    path = data_folder / KEY_FILE
    if not path.exists():
        return {}
    signer = Signer.at(path)
    return {signer.id: signer.public}


def public_text(public: bytes) -> str:
    """Return a public key as `paceline audit verify --key` takes it."""
    return b64encode(public).decode("ascii")


def _key_in(document: Mapping[str, Json]) -> Json:
    details = document.get("details")
    return details.get("key") if isinstance(details, Mapping) else None
