"""What is generated obeys the dialer's laws: every dial ends once, nobody is in two places, no line rings too many."""

from __future__ import annotations

import dataclasses
from datetime import date
from functools import cache
from typing import Literal

import numpy as np
import pytest

from paceline.compliance.locality import Standing, locate
from paceline.compliance.shelf import the_rulebook
from paceline.records.calls import Ending
from paceline.records.generator.generator import (
    Part,
    Roster,
    Rows,
    TruthError,
    demo_truth,
    first_half_hour,
    flat_truth,
    generated,
    generated_campaigns,
    generated_days,
    half_hours_of,
)
from paceline.records.generator.numbers import EXCHANGES
from paceline.simulation import tracing

CONNECTED, ABANDONED = (list(Ending).index(one) for one in (Ending.CONNECTED, Ending.ABANDONED))


@cache
def demo() -> Rows:
    """Two days of the demo, with shifts, breaks, retries and cut calls."""
    return generated(dataclasses.replace(demo_truth(20), overtime_s=60.0, lines=5.0), 2, 7)


def us(seconds: np.ndarray) -> np.ndarray:
    """Seconds as microseconds, 0 where there are none."""
    return np.asarray(np.rint(np.nan_to_num(seconds) * 1e6), dtype=np.int64)


def test_every_dial_has_the_times_that_its_ending_has() -> None:
    rows = demo()
    answered = (rows.ending == CONNECTED) | (rows.ending == ABANDONED)
    talked = rows.ending == CONNECTED
    assert set(np.unique(rows.ending)) == set(range(len(Ending)))
    assert np.array_equal(~np.isnan(rows.wait_s), answered)
    assert np.array_equal(~np.isnan(rows.talk_s), talked)
    assert np.array_equal(rows.agent >= 0, talked)
    assert np.array_equal(np.isnan(rows.wrap_s), ~talked | (rows.cut & np.isnan(rows.wrap_s)))
    assert (rows.ring_s > 0).all()
    assert (rows.ring_s <= 25).all()


def test_who_waits_as_long_as_patience_is_abandoned_and_nobody_waits_longer() -> None:
    rows = demo()
    assert (rows.wait_s[rows.ending == ABANDONED] == 2.0).all()
    waited = rows.wait_s[rows.ending == CONNECTED]
    assert (waited >= 0).all()
    assert (waited < 2.0).all()
    assert (waited > 0).any()


def test_no_agent_is_in_two_calls_or_anywhere_but_logged_in() -> None:
    rows = demo()
    talked = rows.ending == CONNECTED
    agent = rows.agent[talked]
    begin = (rows.at_us + us(rows.ring_s) + us(rows.wait_s))[talked]
    end = begin + (us(rows.talk_s) + us(rows.wrap_s))[talked]
    order = np.lexsort((begin, agent))
    same = agent[order][1:] == agent[order][:-1]
    assert (begin[order][1:][same] >= end[order][:-1][same]).all()
    kept = rows.logins
    inside = [
        ((kept.agent == who) & (kept.since_us <= since) & (kept.until_us >= until)).sum()
        for who, since, until in zip(agent, begin, end, strict=True)
    ]
    assert set(inside) == {1}


def test_no_more_lines_ring_than_the_idle_agents_allow_less_the_people_who_wait() -> None:
    rows, lines = demo(), 5.0
    at = rows.at_us
    answered = at + us(rows.ring_s)
    waits = rows.wait_s > 0
    taken = answered + us(rows.wait_s)
    talked = rows.ending == CONNECTED
    done = taken + us(rows.talk_s) + us(rows.wrap_s)

    def until(ends: np.ndarray, side: Literal["left", "right"]) -> np.ndarray:
        return np.asarray(np.searchsorted(np.sort(ends), at, side=side))

    # What happens at the very instant of a dial may have come before it or not; each bound takes the milder way.
    ringing = np.arange(len(rows)) - until(answered, "right")
    waiting = until(answered[waits], "left") - until(taken[waits], "right")
    busy = until(taken[talked], "left") - until(done[talked], "right")
    idle = until(rows.logins.since_us, "right") - until(rows.logins.until_us, "left") - busy
    assert (ringing + np.maximum(waiting, 0) + 1 <= np.floor(lines * idle)).all()
    assert (ringing + 1 > np.floor(lines * (idle - 1))).mean() > 0.9, "and it is filled up"


