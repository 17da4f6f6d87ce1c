from __future__ import annotations

from datetime import UTC, datetime

import pytest

from paceline.cxone.exchange import Answer

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("0", 0.0),
        ("9" * 5000, 1e9),
        ("Mon, 15 Jun 2026 12:01:00 GMT", 60.0),
        ("Monday, 15-Jun-26 12:01:00 GMT", 60.0),
        ("Mon Jun 15 12:01:00 2026", 60.0),
        ("Mon, 15 Jun 2026 11:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(told: str, seconds: float) -> None:
    assert Answer(status=503, headers={"retry-after": told}).retry_after_s(NOW) == seconds


@pytest.mark.parametrize("told", ["", "soon", "-5", "1.5", "1e3", "٣", "Mon, 99 Foo 2026 12:00:00 GMT", "\x00"])
def test_retry_after_that_says_nothing_usable_is_none(told: str) -> None:
    assert Answer(status=503, headers={"retry-after": told}).retry_after_s(NOW) is None


def test_absent_retry_after_is_none() -> None:
    assert Answer(status=503).retry_after_s(NOW) is None


def test_date_counts_from_the_answers_own_time() -> None:
    headers = {"date": "Wed, 01 Jan 2031 00:00:00 GMT", "retry-after": "Wed, 01 Jan 2031 00:00:05 GMT"}
    assert Answer(status=503, headers=headers).retry_after_s(NOW) == 5.0
