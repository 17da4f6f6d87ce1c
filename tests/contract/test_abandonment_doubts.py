"""What keeps the abandonment book from saying that all is well: less told than before, old figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from paceline.campaign.change import Lane
from paceline.campaign.observed import Observed, Part
from paceline.campaign.ports import Counted, NotFoundError, Platform, UnavailableError
from paceline.campaign.statistics import Statistics, Tally
from paceline.control.abandonment.guards import BREACH
from paceline.control.abandonment.periods import ENDED
from paceline.control.abandonment.reading import Budget
from paceline.control.abandonment.remaining import Standing
from paceline.primitives.ids import CampaignId
from tests.contract.bold import BOLD, DAY_S, account, entries, pass_time, put, put_old
from tests.contract.systems import Office, Through
from tests.contract.test_abandonment import GENTLE

WORST = {"minute": "2026-06-15T11:00:00Z", "dials": 3000, "connects": 1000, "abandons": 28}


class Recounting(Through):
    """A platform that tells what `recount` makes of a tally of all that it ever counted of a campaign."""

    def __init__(self, beyond: Platform) -> None:
        super().__init__(beyond)
        self.recount: Callable[[Tally], Tally] = lambda tally: tally

    def counted(self, campaign: CampaignId, *, since: datetime | None = None, lane: Lane = Lane.READING) -> Counted:
        told = self.beyond.counted(campaign, since=since, lane=lane)
        made = self.recount(Tally(dials=told.dials, connects=told.answered, abandons=told.abandoned))
        return replace(told, dials=made.dials, answered=made.connects, abandoned=made.abandons)

    def statistics(
        self, *, since: datetime | None = None, by_minute: bool = False, lane: Lane = Lane.READING
    ) -> tuple[Statistics, ...]:
        told = self.beyond.statistics(since=since, by_minute=by_minute, lane=lane)
        return tuple(replace(one, tally=self.recount(one.tally)) for one in told)

    def measured(
        self,
        campaign: CampaignId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        by_minute: bool = False,
        lane: Lane = Lane.READING,
    ) -> Statistics:
        told = self.beyond.measured(campaign, since=since, until=until, by_minute=by_minute, lane=lane)
        return told if since is not None or until is not None else replace(told, tally=self.recount(told.tally))


class Spoilt(Through):
    """A platform that fails for one campaign."""

    bad = CampaignId("A-BAD")

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
        if campaign == self.bad:
            raise UnavailableError(f"{campaign} cannot be shown", operation="look at a campaign")
        return self.beyond.read(campaign, part=part, lane=lane)

    def measured(self, campaign: CampaignId, **asked: Any) -> Statistics:
        if campaign == self.bad:
            raise UnavailableError(f"{campaign} cannot be shown", operation="look at a campaign")
        return self.beyond.measured(campaign, **asked)


def lost(_tally: Tally) -> Tally:
    return Tally(dials=3, connects=2)


def test_platform_that_lost_count_takes_no_breach_back(office: Office) -> None:
    put(office)
    platform = Recounting(office.emulated.platform())
    system = office.system(platform=platform)
    pass_time(office, 3600)
    before = account(system)
    assert before.standing is Standing.BREACHED
    platform.recount = lost
    pass_time(office, 60)
    after = account(system)
    assert after.standing is Standing.BREACHED
    assert after.periods[0].counts == before.periods[0].counts
    assert after.periods[0].as_of == before.periods[0].as_of
    assert any("tells less than it told before" in why for why in after.why)


def test_platform_that_lost_count_leaves_unknown_what_stood_well_and_lets_nothing_loosen(office: Office) -> None:
    put(office, **GENTLE)
    platform = Recounting(office.emulated.platform())
    system = office.system(platform=platform)
    pass_time(office, 3600)
    assert account(system).standing is Standing.OK
    platform.recount = lost
    pass_time(office, 60)
    assert account(system).standing is Standing.UNKNOWN
    observed = system.platform.read(BOLD)
    assert system.allowance.measured(observed, system.law.circumstances(BOLD), system.law.rulebook) is None
    # Once it tells as much again, that counts.
    platform.recount = lambda tally: tally
    pass_time(office, 60)
    assert (account(system).standing, account(system).why[1:]) == (Standing.OK, ())
    assert system.allowance.measured(observed, system.law.circumstances(BOLD), system.law.rulebook) is not None


def test_figures_of_an_hour_ago_say_nothing_well(desk: Office) -> None:
    put(desk, **GENTLE)
    system = desk.system()
    pass_time(desk, 3600)
    now = system.platform.time()
    assert account(system).standing is Standing.OK
    (fresh,) = system.abandonment.kept([BOLD], now=now + timedelta(minutes=59))
    (old,) = system.abandonment.kept([BOLD], now=now + timedelta(hours=26))
    (timeless,) = system.abandonment.kept([BOLD])
    assert [one.standing for one in (fresh, old, timeless)] == [Standing.OK, Standing.UNKNOWN, Standing.UNKNOWN]
    assert any("26.0 hours old" in why for why in old.why)
    assert any("how old the figures are is not known" in why for why in timeless.why)


def test_breach_stays_one_however_old_its_figures_are(desk: Office) -> None:
    put(desk)
    system = desk.system()
    pass_time(desk, 3600)
    account(system)
    (old,) = system.abandonment.kept([BOLD], now=system.platform.time() + timedelta(hours=26))
    assert old.standing is Standing.BREACHED


def test_one_campaign_that_cannot_be_looked_at_keeps_no_guard_from_the_others(desk: Office) -> None:
    put(desk, Spoilt.bad)
    put(desk)
    system = desk.system(platform=Spoilt(desk.emulated.platform()))
    pass_time(desk, 3600)
    assert system.worker.once().tasks == 1
    assert len(entries(system, BREACH)) == 1
    assert desk.emulated.shown(BOLD)["predictiveDialer"]["abandonRate"] == 0


def test_every_campaign_has_its_turn_though_the_budget_reads_the_hours_of_few(desk: Office) -> None:
    names = [CampaignId(f"C-{number:02}") for number in range(12)]
    for name in names:
        put(desk, name, agents=1, **GENTLE)
    system = desk.system()
    for _ in range(5):
        pass_time(desk, 1800)
        system.abandonment.brought_up(Budget(2), most=6)
    known = system.abandonment_book.known()
    last = max(one.told_at for one in known.values())
    assert all(last - known[name].told_at <= timedelta(hours=1.5) for name in names)


def test_campaign_that_never_dialed_is_told_of_without_being_asked_about(desk: Office) -> None:
    system = desk.system()
    put(desk, agents=0, **GENTLE)
    pass_time(desk, 60)
    system.worker.once()
    (found,) = system.abandonment.kept([BOLD], now=system.platform.time())
    assert (found.standing, found.periods[0].anchor) == (Standing.OK, "not-begun")


def test_campaign_that_the_platform_does_not_know_is_not_found_beside_others_either(desk: Office) -> None:
    put(desk, **GENTLE)
    system = desk.system()
    with pytest.raises(NotFoundError):
        system.abandonment.asked([BOLD, CampaignId("NOPE")])


def test_final_figures_of_a_period_that_ended_are_noted_once_in_the_ledger(office: Office) -> None:
    first = put_old(office, 40)
    ada, bob = office.system("ada"), office.system("bob")
    for _ in range(4):
        # Whatever of it was seen while it ran: here the first day of the second block.
        pass_time(office, 60)
        ada.worker.once()
    assert entries(ada, ENDED) == []
    pass_time(office, 21 * DAY_S)
    for _ in range(3):
        pass_time(office, 60)
        ada.worker.once()
        bob.worker.once()
    (note,) = entries(ada, ENDED)
    told: Any = note.rows[0].document["details"]
    start = first + timedelta(days=30)
    assert told["start"] == f"{start:%Y-%m-%dT%H:%M:%SZ}"
    shown = office.emulated.platform().measured(BOLD, since=start, until=start + timedelta(days=30)).tally
    assert (told["answered"], told["abandoned"]) == (shown.connects, shown.abandons)
    assert (told["anchor"], told["is_final"]) == ("first-dial", True)
    standing = "breached" if shown.abandons * 100 > 3 * shown.connects else "ok"
    counts = f"{shown.abandons} of {shown.connects} calls that people answered"
    assert str(note.rows[0].document["reason"]).startswith(counts)
    assert told["ceilings"] == [{"rules": ["US-2", "US-5"], "ceiling": "3/100", "standing": standing}]
