"""The abandonment book on a running dialer: figures, first dials, days, what is left, and the requests it takes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from paceline.campaign.change import Lane
from paceline.campaign.observed import Observed
from paceline.campaign.statistics import Statistics, Tally
from paceline.control.abandonment.kept import Counts, Known
from paceline.control.abandonment.polling import Quota
from paceline.control.abandonment.reading import Budget
from paceline.control.abandonment.remaining import Standing
from paceline.primitives.ids import CampaignId
from tests.contract.bold import BOLD, DAY_S, account, order, pass_time, put, put_old
from tests.contract.emulated import START
from tests.contract.systems import ACTIVE, Office, Through

BEGAN = datetime.fromisoformat(START)
GENTLE: dict[str, Any] = {
    "predictiveDialer": {
        "answerRate": 0.6,
        "abandonRate": 0.001,
        "maxConcurrentCalls": 20,
        "callInterval": 200,
        "strategy": "predictive",
        "warmUpPeriod": 0,
    }
}


def told(office: Office, campaign: CampaignId, since: datetime | None = None) -> dict[str, int]:
    """What the platform itself counts, asked by the control surface's side."""
    found = office.emulated.platform().measured(campaign, since=since).tally
    return {"dials": found.dials, "answered": found.connects, "abandoned": found.abandons}


def test_period_of_a_campaign_without_an_anchor_begins_at_its_first_dial(office: Office) -> None:
    system = office.system()
    pass_time(office, 5 * 3600)
    put(office, **GENTLE)
    pass_time(office, 2 * 3600)
    found = account(system)
    (period,) = found.periods
    assert found.first_dial == BEGAN + timedelta(hours=5)
    assert (period.start, period.anchor) == (found.first_dial, "first-dial")
    assert period.end == found.first_dial + timedelta(days=30)
    assert period.rules == ("US-2", "US-5")
    counts = told(office, BOLD)
    assert period.counts is not None
    assert (period.counts.answered, period.counts.abandoned) == (counts["answered"], counts["abandoned"])
    assert (period.days_covered, period.days_elapsed, period.age_s) == (2 / 24, 2 / 24, 0.0)


def test_declared_anchor_counts_over_the_first_dial_and_a_dial_before_it_is_told(office: Office) -> None:
    system = office.system()
    put(office, **GENTLE)
    pass_time(office, DAY_S)
    declared = BEGAN + timedelta(hours=10)
    system.facts.declare(BOLD, {"anchor": declared.isoformat()}, order(system))
    found = account(system)
    (period,) = found.periods
    counts = told(office, BOLD, since=declared)
    assert period.counts is not None
    assert (period.start, period.anchor) == (declared, "declared")
    assert (period.counts.answered, period.counts.abandoned) == (counts["answered"], counts["abandoned"])
    assert any("before the declared anchor" in why for why in found.why)


def test_first_dial_of_a_campaign_that_has_dialed_for_months_is_found_and_its_second_block_is_counted(
    office: Office,
) -> None:
    first = put_old(office, 200)
    system = office.system()
    found = account(system)
    (period,) = found.periods
    assert found.first_dial == first
    assert period.start == first + timedelta(days=180)
    counts = told(office, BOLD, since=period.start)
    assert period.counts is not None
    assert (period.counts.answered, period.counts.abandoned) == (counts["answered"], counts["abandoned"])
    # Hours are read two weeks back, and all of them were.
    assert period.days_covered == pytest.approx(14.0, abs=0.01)
    assert period.to_come is not None
    assert period.to_come.days == 14
    # What was counted before the block never changes: it is not asked again, nor is the first dial looked for.
    before = len(office.emulated.entries(path="*/statistics*"))
    account(system)
    assert len(office.emulated.entries(path="*/statistics*")) - before == 1


def test_what_is_left_is_foretold_from_whole_days_and_holds_what_comes(desk: Office) -> None:
    put(desk, **GENTLE)
    system = desk.system()
    for _ in range(8):
        pass_time(desk, DAY_S)
    (before,) = account(system).periods
    assert before.to_come is not None
    assert before.to_come.days == 8
    for _ in range(2):
        pass_time(desk, 11 * DAY_S)
    counts = told(desk, BOLD)
    first = before.counts
    assert first is not None
    more = counts["answered"] - first.answered
    assert before.to_come.answers[1] <= more <= before.to_come.answers[2]
    left = 3 * counts["answered"] // 100 - first.abandoned
    assert before.to_come.remaining[1] <= left <= before.to_come.remaining[2]


def test_hours_are_kept_as_the_platform_told_them_and_are_read_by_others(office: Office) -> None:
    put(office, **GENTLE)
    pass_time(office, 30 * 3600)
    account(office.system("ada"))
    book = office.system("bob").abandonment_book
    hours = book.hours(BOLD, since=BEGAN, until=BEGAN + timedelta(days=2))
    assert [one.at for one in hours] == [BEGAN + timedelta(hours=place) for place in range(30)]
    assert sum(one.counts.dials for one in hours) == told(office, BOLD)["dials"]
    half = book.measured(BOLD, since=BEGAN + timedelta(minutes=30), until=BEGAN + timedelta(hours=3, minutes=30))
    assert half.answered_live == sum(one.counts.answered for one in hours[1:3])


def test_campaign_that_never_dialed_stands_well_and_one_that_nobody_asked_about_is_unknown(office: Office) -> None:
    system = office.system()
    never = account(system, ACTIVE)
    (period,) = never.periods
    assert (never.standing, never.why, period.anchor, period.start) == (Standing.OK, (), "not-begun", None)
    (kept,) = system.abandonment.kept([BOLD])
    assert (kept.standing, kept.why) == (Standing.UNKNOWN, ("the platform was never asked about it",))


