"""The law on its pages and for programs: what changes soon, who breaks when it does, and every rule with its dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest

from paceline.campaign.blocks import Directive, Window
from paceline.campaign.observed import Observed, Part
from paceline.campaign.schedule.changes import SetSchedule
from paceline.compliance.coming import coming
from paceline.compliance.shelf import the_rulebook
from paceline.control.access.rights import Role
from paceline.control.law.looks import LawLooks
from paceline.ledger.entry import Query
from paceline.primitives.ids import campaign_id
from tests.contract.systems import ACTIVE, PAUSED, STOPPED, Office
from tests.service.served import Served, serving

TURN, BEFORE, AFTER = "2026-10-18", "US-PA-hours-before-2026-10-18", "US-PA-hours"
"""On this date Pennsylvania's hours become shorter: until 21:00 before, until 19:00 from then on."""
NIGHTLY = SetSchedule(
    campaign=ACTIVE,
    zone="America/New_York",
    directive=Directive.STRICT,
    windows=tuple(Window(weekday=day, start_s=9 * 3600, end_s=20 * 3600) for day in range(5)),
    max_calls=40,
)


@pytest.fixture(scope="module")
def pennsylvanian(lasting: Office) -> Iterator[Served]:
    """A campaign that calls Pennsylvania until 20:00, another one without a schedule; nobody has looked at either."""
    system = lasting.system()
    platform = system.platform
    seen = platform.read(ACTIVE, part=Part.SCHEDULE)
    platform.apply(platform.prepare(NIGHTLY, seen.version), idempotency_key="nightly")
    with serving(system) as running:
        client = running.client()
        for campaign, region in ((ACTIVE, "US-PA"), (PAUSED, "US-FL"), (STOPPED, "US-LA"), ("LOCKED", "GB")):
            facts = {"purpose": "sales", "regions": [region], "closed_days": "paused"}
            answer = client.patch(f"/v1/campaigns/{campaign}/facts", headers={"If-Match": "*"}, json={"facts": facts})
            assert answer.status_code == 200, answer.text
        yield running


def words(answer: httpx2.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("&#39;", "'").split())


def page(served: Served, path: str, role: Role = Role.VIEWER) -> httpx2.Response:
    return served.client(role, Accept="text/html").get(path)


def listed(answer: httpx2.Response) -> list[str]:
    """Return the ids of the rules that a page lists."""
    rules = answer.text.partition('id="rules"')[2]
    return re.findall(r'<th scope="row"><a href="/law/([^"?]+)', rules)


def entry(answer: httpx2.Response, on: str, what: str) -> str:
    """Return what stands at a change of the page."""
    items = re.findall(r"<li class=\"[a-z]*\">.*?</li>", answer.text, re.DOTALL)
    (found,) = [one for one in items if f'datetime="{on}"' in one and what in one]
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def test_nobody_is_looked_at_unasked_and_who_breaks_is_told_after_a_look(pennsylvanian: Served) -> None:
    before = page(pennsylvanian, "/law")
    assert "No campaign is judged yet." in words(before)
    assert "4 of 4 not looked at yet" in words(before)
    assert "Look at 4 campaigns (8 requests)" in words(before)
    assert "Not looked at yet: 1 of 1." in entry(before, TURN, "takes effect")
    assert "what ends breaks nothing" in entry(before, TURN, f"{BEFORE}</a> ends")
    entries = pennsylvanian.system.book.entries(Query(limit=1000))
    led = pennsylvanian.client(Role.VIEWER, Accept="text/html").post("/law/look", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, "/law")
    after = page(pennsylvanian, "/law")
    assert "1 of 4 campaigns breaks the law on 2026-06-15 or in the year after it" in words(after)
    assert "not looked at yet" not in words(after)
    closed = re.findall(r"<li class=.*?</li>", after.text, re.DOTALL)
    bare = [one for one in closed if "Nothing to judge in" in one]
    assert bare, "a campaign without a schedule is no campaign that keeps a closed day"
    assert not [one for one in bare if "None of those that were looked at breaks (" in one]
    assert "Nothing to judge in 3 of these: neither a schedule nor dialing rules can be read of" in words(after)
    told = entry(after, TURN, "takes effect")
    assert "73 P.S. 2245(a) as amended by Act 47 of 2026" in told
    assert "1 of 1 breaks: Renewals East" in told
    assert "US-PA-hours: the campaign would dial at 2026-10-19 19:00" in words(after)
    assert f'<a href="/law/{AFTER}">{AFTER}</a>' in after.text
    assert pennsylvanian.system.book.entries(Query(limit=1000)) == entries
    assert len(after.content) < 120_000


