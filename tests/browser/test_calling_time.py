"""*Calling time* in a browser: may this person be called, and when may a campaign dial, with the rules that say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from paceline.compliance.call import Call
from paceline.compliance.decision import decide
from paceline.control.access.rights import Role
from paceline.primitives.ids import campaign_id
from tests.browser.desk import DIALING, PAUSED, Desk
from tests.browser.seats import at, read_by_everybody, seated, weight

Shot = Callable[[Page, str], None]
FLORIDA = "+18505550123"
"""A number whose area code lies in two zones."""


def test_person_may_be_called_with_the_rules_and_their_citations(shared_desk: Desk, shot: Shot) -> None:
    page = at(shared_desk, "/calling-time")
    page.get_by_label("Number").fill(FLORIDA)
    page.get_by_label("At").fill("2026-06-15T12:00:00-04:00")
    page.get_by_role("button", name="Check").click()
    found = page.locator("#checked")
    expect(found.locator(".answer")).to_have_text("May be called")
    expect(found).to_contain_text("Fla. Stat. 501.616(6)(a)")
    expect(found).to_contain_text("somebody else has to keep them")
    zones = found.locator("table").first.locator("tbody th").all_inner_texts()
    assert zones == ["America/Chicago", "America/New_York"]
    shot(page, "checked")
    assert FLORIDA.removeprefix("+") not in page.url


def test_person_may_not_be_called_and_when_next(shared_desk: Desk) -> None:
    page = at(shared_desk, "/calling-time")
    page.get_by_label("Number").fill(FLORIDA)
    page.get_by_label("At").fill("2026-06-15T20:30:00-04:00")
    page.get_by_label("sales").check()
    page.keyboard.press("Enter")
    found = page.locator("#checked")
    expect(found.locator(".answer")).to_have_text("May not be called")
    expect(found.locator("tr.differs").first).to_contain_text("closed")
    said = decide(
        shared_desk.system.law.rulebook,
        number=FLORIDA,
        at=datetime.fromisoformat("2026-06-15T20:30:00-04:00"),
        call=Call(),
    )
    assert said.next is not None
    expect(found).to_contain_text(f"Next: {said.next.strftime('%Y-%m-%d %H:%M')}")


@pytest.mark.parametrize(
    ("at_said", "number", "told"),
    [
        ("2026-06-15T12:00:00", FLORIDA, "the instant has no offset"),
        ("noon", FLORIDA, "that is no instant"),
        ("", "<script>1</script>", "May not be called"),
        ("2026-06-15T12:00:00Z", "12", "May not be called"),
    ],
)
def test_what_cannot_be_told_is_no(shared_desk: Desk, at_said: str, number: str, told: str) -> None:
    page = at(shared_desk, "/calling-time")
    page.get_by_label("Number").fill(number)
    page.get_by_label("At").fill(at_said)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#checked")).to_contain_text(told)
    assert page.locator("#checked script").count() == 0


def test_nothing_of_a_check_is_in_the_ledger(shared_desk: Desk) -> None:
    page = at(shared_desk, "/calling-time")
    before = shared_desk.system.book.head()
    page.get_by_label("Number").fill(FLORIDA)
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".answer")).to_be_visible()
    assert shared_desk.system.book.head() == before


def test_hours_of_a_campaign_stand_beside_the_law(shared_desk: Desk, shot: Shot) -> None:
    page = at(shared_desk, "/calling-time")
    page.get_by_role("link", name="Renewals East").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Renewals East")
    picture = page.locator(".week svg")
    expect(picture.locator("title").first).to_have_text(f"{DIALING} Renewals East: the week from 2026-06-15")
    assert picture.locator("rect.callable, rect.illegal").count() > 0
    expect(page.locator("#coming")).to_be_visible()
    expect(page.get_by_role("table").first).to_contain_text("America/New_York")
    expect(page.locator("main")).to_contain_text("Schedule and law together:")
    shot(page, "hours")
    vic = seated(shared_desk, "vic", Role.VIEWER)
    assert weight(vic, f"{shared_desk.url}/calling-time/{DIALING}") < 150_000


def test_campaign_without_a_schedule_is_told(shared_desk: Desk) -> None:
    page = at(shared_desk, f"/calling-time/{PAUSED}")
    expect(page.locator("main")).to_contain_text("nobody knows when it dials")


def test_calling_time_can_be_read_by_everybody(shared_desk: Desk, shot: Shot) -> None:
    page = at(shared_desk, "/calling-time")
    page.get_by_label("Number").fill(FLORIDA)
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".answer")).to_be_visible()
    read_by_everybody(page, "form", shot)
    shared_desk.system.facts.declare(campaign_id(DIALING), {"regions": ["US-FL"]}, shared_desk.order())
    page.goto(f"{shared_desk.url}/calling-time/{DIALING}")
    clocks = page.locator("[aria-labelledby=where] tbody th").all_inner_texts()
    assert clocks == ["America/Chicago", "America/New_York"]
    read_by_everybody(page, "hours", shot)
