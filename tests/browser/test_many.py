"""Many campaigns set at once in a browser: by keyboard alone from the table to the end, and legible for everybody."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from paceline.control.access.rights import Role
from paceline.primitives.ids import campaign_id
from tests.browser.desk import DIALING, PAUSED, Desk
from tests.browser.seats import read_by_everybody, row, seated

Shot = Callable[[Page, str], None]


def to(page: Page, name: str, role: str = "button") -> None:
    """Go on by Tab until what has this name has the focus."""
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]  # a role is text here
    for _ in range(120):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"Tab never comes to {name}")


def test_many_are_set_by_keyboard_alone_and_every_page_of_it_is_legible(shared_desk: Desk, shot: Shot) -> None:
    ada = seated(shared_desk, "ada", Role.OPERATOR)
    page = ada.page
    for campaign in (DIALING, PAUSED):
        row(page, campaign).get_by_role("checkbox").focus()
        page.keyboard.press("Space")
    expect(page.locator("#how-many")).to_have_text("2 chosen")
    to(page, "What to set", "combobox")
    page.keyboard.type("dialing")
    to(page, "Set …")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set dialing rules of 2 campaigns")
    read_by_everybody(page, "form", shot)
    to(page, "Cool-down", "textbox")
    page.keyboard.type("900")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set dialing rules of 2 campaigns?")
    expect(page.get_by_role("row", name="Renewals East")).to_contain_text("300 → 900")
    expect(page.get_by_role("row", name="Collections West")).to_contain_text("the campaign has no dialing rules yet")
    read_by_everybody(page, "question", shot)
    to(page, "Set dialing rules of 1")
    page.keyboard.press("Enter")
    expect(page.locator("#run")).to_contain_text("1 of 1: 1 as wanted. Nothing was sent to 1.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set dialing rules of 1 campaign")
    read_by_everybody(page, "run", shot)
    rules = shared_desk.system.platform.read(campaign_id(DIALING)).rules
    assert rules is not None
    assert rules.cool_down_s == 900
    # The other forms of the same hand.
    page.goto(f"{shared_desk.url}/experiments/{DIALING}/plan")
    read_by_everybody(page, "plan", shot)
    page.goto(f"{shared_desk.url}/campaigns/{DIALING}/pause")
    page.get_by_label("at an hour").check()
    read_by_everybody(page, "hour", shot)
