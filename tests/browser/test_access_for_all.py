"""Everybody can read the pages: axe-core finds nothing, in light and dark, on a phone and a desk; they are light."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Page, expect

from tests.browser.desk import DESK, DIALING, PHONE, Desk

Shot = Callable[[Page, str], None]
BYTES = 150_000
"""What a page may weigh, with all that it loads."""
STANDARDS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = {
    "campaigns": "/",
    "wall": "/?wall=1",
    "campaign": f"/campaigns/{DIALING}",
    "words": "/words",
    "enter": "/enter",
}


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=STANDARDS).response["violations"]
    return [f"{one['id']}: {node['html'][:160]} {node['failureSummary']}" for one in found for node in one["nodes"]]


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


SCREENS = [("light", DESK), ("dark", PHONE)]
"""Colours do not depend on the width, nor the order of a page on its colours: two screens try all four."""


@pytest.mark.parametrize(("scheme", "size"), SCREENS)
def test_pages_can_be_read_by_everybody(shared_desk: Desk, shot: Shot, scheme: str, size: tuple[int, int]) -> None:
    ada = shared_desk.person(color_scheme=scheme)
    ada.resized(size)
    for name, path in PAGES.items():
        ada.page.goto(f"{shared_desk.url}{path}")
        found = violations(ada.page)
        assert not found, (name, "\n".join(found))
        for other in (PHONE, DESK, size):
            ada.resized(other)
            assert not overflows(ada.page), (name, other)
        shot(ada.page, f"{name}-{scheme}-{size[0]}")


@pytest.mark.parametrize(("scheme", "size"), SCREENS)
def test_questions_and_findings_can_be_read_by_everybody(shared_desk: Desk, scheme: str, size: tuple[int, int]) -> None:
    ada = shared_desk.person(color_scheme=scheme)
    ada.resized(size)
    ada.page.goto(f"{shared_desk.url}/campaigns/{DIALING}")
    ada.page.locator("#picture").get_by_role("link", name="Pause").click()
    expect(ada.page.get_by_role("dialog")).to_be_visible()
    assert not "\n".join(violations(ada.page))
    ada.page.keyboard.press("Escape")
    form = ada.page.locator("#rules-form")
    form.get_by_label("Calls per agent").fill("30")
    expect(form).to_contain_text("Refused")
    assert not "\n".join(violations(ada.page))


def test_pages_are_light(shared_desk: Desk) -> None:
    cookies = shared_desk.person().context.storage_state()
    weights = {}
    for name, path in PAGES.items():
        fresh = shared_desk.nobody(storage_state=cookies)
        weights[name] = shared_desk.weight(fresh, path)
        fresh.context.close()
    assert {name: weight for name, weight in weights.items() if weight > BYTES} == {}, weights
