"""The secrets by which people and programs are known: drawn here, shown once, kept as a hash only. Pure.

Rules:
* Every secret has 256 bits of chance. So a plain SHA-256 is enough to keep it by: nobody can try them all.
* What was not made here looks different and is nobody's, before any database is asked for it.
* What a page sends back to prove that it is ours is made from the session's secret, and kept nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from paceline.primitives.chance import fresh_key

NOBODY = "pk_000000000000"
"""The id that is looked for where a key has none: no key has it."""
_ID_BYTES = 6
_RANDOM = r"[A-Za-z0-9_-]{43}"
_KEY = re.compile(rf"(pk_[0-9a-f]{{12}})_{_RANDOM}", re.ASCII)
_KEY_ID = re.compile(r"pk_[0-9a-f]{12}", re.ASCII)
_LINK = re.compile(rf"pl_{_RANDOM}", re.ASCII)
_COOKIE = re.compile(rf"ps_{_RANDOM}", re.ASCII)
_PAGE = b"paceline: this page is ours"


def fresh_key_id() -> str:
    """Return an id for a key, such as `pk_3f9a0c1d2e4b`; it is no secret."""
    made = f"pk_{fresh_key(_ID_BYTES).hex()}"
    return fresh_key_id() if made == NOBODY else made


def fresh_key_secret(key_id: str) -> str:
    """Return the whole of a key: its id, and 256 bits that nobody can guess."""
    return f"{key_id}_{_random()}"


def fresh_link() -> str:
    """Return the secret of a one-time link."""
    return f"pl_{_random()}"


def fresh_cookie() -> str:
    """Return the secret of a session, for a cookie."""
    return f"ps_{_random()}"


def key_id_in(secret: str) -> str:
    """Return the id in a whole key; of what cannot be one, the id that nobody has.

    >>> key_id_in("pk_0123456789ab_" + "x" * 43), key_id_in("letmein")
    ('pk_0123456789ab', 'pk_000000000000')
    """
    found = _KEY.fullmatch(secret)
    return NOBODY if found is None else found[1]


def is_key_id(text: str) -> bool:
    """Return whether this may be the id of a key."""
    return _KEY_ID.fullmatch(text) is not None


def is_link(secret: str) -> bool:
    """Return whether this may be the secret of a link."""
    return _LINK.fullmatch(secret) is not None


def is_cookie(secret: str) -> bool:
    """Return whether this may be the secret of a session."""
    return _COOKIE.fullmatch(secret) is not None


def digest_of(secret: str) -> str:
    """Return what is kept of a secret: its SHA-256, lower-case hex."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def page_token(cookie: str) -> str:
    """Return what pages of this session send back to prove that they are ours; it does not tell the cookie."""
    return _text(hmac.new(cookie.encode("utf-8", "surrogatepass"), _PAGE, hashlib.sha256).digest())


def is_same(one: str, other: str) -> bool:
    """Return whether two secrets, or two hashes, are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def _random() -> str:
    return _text(fresh_key())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
