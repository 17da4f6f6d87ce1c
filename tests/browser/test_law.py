"""The law and contact lists in a browser: by keyboard alone, legible for everybody, and light."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from paceline.control.access.rights import Role
from paceline.primitives.ids import campaign_id
from tests.browser.desk import DIALING, Desk
from tests.browser.seats import at, read_by_everybody, seated, weight

Shot = Callable[[Page, str], None]
LIST = "phone,state\n+18505550123,FL\n+12125550123,NY\n12,\n"


def tabbed_to(page: Page, name: str) -> None:
    """Press Tab until a field has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(name)


def test_list_is_sent_and_read_by_keyboard_alone(shared_desk: Desk, tmp_path: Path, shot: Shot) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST)
    page = at(shared_desk, "/lists")
    tabbed_to(page, "list")
    # The dialog that Enter opens here is the system's; what is chosen in it is what is tried.
    page.locator(":focus").set_input_files(file)
    tabbed_to(page, "at")
    page.keyboard.type("2026-06-15T12:00:00-04:00")
    page.keyboard.press("Enter")
    found = page.locator("#checked")
    expect(found.locator(".figures div").first).to_have_text("May be called now2")
    expect(found.get_by_role("img", name="Callable by hour")).to_be_visible()
    assert page.url == f"{shared_desk.url}/lists/check"
    expect(page.get_by_label("At with its offset")).to_have_value("2026-06-15T12:00:00-04:00")
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    expect(found).to_contain_text("not a number in international form")
    read_by_everybody(page, "list", shot)
    tabbed_to(page, "pasted")
    page.keyboard.type("phone\n+441614960123\n")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#checked .figures div").nth(1)).to_have_text("Contacts1")


def test_law_is_looked_at_filtered_and_followed_by_keyboard(shared_desk: Desk, shot: Shot) -> None:
    shared_desk.system.facts.declare(campaign_id(DIALING), {"regions": ["US-FL"]}, shared_desk.order())
    page = at(shared_desk, "/law?where=US-FL")
    expect(page.locator("#ahead")).to_contain_text("No campaign is judged yet.")
    page.get_by_role("button", name="Look at").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#ahead")).to_contain_text("or in the year after it")
    expect(page.locator("#ahead")).not_to_contain_text("not looked at yet")
    expect(page.get_by_role("button", name="Look at")).to_have_count(0)
    page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
    read_by_everybody(page, "law", shot)
    page.get_by_label("Text").fill("US-FL-hours")
    page.keyboard.press("Enter")
    page.locator("#rules + p + .table").get_by_role("link", name="US-FL-hours").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("in force")
    page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
    read_by_everybody(page, "rule", shot)
    assert weight(seated(shared_desk, "vic", Role.VIEWER), f"{shared_desk.url}/law") < 150_000


def test_year_is_proven_and_its_calendar_is_kept(shared_desk: Desk, shot: Shot) -> None:
    shared_desk.system.facts.declare(campaign_id(DIALING), {"regions": ["US-FL"]}, shared_desk.order())
    page = at(shared_desk, f"/calling-time/{DIALING}")
    page.get_by_role("link", name="Prove for a year").click()
    expect(page.locator(".answer")).to_have_text("Proven for a year")
    page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
    read_by_everybody(page, "year", shot)
    with page.expect_download() as download:
        page.get_by_role("link", name="Calendar file").click()
    assert download.value.suggested_filename == f"{DIALING}.ics"
    assert download.value.path().read_text().startswith("BEGIN:VCALENDAR")
