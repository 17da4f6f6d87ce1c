"""Everybody can read the pages: axe-core finds nothing, in light and dark, on a phone and a desk; they are light."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import DIALING, Desk
from tests.browser.screens import DESK
from tests.browser.seats import LOOKS, closed, read_by_everybody, unfolded, violations, weight

Shot = Callable[[Page, str], None]
BYTES = 150_000
"""What a page may weigh, with all that it loads."""
PAGES = {
    "campaigns": "/",
    "wall": "/wall",
    "campaign": f"/campaigns/{DIALING}",
    "no-twin": f"/campaigns/{DIALING}/twin",
    "experiments": "/experiments",
    "accuracy": "/accuracy",
    "words": "/words",
    "enter": "/enter",
}


@pytest.mark.parametrize("name", PAGES)
def test_page_can_be_read_by_everybody(shared_desk: Desk, shot: Shot, name: str) -> None:
    read_by_everybody(shared_desk.person(path=PAGES[name]).page, name, shot)


def test_questions_and_findings_can_be_read_by_everybody(shared_desk: Desk) -> None:
    ada = shared_desk.person(path=f"/campaigns/{DIALING}")
    for scheme, size in LOOKS:
        ada.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        ada.resized(size)
        ada.page.locator("#picture").get_by_role("link", name="Pause").click()
        expect(ada.page.get_by_role("dialog")).to_be_visible()
        assert not "\n".join(violations(ada.page))
        closed(ada.page)
        unfolded(ada.page, "Dialing rules")
        form = ada.page.locator("#rules-form")
        form.get_by_label("Calls per agent").fill("30")
        expect(form).to_contain_text("Refused")
        assert not "\n".join(violations(ada.page))
    ada.resized(DESK)


def test_pages_are_light(shared_desk: Desk) -> None:
    ada = shared_desk.person(path="/words")
    weights = {name: weight(ada, f"{shared_desk.url}{path}") for name, path in PAGES.items()}
    assert {name: found for name, found in weights.items() if found > BYTES} == {}, weights
    assert min(weights.values()) > 10_000, weights
