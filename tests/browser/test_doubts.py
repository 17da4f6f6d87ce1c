"""What nobody knows in a browser: an answer that never came, a change put aside, a platform that is away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Connection

from paceline.campaign.lifecycle.changes import Pause
from paceline.control.access.rights import Role
from paceline.control.agenda.agenda import ROOM
from paceline.primitives.clock import ns_of
from paceline.primitives.ids import campaign_id
from paceline.service.dashboard import following
from tests.browser.desk import DIALING, PAUSED, Desk, open_desk
from tests.browser.screens import Screens
from tests.browser.seats import overflows, row, violations

Shot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def hasty(screens: Screens, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk where nobody waits long for the platform."""
    with open_desk(
        screens, tmp_path_factory.mktemp("hasty"), PACELINE_TOTAL_S="0.5", PACELINE_ATTEMPT_S="0.5"
    ) as opened:
        yield opened


@pytest.fixture
def doubting(hasty: Desk) -> Iterator[Desk]:
    """The same with a platform that is well before and after."""
    yield hasty
    hasty.control.delete("/faults")
    hasty.close_browsers()


def fault(desk: Desk, **order: object) -> None:
    ordered = desk.control.post("/faults", json={"times": None, **order})
    assert ordered.status_code < 300, ordered.text


def test_change_without_an_answer_is_in_doubt_until_the_worker_knows(doubting: Desk, shot: Shot) -> None:
    ada = doubting.person("ada", Role.OPERATOR)
    fault(doubting, kind="reset_after", method="PATCH")
    row(ada.page, PAUSED).get_by_role("link", name="Resume").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Resume").click()
    expect(ada.page.get_by_role("dialog").get_by_role("heading")).to_contain_text("In doubt", timeout=20_000)
    ada.page.get_by_role("link", name="Close").click()
    first = ada.page.locator("#rows tr").first
    expect(first).to_contain_text("Collections West")
    expect(first).to_contain_text("In doubt:")
    expect(first).to_have_class("urgent")
    ada.page.goto(f"{doubting.url}/changes")
    waits = ada.page.locator("#stage-in-doubt")
    expect(waits).to_contain_text("Sent, and no answer came: it may have happened.")
    expect(waits.get_by_role("link", name="What to do")).to_have_attribute("href", "/runbooks/outcomes/in_doubt")
    expect(waits.locator("tbody tr")).to_have_class("urgent")
    expect(waits.locator("tbody tr")).to_contain_text(PAUSED)
    assert violations(ada.page) == []
    shot(ada.page, "in-doubt")
    doubting.control.delete("/faults")
    doubting.system.worker.once()
    expect(ada.page.locator("#stage-in-doubt")).to_have_count(0)
    expect(ada.page.locator("[aria-labelledby=title-ended] tbody tr").first).to_contain_text("in doubt, achieved")


def test_change_that_was_put_aside_says_why_and_waits_for_a_person(doubting: Desk, shot: Shot) -> None:
    system = doubting.system
    due = system.platform.time() + timedelta(hours=2)
    entry = system.agenda.schedule(Pause(campaign=campaign_id(DIALING)), doubting.order(), due).entry
    ada = doubting.person("ada", Role.OPERATOR, "/changes")
    expect(ada.page.locator(f"#stage-waiting #change-{entry}")).not_to_have_class("urgent")

    def put_aside(connection: Connection) -> None:
        claim = system.leases.take(connection, system.book.tenant, ROOM, str(entry), due_ns=ns_of(due))
        assert claim is not None
        system.leases.bury(connection, claim, "entry cannot be <b>read</b>")

    system.recorder.in_transaction(put_aside)
    ada.page.reload()
    waits = ada.page.locator(f"#change-{entry}")
    expect(waits).to_contain_text("Put aside: entry cannot be <b>read</b>")
    expect(waits).to_have_class("urgent")
    shot(ada.page, "put-aside")
    waits.get_by_role("link", name="lifecycle.pause").click()
    expect(ada.page.locator("#change")).to_contain_text("Put aside: it waits for a person. entry cannot be <b>read</b>")
    assert violations(ada.page) == []
    assert not overflows(ada.page)
    ada.page.get_by_role("link", name="Withdraw").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(ada.page.get_by_role("dialog").get_by_role("heading")).to_contain_text("it ended as expired")


def test_platform_that_is_away_is_told_beside_what_was_seen_last(
    doubting: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "QUIET_S", 0.5)
    ada = doubting.person()
    fault(doubting, kind="status", status=503)
    expect(ada.page.locator("#away")).to_contain_text("The platform cannot be asked now", timeout=20_000)
    expect(row(ada.page, DIALING)).to_be_visible()
