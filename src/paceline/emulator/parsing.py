"""Bytes to JSON, strictly: what is not exactly one JSON text in UTF-8 is refused, and hostile input crashes nothing."""

from __future__ import annotations

import json
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

_MOST_DIGITS = 40


class UnparsableError(ValueError):
    """the body is not JSON"""


def parse_json(body: bytes) -> object:
    """Return the value of a JSON text.

    Raises:
        UnparsableError: for bad UTF-8, duplicate keys, `NaN` and infinities, lone surrogates, nesting that is too deep,
            anything after the value, and everything else that JSON does not allow. The message says what.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise UnparsableError(f"the body is not UTF-8 at byte {wrong.start}") from None
    try:
        value: object = json.loads(text, object_pairs_hook=_unique, parse_int=_integer, parse_constant=_no_constant)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as wrong:
        raise UnparsableError(f"the body is not JSON: {wrong.msg} at character {wrong.pos}") from None
    except RecursionError:
        raise UnparsableError("the body is nested too deeply") from None
    except UnicodeEncodeError:
        raise UnparsableError("the body holds half of a surrogate pair") from None
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnparsableError("the body names a key twice in one object")
    return found


def _integer(digits: str) -> int | float:
    """Return an int; one of absurd length becomes an infinity, which no form accepts."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float("inf")


def _no_constant(name: str) -> NoReturn:
    raise UnparsableError(f"the body holds {name}, which is not JSON")


def parse_form(text: str) -> list[tuple[str, str]]:
    """Return the pairs of a URL-encoded form or query; a raw space is a space.

    Raises:
        UnparsableError: when an escape is not UTF-8.
    """
    pairs = []
    for part in text.split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((decode_form(name), decode_form(value)))
    return pairs


def query_pairs(query: str) -> list[tuple[str, str]]:
    """Return the pairs of a query; an escape that is not UTF-8 becomes U+FFFD, which no parameter accepts."""
    parts = (part.partition("=") for part in query.split("&") if part)
    return [(_lenient(name), _lenient(value)) for name, _, value in parts]


def _lenient(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", errors="replace")


def decode_form(text: str) -> str:
    """Return a form-encoded word decoded: `+` is a space, `%C3%BC` is UTF-8.

    Raises:
        UnparsableError: when an escape is not UTF-8.
    """
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
    except UnicodeDecodeError:
        raise UnparsableError("an escape of the form is not UTF-8") from None
