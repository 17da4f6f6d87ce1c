"""*Audit trail* in a browser: searched, exported and verified; phone numbers stay words, hostile words stay text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Connection, text

from paceline.campaign.lifecycle.changes import Pause, Stop
from paceline.control.order import Order
from paceline.ledger.entry import Actor
from paceline.primitives.ids import campaign_id
from tests.browser.desk import HOSTILE, LOCKED, ODD, PAUSED, Desk, open_desk
from tests.browser.screens import Screens
from tests.browser.seats import at, read_by_everybody

Shot = Callable[[Page, str], None]
NUMBER = "+14155550132"
FORMULA = "=HYPERLINK(1)"


@pytest.fixture(scope="module")
def archive(screens: Screens, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose ledger has something to look for."""
    with open_desk(screens, tmp_path_factory.mktemp("archive")) as opened:
        orders = (
            (Stop(campaign=campaign_id(PAUSED)), "ada", f"{NUMBER} complained", "OPS-1"),
            (Pause(campaign=campaign_id(LOCKED)), "bob", HOSTILE[:200], None),
            (Stop(campaign=campaign_id(ODD)), HOSTILE[:80], FORMULA, None),
        )
        for change, name, reason, ticket in orders:
            order = Order(actor=Actor(name=name, known_by="test"), reason=reason, ticket=ticket)
            opened.system.corridor.run(change, order)
        yield opened


def shown(page: Page) -> list[str]:
    return page.locator("tbody tr th a").all_inner_texts()


def forge(connection: Connection) -> None:
    connection.execute(text("DROP TRIGGER ledger_entries_no_update"))
    connection.execute(text("UPDATE ledger_entries SET body = replace(body, 'OPS-1', 'OPS-2')"))


def test_trail_is_searched_by_campaign_actor_kind_outcome_and_period(archive: Desk, shot: Shot) -> None:
    page = at(archive, "/audit")
    page.get_by_label("Kind").fill("lifecycle.*")
    page.get_by_role("button", name="Search").click()
    assert shown(page) == ["lifecycle.stop", "lifecycle.pause", "lifecycle.stop"]
    page.get_by_label("Actor").fill("ada")
    page.get_by_role("button", name="Search").click()
    assert shown(page) == ["lifecycle.stop"]
    row = page.locator("tbody tr")
    expect(row.locator("td[data-label=Before]")).to_have_text("PAUSED at revision 7")
    expect(row.locator("td[data-label=After]")).to_have_text("STOPPED at revision 8")
    shot(page, "desk")
    for query, found in (
        (f"campaign={LOCKED}", ["lifecycle.pause"]),
        ("outcome=refused", ["lifecycle.pause"]),
        ("kind=lifecycle.*&from=2099-01-01T00:00", []),
        ("kind=lifecycle.*&to=2020-01-01T00:00", []),
    ):
        page.goto(f"{archive.url}/audit?{query}")
        assert shown(page) == found, query
    for query, told in (("from=yesterday", "a time reads such as"), ("campaign=a/b", "cannot be the id"),
                        ("outcome=fine", "an outcome is one of")):  # fmt: skip
        page.goto(f"{archive.url}/audit?{query}")
        expect(page.get_by_role("alert")).to_contain_text(told)
        assert shown(page) == []


def test_phone_numbers_stay_words_on_pages_and_in_exports(archive: Desk) -> None:
    page = at(archive, f"/audit?campaign={PAUSED}")
    expect(page.locator("td[data-label=Why]")).to_contain_text("number:")
    assert NUMBER not in page.content()
    page.locator("tbody th a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("lifecycle.stop")
    assert NUMBER not in page.content()
    for form in ("csv", "jsonl"):
        sent = page.context.request.get(f"{archive.url}/audit/export?form={form}")
        assert NUMBER not in sent.text()


def test_export_holds_what_was_searched_and_nothing_that_a_spreadsheet_runs(archive: Desk) -> None:
    page = at(archive, "/audit?kind=lifecycle.*")
    with page.expect_download() as awaited:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(awaited.value.path().read_text(encoding="utf-8"))))
    assert awaited.value.suggested_filename == "paceline-audit.csv"
    assert [row["campaign"] for row in rows] == [ODD, LOCKED, PAUSED]
    assert rows[0]["reason"] == f"'{FORMULA}"
    sent = page.context.request.get(f"{archive.url}/audit/export?form=jsonl&kind=lifecycle.*")
    items = [json.loads(line) for line in sent.text().splitlines()]
    assert [item["entry"] for item in items] == [int(row["entry"]) for row in rows]
    assert [row["step"] for row in items[2]["rows"]] == ["opened", "intent", "closed"]


def test_hostile_names_and_reasons_stay_text(archive: Desk) -> None:
    page = at(archive, "/audit?kind=lifecycle.*")
    expect(page.locator("tbody")).to_contain_text("<img src=x onerror=")
    assert page.locator("tbody img, tbody script").count() == 0
    expect(page).to_have_title("Audit trail · paceline")
    page.goto(f"{archive.url}/audit?actor=%22%3E%3Cscript%3E1%3C/script%3E")
    expect(page.get_by_label("Actor")).to_have_value('"><script>1</script>')
    page.goto(f"{archive.url}/changes")
    expect(page.locator("#changes")).to_contain_text("<script>document.title='stolen'")
    expect(page).to_have_title("Changes · paceline")


def test_trail_can_be_read_by_everybody(archive: Desk, shot: Shot) -> None:
    page = at(archive, "/audit")
    page.get_by_role("button", name="Verify the ledger").click()
    expect(page.locator("#verified")).to_contain_text("Nothing is wrong")
    read_by_everybody(page, "trail", shot)


def test_verification_tells_rows_and_head_and_names_the_first_bad_row(archive: Desk) -> None:
    page = at(archive, "/audit")
    head = archive.system.book.head()
    page.get_by_role("button", name="Verify the ledger").focus()
    page.keyboard.press("Enter")
    found = page.locator("#verified")
    expect(found).to_contain_text("Nothing is wrong")
    expect(found).to_contain_text(head.hash)
    expect(found).to_contain_text(f"{head.size} rows")
    # This is the last test of the file: the ledger is not as it was any more.
    archive.system.database.write(forge)
    page.get_by_role("button", name="Verify the ledger").click()
    expect(found).to_contain_text("The ledger is not as it was written")
    expect(found).to_contain_text("the first bad row is")
