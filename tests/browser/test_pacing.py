"""Pacing in a browser: what it would do while somebody types, *What if* by keyboard, a rollout, what is left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from paceline.control.access.rights import Role
from paceline.primitives.ids import campaign_id
from tests.browser.desk import DIALING, Desk, open_desk
from tests.browser.screens import Screens
from tests.browser.seats import overflows, read_by_everybody

Shot = Callable[[Page, str], None]
PAGE = f"/campaigns/{DIALING}"
EVENING = "2026-06-15T18:30:00Z"
"""Three and a half hours of dialing are measured by then: enough to project."""


@pytest.fixture(scope="module")
def measured(screens: Screens, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk at which a projection can be made."""
    with open_desk(screens, tmp_path_factory.mktemp("measured")) as opened:
        opened.control.put("/clock", json={"now": EVENING, "speed": 1.0})
        facts = {"purpose": "sales", "regions": ["US-NY"], "anchor": "2026-06-01T00:00:00Z"}
        opened.system.facts.declare(campaign_id(DIALING), facts, opened.order())
        yield opened


@pytest.fixture
def evening(measured: Desk) -> Iterator[Desk]:
    yield measured
    measured.close_browsers()


def test_form_shows_what_it_would_do_beside_it_and_keeps_nothing(evening: Desk, shot: Shot) -> None:
    ada = evening.person("ada", Role.OPERATOR, PAGE)
    head = evening.system.book.head().size
    form = ada.page.locator("#pacing-form")
    effect = form.locator("#pacing-findings")
    form.get_by_label("Abandon rate").fill("0.029")
    expect(effect).to_contain_text("5.67 lines ring for each available agent, 4.17 now", timeout=30_000)
    expect(effect.get_by_role("row", name="Occupancy")).to_contain_text("points")
    expect(effect).to_contain_text("Breach probability")
    expect(effect).to_contain_text("Refused")
    button = form.get_by_role("button", name="Set pacing").bounding_box()
    shown = effect.bounding_box()
    assert button is not None
    assert shown is not None
    assert shown["y"] + shown["height"] <= button["y"]
    shot(ada.page, "typing")
    form.get_by_label("Abandon rate").fill("a few")
    expect(effect).to_contain_text("abandonment aim: a fraction, such as 0.03 for 3 %")
    form.get_by_label("Abandon rate").fill("0.02")
    expect(effect).to_contain_text("Nothing differs from what is live.")
    assert evening.system.book.head().size == head


def test_what_if_is_moved_by_keyboard_and_put_into_the_form(evening: Desk, shot: Shot) -> None:
    vic = evening.person("vic", Role.VIEWER, f"{PAGE}/what-if")
    effect = vic.page.locator("#effect")
    expect(effect.locator("svg.tradeoff polyline")).to_be_visible(timeout=30_000)
    expect(effect).to_contain_text("This is what is live.")
    slider = vic.page.get_by_role("slider", name="Abandon rate")
    slider.focus()
    for _ in range(10):
        vic.page.keyboard.press("ArrowLeft")
    expect(vic.page.locator("#abandonment_aim-shown")).to_have_text("0.019")
    expect(effect).to_contain_text("abandonment aim: 0.02 → 0.019", timeout=30_000)
    expect(effect.locator("svg .wanted")).to_be_visible()
    expect(effect.get_by_text("Put it into the form")).to_have_count(0)
    vic.page.get_by_role("link", name="Compare all policies").click()
    policies = vic.page.locator("#policies-compared")
    expect(policies).to_contain_text("Computing", timeout=30_000)
    expect(policies.get_by_role("row", name="Supervision")).to_contain_text("kept by its account", timeout=60_000)
    expect(policies.get_by_role("row", name="Best setting")).to_contain_text("By setting the pacing, or a rollout")
    expect(policies.locator("svg .other")).to_have_count(2)
    read_by_everybody(vic.page, "what-if", shot)
    ada = evening.person("ada", Role.OPERATOR, f"{PAGE}/what-if?abandonment_aim=0.015")
    ada.page.get_by_role("link", name="Put it into the form").click()
    expect(ada.page.locator("#pacing-form").get_by_label("Abandon rate")).to_have_value("0.015")
    expect(ada.page.locator("#pacing-findings")).to_contain_text("abandonment aim: 0.02 → 0.015")


def test_rollout_is_begun_watched_and_taken_back_by_hand(evening: Desk, shot: Shot) -> None:
    ada = evening.person("ada", Role.OPERATOR, f"/rollouts/{DIALING}")
    ada.page.get_by_role("link", name="Begin one").click()
    form = ada.page.locator("#rollout-form")
    form.get_by_label("Calls at once").fill("84")
    form.get_by_label("Steps").fill("2")
    expect(form.locator(".effect")).to_contain_text("max calls: 80 → 84", timeout=30_000)
    for box in form.get_by_role("group", name="I answer for").get_by_role("checkbox").all():
        box.check()
    form.get_by_role("button", name="Begin").click()
    expect(ada.page.get_by_role("heading", name="The rollout has begun")).to_be_visible()
    ada.page.get_by_role("link", name="Watch it").click()
    expect(ada.page.locator("#rollout")).to_contain_text("Step 1 of 2")
    expect(ada.page.locator("#rollout .here")).to_contain_text("82 calls at once")
    read_by_everybody(ada.page, "rollout", shot)
    ada.page.get_by_role("link", name="Abort").click()
    ada.page.get_by_label("Reason").fill("a complaint")
    ada.page.get_by_role("button", name="Abort").click()
    expect(ada.page.get_by_role("dialog")).to_contain_text("aborted")
    ada.page.get_by_role("link", name="Close").click()
    expect(ada.page.locator("#rollout")).to_contain_text("Latched by ada")
    pacing = evening.system.platform.read(campaign_id(DIALING)).pacing
    assert pacing is not None
    assert pacing.max_calls == 80
    ada.page.goto(f"{evening.url}/")
    expect(ada.page.locator("#rows")).to_contain_text("Taken back:")


def test_what_is_left_stands_on_the_page_and_is_eased_off_by_hand(evening: Desk, shot: Shot) -> None:
    ada = evening.person("ada", Role.OPERATOR, PAGE)
    section = ada.page.get_by_role("region", name="Abandonment and what is left")
    expect(section).to_contain_text(re.compile(r"\d+ of [\d\s]+ answered"))
    ada.resized((1280, 720))
    ada.page.goto(f"{evening.url}/")
    expect(ada.page.locator("#rows")).to_contain_text("Renewals East")
    assert not overflows(ada.page), "what is hidden in a table that scrolls makes no page wider"
    ada.page.goto(f"{evening.url}/abandonment")
    expect(ada.page.locator("tbody tr")).to_contain_text("30 day blocks")
    read_by_everybody(ada.page, "abandonment", shot)
    ada.page.get_by_role("link", name="Ease off").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Ease off").click()
    expect(ada.page.get_by_role("dialog").get_by_role("heading")).to_have_text("Done")
    rules = evening.system.platform.read(campaign_id(DIALING)).rules
    assert rules is not None
    assert rules.mode.value == "PROGRESSIVE"
