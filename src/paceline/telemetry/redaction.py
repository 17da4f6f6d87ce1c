"""Takes secrets and phone numbers out of what is to be logged, before anything renders it.

Rules; what is doubtful goes:
1. A value goes whole when its key names a secret: authorization, cookie, password, secret, token, key, signature.
2. In every text, keys and messages too, these go wherever they stand: what follows `Bearer` or `Basic`, the rest of a
   line after `Authorization:` or `Cookie:`, the password in an address, the value of a parameter or assignment that
   names a secret, our own keys and webhook secrets by their beginnings, what looks like a JSON Web Token, and secrets
   that were named to us (`Redaction`).
3. Phone numbers go: as the ledger recognises them; and under a key that speaks of numbers, all of 7 digits or more.
   A run of 10 to 15 digits in a text goes too, for nobody can tell it from a number.
4. What is neither text nor number is made text first, so that no object can hide a secret behind its repr.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

from paceline.ledger.numbers import INTERNATIONAL, NORTH_AMERICAN

REMOVED = "[removed]"
"""What stands where a secret was."""
NUMBER = "[number]"
"""What stands where a phone number was."""
_DEEPEST = 8
"""What is nested deeper is made text; nothing of ours is."""

_NAMES_OF_HIDDEN = (
    r"(?:proxy[-_]?)?authorization|(?:set[-_]?)?cookies?|pass(?:word|wd|phrase)?|(?:client[-_]?)?secrets?|credentials?|"
    r"(?:[a-z]+[-_])?tokens?|(?:api|access|private|signing|session|shared)[-_]?keys?|(?:webhook[-_])?signatures?|"
    r"csrf|session(?:[-_]?id)?|code[-_]verifier|assertion"
)
_SECRET_KEY = re.compile(rf"^(?:x[-_])?(?:{_NAMES_OF_HIDDEN})$", re.IGNORECASE)
_NUMBER_KEY = re.compile(
    r"(?:^|_)(?:phone|numbers?|msisdn|ani|dnis|caller|callee|mobile|contacts?|dialed|called)(?:$|_)", re.IGNORECASE
)
_HEADER = re.compile(r"\b((?:proxy-)?authorization|(?:set-)?cookie2?)[\"']?:[ \t]*[\"']?[^\r\n\"']+", re.IGNORECASE)
_SCHEME = re.compile(r"\b(Bearer|Basic|Digest)\s+[^\s\"',;]+", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s/:@\"']*):[^\s/\"']*@", re.IGNORECASE)
_ASSIGNED = re.compile(
    rf"(?<![a-z0-9])((?:x[-_])?(?:{_NAMES_OF_HIDDEN})[\"']?\s*[=:]\s*[\"']?)(?!\[removed\])[^\s\"'&,;}})]+",
    re.IGNORECASE,
)
_API_KEY = re.compile(r"(?<![A-Za-z0-9])(pk_[0-9a-f]{12})_[A-Za-z0-9_-]+")
_OURS = re.compile(r"(?<![A-Za-z0-9])(?:whsec|pl|ps|emu)_[A-Za-z0-9+/=_-]{8,}")
_WEB_TOKEN = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?")
_PHONE = re.compile(f"{INTERNATIONAL}|{NORTH_AMERICAN}")
_DIGITS = re.compile(r"(?<![\w.+-])\d{10,15}(?![\w-])(?!\.\d)")
_LONG = re.compile(r"\d{7,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """What takes secrets out; `secrets` are those that are known, each in every spelling that it may be told in."""

    secrets: Collection[str] = field(default=(), repr=False)

    def __call__(self, _logger: object, _method: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return the event without secrets: a processor of structlog."""
        return {self.text(str(key)): self._of_key(str(key), value, 0) for key, value in event.items()}

    def text(self, said: str) -> str:
        """Return a text without secrets and numbers.

        >>> Redaction().text("sent with Bearer abc.def, call (415) 555-0132")
        'sent with Bearer [removed], call [number]'
        """
        told = said
        for spelling in self._spellings():
            told = told.replace(spelling, REMOVED)
        told = _HEADER.sub(rf"\1: {REMOVED}", told)
        told = _SCHEME.sub(rf"\1 {REMOVED}", told)
        told = _IN_ADDRESS.sub(rf"\1:{REMOVED}@", told)
        told = _ASSIGNED.sub(rf"\1{REMOVED}", told)
        told = re.sub(rf"(?:{re.escape(REMOVED)}\s*){{2,}}", REMOVED, told)
        # The id of an API key is no secret, and tells whose it was.
        told = _API_KEY.sub(rf"\1_{REMOVED}", told)
        told = _WEB_TOKEN.sub(REMOVED, _OURS.sub(REMOVED, told))
        return _DIGITS.sub(NUMBER, _PHONE.sub(NUMBER, told))

    def _of_key(self, key: str, value: object, depth: int) -> Any:  # noqa: ANN401 - as deep as what is logged
        if _SECRET_KEY.match(key) and value is not None and not isinstance(value, bool):
            return REMOVED
        if _NUMBER_KEY.search(key) and isinstance(value, int | str) and not isinstance(value, bool):
            return _LONG.sub(NUMBER, self.text(str(value))) if _LONG.search(str(value)) else self._plain(value, depth)
        return self._plain(value, depth)

    def _plain(self, value: object, depth: int) -> Any:  # noqa: ANN401 - the same
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return self.text(value)
        if depth < _DEEPEST and isinstance(value, Mapping):
            return {self.text(str(key)): self._of_key(str(key), one, depth + 1) for key, one in value.items()}
        if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
            return [self._plain(one, depth + 1) for one in value]
        if isinstance(value, bytes):
            return self.text(value.decode("utf-8", "replace"))
        return self.text(str(value))

    def _spellings(self) -> list[str]:
        """Return every spelling of every secret, the longer first: of one that stands in another no rest is left."""
        return sorted({spelled for one in self.secrets if one for spelled in _spelled(one)}, key=len, reverse=True)


def _spelled(secret: str) -> Iterator[str]:
    """Yield a secret as addresses, forms, JSON and reprs write it, and as it is read in a wrong encoding."""
    yield from (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (repr(secret)[1:-1], repr(secret.encode())[2:-1], secret.encode().decode("latin-1"))
    yield base64.b64encode(secret.encode()).decode().rstrip("=")
