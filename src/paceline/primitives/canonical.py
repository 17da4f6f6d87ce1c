"""JSON to the same bytes always, after RFC 8785: what is hashed, signed or compared is written by this module only.

Keys are sorted by their UTF-16 code units, nothing is indented, numbers are written as ECMAScript writes them. Integers
beyond 2**53 - 1, infinities, NaN and lone surrogates have no such form and are refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import rfc8785

from paceline.primitives.errors import PacelineError

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
"""What JSON can say."""

_LARGEST = 2**53 - 1
_LEAST, _MOST = 1e-4, 1e15
"""Between these a number with a fraction is written by Python as by ECMAScript: its shortest digits, no exponent."""
_SIMPLE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


class NotCanonicalError(PacelineError):
    """this value has no canonical JSON form"""

    code = "not-canonical"


def canonical_json(value: Json) -> str:
    """Return the one JSON text of this value.

    Raises:
        NotCanonicalError: when the value, or something in it, has no such text.

    >>> canonical_json({"b": 1.0, "a": ["é", True]})
    '{"a":["é",true],"b":1}'
    """
    try:
        # The standard library writes all but a few values the same way, several times as fast; a test compares the two.
        if not (simple := _is_simple(value)):
            value = _plain(value)
            simple = _is_simple(value)
        text = _SIMPLE.encode(value) if simple else rfc8785.dumps(value).decode("utf-8")
        text.encode("utf-8")
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as problem:
        raise NotCanonicalError(f"this value has no canonical JSON form: {problem}") from problem
    return text


def _is_simple(value: Any) -> bool:  # noqa: ANN401 - any JSON
    """Return whether the standard library can read this value, and writes it as the standard of this module asks."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is dict:
        for key, item in value.items():
            # Most values are texts; a call for each of them would cost as much as writing it.
            if type(key) is not str or not key.isascii() or not (type(item) is str or _is_simple(item)):
                return False
        return True
    if kind is list or kind is tuple:
        return all(map(_is_simple, value))
    if kind is int:
        return bool(-_LARGEST <= value <= _LARGEST)
    return bool(kind is float and _LEAST <= abs(value) < _MOST and not value.is_integer())


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON in, dicts and lists of it out
    """Return the value made of dicts and lists only."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
