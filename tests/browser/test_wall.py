"""*Wall* in a browser: sixty campaigns on one screen, in letters that are read from five metres; and the menu."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from paceline.campaign.lifecycle.changes import Pause
from paceline.control.access.rights import Role
from paceline.primitives.ids import campaign_id
from tests.browser.desk import DIALING, LOCKED, Desk
from tests.browser.screens import DESK, PHONE
from tests.browser.seats import at, overflows, read_by_everybody, violations

Shot = Callable[[Page, str], None]
WALL = (1920, 1080)
PIXEL_MM = 1218.0 / 1920
"""Of a screen of 55 inches."""
DISTANCE_MM = 5000.0
CAPITAL = 0.7
"""How high a capital is, of its letter's size, in the fonts that pages ask for; none has less."""
MEASURED = """() => {
  const size = (one) => parseFloat(getComputedStyle(one).fontSize);
  const all = (what) => [...document.querySelectorAll(what)];
  const seen = (one) => one.offsetTop - one.parentElement.offsetTop < one.parentElement.offsetHeight;
  return {
    main: Math.min(...all(".whole dd").map(size)),
    tile: Math.min(...all(".whole dt, .tile .name, .tile .sign, .tile .why, .tile .rate").map(size)),
    tiles: all(".tile").length,
    outside: all(".tile").filter((one) => one.getBoundingClientRect().bottom > innerHeight).length,
    cut: all(".tile .why, .tile .rate").filter((one) => !seen(one) || one.scrollWidth > one.clientWidth + 1).length,
    scrolls: document.documentElement.scrollHeight > innerHeight,
    moving: all("*").filter((one) => getComputedStyle(one).animationName !== "none").length,
  };
}"""


def crowd(desk: Desk, number: int) -> None:
    for place in range(number):
        campaign = {
            "id": f"CMP-6{place:04}",
            "name": ("Collections Midwest", "Renewals East", "Service call Pacific")[place % 3],
            "status": ("PAUSED", "STOPPED")[place % 2],
            "revision": 1,
            "agents": 5,
            "locked": place < 14,
        }
        desk.control.post("/campaigns", json=campaign).raise_for_status()


def letters_mm(size: float) -> float:
    return size * CAPITAL * PIXEL_MM


def test_sixty_campaigns_stand_on_one_screen_in_letters_read_from_five_metres(desk: Desk, shot: Shot) -> None:
    crowd(desk, 56)
    vic = desk.person("vic", Role.VIEWER, "/wall")
    vic.resized(WALL)
    expect(vic.page.locator(".tile")).to_have_count(60)
    found = vic.page.evaluate(MEASURED)
    shot(vic.page, "sixty")
    assert letters_mm(found["main"]) >= DISTANCE_MM / 200
    assert letters_mm(found["tile"]) >= DISTANCE_MM / 400
    assert (found["tiles"], found["outside"], found["cut"]) == (60, 0, 0)
    assert (found["scrolls"], found["moving"]) == (False, 0)
    first = vic.page.locator(".tile").first
    expect(first).to_contain_text("Locked")
    assert vic.page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    assert not "\n".join(violations(vic.page))
    crowd_more = {"id": "CMP-69999", "name": "Late", "status": "STOPPED", "revision": 1, "agents": 1}
    desk.control.post("/campaigns", json=crowd_more).raise_for_status()
    expect(vic.page.locator(".more")).to_have_text("and 1 more, all well")
    assert not vic.page.evaluate(MEASURED)["scrolls"]


def test_wall_follows_what_happens_and_says_loudly_since_when_it_hears_nothing(desk: Desk, shot: Shot) -> None:
    vic = desk.person("vic", Role.VIEWER, "/wall")
    tile = vic.page.locator(".tile", has_text="Renewals East")
    expect(tile).to_contain_text("Active")
    desk.outside(Pause(campaign=campaign_id(DIALING)))
    expect(tile).to_contain_text("Paused")
    expect(vic.page.locator("#cut")).to_be_hidden()
    vic.context.route("**/live/wall", lambda route: route.abort())
    vic.page.reload()
    cut = vic.page.locator("#cut")
    expect(cut).to_be_visible()
    expect(cut).to_contain_text("this screen hears nothing from paceline")
    expect(cut).to_contain_text("Stale since 16:0")
    shot(vic.page, "cut")
    assert not "\n".join(violations(vic.page))
    vic.context.unroute("**/live/wall")
    vic.page.reload()
    expect(cut).to_be_hidden()
    vic.troubles.clear()  # that the stream was broken off is what the browser complains about


def test_wall_can_be_read_by_everybody_in_either_colour_and_its_tiles_are_links(shared_desk: Desk, shot: Shot) -> None:
    page = at(shared_desk, "/wall?colours=light")
    read_by_everybody(page, "light", shot)
    page.goto(f"{shared_desk.url}/?wall=1")
    assert page.url.endswith("/wall")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == f"/campaigns/{LOCKED}"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Survey Midwest")


def test_menu_has_one_line_is_worked_by_keyboard_and_closed_at_first_on_a_phone(shared_desk: Desk, shot: Shot) -> None:
    page = at(shared_desk, "/rollouts", "ada", Role.ADMINISTRATOR)
    page.set_viewport_size({"width": 1280, "height": 800})
    tops = page.evaluate("[...document.querySelectorAll('.top nav > ul > li')].map((one) => one.offsetTop)")
    assert len(set(tops)) == 1
    assert page.evaluate("document.querySelector('.top').offsetHeight") < 64
    group = page.locator("summary", has_text="Pacing")
    group.focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Abandonment")
    expect(link).to_be_visible()
    shot(page, "menu")
    assert not "\n".join(violations(page))
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(group).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Abandonment")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    page.get_by_role("button", name="Menu").press("Enter")
    expect(page.get_by_role("link", name="Audit trail")).to_be_visible()
    shot(page, "menu-phone")
    assert not "\n".join(violations(page))
    assert not overflows(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
