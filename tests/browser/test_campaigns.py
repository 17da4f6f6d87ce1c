"""*Campaigns* in a browser: what needs a person first, live, and every change by hand, for one and for many."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from paceline.campaign.lifecycle.changes import Pause
from paceline.control.access.rights import Role
from paceline.ledger.entry import Query
from paceline.primitives.ids import campaign_id
from tests.browser.desk import DIALING, HOSTILE, LOCKED, ODD, PAUSED, STOPPED, Desk
from tests.browser.seats import closed, row

Shot = Callable[[Page, str], None]


def last_entry(desk: Desk, campaign: str) -> tuple[str, str, str | None, object]:
    entry = desk.system.book.entries(Query(campaign=campaign_id(campaign), limit=1))[-1]
    return entry.kind, entry.actor.name, entry.outcome, entry.rows[0].document["reason"]


def test_who_needs_a_person_comes_first_with_the_reason_and_one_action(shared_desk: Desk) -> None:
    ada = shared_desk.person()
    first = ada.page.locator("#rows tr").first
    expect(first).to_contain_text("Survey Midwest")
    expect(first).to_contain_text("Locked: it is locked on the platform: no change is taken")
    expect(first.get_by_role("link", name="Look again")).to_have_attribute("href", f"/campaigns/{LOCKED}")
    expect(ada.page.locator(".figures div").first).to_have_text("Need a person1")
    expect(ada.page).to_have_title("(1) Campaigns · paceline")


def test_figures_are_the_platforms_in_the_words_of_the_vendor(shared_desk: Desk, shot: Shot) -> None:
    ada = shared_desk.person()
    dialing = row(ada.page, DIALING)
    expect(dialing).to_contain_text("working")
    found = next(one for one in shared_desk.system.wall.look().rows if one.campaign == DIALING)
    assert found.occupancy is not None
    expect(dialing.locator("td[data-label=Occupancy] polyline")).to_have_count(1)
    for word, address in (("Available", "available"), ("ACW", "acw"), ("Abandon rate", "abandon-rate")):
        link = ada.page.locator("thead").get_by_role("link", name=word)
        expect(link).to_have_attribute("href", f"/words#{address}")
    shot(ada.page, "desk")


def test_campaigns_are_found_by_state_text_label_and_need(shared_desk: Desk) -> None:
    shared_desk.system.facts.declare(campaign_id(STOPPED), {"label.team": "south"}, shared_desk.order())
    ada = shared_desk.person()

    def shown(query: str) -> list[str]:
        ada.page.goto(f"{shared_desk.url}/?{query}")
        return ada.page.locator("#rows th small").all_inner_texts()

    assert shown("state=PAUSED") == [PAUSED, ODD]
    assert shown("text=winBACK") == [STOPPED]
    assert shown("text=cmp-3") == [ODD]
    assert shown("label=team%3Dsouth") == [STOPPED]
    assert shown("label=team%3Dnorth") == []
    assert shown("needing=1") == [LOCKED]
    assert shown("state=PAUSED&text=%3Cscript") == [ODD]
    expect(ada.page.get_by_label("State")).to_have_value("PAUSED")
    expect(ada.page.get_by_label("Text")).to_have_value("<script")


def test_change_made_elsewhere_shows_without_a_reload_and_keeps_what_was_chosen(desk: Desk) -> None:
    ada = desk.person()
    box = row(ada.page, STOPPED).get_by_role("checkbox")
    box.check()
    ada.page.evaluate("document.body.dataset.same = 'yes'")
    expect(row(ada.page, DIALING)).to_contain_text("Active")
    desk.outside(Pause(campaign=campaign_id(DIALING)))
    expect(row(ada.page, DIALING)).to_contain_text("Paused")
    desk.arrange(PAUSED, isLocked=True)
    expect(ada.page.locator("#rows tr").nth(1)).to_contain_text("Collections West")
    expect(row(ada.page, STOPPED).get_by_role("checkbox")).to_be_checked()
    assert ada.page.evaluate("document.body.dataset.same") == "yes"


def test_pause_by_hand_says_what_will_happen_and_is_in_the_ledger(desk: Desk, shot: Shot) -> None:
    ada = desk.person("ada", Role.OPERATOR)
    row(ada.page, DIALING).get_by_role("link", name="Pause").click()
    asked = ada.page.get_by_role("dialog", name="Pause Renewals East?")
    expect(asked).to_contain_text("In flight")
    expect(asked).to_contain_text("agents work on the campaign and will get no new calls from it")
    expect(asked.get_by_label("finish")).to_be_checked()
    shot(ada.page, "pause-asked")
    asked.get_by_label("Reason").fill("the list is exhausted")
    asked.get_by_label("Ticket").fill("OPS-7")
    asked.get_by_role("button", name="Pause").click()
    expect(ada.page.get_by_role("dialog").get_by_role("heading")).to_have_text("Taken: its effect is still coming")
    assert last_entry(desk, DIALING) == ("lifecycle.pause", "ada", "applied", "the list is exhausted")
    ada.page.get_by_role("link", name="Close").click()
    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    expect(row(ada.page, DIALING)).to_contain_text("Paused")


def test_stop_and_resume_by_hand(desk: Desk) -> None:
    ada = desk.person("ada", Role.OPERATOR)
    row(ada.page, PAUSED).get_by_role("link", name="Stop").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    expect(ada.page.get_by_role("dialog").get_by_role("heading")).to_have_text("Done")
    assert last_entry(desk, PAUSED)[:3] == ("lifecycle.stop", "ada", "applied")
    ada.page.keyboard.press("Escape")
    expect(row(ada.page, PAUSED)).to_contain_text("Stopped")
    row(ada.page, PAUSED).get_by_role("link", name="Resume").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Resume").click()
    expect(ada.page.get_by_role("dialog").get_by_role("heading")).to_have_text("Done")
    assert last_entry(desk, PAUSED)[:3] == ("lifecycle.resume", "ada", "applied")


def test_what_would_be_refused_is_told_and_offers_no_button(shared_desk: Desk) -> None:
    ada = shared_desk.person()
    row(ada.page, LOCKED).get_by_role("link", name="Pause").click()
    asked = ada.page.get_by_role("dialog")
    expect(asked).to_contain_text("Refused")
    expect(asked).to_contain_text("is locked on the platform and takes no change")
    expect(asked.get_by_role("button")).to_have_count(0)


def test_freeze_and_unfreeze_by_hand(desk: Desk) -> None:
    ada = desk.person("ada", Role.OPERATOR)
    row(ada.page, DIALING).get_by_role("link", name="Freeze").click()
    asked = ada.page.get_by_role("dialog")
    expect(asked).to_contain_text("nobody resumes it here until a person unfreezes it")
    asked.get_by_label("Reason").fill("complaints")
    asked.get_by_role("button", name="Freeze").click()
    expect(ada.page.get_by_role("dialog")).to_contain_text("1 campaign frozen")
    ada.page.get_by_role("link", name="Close").click()
    first = ada.page.locator("#rows tr").first
    expect(first).to_contain_text("Frozen: ada froze it: complaints")
    first.get_by_role("link", name="Look why, unfreeze").click()
    expect(ada.page.get_by_role("dialog")).to_contain_text("by ada since")
    ada.page.get_by_role("dialog").get_by_role("button", name="Unfreeze").click()
    expect(ada.page.get_by_role("dialog")).to_contain_text("Nothing was resumed")
    assert desk.system.freezes.frozen() == {}
    assert desk.system.platform.read(campaign_id(DIALING)).state == "STOPPED"


def test_many_are_changed_at_once_after_it_was_told_which_will_be_refused(desk: Desk, shot: Shot) -> None:
    ada = desk.person("ada", Role.OPERATOR)
    ada.page.get_by_label("Choose all on this page").check()
    expect(ada.page.locator("#how-many")).to_have_text("6 chosen")
    ada.page.locator("#many").get_by_role("button", name="Resume").click()
    asked = ada.page.get_by_role("dialog", name="Resume 6 campaigns?")
    expect(asked).to_contain_text("3 will be changed.")
    expect(asked).to_contain_text("2 are so already: nothing is sent to them.")
    expect(asked).to_contain_text("1 will be refused:")
    expect(asked).to_contain_text("a campaign that is ARCHIVED cannot become ACTIVE")
    shot(ada.page, "many-asked")
    asked.get_by_role("button", name="Resume 3").click()
    ended = ada.page.get_by_role("dialog")
    expect(ended.get_by_role("heading").first).to_have_text("Resume: 5 of 6 as wanted")
    ada.page.get_by_role("link", name="Close").click()
    for campaign in (PAUSED, STOPPED, ODD):
        expect(row(ada.page, campaign)).to_contain_text("Active")


def test_limit_of_active_campaigns_is_told_before_many_are_resumed(desk: Desk) -> None:
    desk.system.facts.declare(None, {"limits.active_campaigns": 3}, desk.order())
    ada = desk.person("ada", Role.OPERATOR)
    for campaign in (PAUSED, STOPPED):
        row(ada.page, campaign).get_by_role("checkbox").check()
    ada.page.locator("#many").get_by_role("button", name="Resume").click()
    asked = ada.page.get_by_role("dialog")
    expect(asked).to_contain_text("1 will be changed.")
    expect(asked).to_contain_text("3 campaigns are active, and 3 may be")


def test_many_are_frozen_at_once_and_what_cannot_be_stopped_is_named(desk: Desk) -> None:
    ada = desk.person("ada", Role.OPERATOR)
    for campaign in (DIALING, LOCKED):
        row(ada.page, campaign).get_by_role("checkbox").check()
    ada.page.locator("#many").get_by_role("button", name="Freeze").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Freeze 2").click()
    ended = ada.page.get_by_role("dialog")
    expect(ended).to_contain_text("Not stopped yet:")
    expect(ended).to_contain_text(LOCKED)
    assert set(desk.system.freezes.frozen()) == {DIALING, LOCKED}


def test_every_change_can_be_made_by_keyboard_alone(desk: Desk) -> None:
    ada = desk.person("ada", Role.OPERATOR)
    keys, page = ada.page.keyboard, ada.page

    def focused() -> str:
        return str(page.evaluate("document.activeElement.name || document.activeElement.textContent || ''")).strip()

    def go_to(words: str) -> None:
        for _ in range(60):
            keys.press("Tab")
            if focused().startswith(words):
                return
        raise AssertionError(f"{words} was never reached")

    go_to("To the content")
    go_to("Pause Survey Midwest")
    go_to("Pause Renewals East")
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_be_focused()
    go_to("reason")
    keys.type("by keyboard")
    go_to("Pause")
    keys.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Taken: its effect is still coming")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_be_focused()
    closed(page)
    assert last_entry(desk, DIALING) == ("lifecycle.pause", "ada", "applied", "by keyboard")


def test_hostile_name_is_only_a_name(desk: Desk) -> None:
    ada = desk.person()
    expect(row(ada.page, ODD).locator("th a")).to_have_text(HOSTILE)
    row(ada.page, ODD).get_by_role("link", name="Resume").click()
    expect(ada.page.get_by_role("dialog").get_by_role("heading")).to_have_text(f"Resume {HOSTILE}?")
    ada.page.keyboard.press("Escape")
    row(ada.page, ODD).get_by_role("checkbox").check()
    ada.page.locator("#many").get_by_role("button", name="Stop").click()
    expect(ada.page.get_by_role("dialog")).to_contain_text("Stop 1 campaign?")
    ada.page.get_by_text("Which").click()
    expect(ada.page.get_by_role("dialog")).to_contain_text(HOSTILE)
    desk.arrange(ODD, isLocked=True)
    ada.page.keyboard.press("Escape")
    expect(row(ada.page, ODD)).to_contain_text("Locked")
    expect(row(ada.page, ODD).locator("th a")).to_have_text(HOSTILE)
    ada.page.goto(f"{desk.url}/campaigns/{ODD}")
    expect(ada.page.get_by_role("heading", level=1)).to_contain_text(HOSTILE)
    expect(ada.page).to_have_title(f"{HOSTILE} · paceline")
    assert ada.page.evaluate("document.querySelectorAll('main script, main img').length") == 0
