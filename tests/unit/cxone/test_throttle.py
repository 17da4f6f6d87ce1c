from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.change import Lane
from paceline.cxone.shared_throttle import PAUSE_NS, pause_ns
from paceline.cxone.throttle import GRACE_NS, Allowance, Standing, wait_ns
from paceline.cxone.throttle_log import Place

TIMES = st.integers(0, 50)
PLACES = st.builds(
    Place,
    process=st.sampled_from("abc"),
    lane=st.sampled_from(Lane),
    until_ns=st.integers(-1, 2 * (GRACE_NS + PAUSE_NS)),
    went=st.integers(0, 5),
)


@given(
    oldest_ns=st.none() | TIMES,
    shut_ns=st.none() | TIMES,
    awaited_ns=st.dictionaries(st.sampled_from(Lane), TIMES),
    lane=st.sampled_from(Lane),
    now_ns=TIMES,
)
def test_wait_ends_at_the_first_moment_that_nothing_forbids(
    oldest_ns: int | None, shut_ns: int | None, awaited_ns: dict[Lane, int], lane: Lane, now_ns: int
) -> None:
    def may_go(at_ns: int) -> bool:
        return (
            (oldest_ns is None or at_ns - oldest_ns >= 10)
            and (shut_ns is None or at_ns >= shut_ns)
            and all(at_ns >= until_ns for other, until_ns in awaited_ns.items() if other < lane)
        )

    standing = Standing(oldest_ns=oldest_ns, shut_until_ns=shut_ns, awaited_until_ns=awaited_ns)
    first_ns = next(at_ns for at_ns in range(now_ns, 200) if may_go(at_ns))
    assert wait_ns(standing, window_ns=10, lane=lane, now_ns=now_ns) == first_ns - now_ns


@given(mine=PLACES, others=st.lists(PLACES, max_size=5))
def test_of_all_that_wait_in_a_lane_one_at_least_does_not_leave_its_turn(mine: Place, others: list[Place]) -> None:
    everybody = [mine, *others]
    assert any(pause_ns(place, everybody, now_ns=0) == 0 for place in everybody if place.lane == mine.lane)


@given(mine=PLACES, others=st.lists(PLACES, max_size=5))
def test_pause_is_short_and_ends_when_nobody_is_expected_any_more(mine: Place, others: list[Place]) -> None:
    left_ns = pause_ns(mine, others, now_ns=0)
    assert 0 <= left_ns <= PAUSE_NS
    assert pause_ns(mine, others, now_ns=3 * (GRACE_NS + PAUSE_NS)) == 0


def place(process: str, *, went: int, until_ns: int = GRACE_NS, lane: Lane = Lane.CHANGING) -> Place:
    return Place(process=process, lane=lane, until_ns=until_ns, went=went)


@pytest.mark.parametrize(
    ("other", "left_ns"),
    [
        (place("b", went=4), PAUSE_NS),
        (place("b", went=4, until_ns=7), 7),
        (place("b", went=4, until_ns=0), 0),
        (place("b", went=4, until_ns=GRACE_NS + PAUSE_NS + 1), 0),
        (place("b", went=5), 0),
        (place("b", went=6), 0),
        (place("b", went=4, lane=Lane.READING), 0),
        (place("b", went=4, lane=Lane.STOPPING), 0),
    ],
)
def test_turn_is_left_to_one_that_is_due_in_the_lane_and_went_earlier(other: Place, left_ns: int) -> None:
    mine = place("a", went=5)
    assert pause_ns(mine, [mine, other], now_ns=0) == left_ns


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"window_s": 0.0}, {"margin_s": -1.0}])
def test_allowance_of_nothing_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least one request"):
        Allowance(**wrong)  # type: ignore[arg-type]  # one wrong field each
