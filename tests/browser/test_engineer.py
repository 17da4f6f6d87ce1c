"""The tasks of docs/tutorial/engineer.md on the pages, most by keyboard alone; the pictures there are taken here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from paceline.campaign.lifecycle.changes import Stop
from paceline.control.access.rights import Role
from paceline.ledger.entry import Entry, Query
from paceline.primitives.ids import campaign_id
from tests.browser.desk import DIALING, ODD, PAUSED, STOPPED, Desk, open_desk
from tests.browser.pictures import picture
from tests.browser.screens import Screens
from tests.browser.seats import asked, at, closed, entered, tabbed_to
from tests.trust import http_client

RECEIVER = "https://wfm.example.com/hook"


@pytest.fixture(scope="module")
def office(screens: Screens, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all tasks, where nobody waits long for the platform."""
    folder = tmp_path_factory.mktemp("office")
    with open_desk(screens, folder, PACELINE_ATTEMPT_S="2", PACELINE_TOTAL_S="2") as opened:
        yield opened


def erin(office: Desk, path: str) -> Page:
    return at(office, path, "erin", Role.ADMINISTRATOR)


def told_of(office: Desk, status: str) -> None:
    """Take away what the browser says of answers with this status, which were wanted."""
    (here,) = [one for one in office.people if one.troubles]
    assert [one for one in here.troubles if status not in one] == []
    here.troubles.clear()


def last(office: Desk, campaign: str) -> Entry:
    return office.system.book.entries(Query(campaign=campaign_id(campaign)))[-1]


def revision(office: Desk, campaign: str) -> int | None:
    return office.system.platform.read(campaign_id(campaign)).revision


def test_campaigns_show_what_stands_those_that_need_a_person_first(office: Desk) -> None:
    page = erin(office, "/")
    first = page.locator("#rows tr").first
    expect(first).to_contain_text("Survey Midwest")
    expect(first).to_contain_text("Locked")
    page.goto(f"{office.url}/?state=ACTIVE")
    picture(page, "engineer-1", page.get_by_role("heading", level=1), page.locator("#rows tr").nth(1))
    page.goto(f"{office.url}/no-such-page")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not Found")
    told_of(office, "404")


def test_program_gets_a_key_and_a_person_a_link_by_keyboard(office: Desk) -> None:
    page = erin(office, "/keys")
    asked(page, "Make a key")
    tabbed_to(page, "name")
    page.keyboard.type("report")
    entered(page, "Make it")
    secret = page.locator("code.secret").inner_text()
    closed(page)
    held = office.system.access.keys()
    key = next(one for one in held if one.name == "report")
    with http_client(base_url=office.url, headers={"Authorization": f"Bearer {secret}"}) as program:
        assert program.get("/v1/me").json()["rights"] == ["read"]
        asked(page, "Make a link")
        tabbed_to(page, "name")
        page.keyboard.type("bob")
        tabbed_to(page, "role")
        page.keyboard.type("operator")
        entered(page, "Make it")
        link = page.locator("code.secret").inner_text()
        expect(page.get_by_role("dialog")).to_contain_text("bob may sign in with this link once, within 10 minutes")
        closed(page)
        address, _, proof = link.partition("#")
        begun = office.system.access.enter(proof)
        assert begun is not None
        who = begun[0].principal
        assert (address, who.name, who.role) == (f"{office.url}/enter", "bob", Role.OPERATOR)
        picture(page, "engineer-2", page.get_by_role("heading", level=1), page.locator("#keys"))
        asked(page, f"Revoke {key.id}")
        entered(page, "Revoke")
        expect(page.get_by_role("dialog")).to_contain_text("is revoked")
        closed(page)
        assert program.get("/v1/me").status_code == 401
    expect(page.locator(f"#key-{key.id}")).to_contain_text("revoked")


