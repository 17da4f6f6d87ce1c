"""All campaigns at a look: two requests whatever their number, the platform's own counts, and who needs a person."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from paceline.bootstrap import System, open_system
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.lifecycle.changes import Pause
from paceline.control.attention import Urgency
from paceline.control.fleet.fleet import Found
from paceline.control.order import Order
from paceline.control.wall import HOUR, RATE_MINUTES, WallLook
from paceline.primitives.ids import CampaignId
from paceline.testing import RunningEmulator, running_emulator
from tests.contract.systems import ACTIVE, LOCKED, PAUSED, Office

DIALING = CampaignId("CMP-12345")


def order(system: System) -> Order:
    return Order(actor=system.actor, reason="a complaint")


def urgencies(look: WallLook) -> dict[str, Urgency]:
    return {row.campaign: row.urgency for row in look.rows}


def test_look_is_a_list_and_a_count_and_schedules_are_read_one_at_a_time(office: Office) -> None:
    system = office.system()
    with system.platform.metered() as first:
        look = system.wall.look()
    assert [row.campaign for row in look.rows] == ["LOCKED", "ACTIVE", "PAUSED", "STOPPED", "ARCHIVED"]
    assert first.requests == 4
    system.wall.look()
    with system.platform.metered() as later:
        system.wall.look()
    assert later.requests == 2


def test_thorough_look_knows_at_once_which_silent_campaigns_ought_to_dial(
    dialing: tuple[RunningEmulator, System],
) -> None:
    emulator, system = dialing
    hours = {"timezone": "UTC", "businessHoursDirective": "STRICT", "maxConcurrentCalls": 5}
    always = [{"dayOfWeek": "MONDAY", "startTime": "09:00:00", "endTime": "20:00:00"}]
    named = [f"CMP-5000{place}" for place in range(3)]
    for name in named:
        made = {"id": name, "status": "ACTIVE", "agents": 0, "schedule": {**hours, "timeWindows": always}}
        answer = httpx2.post(f"{emulator.url}/_emulator/campaigns", json=made, trust_env=False)
        assert answer.status_code < 300, answer.text
    told = urgencies(system.wall.look(thorough=True))
    assert [told[name] for name in named] == [Urgency.NOT_DIALING] * 3
    for name in named:
        httpx2.patch(f"{emulator.url}/_emulator/campaigns/{name}", json={"archived": True}, trust_env=False)


def test_locked_campaign_comes_first_until_it_is_unlocked(office: Office) -> None:
    system = office.system()
    assert urgencies(system.wall.look())[LOCKED] is Urgency.LOCKED
    office.emulated.arrange(LOCKED, isLocked=False)
    assert urgencies(system.wall.look())[LOCKED] is Urgency.NOTHING


def test_frozen_campaign_is_told_until_somebody_unfreezes_it(office: Office) -> None:
    system = office.system()
    system.freeze.freeze(Found(campaigns={ACTIVE: None}), order(system))
    row = system.wall.look().rows[0]
    assert (row.campaign, row.urgency, row.frozen) == (ACTIVE, Urgency.FROZEN, True)
    assert row.needs[0].reason == "ada froze it: a complaint"
    system.freezes.unfreeze([ACTIVE], order(system))
    assert urgencies(system.wall.look())[ACTIVE] is Urgency.NOTHING


def test_change_made_outside_is_told_until_somebody_here_does_something(office: Office) -> None:
    system = office.system()
    system.watch.look_for_drift()
    assert urgencies(system.wall.look())[ACTIVE] is Urgency.NOTHING
    office.outside(Pause(campaign=ACTIVE))
    system.watch.look_for_drift()
    row = next(row for row in system.wall.look().rows if row.campaign == ACTIVE)
    assert row.urgency is Urgency.CHANGED_OUTSIDE
    assert row.needs[0].entry is not None
    assert system.book.read(row.needs[0].entry).kind == "campaign.drift"
    system.run(Pause(campaign=ACTIVE))
    assert urgencies(system.wall.look())[ACTIVE] is Urgency.NOTHING


def test_change_in_doubt_is_told_to_everybody_on_the_database(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    change: AnyChange = Pause(campaign=PAUSED)
    ada.wall.look()
    opened = ada.recorder.open(change, order(ada))
    told = next(row for row in bob.wall.look().rows if row.campaign == PAUSED)
    assert told.needs == ()  # it is being made
    assert opened.entry is not None


def test_look_keeps_nothing_in_the_ledger(office: Office) -> None:
    system = office.system()
    system.wall.look()
    before = system.book.head()
    system.wall.look()
    assert system.book.head() == before


@pytest.fixture(scope="module")
def dialing() -> Iterator[tuple[RunningEmulator, System]]:
    with (
        running_emulator(now="2026-06-15T15:00:00Z", speed=0.0, seed=7) as emulator,
        tempfile.TemporaryDirectory() as folder,
    ):
        settings = {
            "CXONE_CLIENT_ID": "demo-client",
            "CXONE_CLIENT_SECRET": "demo-secret",
            "CXONE_AUTH_URL": f"{emulator.url}/oauth/token",
            "CXONE_API_URL": emulator.url,
            "PACELINE_DATA_FOLDER": folder,
            "PACELINE_REQUESTS_PER_MINUTE": "0",
        }
        with open_system(settings, folder=Path(folder)) as system:
            yield emulator, system


def later(emulator: RunningEmulator, to: str) -> None:
    moved = httpx2.put(f"{emulator.url}/_emulator/clock", json={"now": to, "speed": 0.0}, trust_env=False)
    assert moved.status_code < 300, moved.text


def test_rates_are_the_platforms_own_counts_of_the_last_quarter_of_an_hour(
    dialing: tuple[RunningEmulator, System],
) -> None:
    emulator, system = dialing
    later(emulator, "2026-06-15T15:20:00Z")
    system.wall.look()
    later(emulator, "2026-06-15T15:40:00Z")
    look = system.wall.look()
    row = next(row for row in look.rows if row.campaign == DIALING)
    (told,) = (
        one for one in system.platform.statistics(since=look.at - HOUR, by_minute=True) if one.campaign == DIALING
    )
    assert row.hour == told.tally
    assert [point.at for point in row.series] == [minute for minute, _ in told.minutes]
    quarter = [tally for minute, tally in told.minutes][-RATE_MINUTES:]
    talk, staffed = sum(one.talk_s + one.wrap_s for one in quarter), sum(one.staffed_s for one in quarter)
    assert row.occupancy == pytest.approx(talk / staffed)
    assert row.abandonment == pytest.approx(sum(one.abandons for one in quarter) / sum(one.connects for one in quarter))
    assert row.live is not None
    assert row.live == told.live
    assert row.live.agents > 0


def test_active_campaign_without_agents_in_open_hours_is_not_dialing(
    dialing: tuple[RunningEmulator, System],
) -> None:
    emulator, system = dialing
    system.wall.look()
    answer = httpx2.patch(f"{emulator.url}/_emulator/campaigns/{DIALING}", json={"agents": 0}, trust_env=False)
    assert answer.status_code < 300, answer.text
    later(emulator, "2026-06-15T16:30:00Z")
    system.wall.look()
    row = next(row for row in system.wall.look().rows if row.campaign == DIALING)
    assert row.is_open is True
    assert row.urgency is Urgency.NOT_DIALING
    assert row.needs[0].reason.endswith("no agent is logged in")
