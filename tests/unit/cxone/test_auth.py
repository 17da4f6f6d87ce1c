from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.ports import UnexpectedAnswerError
from paceline.cxone.auth import LONGEST_LIFETIME_S, margin_s, token_of
from paceline.cxone.exchange import Answer

SECOND = 1_000_000_000


@given(st.integers(0, 10**7))
def test_margin_is_30_s_or_a_tenth_but_never_more_than_half(lifetime_s: int) -> None:
    found = margin_s(lifetime_s)
    assert found <= lifetime_s / 2
    assert found in {30.0, lifetime_s / 10, lifetime_s / 2}
    assert found == lifetime_s / 2 or found >= 30


def test_token_is_aged_from_before_it_was_asked_for() -> None:
    token = token_of(Answer(status=200, body=b'{"access_token": "t", "expires_in": 3600}'), 5 * SECOND)
    assert (token.renew_at_ns, token.ends_at_ns) == (3245 * SECOND, 3605 * SECOND)


def test_lifetime_beyond_any_clock_is_bounded() -> None:
    token = token_of(Answer(status=200, body=b'{"access_token": "t", "expires_in": 99999999999999999999}'), 0)
    assert token.ends_at_ns == LONGEST_LIFETIME_S * SECOND


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<html>",
        b'{"access_token": "t"}',
        b'{"access_token": "t", "expires_in": "3600"}',
        b'{"access_token": "t", "expires_in": true}',
        b'{"access_token": "t", "expires_in": 3600.0}',
        b'{"access_token": "", "expires_in": 3600}',
        b'{"access_token": "a\\nb", "expires_in": 3600}',
        b'{"access_token": " a", "expires_in": 3600}',
        b'{"access_token": null, "expires_in": 3600}',
        b'{"expires_in": 3600}',
    ],
)
def test_answer_that_holds_no_usable_token_is_unexpected(body: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError):
        token_of(Answer(status=200, body=body), 0)
