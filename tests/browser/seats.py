"""People who stay at their desks for all tests of a file, and what every page is held to: a browser opens slowly."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
from playwright.sync_api import Page

from paceline.control.access_rights import Role
from tests.browser.desk import DESK, PHONE, Desk, Person
from tests.browser.test_access_for_all import overflows, violations

LOOKS = (("light", DESK), ("dark", PHONE))
"""In which colours and sizes a page is looked at."""


def seated(desk: Desk, name: str, role: Role) -> Person:
    """Return somebody who is signed in with this role, the one who sits there already where there is one."""
    here = next((one for one in desk.people if one.name == name), None)
    return here or desk.person(name, role)


def at(desk: Desk, path: str, name: str = "vic", role: Role = Role.VIEWER) -> Page:
    """Return a page as somebody sees it."""
    page = seated(desk, name, role).page
    page.goto(f"{desk.url}{path}")
    return page


def posted(desk: Desk, name: str, role: Role, path: str) -> httpx2.Response:
    """Post with a key, as a program would that knows the addresses of the pages."""
    _key, secret = desk.system.access.make_key(name, role, desk.order())
    headers = {"Authorization": f"Bearer {secret}", "Accept": "text/html"}
    with httpx2.Client(base_url=desk.url, trust_env=False) as client:
        return client.post(path, headers=headers, data={"reason": "because"})


def read_by_everybody(page: Page, name: str, shot: Callable[[Page, str], None]) -> None:
    """Hold a page to what makes it legible for everybody, light and dark, on a desk and on a phone."""
    for scheme, (width, height) in LOOKS:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page) == [], (name, scheme, width)
        assert not overflows(page), (name, scheme, width)
        shot(page, f"{name}-{scheme}-{width}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
