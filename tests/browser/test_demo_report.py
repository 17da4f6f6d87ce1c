"""The page on which the demo ends: read by everybody, in both themes, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from paceline.cli.demo.report import written_report
from paceline.cli.demo.telling import Act, Evidence, Story, ToldAct
from tests.browser.screens import Screens
from tests.browser.seats import read_by_everybody
from tests.unit.figures.story import HOSTILE, pictures

WORDS = ("refused by law", "in conflict", "applied", "scheduled", "rolled back", "frozen", "listed")


def test_report_of_the_demo_is_read_by_everybody(
    screens: Screens, tmp_path: Path, shot: Callable[[Page, str], None]
) -> None:
    acts = [
        ToldAct(
            number=number,
            act=Act(
                title=f"{name} {HOSTILE}",
                word=word,
                does=f"ada says `paceline {name}` {HOSTILE}",
                came=f"it came {HOSTILE}",
                pictures=[picture],
            ),
            evidence=[Evidence(kind="request", lines=[f"GET /{HOSTILE}"], more=3)],
        )
        for number, ((name, picture), word) in enumerate(zip(pictures().items(), WORDS, strict=True), start=1)
    ]
    file = written_report(tmp_path, Story(acts=tuple(acts), ending=f"so it ended {HOSTILE}", counts={"acts": 7}))
    assert HOSTILE not in file.read_text(encoding="utf-8")
    person = screens.fresh()
    try:
        person.page.goto(file.as_uri())
        assert person.page.locator("figure svg").count() == len(WORDS)
        # By the keyboard alone: past the menu, and into the evidence of an act.
        person.page.keyboard.press("Tab")
        person.page.keyboard.press("Enter")
        expect(person.page).to_have_url(re.compile("#acts$"))  # the browser says where it is a moment later
        person.page.locator("#act-1 summary").focus()
        person.page.keyboard.press("Enter")
        assert person.page.get_by_text(f"GET /{HOSTILE}").first.is_visible()
        read_by_everybody(person.page, "demo-report", shot)
        assert person.troubles == []
    finally:
        screens.give(person)
