"""Public keys as they are typed: what `--key` takes."""

from __future__ import annotations

from base64 import b64decode

from paceline.cli.words import UsageError


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
