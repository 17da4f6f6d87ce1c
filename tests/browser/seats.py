"""People who stay at their desks for all tests of a file, and what every page is held to: a browser opens slowly."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Locator, Page, Response, expect

from paceline.control.access.rights import Role
from tests.browser.desk import Desk
from tests.browser.screens import DESK, PHONE, Person
from tests.trust import http_client

AXE: str = Axe().axe_script
"""The rules, given to each page once; all that they find in order is longer than what is wrong, and stays there."""
LOOKS = (("light", DESK), ("dark", PHONE))
"""In which colours and sizes a page is looked at: colours do not depend on the width, nor the order on the colours."""
STANDARDS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def seated(desk: Desk, name: str, role: Role) -> Person:
    """Return somebody who is signed in with this role, the one who sits there already where there is one."""
    here = next((one for one in desk.people if one.name == name), None)
    return here or desk.person(name, role)


def at(desk: Desk, path: str, name: str = "vic", role: Role = Role.VIEWER) -> Page:
    """Return a page as somebody sees it."""
    here = next((one for one in desk.people if one.name == name), None)
    if here is None:
        return desk.person(name, role, path).page
    here.page.goto(f"{desk.url}{path}")
    return here.page


def row(page: Page, campaign: str) -> Locator:
    """Return the row of a campaign on the page of campaigns."""
    return page.locator("#rows tr", has=page.locator(f"th small:text-is('{campaign}')"))


def tabbed_to(page: Page, words: str) -> None:
    """Press Tab until something with these words, or a field of this name, has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        here = page.evaluate("(document.activeElement.name || document.activeElement.textContent || '').trim()")
        if str(here).startswith(words):
            return
    raise AssertionError(f"{words} was never reached")


def entered(page: Page, words: str) -> None:
    """Go to something by Tab, and press Enter."""
    tabbed_to(page, words)
    page.keyboard.press("Enter")


def asked(page: Page, words: str) -> Locator:
    """Open a question by the keyboard, and return it."""
    entered(page, words)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=2)).to_be_focused()
    return dialog


def closed(page: Page) -> None:
    """Close a question or an answer by Escape, once it is shown: what came in stands on the page before it is."""
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def unfolded(page: Page, name: str) -> None:
    """Open the settings of a campaign that stand folded under a name, as somebody does who wants to change them."""
    fold = page.locator("details.fold", has=page.locator(f"summary b:text-is('{name}')"))
    if not fold.evaluate("one => one.open"):
        fold.locator("summary").first.click()


def posted(desk: Desk, name: str, role: Role, path: str) -> httpx2.Response:
    """Post with a key, as a program would that knows the addresses of the pages."""
    _key, secret = desk.system.access.make_key(name, role, desk.order())
    headers = {"Authorization": f"Bearer {secret}", "Accept": "text/html"}
    with http_client(base_url=desk.url) as client:
        return client.post(path, headers=headers, data={"reason": "because"})


def violations(page: Page) -> list[str]:
    """Return what axe-core finds against a page as it is."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(options).then(told => told.violations)", STANDARDS)
    return [f"{one['id']}: {node['html'][:160]} {node['failureSummary']}" for one in found for node in one["nodes"]]


def overflows(page: Page) -> bool:
    """Return whether a page is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def read_by_everybody(page: Page, name: str, shot: Callable[[Page, str], None]) -> None:
    """Hold a page to what makes it legible for everybody, light and dark, on a desk and on a phone."""
    for scheme, (width, height) in LOOKS:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": height})
        found = violations(page)
        assert not found, (name, scheme, width, "\n".join(found))
        assert not overflows(page), (name, scheme, width)
        shot(page, f"{name}-{scheme}-{width}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})


def weight(person: Person, url: str) -> int:
    """Return how many bytes a page is for a browser that has kept nothing, with all that it loads but its stream."""
    sizes: list[int] = []

    def came(response: Response) -> None:
        if "/live" not in response.url:
            sizes.append(len(response.body()))

    session = person.context.new_cdp_session(person.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    person.page.on("response", came)
    person.page.goto(url)
    person.page.wait_for_load_state("load")
    person.page.remove_listener("response", came)
    session.detach()
    return sum(sizes)
