"""*Changes* in a browser: what waits is decided by hand, by the second person alone, and shows by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.control.access.rights import Role
from paceline.control.outcome import Outcome
from paceline.ledger.entry import Query
from paceline.primitives.ids import EntryId, campaign_id
from tests.browser.desk import DIALING, ODD, PAUSED, Desk, open_desk
from tests.browser.screens import Screens
from tests.browser.seats import at, closed, overflows, posted, read_by_everybody, seated, violations

Shot = Callable[[Page, str], None]
POLICY = '[approvals]\nrules = [{ kinds = ["lifecycle.resume"] }]\n'


@pytest.fixture(scope="module")
def office(screens: Screens, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk where a resumption wants a second person."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "paceline.toml").write_text(POLICY, encoding="utf-8")
    with open_desk(screens, folder) as opened:
        yield opened


def resumption(desk: Desk, by: str = "ada", campaign: str = PAUSED) -> EntryId:
    return number(desk.system.corridor.run(Resume(campaign=campaign_id(campaign)), desk.order(by)))


def pause_tonight(desk: Desk) -> EntryId:
    due = desk.system.platform.time() + timedelta(hours=2)
    return number(desk.system.agenda.schedule(Pause(campaign=campaign_id(DIALING)), desk.order(), due))


def number(outcome: Outcome) -> EntryId:
    assert outcome.entry is not None
    return outcome.entry


def ended(desk: Desk, entry: EntryId) -> str | None:
    return desk.system.book.read(entry).outcome


def test_second_person_approves_by_hand_and_it_is_made(office: Desk, shot: Shot) -> None:
    entry = resumption(office)
    page = at(office, "/changes", "bob", Role.APPROVER)
    waits = page.locator("#stage-waits-for-approval")
    expect(waits).to_contain_text("Waits for a second person")
    row = waits.locator(f"#change-{entry}")
    expect(row).to_contain_text("ada")
    shot(page, "desk")
    row.get_by_role("link", name="Approve").click()
    asked = page.get_by_role("dialog", name=f"Approve lifecycle.resume of {PAUSED}?")
    expect(asked).to_contain_text("It is judged again on what is there now")
    expect(asked).to_contain_text("Asked for by")
    asked.get_by_label("Reason").fill("the list is clean")
    asked.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Done")
    page.get_by_role("link", name="Close").click()
    expect(page.locator(f"#stage-waits-for-approval #change-{entry}")).to_have_count(0)
    expect(page.locator(f"[aria-labelledby=title-ended] #change-{entry}")).to_contain_text("applied, achieved")
    (note,) = office.system.book.entries(Query(kind="approval.approve"))
    assert (ended(office, entry), note.actor.name) == ("applied", "bob")
    page.goto(f"{office.url}/changes/{entry}")
    expect(page.locator("[aria-labelledby=approval]")).to_contain_text("by bob")
    office.system.corridor.run(Pause(campaign=campaign_id(PAUSED)), office.order())


def test_who_asked_is_offered_no_approval_and_cannot_post_one(office: Desk) -> None:
    entry = resumption(office, by="bob")
    page = at(office, f"/changes/{entry}", "bob", Role.APPROVER)
    expect(page.locator("#change")).to_contain_text("somebody else has to approve it")
    expect(page.get_by_role("link", name="Approve", exact=True)).to_have_count(0)
    page.goto(f"{office.url}/changes/{entry}/approve")
    expect(page.get_by_role("dialog").get_by_role("button")).to_have_count(0)
    told = posted(office, "bob", Role.APPROVER, f"/changes/{entry}/approve")
    assert told.status_code == 200
    assert "somebody else has to approve it" in told.text
    assert ended(office, entry) is None
    page.goto(f"{office.url}/changes/{entry}")
    page.get_by_role("link", name="Reject").click()
    page.get_by_role("dialog").get_by_role("button", name="Reject").click()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Reject: as wanted, it ended as refused")
    assert ended(office, entry) == "refused"


def test_change_that_waits_is_withdrawn_by_the_keyboard_alone(office: Desk) -> None:
    entry = pause_tonight(office)
    page = at(office, f"/changes/{entry}", "ada", Role.OPERATOR)
    expect(page.locator("#change")).to_contain_text("waiting")
    page.get_by_role("link", name="Withdraw").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("It is not made, and nothing is sent.")
    page.keyboard.press("Tab")
    page.keyboard.type("not tonight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Withdraw: as wanted, it ended as expired")
    closed(page)
    expect(page.locator("#change")).to_contain_text("expired")
    assert ended(office, entry) == "expired"


def test_undo_says_the_way_back_and_leads_it(office: Desk, shot: Shot) -> None:
    entry = number(office.system.corridor.run(Stop(campaign=campaign_id(PAUSED)), office.order()))
    page = at(office, f"/changes/{entry}", "ada", Role.OPERATOR)
    expect(page.locator("tr.differs", has_text="state")).to_contain_text("PAUSED")
    expect(page.locator(".timeline li")).to_have_count(3)
    shot(page, "change")
    page.get_by_role("link", name="Undo").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("The way back")
    expect(asked).to_contain_text(f"lifecycle.pause of {PAUSED}")
    expect(asked).to_contain_text("Refused")
    asked.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Refused: nothing was sent")
    expect(page.get_by_role("dialog").locator(".findings")).to_contain_text("lifecycle.transition")


def test_what_happens_elsewhere_shows_without_a_reload(office: Desk) -> None:
    page = at(office, "/changes")
    page.evaluate("document.body.dataset.same = 'yes'")
    entry = pause_tonight(office)
    expect(page.locator(f"#stage-waiting #change-{entry}")).to_be_visible()
    at(office, f"/changes/{entry}")
    page.evaluate("document.body.dataset.same = 'yes'")
    office.system.agenda.cancel(entry, office.order("carol"))
    expect(page.locator("#change")).to_contain_text("expired")
    assert page.evaluate("document.body.dataset.same") == "yes"


def test_viewer_is_offered_nothing_and_his_posts_are_refused(office: Desk) -> None:
    approval, waiting = resumption(office, campaign=ODD), pause_tonight(office)
    page = at(office, "/changes")
    expect(page.locator(f"#change-{approval}")).to_be_visible()
    expect(page.locator("#changes").get_by_role("link", name="Approve", exact=True)).to_have_count(0)
    expect(page.locator("#changes").get_by_role("link", name="Withdraw")).to_have_count(0)
    for path in (f"/changes/{approval}/approve", f"/changes/{approval}/reject", f"/changes/{waiting}/cancel"):
        assert posted(office, "vic", Role.VIEWER, path).status_code == 403, path
    assert posted(office, "olga", Role.OPERATOR, f"/changes/{approval}/approve").status_code == 403
    assert (ended(office, approval), ended(office, waiting)) == (None, None)
    for entry in (approval, waiting):
        office.system.agenda.cancel(entry, office.order())


def test_post_without_the_sessions_token_is_refused(office: Desk) -> None:
    entry = pause_tonight(office)
    bob = seated(office, "bob", Role.APPROVER)
    for path in (
        f"/changes/{entry}/cancel",
        "/audit/verify",
        "/calling-time/check",
        "/webhooks/add",
        "/keys/add",
        "/leave",
    ):
        answer = bob.context.request.post(f"{office.url}{path}", form={"csrf": "guessed", "number": "+18505550123"})
        assert (answer.status, path) == (403, path)
    assert ended(office, entry) is None
    office.system.agenda.cancel(entry, office.order())


def test_change_that_is_gone_is_told_in_the_dialog(office: Desk) -> None:
    entry = pause_tonight(office)
    ada = seated(office, "ada", Role.OPERATOR)
    page = at(office, f"/changes/{entry}", "ada", Role.OPERATOR)
    page.get_by_role("link", name="Withdraw").click()
    asked = page.get_by_role("dialog")
    expect(asked.get_by_role("button", name="Withdraw")).to_be_visible()
    office.system.agenda.cancel(entry, office.order("carol"))
    asked.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"entry {entry} has ended: expired")
    assert [one for one in ada.troubles if "409" not in one] == []
    ada.troubles.clear()


def test_runbooks_are_one_click_from_findings_and_outcomes(office: Desk) -> None:
    entry = number(office.system.corridor.run(Pause(campaign=campaign_id("CMP-20003")), office.order()))
    page = at(office, f"/changes/{entry}")
    page.locator(".findings").get_by_role("link", name="lifecycle.locked").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("lifecycle.locked")
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()
    page.get_by_role("link", name="Runbooks", exact=True).last.click()
    expect(page.get_by_role("link", name="PacelineChangeInDoubt")).to_be_visible()
    assert violations(page) == []
    assert not overflows(page)


def test_changes_can_be_read_by_everybody(office: Desk, shot: Shot) -> None:
    waiting = pause_tonight(office)
    approval = resumption(office, by="carol", campaign=ODD)
    for name, path in (("list", "/changes"), ("one", f"/changes/{approval}")):
        read_by_everybody(at(office, path, "bob", Role.APPROVER), name, shot)
    page = at(office, f"/changes/{approval}", "bob", Role.APPROVER)
    page.get_by_role("link", name="Approve", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    for entry in (waiting, approval):
        office.system.agenda.cancel(entry, office.order())
