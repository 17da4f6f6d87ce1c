"""The key that signs checkpoints: in the data folder, made at first use, for its owner only to read."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from paceline.cli.words import UsageError
from paceline.cli.writing import FileError
from paceline.primitives.canonical import Json

if TYPE_CHECKING:
    from paceline.bootstrap import Ledger
    from paceline.ledger.keys import Signer

KEY_FILE = "ledger-key.pem"
"""The private key, in the data folder."""


def signer_of(ledger: Ledger) -> Signer:
    """Return the key of the data folder, which is made at first use and noted in each ledger that it signs.

    Raises:
        CheckpointError: the file holds no key.
        LedgerUnavailableError: it cannot be noted.
        SettingsError: the data folder cannot be made.
    """
    from paceline.ledger.entry import Query
    from paceline.ledger.keys import ROTATED, Signer, rotation
    from paceline.settings.running import made_folder

    path = made_folder(ledger.data_folder) / KEY_FILE
    try:
        signer = Signer.at(path)
    except OSError as problem:
        raise FileError(f"the key {path} cannot be read or made: {problem.strerror}") from problem
    noted = ledger.book.entries(Query(kind=ROTATED))
    if not any(_key_in(entry.rows[0].document) == signer.id for entry in noted):
        ledger.book.note(
            rotation(tenant=ledger.book.tenant, new=signer, old=None, actor=ledger.actor, reason="first checkpoint")
        )
    return signer


def own_keys(data_folder: Path) -> dict[str, bytes]:
    """Return the public key of the data folder by its id; nothing where there is none.

    Raises:
        CheckpointError: the file holds no key.
    """
    from paceline.ledger.keys import Signer

    path = data_folder / KEY_FILE
    if not path.exists():
        return {}
    signer = Signer.at(path)
    return {signer.id: signer.public}


def public_text(public: bytes) -> str:
    """Return a public key as `--key` takes it."""
    return b64encode(public).decode("ascii")


def public_of(text: str) -> tuple[str, bytes]:
    """Return the id and the bytes of a public key, as `--key` takes it.

    Raises:
        UsageError: it is none.
    """
    from paceline.ledger.keys import key_id

    try:
        public = b64decode(text, validate=True)
    except ValueError:
        public = b""
    if len(public) != 32:
        raise UsageError("--key: this is no public key", hint="44 letters, as `paceline audit checkpoint` prints them")
    return key_id(public), public


def _key_in(document: Mapping[str, Json]) -> Json:
    details = document.get("details")
    return details.get("key") if isinstance(details, Mapping) else None