def test_attempts_follow_each_other_in_their_time_until_somebody_answers() -> None:
    truth = dataclasses.replace(demo_truth(20), retry_s=(600.0, 1800.0, 3600.0))
    rows = generated(truth, 2, 3)
    order = np.lexsort((rows.at_us, rows.person))
    person, attempt, ending = rows.person[order], rows.attempt[order], rows.ending[order]
    same = person[1:] == person[:-1]
    assert (attempt[1:][same] == attempt[:-1][same] + 1).all()
    assert (attempt[1:][~same] == 1).all()
    assert attempt.max() == truth.max_attempts
    assert (ending[:-1][same] > ABANDONED).all()
    gap = (rows.at_us[order][1:] - (rows.at_us + us(rows.ring_s))[order][:-1])[same] / 1e6
    wanted = np.array([0.0, *truth.retry_s])[attempt[:-1][same]]
    assert (gap >= wanted).all()


def test_a_call_is_cut_where_the_agent_may_stay_no_longer() -> None:
    truth = flat_truth(30, 0.3, overtime_s=0.0, last_dials_s=0.0)
    rows = generated(truth, 1, 5)
    until = rows.at_us + us(rows.ring_s) + us(rows.wait_s) + us(rows.talk_s) + us(rows.wrap_s)
    shift_ends = first_half_hour(truth) * 1_800_000_000 + 17 * 3_600_000_000
    assert 10 < rows.cut.sum() <= 30
    assert (until[rows.cut] == shift_ends).all()
    assert (until[(rows.ending == CONNECTED) & ~rows.cut] <= shift_ends).all()


def test_the_same_seed_gives_the_same_rows_and_another_gives_others() -> None:
    first, again, other = (generated(demo_truth(5), 2, seed) for seed in (1, 1, 2))
    for field in dataclasses.fields(Rows):
        if isinstance(getattr(first, field.name), np.ndarray):
            np.testing.assert_array_equal(getattr(first, field.name), getattr(again, field.name))
    assert not np.array_equal(first.at_us[:500], other.at_us[:500])


def test_more_room_on_the_way_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = generated(demo_truth(10), 2, 4)
    monkeypatch.setattr(tracing, "_ROOM", 16)
    held = generated(demo_truth(10), 2, 4)
    np.testing.assert_array_equal(held.at_us, whole.at_us)
    np.testing.assert_array_equal(held.talk_s, whole.talk_s)
    np.testing.assert_array_equal(held.person, whole.person)


def test_an_attempt_ends_alike_however_boldly_is_dialed() -> None:
    truth = flat_truth(10, 0.25, max_attempts=1)
    calm, bold = (generated(dataclasses.replace(truth, lines=lines), 1, 9) for lines in (2.0, 6.0))
    both = min(len(calm), len(bold))
    order = [np.argsort(rows.person)[:both] for rows in (calm, bold)]
    answered = [(rows.ending <= ABANDONED)[at] for rows, at in zip((calm, bold), order, strict=True)]
    np.testing.assert_array_equal(answered[0], answered[1])
    np.testing.assert_array_equal(calm.ring_s[order[0]], bold.ring_s[order[1]])


def test_half_hours_may_be_dialed_more_or_less_boldly() -> None:
    truth = flat_truth(20, 0.3)
    lines = np.where(np.arange(half_hours_of(truth, 4)) % 2, 2.0, 5.0)
    rows = generated(truth, 4, 11, lines=lines)
    half = rows.at_us // 1_800_000_000 - first_half_hour(truth)
    answered = rows.ending <= ABANDONED
    share = [(rows.ending[answered & (half % 2 == odd)] == ABANDONED).mean() for odd in (0, 1)]
    assert share[0] > share[1] + 0.03
    with pytest.raises(TruthError, match="half-hours"):
        generated(truth, 5, 11, lines=lines)


