"""What somebody sees while an order is on its way, and when no answer comes from the service."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from paceline.control.access.rights import Role
from tests.browser.desk import DIALING, PAUSED, Desk
from tests.browser.seats import closed, violations

WAITS = "Still being sent: no answer yet. Closing this does not take it back."
UNKNOWN = "does not know whether it was done. Look at the audit trail before you send it again."


def asking(desk: Desk, campaign: str, verb: str) -> Page:
    """Return a page with the question of a verb open, whose clock the test holds."""
    ada = desk.nobody()
    ada.page.goto(desk.link("ada", Role.OPERATOR))
    expect(ada.page.get_by_role("heading", level=1)).to_have_text("Campaigns")
    ada.page.clock.install()
    ada.page.goto(f"{desk.url}/campaigns/{campaign}")
    ada.page.locator("#picture").get_by_role("link", name=verb).click()
    expect(ada.page.get_by_role("dialog")).to_be_visible()
    return ada.page


def test_order_that_takes_long_says_so_and_is_shown_when_its_answer_comes(desk: Desk) -> None:
    held: list[Route] = []
    page = asking(desk, DIALING, "Pause")
    page.route("**/pause", lambda route: held.append(route))  # noqa: PLW0108  # a builtin cannot be told of
    page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Pause")).to_be_disabled()
    expect(page.get_by_text(WAITS)).to_have_count(0)
    page.clock.run_for(90_000)
    expect(page.get_by_role("dialog").get_by_role("status").filter(has_text=WAITS)).to_be_visible()
    assert violations(page) == []
    closed(page)
    [order] = held
    order.continue_()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_contain_text("Taken")


def test_order_without_an_answer_says_that_nobody_knows_and_where_to_look(desk: Desk) -> None:
    page = asking(desk, DIALING, "Pause")
    page.route("**/pause", lambda route: route.abort())
    page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    told = page.get_by_role("dialog").get_by_role("alert").filter(has_text=UNKNOWN)
    expect(told).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("button", name="Pause")).to_be_enabled()
    page.unroute("**/pause")
    page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_contain_text("Taken")
    expect(told).to_have_count(0)
    desk.people[-1].troubles.clear()


def test_question_that_cannot_be_fetched_says_that_nothing_was_changed(desk: Desk) -> None:
    page = asking(desk, PAUSED, "Stop")
    closed(page)
    page.route("**/stop", lambda route: route.abort())
    page.locator("#picture").get_by_role("link", name="Stop").click()
    told = page.locator("#told")
    expect(told).to_have_text("No answer came from paceline. Nothing was changed by this; try again.")
    page.unroute("**/stop")
    page.locator("#picture").get_by_role("link", name="Stop").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(told).to_have_text("")
    desk.people[-1].troubles.clear()
