"""The tasks of docs/tutorial/dialer-manager.md on the pages, most by keyboard alone; its pictures are taken here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from paceline.bootstrap import open_system
from paceline.campaign.lifecycle.changes import Resume
from paceline.campaign.observed import Observed, State
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.access.rights import Role
from paceline.ledger.entry import Entry, Query
from paceline.primitives.ids import campaign_id
from tests.browser.desk import DIALING, ODD, PAUSED, STOPPED, Desk, open_desk
from tests.browser.pictures import SIZE, picture
from tests.browser.screens import Screens
from tests.browser.seats import asked, at, closed, entered, row, tabbed_to

CAREFUL = Decimal("0.012")
OFFERS, REMINDERS = "CMP-61001", "CMP-61002"
PAGE = f"/campaigns/{DIALING}"
EVENING = "2026-06-15T18:30:00Z"
"""Half past two in New York; what was dialed by then is enough to project."""
WINTER = {
    "agents": 0,
    "status": "ACTIVE",
    "dialingRules": {
        "dialingMethod": "PROGRESSIVE",
        "maxCallsPerAgent": 1,
        "retrySettings": {"maxAttempts": 2, "intervalMinutes": [1440]},
        "abandonmentRateThreshold": {"maxRate": 0.03, "coolDownSec": 300},
    },
    "schedule": {
        "timezone": "America/New_York",
        "businessHoursDirective": "STRICT",
        "maxConcurrentCalls": 40,
        "timeWindows": [{"dayOfWeek": "MONDAY", "startTime": "09:00:00", "endTime": "20:00:00"}],
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the data of the desk lie."""
    return tmp_path_factory.mktemp("floor")


@pytest.fixture(scope="module")
def floor(screens: Screens, folder: Path) -> Iterator[Desk]:
    """One desk for all tasks, on a day that began carefully."""
    with open_desk(screens, folder, PACELINE_ACTOR="ada") as opened:
        opened.arrange(ODD, archived=True)
        opened.control.post("/campaigns", json={"id": OFFERS, "name": "Winter Offers", **WINTER}).raise_for_status()
        held = {"id": REMINDERS, "name": "Winter Reminders", "status": "ACTIVE", "agents": 4, "locked": True}
        opened.control.post("/campaigns", json=held).raise_for_status()
        facts = {"purpose": "sales", "regions": ["US-NY"]}
        for campaign in (DIALING, OFFERS, REMINDERS, PAUSED, STOPPED):
            labels = {} if campaign == DIALING else {"label.team": "winter"}
            opened.system.facts.declare(campaign_id(campaign), {**facts, **labels}, opened.order())
        opened.system.run(SetPacing(campaign=campaign_id(DIALING), abandonment_aim=CAREFUL), reason="a careful morning")
        opened.control.put("/clock", json={"now": EVENING, "speed": 1.0})
        yield opened


def ada(floor: Desk, path: str) -> Page:
    return at(floor, path, "ada", Role.OPERATOR)


def because(page: Page, reason: str) -> None:
    tabbed_to(page, "reason")
    page.keyboard.type(reason)


def typed(page: Page, field: str, value: str) -> None:
    tabbed_to(page, field)
    page.keyboard.press("Control+a")
    page.keyboard.type(value)


def ended(page: Page, word: str) -> None:
    """See how it ended."""
    expect(page.get_by_role("dialog").get_by_role("status").first).to_contain_text(word, timeout=30_000)


def held(floor: Desk, campaign: str) -> Observed:
    return floor.system.platform.read(campaign_id(campaign))


def last(floor: Desk, campaign: str) -> Entry:
    return floor.system.book.entries(Query(campaign=campaign_id(campaign)))[-1]


@contextmanager
def worker_alive(floor: Desk, folder: Path) -> Iterator[None]:
    """A worker that only lives: who plans for an hour is told so where none does."""
    settings = {
        "PACELINE_CLIENT_ID": "demo-client",
        "PACELINE_CLIENT_SECRET": "demo-secret",
        "PACELINE_API_URL": floor.emulator.url,
        "PACELINE_DATA_FOLDER": str(folder),
    }
    with (
        open_system(settings, folder=folder) as robot,
        robot.worker._present(),  # noqa: SLF001  # it makes nothing
        robot.owner.at_work(),
    ):
        yield


def later(floor: Desk, seconds: int) -> None:
    floor.control.put("/clock", json={"advanceSeconds": seconds}).raise_for_status()