def test_anchor_that_the_platform_cannot_tell_is_asked_for(office: Office) -> None:
    class Forgetful(Through):
        """Tells how much was counted, and nothing of when."""

        def measured(
            self,
            campaign: CampaignId,
            *,
            since: datetime | None = None,
            until: datetime | None = None,
            by_minute: bool = False,
            lane: Lane = Lane.READING,
        ) -> Statistics:
            shown = self.beyond.measured(campaign, since=since, until=until, by_minute=by_minute, lane=lane)
            return replace(shown, minutes=(), tally=shown.tally if since is until is None else Tally())

    put(office, **GENTLE)
    pass_time(office, 3600)
    system = office.system(platform=Forgetful(office.emulated.platform()))
    found = account(system)
    assert found.standing is Standing.UNKNOWN
    assert any("declare it (anchor=INSTANT)" in why for why in found.why)


def test_budget_that_is_used_up_leaves_the_rest_to_the_next_turn(desk: Office) -> None:
    first = put_old(desk, 100)
    system = desk.system()
    turns, is_read = 0, False
    while not is_read:
        before = len(desk.emulated.entries(path="*/statistics*"))
        system.abandonment.brought_up(Budget(4), most=10)
        assert len(desk.emulated.entries(path="*/statistics*")) - before <= 4
        turns += 1
        assert turns < 20
        known = system.abandonment_book.known()[BOLD]
        if known.first_dial is None:
            assert system.abandonment.kept([BOLD])[0].standing is Standing.UNKNOWN
        is_read = known.read_until == known.told_at
        pass_time(desk, 60)
    assert turns > 5
    (period,) = account(system).periods
    assert period.start == first + timedelta(days=90)
    assert period.days_covered == pytest.approx(10.0, abs=0.1)


def test_worker_asks_within_a_quarter_of_the_budget_and_only_one_of_two_workers_asks(desk: Office) -> None:
    for number in range(6):
        put(desk, CampaignId(f"C-{number}"), agents=1, **GENTLE)
    ada, bob = desk.system("ada"), desk.system("bob")
    assert Quota.of(100).requests == 6
    pass_time(desk, 3600)
    before = len(desk.emulated.entries(path="*/statistics*"))
    ada.worker.once()
    bob.worker.once()
    turn = len(desk.emulated.entries(path="*/statistics*")) - before
    assert 1 <= turn <= 6
    for _ in range(12):
        pass_time(desk, 600)
        before = len(desk.emulated.entries(path="*/statistics*"))
        ada.worker.once()
        bob.worker.once()
        assert len(desk.emulated.entries(path="*/statistics*")) - before <= 6
    found = bob.abandonment.kept([CampaignId(f"C-{number}") for number in range(6)], now=bob.platform.time())
    assert {one.standing for one in found} <= {Standing.OK, Standing.APPROACHING, Standing.BREACHED}
    assert all(period.days_covered > 0 for one in found for period in one.periods)


def test_platform_whose_clock_stands_is_not_asked_again(desk: Office) -> None:
    put(desk, agents=1, **GENTLE)
    system = desk.system()
    pass_time(desk, 3600)
    system.worker.once()
    before = len(desk.emulated.entries(path="*/statistics*"))
    for _ in range(3):
        desk.clock.advance(60)
        system.worker.once()
    assert len(desk.emulated.entries(path="*/statistics*")) == before


def test_what_was_measured_for_the_law_begins_at_the_first_dial_that_the_book_knows(desk: Office) -> None:
    first = put_old(desk, 48)
    system = desk.system()

    def measured() -> Any:
        observed: Observed = system.platform.read(BOLD)
        return system.allowance.measured(observed, system.law.circumstances(BOLD), system.law.rulebook)

    # Nobody declared when it first dialed, and it is older than a block.
    assert measured() is None
    account(system)
    (found,) = measured()
    counts = told(desk, BOLD, since=first + timedelta(days=30))
    expected = (first + timedelta(days=30), counts["answered"], counts["abandoned"])
    assert (found.start, found.answered, found.abandoned) == expected


def test_other_periods_are_those_of_the_law_that_binds(office: Office) -> None:
    put(office, **GENTLE)
    pass_time(office, 2 * DAY_S)
    system = office.system(countries=("GB", "CA"))
    found = account(system)
    by = {one.period: one for one in found.periods}
    assert set(by) == {"24-hours", "calendar-month"}
    now = BEGAN + timedelta(days=2)
    for name, since in (
        ("24-hours", now - timedelta(days=1)),
        ("calendar-month", datetime(2026, 5, 31, 10, tzinfo=UTC)),
    ):
        counts, shown = told(office, BOLD, since=since), by[name].counts
        assert shown is not None
        assert (shown.answered, shown.abandoned) == (counts["answered"], counts["abandoned"])


def test_person_who_asks_while_a_worker_does_takes_nothing_from_it(office: Office) -> None:
    put_old(office, 40)
    ada, bob = office.system("ada"), office.system("bob")
    known = account(ada).first_dial
    with ThreadPoolExecutor(2) as pool:
        for _ in range(4):
            found = [pool.submit(account, one) for one in (ada, bob)]
            assert {one.result().first_dial for one in found} == {known}
    # What one has not found, having spent its budget, is not taken from the others.
    (told,) = [one for one in office.emulated.platform().statistics() if one.campaign == BOLD]
    ada.abandonment_book.keep(Known(campaign=BOLD, total=Counts.of(told.tally), told_at=told.at))
    assert bob.abandonment_book.first_dial(BOLD) == known
