"""Phone numbers stay out of the chain: a body holds a keyed hash, the number lies in a table that can be erased.

1. A number is recognised in any free text of a body when it begins with `+` and has 8 to 15 digits, or is written in
   the North American way in three groups (`(415) 555-0132`). Digits without either may be anything, and stay.
2. Every number has a key of its own, drawn when it is first seen. What stands in the body is `number:` and the
   HMAC-SHA256 of the number (`+` and digits) under that key, in hex; so the same number is always the same word.
3. Erasing a number erases its key: nobody can tell any more whose word it was, not by trying all numbers either. The
   chain stays as it is, and verifies.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import Connection, bindparam, delete, insert, select

from paceline.primitives.canonical import Json
from paceline.primitives.chance import fresh_key
from paceline.primitives.ids import TenantId
from paceline.storage.tables import LEDGER_NUMBERS

WORD = "number:"
"""What stands in front of the hash in a body."""

INTERNATIONAL = r"(?<![\w+])\+\d(?:[\s().-]{0,2}\d){7,14}(?!\d)"
NORTH_AMERICAN = r"(?<![\w.+-])(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]{1,2}[2-9]\d{2}[ .-]\d{4}(?![\w-])"
_NUMBER = re.compile(f"{INTERNATIONAL}|{NORTH_AMERICAN}")
_NEARLY = re.compile(r"\d[ .-]\d{4}(?!\d)")
_TOKEN = re.compile(rf"{WORD}([0-9a-f]{{64}})")

_BY_NUMBER = select(LEDGER_NUMBERS.c.token).where(
    LEDGER_NUMBERS.c.tenant == bindparam("tenant"), LEDGER_NUMBERS.c.number == bindparam("number")
)
_BY_TOKEN = select(LEDGER_NUMBERS.c.number).where(
    LEDGER_NUMBERS.c.tenant == bindparam("tenant"), LEDGER_NUMBERS.c.token == bindparam("token")
)


def normal_number(text: str) -> str:
    """Return a number that was recognised as `+` and digits; without a `+` it is North American.

    >>> normal_number("(415) 555-0132")
    '+14155550132'
    """
    digits = "".join(letter for letter in text if letter in "0123456789")
    if text.startswith("+") or len(digits) == 11:
        return f"+{digits}"
    return f"+1{digits}"


def is_number(text: str) -> bool:
    """Return whether a whole text is a phone number as rule 1 recognises one.

    >>> is_number("(415) 555-0132"), is_number("4155550132")
    (True, False)
    """
    return _NUMBER.fullmatch(text) is not None


def holds_number(value: Json) -> bool:
    """Return whether a phone number stands in any text of this value, keys included."""
    return any(_NUMBER.search(text) for text in _texts(value))


def may_hold_number(body: str) -> bool:
    """Return whether a canonical JSON text has to be looked at closely; most are told apart at a glance."""
    return "+" in body or _NEARLY.search(body) is not None


def without_numbers(value: Json, word_for: Callable[[str], str]) -> Json:
    """Return the value with a word in place of every number."""
    return _rewritten(value, lambda text: _NUMBER.sub(lambda found: word_for(normal_number(found.group())), text))


def with_word(value: Json, number: str, word: str) -> Json:
    """Return the value with a word in place of one number, `+` and digits, however it is written; others stay.

    >>> with_word("of (415) 555-0132 and +1 415 555 0133", "+14155550132", "[number]")
    'of [number] and +1 415 555 0133'
    """

    def told(found: re.Match[str]) -> str:
        return word if normal_number(found.group()) == number else found.group()

    return _rewritten(value, lambda text: _NUMBER.sub(told, text))


def word_for(connection: Connection, tenant: TenantId, number: str) -> str:
    """Return the word for a number; when it is new, draw its key and keep both in the erasable table."""
    known = connection.execute(_BY_NUMBER, {"tenant": tenant, "number": number}).scalar()
    if known is None:
        key = fresh_key()
        known = hmac.new(key, number.encode("ascii"), hashlib.sha256).hexdigest()
        row = {"tenant": tenant, "token": known, "number": number, "key": key.hex()}
        connection.execute(insert(LEDGER_NUMBERS), row)
    return f"{WORD}{known}"


def with_numbers(connection: Connection, tenant: TenantId, value: Json) -> Json:
    """Return the value with the numbers in place of their words; the words of erased numbers stay."""

    def number(found: re.Match[str]) -> str:
        known = connection.execute(_BY_TOKEN, {"tenant": tenant, "token": found.group(1)}).scalar()
        return found.group() if known is None else str(known)

    return _rewritten(value, lambda text: _TOKEN.sub(number, text))


def forget(connection: Connection, tenant: TenantId, number: str) -> str | None:
    """Erase a number and its key; return its word, or None when it was not known."""
    known = connection.execute(_BY_NUMBER, {"tenant": tenant, "number": number}).scalar()
    if known is None:
        return None
    connection.execute(delete(LEDGER_NUMBERS).where(LEDGER_NUMBERS.c.tenant == tenant, LEDGER_NUMBERS.c.token == known))
    return f"{WORD}{known}"


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)


def _rewritten(value: Json, change: Callable[[str], str]) -> Json:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(key): _rewritten(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rewritten(item, change) for item in value]
    return value
