"""A campaign's schedule over HTTP: proven, told ahead, as a calendar that ordinary programs read, and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar

from paceline.control.access.rights import Role
from tests.contract.systems import Office
from tests.service.served import Served, serving

PLACE, ANY = "/v1/campaigns/ACTIVE/schedule", {"If-Match": "*"}
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")


def windows(start: str, end: str) -> list[dict[str, str]]:
    return [{"dayOfWeek": day, "startTime": start, "endTime": end} for day in WEEKDAYS]


@pytest.fixture(scope="module")
def georgian(lasting: Office) -> Iterator[Served]:
    """A campaign that calls Georgia from 09:00 to 20:00 on weekdays, paused on closed days."""
    with serving(lasting.system()) as running:
        client = running.client()
        facts = {"facts": {"purpose": "sales", "regions": ["US-GA"], "closed_days": "paused"}}
        assert client.patch("/v1/campaigns/ACTIVE/facts", headers=ANY, json=facts).status_code == 200
        block = {
            "timezone": "America/New_York", "businessHoursDirective": "STRICT", "maxConcurrentCalls": 40,
            "timeWindows": windows("09:00", "20:00"),
        }  # fmt: skip
        answer = client.put(PLACE, headers=ANY, json=block)
        assert answer.status_code == 200, answer.text
        yield running


def test_schedule_is_proven_minute_by_minute_and_told_ahead(georgian: Served) -> None:
    client = georgian.client(Role.VIEWER)
    told = client.get(f"{PLACE}/proof", params={"horizon_days": 28}).json()
    assert (told["proven"], told["violations"], told["scheduled_minutes"]) == (True, [], 4 * 5 * 11 * 60)
    assert told["examined_minutes"] == told["scheduled_minutes"] * len(told["places"])
    following = client.get(f"{PLACE}/next").json()
    assert (following["next"], following["until"]) == ("2026-06-15T13:00:00Z", "2026-06-16T00:00:00Z")
    week = client.get(f"{PLACE}/week", params={"first": "2026-06-15"}).json()
    assert week["minutes"]["callable"] == 5 * 11 * 60
    assert ET.fromstring(client.get(f"{PLACE}/picture").text).tag.endswith("svg")  # noqa: S314  # our own picture
    assert client.get(f"{PLACE}/proof", params={"horizon_days": 4000}).status_code == 422
    assert client.get(f"{PLACE}/week", params={"first": "9999-12-31"}).json()["code"] == "date"


def test_calendar_holds_each_opening_once_and_says_when_some_are_not_lawful(georgian: Served) -> None:
    client = georgian.client(Role.OPERATOR)
    answer = client.get(f"{PLACE}/calendar", params={"horizon_days": 7})
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "paceline-unlawful" not in answer.headers
    found: list[Any] = Calendar.from_ical(answer.text).walk("VEVENT")
    starts = [one["DTSTART"].dt.isoformat() for one in found]
    assert starts == [f"2026-06-{day}T13:00:00+00:00" for day in (15, 16, 17, 18, 19)]
    hawaii = {"facts": {"regions": ["US-HI"]}}
    client.patch("/v1/campaigns/ACTIVE/facts", headers=ANY, json=hawaii)
    assert client.get(f"{PLACE}/calendar").headers["paceline-unlawful"] == "true"
    proof = client.get(f"{PLACE}/proof").json()
    assert not proof["proven"]
    assert proof["violations"]


def test_campaign_without_a_schedule_has_none_to_prove(georgian: Served) -> None:
    client = georgian.client(Role.VIEWER)
    for what in ("proof", "next", "week", "calendar", "picture"):
        answer = client.get(f"/v1/campaigns/STOPPED/schedule/{what}")
        assert (answer.status_code, answer.json()["code"]) == (404, "no-block"), what
    assert client.get("/v1/campaigns/NOWHERE/schedule/proof").json()["code"] == "not-found"
