"""One text for one value, whichever way it was written."""

from __future__ import annotations

import json
from collections import UserDict
from enum import StrEnum

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from paceline.primitives.canonical import Json, NotCanonicalError, canonical_json

whole = st.integers(-(2**53) + 1, 2**53 - 1)
letters = st.text(st.characters(exclude_categories=["Cs"]))
leaf = st.none() | st.booleans() | whole | st.floats(allow_nan=False, allow_infinity=False) | letters
values = st.recursive(leaf, lambda inner: st.lists(inner) | st.dictionaries(letters, inner), max_leaves=20)


@given(values)
def test_text_is_that_of_the_reference_and_says_the_value(value: Json) -> None:
    text = canonical_json(value)
    assert text.encode() == rfc8785.dumps(value)
    assert canonical_json(json.loads(text, parse_int=float)) == text


@given(st.dictionaries(letters, whole))
def test_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


def test_keys_are_sorted_as_utf_16_and_numbers_written_as_ecmascript_does() -> None:
    assert canonical_json({"\ufb33": 1, "😀": 2}) == '{"😀":2,"\ufb33":1}'
    assert canonical_json([1.0, 1e21, 1e-7, -0.0, 0.1]) == "[1,1e+21,1e-7,0,0.1]"
    assert canonical_json("\u0007\n\u007f/é") == '"\\u0007\\n\u007f/é"'


def test_mappings_tuples_and_words_are_plain_json() -> None:
    class Word(StrEnum):
        A = "a"

    value = {"b": UserDict({"x": (1, Word.A)}), "a": None}
    assert canonical_json(value) == '{"a":null,"b":{"x":[1,"a"]}}'


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), float("inf"), "\ud800", {"\ud800": 1}, {1: 2}, b"x"])
def test_what_has_no_canonical_text_is_refused(value: Json) -> None:
    with pytest.raises(NotCanonicalError):
        canonical_json([value])
