"""The tasks of docs/tutorial/compliance-officer.md on the pages: most by keyboard alone; pictures of them for it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from paceline.campaign.blocks import Window
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.lifecycle.changes import Resume
from paceline.campaign.observed import Part
from paceline.campaign.schedule.changes import SetSchedule
from paceline.cli.main import main
from paceline.control.access.rights import Role
from paceline.control.order import Order
from paceline.ledger.entry import Actor, Entry, Query
from paceline.primitives.ids import campaign_id
from tests.browser.desk import DIALING, PAUSED, STOPPED, Desk, open_desk
from tests.browser.pictures import picture
from tests.browser.screens import Screens
from tests.browser.seats import at, entered, read_by_everybody, tabbed_to, unfolded

Shot = Callable[[Page, str], None]
TUESDAY = "2026-10-13T16:00:00Z"
"""Five days before Pennsylvania's hours become shorter."""
COMPLAINT = "2026-10-19T19:30:00-04:00"
CAMPAIGN = campaign_id(DIALING)
FACTS = {"purpose": "sales", "regions": ["US-PA"], "closed_days": "paused"}
LIST = "phone,state\n+12155550123,PA\n+13055550123,FL\n+18505550123,FL\n+16045551234,\n+18005550123,\n0612345678,\n"
POLICY = '[approvals]\nrules = [{ kinds = ["lifecycle.resume"] }]\n'