def test_campaigns_that_need_a_person_stand_first_with_why(floor: Desk) -> None:
    page = ada(floor, "/")
    expect(row(page, OFFERS)).to_contain_text("Not dialing: its schedule is open")
    expect(page.locator("#rows tr").first).to_contain_text("Locked:")
    page.goto(f"{floor.url}/?state=ACTIVE")
    picture(page, "dialer-manager-1", page.locator("caption"), page.locator("#rows tr").nth(2))


def test_why_a_campaign_does_not_dial_and_what_may_be_done_by_keyboard(floor: Desk) -> None:
    page = ada(floor, "/")
    entered(page, "Winter Offers")
    why = page.locator("section", has=page.locator("#why"))
    expect(why).to_contain_text("no agent works on it")
    expect(page.locator("#picture .acts")).to_contain_text("Pause")
    heading = page.get_by_role("heading", level=1)
    picture(page, "dialer-manager-2", heading, page.locator("#picture .acts"), why, margin=2)


def test_calls_in_flight_end_before_a_pause_has_and_it_dials_again_by_keyboard(floor: Desk) -> None:
    page = ada(floor, PAGE)
    dialog = asked(page, "Pause")
    expect(dialog).to_contain_text("In flight")
    because(page, "agents in training")
    picture(page, "dialer-manager-3", dialog, margin=0)
    entered(page, "Pause")
    ended(page, "settling")
    page.goto(f"{floor.url}/changes")
    expect(page.locator("#stage-settling")).to_contain_text("agents in training")
    later(floor, 1800)
    floor.system.watch.settle()
    assert floor.system.book.read(last(floor, DIALING).number).verdict == "achieved"
    page.goto(f"{floor.url}{PAGE}")
    asked(page, "Resume")
    because(page, "training is over")
    entered(page, "Resume")
    ended(page, "applied")
    assert held(floor, DIALING).state is State.ACTIVE


def test_stop_of_many_says_which_were_refused_and_why(floor: Desk) -> None:
    page = ada(floor, "/")
    page.get_by_label("Label").fill("team=winter")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("caption")).to_contain_text("4 campaigns")
    page.get_by_label("Choose all on this page").check()
    page.get_by_role("button", name="Stop …").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 will be changed")
    expect(dialog).to_contain_text("1 are so already")
    dialog.get_by_label("Reason").fill("a bad list")
    dialog.get_by_role("button", name="Stop 2").click()
    expect(dialog.get_by_role("status")).to_contain_text("as wanted")
    expect(dialog).to_contain_text(REMINDERS)
    picture(page, "dialer-manager-4", dialog, margin=0)
    stopped = {one: held(floor, one).state for one in (OFFERS, REMINDERS, PAUSED, STOPPED)}
    assert [one for one, state in stopped.items() if state is not State.STOPPED] == [REMINDERS]


def test_frozen_campaign_stays_stopped_until_somebody_unfreezes_it_by_keyboard(floor: Desk) -> None:
    page = ada(floor, "/")
    asked(page, "Freeze Collections West")
    because(page, "complaint 17")
    entered(page, "Freeze")
    ended(page, "nobody here can resume them")
    closed(page)
    first = page.locator("#rows tr").first
    expect(first).to_contain_text("ada froze it: complaint 17")
    expect(first.get_by_role("link", name="Resume")).to_have_count(0)
    page.goto(f"{floor.url}/?needing=1")
    picture(page, "dialer-manager-5", page.locator("caption"), page.locator("#rows tr").nth(1), margin=1)
    assert floor.system.run(Resume(campaign=campaign_id(PAUSED))).word == "refused"
    asked(page, "Unfreeze Collections West")
    because(page, "the list was cleaned")
    entered(page, "Unfreeze")
    ended(page, "May be resumed again")
    assert held(floor, PAUSED).state is State.STOPPED
    assert floor.system.freezes.of(campaign_id(PAUSED)) is None


def test_bolder_pacing_is_tried_beside_all_policies_and_nothing_is_sent_by_keyboard(floor: Desk) -> None:
    head = floor.system.book.head().size
    page = ada(floor, f"{PAGE}/what-if")
    tabbed_to(page, "abandonment_aim")
    page.keyboard.press("PageUp")
    effect = page.locator("#effect")
    expect(effect).to_contain_text("abandonment aim: 0.012 → 0.015", timeout=30_000)
    expect(effect.locator("svg .wanted")).to_be_visible(timeout=30_000)
    picture(page, "dialer-manager-7", page.locator("#what-if"), effect.locator("figure"), margin=4)
    if os.environ.get("PICTURES"):  # it computes for seconds, and is tried in test_pacing
        entered(page, "Compare all policies")
        compared = page.locator("#policies-compared")
        expect(compared.get_by_role("row", name="Best setting")).to_be_visible(timeout=60_000)
        picture(
            page,
            "dialer-manager-7-policies",
            compared.locator("caption"),
            compared.get_by_role("row", name="Supervision"),
            margin=1,
        )
    assert floor.system.book.head().size == head


