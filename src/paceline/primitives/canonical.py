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
        special: list[object] = []
        plain = _plain(value, special)
        # The standard library writes all else the same way, several times as fast; a test compares the two.
        text = rfc8785.dumps(plain).decode("utf-8") if special else _SIMPLE.encode(plain)
        text.encode("utf-8")
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as problem:
        raise NotCanonicalError(f"this value has no canonical JSON form: {problem}") from problem
    return text


def _plain(value: Any, special: list[object]) -> Any:  # noqa: ANN401 - any JSON in, dicts and lists of it out
    """Return the value made of dicts and lists only, and gather in `special` what not every library writes alike."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict or isinstance(value, Mapping):
        special.extend(key for key in value if type(key) is not str or not key.isascii())
        return {key: _plain(item, special) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [_plain(item, special) for item in value]
    if kind is float and _LEAST <= abs(value) < _MOST and not value.is_integer():
        return value
    if kind is not int or not -_LARGEST <= value <= _LARGEST:
        special.append(value)
    return value
