"""The dialer's day: nothing is lost, nothing depends on how the clock was moved, and closed forms are met."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.emulator.dialer.engine import Dialer
from paceline.emulator.dialer.truth import truth_of
from paceline.emulator.instants import LATEST, MINUTE, SECOND
from tests.emulator.dialers import HOUR, MARKOV, START, dialer, orders, play, total, utilisation

BUSY: dict[str, Any] = {
    "records": 3000,
    "machineShare": 0.4,
    "busyShare": 0.1,
    "ageing": 0.8,
    "talkSeconds": 60,
    "wrapSeconds": 20,
}
PREDICTIVE = orders(agents=10, lines_per_idle=4.0, attempts=3, waits_min=(5, 30), warm_up=90 * SECOND)


def conserved(one: Dialer, counted: dict[str, int]) -> None:
    """Assert that each dial, answer, agent and record is somewhere."""
    settled = sum(counted.get(name, 0) for name in ("connects", "machines", "noAnswers", "busies"))
    assert counted.get("dials", 0) == one.dials == settled + one.ringing
    waiting_to_try = sum(sum(made.values()) for made in one.bins.values()) + sum(left for _, left in one.due)
    assert one.begun == one.reached + one.spent + waiting_to_try + one.ringing
    assert one.reached == counted.get("connects", 0)
    assert one.staffed <= one.orders.agents
    assert min(one.idle, one.ringing, one.talking, one.wrapping) >= 0
    assert one.idle == 0 or not one.waiting
    assert one.exhausted <= one.truth.records
    agents = ("talk", "wrap", "idle")
    assert counted.get("staffed", 0) == sum(counted.get(name, 0) for name in agents)


@settings(deadline=None, max_examples=25)
@given(
    agents=st.integers(1, 30),
    lines=st.floats(0.5, 10),
    cap=st.integers(1, 150),
    minutes=st.integers(1, 90),
    rate=st.floats(0, 1),
    key=st.integers(0, 2**64 - 1),
)
def test_every_dial_answer_agent_and_record_is_somewhere(
    agents: int, lines: float, cap: int, minutes: int, rate: float, key: int
) -> None:
    given_orders = replace(PREDICTIVE, agents=agents, lines_per_idle=lines, line_cap=cap)
    one = dialer(given_orders, key, **{**BUSY, "answerRate": rate})
    counted = total(play(one, minutes / 60))
    conserved(one, counted)
    assert one.in_flight <= cap


@settings(deadline=None, max_examples=15)
@given(cuts=st.lists(st.floats(0, 1), max_size=12), key=st.integers(0, 1000))
def test_clock_moved_at_once_or_in_any_pieces_gives_the_same_day(cuts: list[float], key: int) -> None:
    whole, pieces = dialer(PREDICTIVE, key, **BUSY), dialer(PREDICTIVE, key, **BUSY)
    assert play(whole, 1) == play(pieces, 1, [*sorted(cuts), 1.0])
    assert whole.document() == pieces.document()


def test_eight_hours_at_once_are_eight_hours_by_minutes() -> None:
    whole, minutes = dialer(orders(lines_per_idle=3.0), **BUSY), dialer(orders(lines_per_idle=3.0), **BUSY)
    assert play(whole, 8) == play(minutes, 8, [number / 480 for number in range(1, 481)])
    assert whole.document() == minutes.document()


@settings(deadline=None, max_examples=10)
@given(part=st.floats(0, 1), key=st.integers(0, 1000))
def test_dialer_saved_at_any_instant_goes_on_as_if_it_had_not_been(part: float, key: int) -> None:
    whole, first = dialer(PREDICTIVE, key, **BUSY), dialer(PREDICTIVE, key, **BUSY)
    rows = play(first, 1, [part])
    written = json.loads(json.dumps(first.document()))
    second = Dialer.restored(written, key, truth_of({**MARKOV, **BUSY}), PREDICTIVE)
    second.advance(START + HOUR, rows.__setitem__)
    assert rows == play(whole, 1)
    assert second.document() == whole.document()


@pytest.mark.parametrize(
    ("no_answer_s", "ring_s", "expected"),
    [(12, 12, 180 * 0.3 / (180 * 0.3 + 12)), (25, 10, 180 * 0.3 / (180 * 0.3 + 0.3 * 10 + 0.7 * 25))],
)
def test_one_line_for_each_idle_agent_gives_the_closed_form(no_answer_s: float, ring_s: float, expected: float) -> None:
    found = [
        utilisation(total(play(dialer(key=key, noAnswerSeconds=no_answer_s, ringSeconds=ring_s), 6)))
        for key in range(6)
    ]
    mean = sum(found) / 6
    error = (sum((one - mean) ** 2 for one in found) / 5 / 6) ** 0.5
    assert abs(mean - expected) < 4 * error + 0.002  # the first minutes, in which nobody talks yet, are in it
    assert expected == pytest.approx({12: 0.8182, 25: 0.7248}[int(no_answer_s)], abs=5e-5)


def test_one_line_for_each_idle_agent_abandons_nobody() -> None:
    assert total(play(dialer(), 8))["abandons"] == 0


def test_belief_that_is_too_low_makes_more_people_hear_silence() -> None:
    def abandonment(lines: float) -> float:
        counted = total(play(dialer(orders(lines_per_idle=lines)), 4))
        return counted["abandons"] / counted["connects"]

    right, wrong = abandonment(1.0 / 0.3), abandonment(1.0 / 0.15)
    assert right < 0.03
    assert wrong > 3 * right


def test_answer_rate_that_rises_under_the_same_orders_abandons_more() -> None:
    def abandonment(rate: float) -> float:
        counted = total(play(dialer(orders(lines_per_idle=1.0 / 0.3), answerRate=rate), 4))
        return counted["abandons"] / counted["connects"]

    assert abandonment(0.45) > 2 * abandonment(0.3)


def test_person_who_finds_no_agent_waits_two_seconds_and_is_abandoned() -> None:
    one = dialer(orders(agents=1, lines_per_idle=2.0), answerRate=1, ringVariation=0, talkVariation=0)
    assert total(play(one, 14 / 3600)) == {
        "dials": 2, "connects": 2, "rightPartyConnects": 1, "talk": 1, "wrap": 0, "idle": 12, "staffed": 13,
    }  # fmt: skip  # dialled after 0.05 s and 0.10 s, answered 12 s later; whole seconds only
    play(one, 1 / 3600)
    assert (one.in_flight, one.counts["abandons"]) == (1, 1)


def test_dropped_queue_is_abandoned_and_what_rang_was_not_answered() -> None:
    one = dialer(orders(agents=5, lines_per_idle=10.0), answerRate=0.9)
    rows = play(one, 30 / 3600)
    while not one.waiting:
        rows |= play(one, 1 / 3600)
    before, waiting, ringing = total(rows), len(one.waiting), one.ringing
    one.drop(rows.__setitem__)
    one.obey(replace(one.orders, active=False), one.truth)
    after = total(rows)
    assert after["abandons"] - before["abandons"] == waiting
    assert after["noAnswers"] - before["noAnswers"] == ringing
    assert one.in_flight == one.talking > 0
    rows |= play(one, 2)
    assert (one.in_flight, one.staffed, one.dials) == (0, 0, after["dials"])
    conserved(one, total(rows))


def test_records_are_dialled_until_reached_or_until_their_attempts_are_used_up() -> None:
    world: dict[str, Any] = {"records": 200, "answerRate": 0.5, "talkSeconds": 5}
    one = dialer(orders(agents=20, attempts=3, waits_min=(5, 10)), **world)
    counted = total(play(one, 4))
    assert (one.exhausted, one.in_flight) == (200, 0)
    assert counted["dials"] == counted["connects"] + counted["noAnswers"]
    assert one.reached + one.spent == 200
    assert counted["noAnswers"] > 2 * one.spent


def test_record_comes_due_again_after_the_minutes_of_its_attempt() -> None:
    one = dialer(orders(agents=1, attempts=3, waits_min=(5, 20)), records=1, answerRate=0, noAnswerSeconds=20)
    rows = play(one, 2)
    dialled = [(minute - START) // MINUTE for minute, row in rows.items() if row.get("dials")]
    assert dialled == [0, 6, 27]  # each is given up after 20 s, and comes due with the full minute after its wait


def test_list_ages_as_each_attempt_answers_less() -> None:
    one = dialer(orders(agents=20, attempts=2, waits_min=(60,)), records=4000, ageing=0.5, talkSeconds=5)
    rows = play(one, 8)
    assert one.exhausted == 4000
    expected = 4000 * (0.3 + 0.7 * 0.15)
    assert abs(total(rows)["connects"] - expected) < 4 * (4000 * 0.4 * 0.6) ** 0.5


def test_too_many_abandoned_answers_cool_the_dialer_down() -> None:
    hot = orders(lines_per_idle=8.0)
    cooled = replace(hot, most_abandoned=0.03, cool_down=1800 * SECOND)
    found = [total(play(dialer(one, machineShare=0.2), 4)) for one in (hot, cooled)]
    rates = [one["abandons"] / one["connects"] for one in found]
    assert 0 < rates[1] < rates[0] / 2


def test_warm_up_dials_one_line_for_each_idle_agent() -> None:
    one = dialer(orders(lines_per_idle=8.0, warm_up=600 * SECOND))
    assert total(play(one, 599 / 3600))["abandons"] == 0
    assert total(play(one, 1))["abandons"] > 0


def test_windows_say_when_is_dialled() -> None:
    windows = ((0, 13 * 3600, 14 * 3600), (0, 15 * 3600, 15 * 3600 + 90))
    rows = play(dialer(orders(windows=windows, timezone="UTC")), 24)
    dialled = {(minute - START) // MINUTE for minute, row in rows.items() if row.get("dials")}
    assert dialled == {*range(60, 120), 180, 181}


def test_agents_of_the_next_shift_are_those_of_its_hour() -> None:
    staffing = [1.0] * 13 + [0.4] * 11
    one = dialer(staffing=staffing)
    rows = play(one, 2)
    assert rows[START]["staffed"] == pytest.approx(50 * 60, abs=50)
    assert rows[START + 110 * MINUTE]["staffed"] == pytest.approx(20 * 60, abs=20)


def test_longer_tick_and_fewer_lines_dial_less() -> None:
    dials = [total(play(dialer(one), 2))["dials"] for one in (orders(), orders(tick=2 * SECOND), orders(line_cap=20))]
    assert dials[0] > dials[1] > 0
    assert dials[0] > dials[2] > 0


def test_leap_of_years_ends_where_the_clock_stands() -> None:
    one = dialer(records=500, talkSeconds=5)
    rows = play(one, 24 * 400)
    assert one.at == START + 24 * 400 * HOUR
    assert total(rows)["dials"] == 500


def test_dialer_goes_on_in_every_year_that_a_clock_can_show() -> None:
    one = dialer(orders(agents=0))
    one.advance(LATEST - HOUR, lambda _minute, _counts: None)
    assert play(one, 1) == {}
    assert one.at == LATEST