def test_several_campaigns_share_persons_with_one_number_each_and_their_debts() -> None:
    truth = dataclasses.replace(demo_truth(10), shared=0.4, second_debt=0.5)
    one, two = generated_campaigns(truth, 1, 3, campaigns=("CMP-1", "CMP-2"))
    common = np.intersect1d(one.person, two.person)
    share = common.size / min(np.unique(one.person).size, np.unique(two.person).size)
    assert share == pytest.approx(0.4, abs=0.05)
    persons, numbers = np.concatenate([one.person, two.person]), np.concatenate([one.number, two.number])
    pairs = np.unique(np.stack([persons, numbers]), axis=1)
    assert pairs.shape[1] == np.unique(persons).size == np.unique(numbers).size
    debts = {rows.campaign: dict(zip(rows.person, rows.debt, strict=True)) for rows in (one, two)}
    same = [debts["CMP-1"][person] == debts["CMP-2"][person] for person in common]
    assert np.mean(same) == pytest.approx(0.75, abs=0.08), "half have two debts, and then half are about the same"
    lines = {rows.campaign: dict(zip(rows.person, rows.line, strict=True)) for rows in (one, two)}
    assert all(lines["CMP-1"][person] == lines["CMP-2"][person] for person in common)


def test_numbers_are_of_their_region_and_of_exchanges_that_nobody_has() -> None:
    rows = demo()
    assert set(np.unique(rows.number // 10_000 % 1000)) <= set(EXCHANGES)
    rulebook = the_rulebook()
    for number, region in list(zip(rows.number, rows.region, strict=True))[:200]:
        place = locate(f"+{number}", rulebook=rulebook)
        assert place.standing is Standing.LOCATED
        assert place.zones == {"America/New_York"}
        assert rows.regions[region] in place.jurisdictions


def test_hours_are_local_on_both_sides_of_a_change_of_clocks() -> None:
    truth = dataclasses.replace(flat_truth(4, 0.3), zone="America/New_York")
    for start, offsets in ((date(2026, 10, 31), (4, 5, 5)), (date(2027, 3, 13), (5, 4, 4))):
        for day, hours in zip(generated_days(truth, 3, 1, start=start), offsets, strict=True):
            assert set(day.logins.since_us % 86_400_000_000) == {(9 + hours) * 3_600_000_000}
    assert half_hours_of(truth, 3, date(2026, 10, 31)) == 146
    assert half_hours_of(truth, 3, date(2027, 3, 13)) == 142


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ({"machine": 0.9, "busy": 0.2}, "machine, busy and failed"),
        ({"absence": 1.5}, "absence 1.5"),
        ({"rosters": (Roster(begins_h=2.0, ends_h=9.0, agents=3),)}, "within 4 to 24"),
        ({"rosters": (Roster(begins_h=9.0, ends_h=10.0, agents=3, breaks=((0.5, 0.25),)),)}, "within the shift"),
        ({"ring": (Part(share=0.5, mean_s=8.0, cv=0.3),)}, "add up to 1"),
        ({"max_attempts": 64}, "max_attempts 64"),
        ({"lines": -1.0}, "lines -1"),
        ({"cap": 0}, "cap"),
        ({"line_shares": (1.0,)}, "line_shares"),
        ({"answers": ((0.2,) * 23,)}, "24 shares"),
    ],
)
def test_a_truth_that_cannot_be_is_refused_by_name(wrong: dict[str, object], names: str) -> None:
    with pytest.raises(TruthError, match=names):
        generated(flat_truth(3, 0.2, **wrong), 1, 1)


def test_a_list_ends_and_so_does_dialing() -> None:
    rows = generated(flat_truth(5, 0.3, records=50, max_attempts=2, retry_s=(1200.0,)), 1, 2)
    assert np.unique(rows.person).size == 50
    assert (rows.attempt == 1).sum() == 50
    assert (rows.attempt == 2).sum() == 50 - ((rows.attempt == 1) & (rows.ending <= ABANDONED)).sum()


def test_no_more_than_so_many_dials_a_second_and_lines_at_once() -> None:
    rows = generated(flat_truth(20, 0.2, calls_per_s=2, cap=25), 1, 2)
    assert np.bincount(rows.at_us // 1_000_000 - rows.at_us[0] // 1_000_000).max() <= 2
    begun = rows.at_us
    ended = begun + us(rows.ring_s) + us(rows.wait_s) + us(rows.talk_s)
    in_use = np.arange(1, len(rows) + 1) - np.searchsorted(np.sort(ended), begun, side="right")
    assert in_use.max() == 25