@pytest.fixture(scope="module")
def office(screens: Screens, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all tasks, where a resumption wants a second person."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "paceline.toml").write_text(POLICY, encoding="utf-8")
    with open_desk(screens, folder, noon=TUESDAY) as opened:
        opened.system.facts.declare(CAMPAIGN, FACTS, opened.order())
        yield opened


def olga(office: Desk, path: str) -> Page:
    return at(office, path, "olga", Role.APPROVER)


def made(office: Desk, change: AnyChange, by: str, reason: str) -> Entry:
    """Have somebody else order a change."""
    outcome = office.system.corridor.run(change, Order(actor=Actor(name=by, known_by="test"), reason=reason))
    assert outcome.entry is not None
    return office.system.book.read(outcome.entry)


def reason_of(entry: Entry) -> object:
    return entry.rows[0].document["reason"]


def weekdays(first: int, last: int) -> SetSchedule:
    windows = tuple(Window(weekday=day, start_s=first * 3600, end_s=last * 3600) for day in range(5))
    return SetSchedule(campaign=CAMPAIGN, windows=windows)


def test_person_may_not_be_called_with_every_rule_and_citation_by_keyboard(office: Desk) -> None:
    page, rows = olga(office, "/calling-time"), office.system.book.head().size
    tabbed_to(page, "number")
    page.keyboard.type("+12155550123")
    tabbed_to(page, "at")
    page.keyboard.type(COMPLAINT)
    tabbed_to(page, "purpose")
    page.keyboard.press("Space")
    entered(page, "Check")
    found = page.locator("#checked")
    expect(found.locator(".answer")).to_have_text("May not be called")
    expect(found.locator("tr.differs")).to_contain_text("73 P.S. 2245(a) as amended by Act 47 of 2026 (SB 992)")
    expect(found).to_contain_text("Mondays open 09:00 to 19:00; it is 19:30:00 on 2026-10-19 there")
    assert office.system.book.head().size == rows
    picture(page, "compliance-officer-1", found.locator(".outcome"), found.locator("tr.differs"), margin=1)


def test_law_of_a_state_on_a_date_leads_to_where_it_was_read_by_keyboard(office: Desk) -> None:
    page = olga(office, "/law")
    tabbed_to(page, "where")
    page.keyboard.type("US-PA")
    page.get_by_label("Seen from").fill("2026-10-20")  # each browser has keys of its own for dates
    page.get_by_label("Text").focus()
    page.keyboard.type("US-PA")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Rules of law")).to_contain_text("mon-sat 09:00-19:00")
    page.get_by_role("region", name="Rules of law").get_by_role("link", name="US-PA-hours", exact=True).focus()
    page.keyboard.press("Enter")
    source = page.locator("[aria-labelledby=source]")
    expect(page.locator("h1")).to_contain_text("in force")
    expect(source).to_contain_text("Act 47 of 2026")
    expect(source).to_contain_text("Last read")
    picture(page, "compliance-officer-2", page.locator("h1"), page.locator("[aria-labelledby=what]"), source)


def test_what_changes_soon_names_the_campaign_that_breaks_by_keyboard(office: Desk) -> None:
    page = olga(office, "/law?where=US-PA")
    entered(page, "Look at")
    soon = page.locator(".changes-ahead li.breaks").first
    expect(soon).to_contain_text("US-PA-hours takes effect", timeout=20_000)
    expect(soon.get_by_role("link", name="Renewals East")).to_be_visible()
    expect(soon).to_contain_text("2026-10-18")
    picture(page, "compliance-officer-3", page.get_by_role("heading", name="What breaks"), soon, margin=6)


def test_list_is_checked_before_it_is_loaded(office: Desk, tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text(LIST)
    page = olga(office, "/lists")
    page.get_by_label("File").set_input_files(file)
    page.get_by_label("At with its offset").fill(COMPLAINT)
    page.get_by_label("sales").check()
    page.get_by_role("button", name="Check the list").click()
    found = page.locator("#checked")
    expect(found.locator(".figures div").first).to_have_text("May be called now3")
    expect(found.get_by_role("row", name="US-PA-hours")).to_contain_text("73 P.S. 2245(a)")
    expect(found.locator("[aria-label='By reason']")).to_contain_text("toll-free")
    assert "2155550123" not in page.content()
    last = found.get_by_role("row", name="US-PA-hours")
    picture(page, "compliance-officer-4", page.locator("#found"), found.locator(".picture-scroll"), last)


def test_schedule_against_the_law_is_told_while_it_is_typed_and_the_lawful_one_is_set(office: Desk) -> None:
    page = olga(office, f"/campaigns/{DIALING}")
    unfolded(page, "Schedule")
    form = page.locator("#schedule-form")
    tabbed_to(page, "windows")
    page.keyboard.press("Control+a")
    page.keyboard.type("Mon-Fri 09:00-20:00")
    expect(form).to_contain_text("US-PA-hours: the campaign would dial at 2026-10-19 19:00")
    expect(form).to_contain_text("lawful in every place on every open day of the coming year")
    picture(page, "compliance-officer-5", form.locator("label", has_text="Windows"), form.locator("#schedule-findings"))
    form.get_by_label("Windows").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("Mon-Fri 09:00-19:00")
    expect(form).to_contain_text("→ Monday 09:00-19:00")
    tabbed_to(page, "reason")
    page.keyboard.type("hours of Act 47")
    entered(page, "Set schedule")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Done")
    entry = office.system.book.entries(Query(campaign=CAMPAIGN, kind="schedule.set"))[-1]
    assert (entry.outcome, entry.actor.name, reason_of(entry)) == ("applied", "olga", "hours of Act 47")
    live = office.system.platform.read(CAMPAIGN, part=Part.SCHEDULE).schedule
    assert live is not None
    assert {window.end_s for window in live.windows} == {19 * 3600}


def test_schedule_is_proven_for_a_year_and_its_calendar_is_kept_by_keyboard(office: Desk) -> None:
    page = olga(office, f"/calling-time/{DIALING}")
    entered(page, "Prove for a year")
    expect(page.locator(".outcome .answer")).to_contain_text("Proven for a year, if it is paused on the closed days")
    expect(page.locator(".outcome").first).to_contain_text(" 0 of them illegal, 8")
    with page.expect_download() as download:
        entered(page, "Calendar file")
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "DTEND:20261013T230000Z" in text
    rows = page.locator("[aria-labelledby=closed] tbody tr")
    picture(page, "compliance-officer-6", page.locator("h1"), page.locator(".outcome").first, rows.nth(2), margin=6)


def test_what_was_live_at_an_instant_and_who_changed_it_by_keyboard(office: Desk, shot: Shot) -> None:
    office.control.put("/clock", json={"advanceSeconds": 3600})
    entry = made(office, weekdays(10, 18), "bob", "fewer agents")
    page = olga(office, f"/audit?campaign={DIALING}&kind=schedule.*")
    expect(page.locator(f"#entry-{entry.number}")).to_contain_text("fewer agents")
    entered(page, "What was live at an instant")
    expect(page.locator("h1")).to_have_text("What was live at an instant")
    tabbed_to(page, "campaign")
    page.keyboard.type(DIALING)
    page.get_by_label("Instant").fill("2026-10-13T16:45")
    entered(page, "Show")
    hours = page.get_by_role("region", name="When it may dial")
    expect(hours).to_contain_text("Certain")
    expect(hours).to_contain_text("by olga")
    expect(hours).to_contain_text("MONDAY 09:00-19:00")
    expect(hours.get_by_role("link", name="The change, and why")).to_be_visible()
    read_by_everybody(page, "at", shot)
    picture(page, "compliance-officer-7", page.locator("h1"), page.locator("form.search"), hours)
    page.goto(f"{office.url}/audit/at?campaign={DIALING}&at=2026-10-13T15:00")
    expect(hours).to_contain_text("Not certain: not known: first seen")
    entered(page, "Who changed it")
    expect(page).to_have_url(f"{office.url}/audit?campaign={DIALING}")


def test_report_of_the_day_is_verified_and_one_byte_changed_is_caught_at_its_entry(
    office: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], shot: Shot
) -> None:
    page = olga(office, "/audit")
    entered(page, "Verify the ledger")
    expect(page.locator("#verified .answer")).to_have_text("Nothing is wrong")
    picture(page, "compliance-officer-8", page.locator("h1"), page.locator("#verified"))
    entered(page, "Report of a period")
    expect(page.locator("h1")).to_have_text("Report of a period")
    read_by_everybody(page, "report", shot)
    with page.expect_download() as download:
        entered(page, "Make the report")
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as report:
        assert {"report.html", "export.jsonl", "checkpoint.txt", "README.txt"} <= set(report.namelist())
        assert "fewer agents" in report.read("report.html").decode()
        report.extractall(tmp_path)
    rows, forged = tmp_path / "export.jsonl", tmp_path / "forged.jsonl"
    key = (tmp_path / "README.txt").read_text().partition("checkpoint.txt --key ")[2].split()[0]
    signed = ("--checkpoint", str(tmp_path / "checkpoint.txt"), "--key", key)
    assert main(["audit", "verify", "--export", str(rows), *signed]) == 0
    forged.write_text(rows.read_text().replace("fewer agents", "fewer agent5"))
    capsys.readouterr()
    assert main(["audit", "verify", "--export", str(forged), *signed]) == 1
    entry = office.system.book.entries(Query(kind="schedule.set"))[-1]
    assert f"row {entry.number}: its hash is" in capsys.readouterr().out
    page.get_by_label("To").fill("2020-01-01T00:00")
    page.get_by_role("button", name="Make the report").click()
    expect(page.get_by_role("alert")).to_have_text("the end must be later than the beginning")
    next(one for one in office.people if one.name == "olga").troubles.clear()  # the browser tells of the 422


def test_second_person_approves_one_change_and_rejects_another_by_keyboard(office: Desk) -> None:
    first = made(office, Resume(campaign=campaign_id(PAUSED)), "bob", "the list is clean")
    second = made(office, Resume(campaign=campaign_id(STOPPED)), "bob", "the winback")
    page = olga(office, "/changes")
    waits = page.locator("#stage-waits-for-approval")
    expect(waits).to_contain_text("the winback")
    picture(page, "compliance-officer-9", waits, margin=4)
    for entry, word, reason in ((first, "Approve", "list of 12 October read"), (second, "Reject", "nobody consented")):
        page.goto(f"{office.url}/changes/{entry.number}")
        entered(page, word)
        expect(page.get_by_role("dialog")).to_contain_text("bob")
        tabbed_to(page, "reason")
        page.keyboard.type(reason)
        entered(page, word)
        expect(page.get_by_role("dialog").locator("form")).to_have_count(0)
    assert [office.system.book.read(one.number).outcome for one in (first, second)] == ["applied", "refused"]
    states = [office.system.platform.read(campaign_id(one)).state.value for one in (PAUSED, STOPPED)]
    assert states == ["ACTIVE", "STOPPED"]
    notes = office.system.book.entries(Query(actor="olga"))
    assert {(note.kind, reason_of(note)) for note in notes} >= {
        ("approval.approve", "list of 12 October read"),
        ("approval.reject", "nobody consented"),
    }


def test_abandonment_of_every_campaign_stands_by_legal_period(office: Desk) -> None:
    page = olga(office, f"/campaigns/{DIALING}")
    expect(page.locator("[aria-labelledby=abandonment]")).to_contain_text("30")
    page.goto(f"{office.url}/abandonment")
    row = page.get_by_role("row", name="Renewals East")
    expect(row).to_contain_text("30 day blocks")
    expect(row.locator("td[data-label=Abandoned]")).to_contain_text(" of ")
    picture(page, "compliance-officer-10", page.locator("h1"), page.get_by_role("region", name="Campaigns and their"))