def test_change_is_made_by_keyboard_and_shown_step_by_step(office: Desk) -> None:
    page, before = erin(office, "/"), revision(office, STOPPED)
    asked(page, "Resume Winback South")
    tabbed_to(page, "reason")
    page.keyboard.type("the list is clean")
    entered(page, "Resume")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_contain_text("Done")
    entry = last(office, STOPPED)
    entered(page, str(entry.number))
    expect(page.locator(".timeline li")).to_have_count(3)
    expect(page.locator("#change")).to_contain_text("the list is clean")
    picture(page, "engineer-3", page.get_by_role("heading", level=1), page.locator(".timeline"))
    assert before is not None
    assert (entry.outcome, entry.actor.name, revision(office, STOPPED)) == ("applied", "erin", before + 1)


def test_change_of_somebody_outside_is_named_and_not_overwritten(office: Desk) -> None:
    page = erin(office, "/")
    asked(page, "Resume Collections West")
    office.outside(Stop(campaign=campaign_id(PAUSED)))
    seen = revision(office, PAUSED)
    entered(page, "Resume")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("changed by outside paceline")
    assert (last(office, PAUSED).outcome, revision(office, PAUSED)) == ("conflicted", seen)
    picture(page, "engineer-4", dialog, margin=0)
    entered(page, "Look again")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#main")).to_contain_text("Stopped")
    asked(page, "Resume")
    entered(page, "Resume")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_contain_text("Done")
    assert last(office, PAUSED).outcome == "applied"


def test_receiver_is_added_and_tried_by_keyboard(office: Desk) -> None:
    page = erin(office, "/webhooks")
    asked(page, "Add a webhook")
    tabbed_to(page, "url")
    page.keyboard.type("http://127.0.0.1:18107/hook")
    entered(page, "Add")
    expect(page.get_by_role("dialog")).to_contain_text("PACELINE_WEBHOOK_ALLOW_LOOPBACK=yes")
    told_of(office, "422")
    closed(page)
    asked(page, "Add a webhook")
    tabbed_to(page, "url")
    page.keyboard.type(RECEIVER)
    tabbed_to(page, "name")
    page.keyboard.type("workforce management")
    entered(page, "Add")
    expect(page.locator("code.secret")).to_contain_text("whsec_")
    closed(page)
    asked(page, "Test workforce management")
    entered(page, "Test")
    expect(page.get_by_role("dialog")).to_contain_text("a worker carries it")
    closed(page)
    (hook,) = office.system.webhooks.all()
    expect(page.locator(f"#hook-{hook.subscriber.id} td[data-label=Waiting]")).to_have_text("1")
    picture(page, "engineer-5", page.get_by_role("heading", level=1), page.locator("#hooks"))
    office.system.webhooks.remove(hook.subscriber.id, office.order())


def test_ledger_is_verified_and_the_runbook_of_an_alert_is_found_by_keyboard(office: Desk) -> None:
    page = erin(office, "/audit")
    entered(page, "Verify the ledger")
    expect(page.locator("#verified")).to_contain_text("othing is wrong")
    page.goto(f"{office.url}/runbooks")
    entered(page, "PacelineWorkerAway")
    expect(page.get_by_role("heading", level=1)).to_have_text("PacelineWorkerAway")
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()
    picture(page, "engineer-6", page.locator("main section, main article").first)


def test_what_if_is_for_looking_and_leaves_no_trace(office: Desk) -> None:
    before = len(office.system.book.entries(Query(campaign=campaign_id(DIALING))))
    page = erin(office, f"/campaigns/{DIALING}/what-if")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What if")
    assert len(office.system.book.entries(Query(campaign=campaign_id(DIALING)))) == before


def test_lost_answer_is_in_doubt_until_it_is_known_and_done_once(office: Desk) -> None:
    before = revision(office, ODD)
    ordered = office.control.post("/faults", json={"kind": "reset_after", "method": "PATCH", "times": None})
    assert ordered.status_code < 300
    page = erin(office, "/")
    asked(page, "Resume <script>")
    entered(page, "Resume")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_contain_text("In doubt", timeout=20_000)
    office.control.delete("/faults")
    office.system.worker.once()
    entry = last(office, ODD)
    page.goto(f"{office.url}/changes/{entry.number}")
    expect(page.locator("#change")).to_contain_text("achieved")
    picture(page, "engineer-8", page.get_by_role("heading", level=1), page.locator(".timeline"))
    assert before is not None
    assert (entry.verdict, revision(office, ODD)) == ("achieved", before + 1)