def test_page_says_what_programs_and_the_command_say(pennsylvanian: Served) -> None:
    client = pennsylvanian.client(Role.VIEWER)
    told = client.get("/v1/law:check", params={"on": "2026-07-01"}).json()
    assert (told["on"], told["breaking"], told["unjudged"]) == ("2026-07-01", ["ACTIVE"], [])
    assert {one["campaign"] for one in told["campaigns"]} == {"ACTIVE", "PAUSED", "STOPPED", "LOCKED"}
    (broken,) = [one["breaks"] for one in told["campaigns"] if one["campaign"] == "ACTIVE"]
    assert [(one["rule"], one["limit"]) for one in broken] == [("schedule.calling-time", [AFTER])]
    turns = {(one["on"], one["rule"], one["begins"]) for one in told["turns"]}
    assert {(TURN, AFTER, True), (TURN, BEFORE, False)} <= turns
    assert client.get("/v1/law:check", params={"campaign": "PAUSED"}).json()["breaking"] == []
    for day in ("2020-01-01", "9999-12-31"):
        other = client.get("/v1/law:check", params={"on": day})
        assert (other.status_code, other.json()["code"]) == (422, "date")
    shown = words(page(pennsylvanian, "/law?on=2026-07-01"))
    assert "1 of 4 campaigns breaks the law on 2026-07-01" in shown
    assert "What changes in the year from 2026-07-01" in shown
    assert "no campaign is judged" in words(page(pennsylvanian, "/law?on=2020-01-01"))
    assert "that is no date" in words(page(pennsylvanian, "/law?on=soon"))


def test_a_look_counts_for_an_hour_and_what_was_declared_is_judged_anew(pennsylvanian: Served) -> None:
    system = pennsylvanian.system
    looks = LawLooks(system.platform, system.law, system.recorder)
    shown = {one.campaign: one for one in system.platform.list() if isinstance(one, Observed)}
    now, first = next(iter(shown.values())).at, date(2026, 6, 15)
    assert looks.standing(shown, first, now=now).never == (ACTIVE, "LOCKED", PAUSED, STOPPED)
    assert looks.look([ACTIVE, PAUSED], at_once=1) == 1
    found = looks.standing(shown, first, now=now)
    assert (found.waiting, found.never) == ((ACTIVE,), ("LOCKED", PAUSED, STOPPED))
    looks.judge([ACTIVE], first)
    assert [one.campaign for one in looks.standing(shown, first, now=now).breaking] == [ACTIVE]
    later = looks.standing(shown, first, now=now + timedelta(hours=2))
    assert (later.old, later.wanted[-1]) == ((ACTIVE,), ACTIVE)
    client, facts = pennsylvanian.client(), "/v1/campaigns/ACTIVE/facts"
    client.patch(facts, headers={"If-Match": "*"}, json={"facts": {"regions": ["US-GA"]}})
    assert looks.standing(shown, first, now=now).waiting == (ACTIVE,)
    looks.judge([ACTIVE], first)
    assert looks.standing(shown, first, now=now).breaking == ()
    client.patch(facts, headers={"If-Match": "*"}, json={"facts": {"regions": ["US-PA"]}})
    assert looks.look([campaign_id(f"NOWHERE-{number}") for number in range(9)]) == 0
    assert looks.standing(shown, first, now=now).looking is None