def test_rollout_is_begun_watched_and_undone_by_keyboard(floor: Desk) -> None:
    page = ada(floor, f"/rollouts/{DIALING}")
    entered(page, "Begin one")
    page.wait_for_url("**/start")
    typed(page, "abandonment_aim", "0.014")
    typed(page, "steps", "2")
    because(page, "agents wait too long")
    entered(page, "Begin")
    expect(page.get_by_role("heading", name="The rollout has begun")).to_be_visible(timeout=30_000)
    entered(page, "Watch it")
    expect(page.locator("#rollout")).to_contain_text("Step 1 of 2")
    picture(page, "dialer-manager-8", page.get_by_role("heading", level=1), page.locator("#rollout .cards"))
    asked(page, "Undo")
    because(page, "not on a Monday")
    entered(page, "Undo")
    expect(page.get_by_role("dialog")).to_contain_text("undone", ignore_case=True)
    pacing = held(floor, DIALING).pacing
    assert pacing is not None
    assert pacing.abandonment_aim == CAREFUL


def test_change_waits_for_its_hour_and_is_withdrawn(floor: Desk, folder: Path) -> None:
    page = ada(floor, PAGE)
    dialog = asked(page, "Stop")
    dialog.get_by_label("at an hour").check()
    dialog.get_by_label("Hour", exact=True).fill("2026-06-15T19:00")
    because(page, "end of shift")
    with worker_alive(floor, folder):
        entered(page, "Stop")
        ended(page, "scheduled")
    page.goto(f"{floor.url}/changes")
    waiting = page.locator("#stage-waiting")
    expect(waiting).to_contain_text("end of shift")
    picture(page, "dialer-manager-9", page.get_by_role("heading", level=1), waiting)
    asked(page, "Withdraw")
    because(page, "the shift goes on")
    entered(page, "Withdraw")
    expect(page.get_by_role("dialog").get_by_role("status")).to_be_visible()
    assert last(floor, DIALING).outcome == "expired"


def test_undo_is_projected_and_what_was_predicted_is_held_against_what_came(floor: Desk) -> None:
    careful = SetPacing(campaign=campaign_id(DIALING), abandonment_aim=Decimal("0.010"))
    entry = floor.system.run(careful, reason="a quiet evening").entry
    later(floor, 3600)
    page = ada(floor, f"/changes/{entry}")
    dialog = asked(page, "Undo")
    expect(dialog).to_contain_text("abandonment aim: 0.01 → 0.012")
    expect(dialog).to_contain_text("Gap closed")
    picture(page, "dialer-manager-10", dialog.get_by_role("heading", level=2), dialog.locator("table"), margin=6)
    because(page, "the wrong campaign")
    entered(page, "Undo")
    expect(dialog.get_by_role("status")).to_contain_text("applied", timeout=30_000)
    later(floor, 2 * 86_400)
    floor.system.worker.once()
    page.goto(f"{floor.url}{PAGE}")
    card = page.locator("section", has=page.locator("#predicted"))
    expect(card).to_contain_text("So far")
    picture(page, "dialer-manager-10-measured", card)


def test_what_is_left_stands_with_the_ways_down_by_keyboard(floor: Desk) -> None:
    page = ada(floor, PAGE)
    section = page.locator("section", has=page.locator("#abandonment"))
    expect(section).to_contain_text("of the very next calls")
    picture(page, "dialer-manager-6", section)
    dialog = asked(page, "Ease off")
    expect(dialog).to_contain_text("One line for each available agent")
    because(page, "a quiet evening")
    entered(page, "Ease off")
    expect(dialog.get_by_role("heading", level=2)).to_have_text("Done")
    rules = held(floor, DIALING).rules
    assert rules is not None
    assert rules.mode.value == "PROGRESSIVE"


def test_wall_has_sixty_campaigns_the_worst_first(floor: Desk) -> None:
    for place in range(54):
        name = ("Collections Midwest", "Renewals West", "Service Pacific")[place % 3]
        state = ("PAUSED", "STOPPED")[place % 2]
        made = {"id": f"CMP-7{place:04}", "name": f"{name} {place}", "status": state, "agents": 5, "locked": place < 5}
        floor.control.post("/campaigns", json=made).raise_for_status()
    page = ada(floor, "/wall")
    page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
    expect(page.locator(".tile")).to_have_count(60)
    expect(page.locator(".tile").nth(0)).to_contain_text("Locked")
    picture(page, "dialer-manager-1-wall", page.locator("dl.whole"), page.locator(".tile").nth(22), margin=5)
