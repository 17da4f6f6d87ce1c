"""The automaton of patterns says what the standard library says of each pattern alone."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers.phonemetadata import PhoneMetadata

from paceline.compliance.digits import Automaton, StrangePatternError

REGIONS = ("US", "CA", "GB", "DE", "BR", "IN", "AU", "MX", "JM", "IE")
KINDS = ("general_desc", "fixed_line", "mobile", "toll_free", "voip", "uan")


def patterns() -> list[str]:
    found = [getattr(PhoneMetadata.metadata_for_region(region), kind) for region in REGIONS for kind in KINDS]
    return sorted({each.national_number_pattern for each in found if each and each.national_number_pattern})


def matched(automaton: Automaton, digits: str) -> frozenset[str]:
    state = automaton.start()
    for digit in digits:
        state = automaton.after(state)[int(digit)]
    return automaton.matched(state)


@pytest.fixture(scope="module")
def joined() -> Automaton:
    automaton = Automaton()
    for pattern in patterns():
        automaton.add(pattern, pattern)
    return automaton


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_matches_what_the_standard_library_matches(joined: Automaton, data: st.DataObject) -> None:
    like = data.draw(st.sampled_from(patterns()))
    digits = data.draw(st.from_regex(like, fullmatch=True, alphabet="0123456789") | st.text("0123456789", max_size=12))
    digits = digits[: data.draw(st.integers(len(digits) - 1 if digits else 0, len(digits)))]
    assert matched(joined, digits) == {each for each in patterns() if re.fullmatch(each, digits)}


@pytest.mark.parametrize(
    ("pattern", "fitting", "other"),
    [
        ("1(?:2|3[4-6])?", ("1", "12", "135"), ("13", "137", "")),
        (r"\d{2,4}", ("12", "1234"), ("1", "12345")),
        ("0{2}1*", ("00", "00111"), ("0", "01")),
        ("(12)+", ("12", "1212"), ("", "121")),
        (r"[\d]|", ("", "7"), ("77",)),
    ],
)
def test_signs_mean_what_they_mean(pattern: str, fitting: tuple[str, ...], other: tuple[str, ...]) -> None:
    automaton = Automaton()
    automaton.add("it", pattern)
    for text in (*fitting, *other):
        assert bool(matched(automaton, text)) == bool(re.fullmatch(pattern, text)) == (text in fitting)


@pytest.mark.parametrize(
    "pattern", ["1$", "^1", "(?!1)2", "a", "1.", "[^1]", "(1", "[1", "1)", "1{", "1{2,}", r"\w", "\\", "٣"]
)
def test_strange_sign_is_refused(pattern: str) -> None:
    with pytest.raises(StrangePatternError, match="cannot be read"):
        Automaton().add("it", pattern)


def test_patterns_of_every_country_can_be_read() -> None:
    for region in phonenumbers.SUPPORTED_REGIONS:
        for kind in KINDS:
            pattern = getattr(getattr(PhoneMetadata.metadata_for_region(region), kind), "national_number_pattern", None)
            if pattern:
                Automaton().add(region, pattern)
