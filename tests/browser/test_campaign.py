"""*Campaign* in a browser: the live picture, why, the forms with findings while typing, and two people in conflict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from paceline.campaign.lifecycle.changes import Stop
from paceline.control.access.rights import Role
from paceline.ledger.entry import Query
from paceline.ledger.shown import part
from paceline.primitives.ids import campaign_id
from tests.browser.desk import DIALING, PAUSED, Desk
from tests.browser.screens import Person
from tests.browser.seats import unfolded

Shot = Callable[[Page, str], None]


def at(desk: Desk, name: str = "ada", campaign: str = DIALING, role: Role = Role.OPERATOR) -> Person:
    return desk.person(name, role, f"/campaigns/{campaign}")


def unfolding(desk: Desk, settings: str, name: str = "ada") -> Person:
    """Return somebody who has opened settings of a campaign that dials."""
    person = at(desk, name)
    unfolded(person.page, settings)
    return person


def test_live_picture_shows_agents_and_calls_and_goes_on(shared_desk: Desk, shot: Shot) -> None:
    ada = at(shared_desk)
    figures = ada.page.locator("#picture .figures").first
    for word in ("Available", "Working", "ACW", "Unavailable", "Ringing", "Waiting", "Connected"):
        expect(figures.get_by_text(word, exact=True)).to_be_visible()
    expect(ada.page.get_by_role("img", name="Occupancy by minute, from")).to_be_visible()
    expect(ada.page.get_by_role("img", name="Abandon rate by minute, from")).to_be_visible()
    expect(ada.page.get_by_role("heading", name="Why it is, or is not, dialing")).to_be_visible()
    expect(ada.page.locator("section", has_text="Why it is")).to_contain_text("its schedule is open, and closes at")
    before = ada.page.locator("#picture .head .quiet").inner_text()
    expect(ada.page.locator("#picture .head .quiet")).not_to_have_text(before)
    rules = ada.page.locator("details.fold", has_text="Dialing rules")
    expect(rules.locator("summary").first).to_contain_text("predictive calls per agent 2 attempts 3")
    assert not rules.evaluate("one => one.open")
    link = ada.page.get_by_role("navigation", name="On this page").get_by_role("link", name="Dialing rules")
    link.focus()
    ada.page.keyboard.press("Enter")
    calls = ada.page.locator("#rules-form").get_by_label("Calls per agent")
    expect(calls).to_be_in_viewport()
    calls.fill("7")
    seen = ada.page.locator("#picture .head .quiet").inner_text()
    expect(ada.page.locator("#picture .head .quiet")).not_to_have_text(seen)
    expect(calls).to_have_value("7")
    shot(ada.page, "desk")


def test_rules_show_findings_while_somebody_types_and_nothing_is_kept_of_it(shared_desk: Desk, shot: Shot) -> None:
    ada = unfolding(shared_desk, "Dialing rules")
    head = shared_desk.system.book.head().size
    form = ada.page.locator("#rules-form")
    form.get_by_label("Calls per agent").fill("20")
    expect(form).to_contain_text("Refused")
    expect(form).to_contain_text("dialing.calls-per-agent")
    form.get_by_label("Calls per agent").fill("two")
    expect(form).to_contain_text("calls per agent: a whole number, such as 3")
    form.get_by_label("Calls per agent").fill("1")
    expect(form).to_contain_text("calls per agent: 2 → 1")
    shot(ada.page, "typing")
    form.get_by_label("Calls per agent").fill("2")
    expect(form).to_contain_text("Nothing differs from what is live.")
    assert shared_desk.system.book.head().size == head


def test_rules_are_set_by_hand_and_only_what_differs_is_named(desk: Desk) -> None:
    ada = unfolding(desk, "Dialing rules")
    form = ada.page.locator("#rules-form")
    form.get_by_label("Calls per agent").fill("1")
    form.get_by_label("Attempt limit").fill("2")
    form.get_by_label("Retry after").fill("1440")
    form.get_by_label("Reason").fill("fewer calls")
    form.get_by_role("button", name="Set rules").click()
    ended = ada.page.get_by_role("dialog")
    expect(ended.get_by_role("heading")).to_have_text("Done")
    ended.get_by_role("link", name="Close").click()
    expect(ada.page.locator("#rules-form").get_by_label("Calls per agent")).to_have_value("1")
    expect(ada.page.locator("#picture .head .quiet")).to_contain_text("revision 43")
    expect(ada.page.locator("#stale")).to_be_empty()
    entry = desk.system.book.entries(Query(campaign=campaign_id(DIALING), limit=1))[-1]
    assert (entry.kind, entry.actor.name, entry.outcome) == ("dialing.set", "ada", "applied")
    rules = desk.system.platform.read(campaign_id(DIALING)).rules
    assert rules is not None
    assert (rules.calls_per_agent, rules.attempt_limit, rules.retry_intervals_min) == (1, 2, (1440,))


def test_of_two_who_change_the_same_the_later_sees_who_was_first_and_looks_again(desk: Desk, shot: Shot) -> None:
    ada, ben = (unfolding(desk, "Dialing rules", name) for name in ("ada", "ben"))
    for person, calls in ((ada, "1"), (ben, "3")):
        person.page.locator("#rules-form").get_by_label("Calls per agent").fill(calls)
    ada.page.get_by_role("button", name="Set rules").click()
    expect(ada.page.get_by_role("dialog")).to_contain_text("applied")
    expect(ben.page.locator("#stale")).to_contain_text("Somebody changed it since you opened this page.")
    ben.page.get_by_role("button", name="Set rules").click()
    ended = ben.page.get_by_role("dialog")
    expect(ended).to_contain_text("Somebody else changed it since you looked: nothing was sent")
    expect(ended).to_contain_text("ada (entry")
    expect(ended).to_contain_text("dialingRules was changed by ada")
    expect(ended).to_contain_text("maxCallsPerAgent: 2 → 1")
    shot(ben.page, "conflict")
    ended.get_by_role("link", name="Look again").click()
    expect(ben.page.locator("#rules-form").get_by_label("Calls per agent")).to_have_value("1")
    expect(ben.page.locator("#stale")).to_be_empty()
    unfolded(ben.page, "Dialing rules")
    ben.page.locator("#rules-form").get_by_label("Attempt limit").fill("2")
    ben.page.locator("#rules-form").get_by_label("Retry after").fill("1440")
    ben.page.get_by_role("button", name="Set rules").click()
    expect(ben.page.get_by_role("dialog")).to_contain_text("applied")


def test_schedule_is_judged_by_law_while_somebody_types_and_set_by_hand(desk: Desk) -> None:
    facts = {"purpose": "info", "regions": ["US-NY"], "closed_days": "paused"}
    desk.system.facts.declare(campaign_id(DIALING), facts, desk.order())
    ada = unfolding(desk, "Schedule")
    form = ada.page.locator("#schedule-form")
    form.get_by_label("Windows").fill("Mon-Fri 07:00-20:00")
    expect(form).to_contain_text("Refused")
    expect(form).to_contain_text("schedule.calling-time")
    form.get_by_label("Windows").fill("Mon-Fri nine to five")
    expect(form).to_contain_text("is no window: Monday 09:00-17:00, or Mon-Fri 09:00-17:00")
    form.get_by_label("Windows").fill("Mon-Thu 10:00-16:00")
    expect(form).to_contain_text("→ Monday 10:00-16:00, Tuesday 10:00-16:00")
    form.get_by_role("button", name="Set schedule").click()
    ended = ada.page.get_by_role("dialog")
    expect(ended.get_by_role("heading")).to_have_text("Done")
    ended.get_by_role("link", name="Close").click()
    expect(ada.page.locator("#schedule-form").get_by_label("Windows")).to_have_value(
        "Monday 10:00-16:00\nTuesday 10:00-16:00\nWednesday 10:00-16:00\nThursday 10:00-16:00"
    )


def test_finding_that_wants_a_person_is_answered_for_by_hand_and_for_a_time(desk: Desk, shot: Shot) -> None:
    facts = {"purpose": "info", "regions": ["US-NY"], "closed_days": "paused"}
    desk.system.facts.declare(campaign_id(DIALING), facts, desk.order())
    ada = unfolding(desk, "Schedule")
    form = ada.page.locator("#schedule-form")
    form.get_by_label("Directive").select_option("IGNORE")
    expect(form.locator(".findings .review")).to_contain_text("that wants a person's word")
    form.get_by_role("button", name="Set schedule").click()
    ended = ada.page.get_by_role("dialog")
    expect(ended.get_by_role("heading")).to_have_text("Refused: nothing was sent")
    ended.get_by_role("link", name="Close").click()
    answered = form.get_by_role("group", name="I answer for").get_by_role("checkbox", name="schedule.directive")
    answered.check()
    form.get_by_label("For how long").select_option("a week")
    expect(answered).to_be_checked()
    form.get_by_label("Reason").fill("hours are kept by us")
    shot(ada.page, "answered")
    form.get_by_role("button", name="Set schedule").click()
    expect(ended.get_by_role("heading")).to_have_text("Done")
    entry = desk.system.book.entries(Query(campaign=campaign_id(DIALING), limit=1))[-1]
    assert (entry.kind, entry.outcome, entry.actor.name) == ("schedule.set", "applied", "ada")
    overrides = part(entry.rows[0].document, "details")["overrides"]
    assert isinstance(overrides, list)
    assert [part({"one": one}, "one")["rule"] for one in overrides] == ["schedule.directive"]
    left = datetime.fromisoformat(str(part({"one": overrides[0]}, "one")["until"])) - desk.system.platform.time()
    assert timedelta(days=6) < left <= timedelta(days=7)


def test_facts_are_declared_by_hand_and_not_over_somebody_elses(desk: Desk) -> None:
    ada, ben = (unfolding(desk, "Facts", name) for name in ("ada", "ben"))
    form = ada.page.locator("#facts-form")
    form.get_by_label("Regions").fill("US-QQ")
    expect(form).to_contain_text("must be ISO 3166-2 codes such as US-FL")
    form.get_by_label("Regions").fill("US-NY, US-FL")
    form.get_by_label("Purpose").select_option("sales")
    form.get_by_label("Labels").fill("team=east")
    form.get_by_role("button", name="Declare").click()
    expect(ada.page.get_by_role("dialog").get_by_role("heading")).to_have_text("Declared")
    ben.page.locator("#facts-form").get_by_label("Purpose").select_option("debt")
    expect(ben.page.locator("#facts-form")).to_contain_text("purpose was declared by somebody else since you looked")
    ben.page.get_by_role("button", name="Declare").click()
    expect(ben.page.get_by_role("dialog")).to_contain_text("purpose is sales now; the page showed not declared")
    known = desk.system.facts.of(campaign_id(DIALING))
    assert (known.purpose, known.regions, dict(known.labels)) == ("sales", ("US-FL", "US-NY"), {"team": "east"})


def test_resume_is_not_made_on_what_somebody_else_has_changed_since(desk: Desk) -> None:
    ada = at(desk, campaign=PAUSED)
    ada.page.locator("#picture").get_by_role("link", name="Resume").click()
    expect(ada.page.get_by_role("dialog")).to_be_visible()
    desk.outside(Stop(campaign=campaign_id(PAUSED)))
    ada.page.get_by_role("dialog").get_by_role("button", name="Resume").click()
    expect(ada.page.get_by_role("dialog")).to_contain_text("Somebody else changed it since you looked")
    expect(ada.page.get_by_role("dialog")).to_contain_text("outside paceline")


def test_campaign_that_there_is_none_of_is_a_page_that_says_so(shared_desk: Desk) -> None:
    ada = shared_desk.person(path="/words")
    for name, told in (("CMP-NONE", "Not Found"), ("a%20b", "Unprocessable")):
        ada.page.goto(f"{shared_desk.url}/campaigns/{name}")
        expect(ada.page.get_by_role("heading", level=1)).to_contain_text(told)
    ada.troubles.clear()  # the browser notes every 404


def test_changes_can_be_made_without_any_script(desk: Desk) -> None:
    _, secret = desk.system.access.make_key("ada", Role.OPERATOR, desk.order())
    ada = desk.nobody(java_script_enabled=False)
    ada.page.goto(f"{desk.url}/campaigns/{PAUSED}")
    ada.page.get_by_label("API key").fill(secret)
    ada.page.get_by_role("button", name="Sign in").click()
    ada.page.locator("#picture").get_by_role("link", name="Stop").click()
    ada.page.get_by_role("button", name="Stop").click()
    expect(ada.page.get_by_role("heading", level=2)).to_have_text("Done")
    ada.page.get_by_role("link", name="Close").click()
    expect(ada.page.locator("#picture")).to_contain_text("Stopped")