def test_rules_are_filtered_and_each_has_a_page_with_its_dates(pennsylvanian: Served) -> None:
    rows = listed(page(pennsylvanian, "/law?where=US-PA&kind=hours&only=yes"))
    assert BEFORE in rows
    assert AFTER not in rows
    assert set(rows) >= {"US-1", "US-4", "US-6"}
    assert listed(page(pennsylvanian, "/law?text=2245")) == [
        "US-PA-closed-days", AFTER, BEFORE
    ]  # fmt: skip
    every, path = list[str](), "/law"
    while path:
        answer = page(pennsylvanian, path)
        every += listed(answer)
        path = "".join(re.findall(r'href="([^"]+)#rules">After these', answer.text)).replace("&amp;", "&")
    assert sorted(every) == sorted(rule.id for rule in the_rulebook([]).rules)
    assert every.index("US-1") < every.index("AU-hours"), "what binds a campaign stands first"
    shown = page(pennsylvanian, f"/law/{BEFORE}?on=2026-10-18")
    for said in (
        "not in force", "mon-sun 08:00-21:00", "73 P.S. 2245(a)", "R1, S (Senate page), second repository",
        "Last read 2026-11-20", "Confidence high", "until 2026-10-18", "whether a schedule is lawful",
        "where a person really is", "instead: US-PA-hours", "mon-sat 09:00-19:00", "Renewals East",
    ):  # fmt: skip
        assert said in words(shown), said
    assert "in force; instead" not in words(page(pennsylvanian, f"/law/{BEFORE}?on=2026-10-17"))
    duty = words(page(pennsylvanian, "/law/US-10"))
    assert "Not checked here: somebody else has to keep it." in duty
    assert "Closed days from" in words(page(pennsylvanian, "/law/US-PA-closed-days"))
    assert page(pennsylvanian, "/law/NOWHERE").status_code == 404
    hostile = page(pennsylvanian, "/law?where=<script>&text='\"><img src=x>")
    assert "<script>" not in hostile.text.lower().partition("<main")[2]
    assert "<img src=x>" not in hostile.text


def test_every_rule_has_a_page_that_says_what_it_decides(pennsylvanian: Served) -> None:
    client = pennsylvanian.client(Role.VIEWER, Accept="text/html")
    by_kind = {type(rule.terms): rule.id for rule in the_rulebook([]).rules}
    assert len(by_kind) == 9
    for rule in by_kind.values():
        answer = client.get(f"/law/{rule}")
        assert answer.status_code == 200, rule
        assert "What it decides here" in answer.text


def test_ids_of_rules_lead_to_their_pages_wherever_they_are_cited(pennsylvanian: Served) -> None:
    client = pennsylvanian.client(Role.VIEWER, Accept="text/html")
    asked = {"number": "+17175550123", "at": "2026-11-20T01:30:00Z", "purpose": "sales"}
    body = client.post("/calling-time/check", data=asked).text
    assert f'<a href="/law/{AFTER}">' in body
    year = client.get("/calling-time/ACTIVE/year")
    assert "Not proven" in year.text
    assert f'<a href="/law/{AFTER}">{AFTER}</a>' in year.text
    assert "Proven" not in words(client.get("/calling-time/STOPPED/year"))
    file = client.get("/calling-time/ACTIVE/calendar.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    assert file.text.startswith("BEGIN:VCALENDAR")
    assert file.headers["content-disposition"].endswith("ACTIVE.ics")
    assert client.get("/calling-time/STOPPED/calendar.ics").status_code == 404
    week = client.get("/calling-time/ACTIVE").text
    assert 'href="/calling-time/ACTIVE/year"' in week
    assert 'href="/calling-time/ACTIVE/calendar.ics"' in week


def test_changes_of_the_law_are_told_to_programs(pennsylvanian: Served) -> None:
    client = pennsylvanian.client(Role.VIEWER)
    asked: dict[str, Any] = {"on": "2026-10-01", "within_days": 60, "region": "US-PA"}
    told = client.get("/v1/law/changes", params=asked).json()
    kinds = {(one["on"], one["kind"]) for one in told["changes"]}
    assert {(TURN, "rule-begins"), (TURN, "rule-ends"), ("2026-11-01", "clocks"), ("2026-11-26", "closed-day")} <= kinds
    assert (told["first"], told["until"]) == ("2026-10-01", "2026-11-30")
    assert "America/Vancouver" in told["stopped_clocks"]
    assert all(one["where"] and ("US" in one["where"] or "US-PA" in one["where"]) for one in told["changes"])
    assert client.get("/v1/law/changes", params={"region": "XX"}).json()["code"] == "no-law"
    assert client.get("/v1/law/US-PA-hours", params={"on": "2026-10-17"}).json()["instead"] == [BEFORE]


def test_what_comes_is_in_order_and_a_calendar_that_ends_is_told() -> None:
    book = the_rulebook([])
    found = coming(book, date(2031, 6, 1))
    assert [one.on for one in found] == sorted(one.on for one in found)
    ending = [one for one in found if one.kind.value == "calendar-ends"]
    assert {one.on for one in ending} == {date(2032, 1, 1)}
    assert len(ending) == len({one.told for one in ending}) == len(book.calendars)
