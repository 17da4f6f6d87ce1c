from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.ports import (
    ForbiddenError,
    NoAnswerError,
    PlatformError,
    RateLimitedError,
    UnavailableError,
    UnexpectedAnswerError,
)
from paceline.cxone.exchange import Repeat
from paceline.cxone.retry import GiveUp, Schedule, Wait, decision

SCHEDULE = Schedule()


def limited(after_s: float | None) -> RateLimitedError:
    error = RateLimitedError(operation="pause", status=429)
    error.retry_after_s = after_s
    return error


def unavailable(*, may_have_happened: bool = False, retryable: bool = True) -> UnavailableError:
    error = UnavailableError(operation="pause", status=502)
    error.may_have_happened = may_have_happened
    error.retryable = retryable
    return error


def unanswered(*, sent: bool) -> NoAnswerError:
    error = NoAnswerError(operation="pause", request_sent=sent)
    error.may_have_happened = sent
    return error


def decided(
    error: PlatformError,
    *,
    attempt: int = 1,
    elapsed_s: float = 0.0,
    repeat: Repeat = Repeat.GUARDED,
    schedule: Schedule = SCHEDULE,
    chance: float = 1.0,
) -> Wait | GiveUp:
    return decision(error, attempt=attempt, elapsed_s=elapsed_s, repeat=repeat, schedule=schedule, chance=chance)


@pytest.mark.parametrize("repeat", list(Repeat))
def test_what_is_certain_not_to_have_happened_is_asked_again(repeat: Repeat) -> None:
    for error in (limited(None), unavailable(), unanswered(sent=False)):
        assert isinstance(decided(error, repeat=repeat), Wait)


@pytest.mark.parametrize("error", [unavailable(may_have_happened=True), unanswered(sent=True)], ids=type)
def test_what_may_have_happened_is_repeated_only_where_that_is_safe(error: PlatformError) -> None:
    assert isinstance(decided(error, repeat=Repeat.SAFE), Wait)
    assert isinstance(decided(error, repeat=Repeat.GUARDED), Wait)
    assert isinstance(decided(error, repeat=Repeat.NEVER), GiveUp)


@pytest.mark.parametrize(
    "error",
    [ForbiddenError(operation="x"), UnexpectedAnswerError(operation="x"), unavailable(retryable=False)],
    ids=type,
)
def test_what_would_fail_again_is_given_up(error: PlatformError) -> None:
    assert isinstance(decided(error), GiveUp)


@pytest.mark.parametrize(("after_s", "waits"), [(0.0, True), (7.0, True), (59.0, True), (60.0, False), (1e9, False)])
def test_word_of_the_platform_is_followed_or_not_waited_for_at_all(after_s: float, waits: bool) -> None:
    assert decided(limited(after_s)) == Wait(after_s) if waits else isinstance(decided(limited(after_s)), GiveUp)


def test_own_wait_doubles_up_to_a_longest() -> None:
    waits = [decided(unavailable(), attempt=n, schedule=Schedule(attempts=99, total_s=1e6)) for n in range(1, 9)]
    assert waits == [Wait(seconds) for seconds in (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0)]


def test_last_attempt_is_the_last() -> None:
    assert isinstance(decided(unavailable(), attempt=4), Wait)
    assert isinstance(decided(unavailable(), attempt=5), GiveUp)


@given(
    attempt=st.integers(1, 2000),
    elapsed_s=st.floats(0, 1e6),
    chance=st.floats(0, 1),
    after_s=st.none() | st.floats(0, 1e9),
)
def test_no_wait_ends_after_the_time_for_all(
    attempt: int, elapsed_s: float, chance: float, after_s: float | None
) -> None:
    schedule = Schedule(attempts=10**6)
    found = decided(limited(after_s), attempt=attempt, elapsed_s=elapsed_s, chance=chance, schedule=schedule)
    if isinstance(found, Wait):
        assert found.seconds >= 0
        assert elapsed_s + found.seconds < schedule.total_s
