"""Pages under a stale view: nothing is resumed that was not shown, or not as it was shown, and outages are told."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from paceline.campaign.lifecycle.changes import Stop
from paceline.control.access.rights import Role
from paceline.control.fleet.fleet import Found
from paceline.control.order import Order
from paceline.ledger.entry import Actor
from paceline.service.dashboard import following
from tests.contract.emulated import Emulated
from tests.contract.systems import PAUSED, STOPPED, Office
from tests.service.served import Served, serving

ANY_STATUS: dict[str, Any] = {"kind": "status", "status": 503, "times": None}
ADA = Order(actor=Actor(name="ada", known_by="test"))


def fields_of(page: str) -> dict[str, list[str]]:
    """Return the hidden fields of the form of a question."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        found.setdefault(name, []).append(value)
    return found


def asked(served: Served, verb: str, *campaigns: str) -> tuple[httpx2.Client, dict[str, list[str]], str]:
    """Open the question for many campaigns; return the client, the fields of its form, and the page."""
    client = served.client(Role.OPERATOR, Accept="text/html")
    page = client.get(f"/many/{verb}", params={"campaign": list(campaigns)})
    assert page.status_code == 200, page.text
    return client, fields_of(page.text), page.text


def states(emulated: Emulated, *campaigns: str) -> list[str]:
    return [emulated.shown(one)["status"] for one in campaigns]


def test_campaign_that_moved_on_since_many_were_asked_for_is_not_resumed(
    served: Served, emulated: Emulated, desk: Office
) -> None:
    client, fields, _ = asked(served, "resume", PAUSED, STOPPED)
    desk.outside(Stop(campaign=PAUSED))
    ended = client.post("/many/resume", data=fields)
    assert states(emulated, PAUSED, STOPPED) == ["STOPPED", "ACTIVE"]
    assert "Somebody else changed it since you looked" in ended.text


def test_campaign_of_which_it_was_said_that_it_would_be_refused_is_not_resumed(
    served: Served, emulated: Emulated
) -> None:
    served.system.freeze.freeze(Found(campaigns={STOPPED: None}), ADA)
    client, fields, page = asked(served, "resume", PAUSED, STOPPED, "ARCHIVED")
    assert "Resume 1</button>" in page
    served.system.freezes.unfreeze([STOPPED], ADA)
    ended = client.post("/many/resume", data=fields)
    assert states(emulated, PAUSED, STOPPED) == ["ACTIVE", "STOPPED"]
    assert "1 of 3 as wanted" in ended.text


def test_resumption_that_names_no_version_is_not_made(served: Served, emulated: Emulated) -> None:
    client = served.client(Role.OPERATOR, Accept="text/html")
    for path, said in ((f"/campaigns/{PAUSED}/resume", {}), ("/many/resume", {"campaign": [PAUSED, STOPPED]})):
        assert client.post(path, data=said).status_code == 422
    assert states(emulated, PAUSED, STOPPED) == ["PAUSED", "STOPPED"]


def test_many_can_be_frozen_from_the_page_while_the_platform_is_away(served: Served, emulated: Emulated) -> None:
    client, fields, _ = asked(served, "freeze", "ACTIVE", PAUSED, STOPPED)
    emulated.order(**ANY_STATUS)
    ended = client.post("/many/freeze", data=fields)
    assert ended.status_code == 200, ended.text
    assert set(served.system.freezes.frozen()) == {"ACTIVE", PAUSED, STOPPED}


def test_freeze_is_offered_while_the_platform_is_away_and_says_that_what_is_shown_is_older(
    served: Served, emulated: Emulated
) -> None:
    client = served.client(Role.OPERATOR, Accept="text/html")
    assert client.get("/").status_code == 200
    emulated.order(**ANY_STATUS)
    page = client.get("/campaigns/ACTIVE/freeze")
    assert page.status_code == 200, page.text
    assert "The platform cannot be asked now" in page.text
    assert client.post("/campaigns/ACTIVE/freeze", data=fields_of(page.text)).status_code == 200
    assert set(served.system.freezes.frozen()) == {"ACTIVE"}
    assert client.get(f"/campaigns/{PAUSED}/resume").status_code == 503, "nothing else is asked on an old look"


def test_question_for_many_says_that_what_it_shows_is_older(served: Served, emulated: Emulated, desk: Office) -> None:
    client = served.client(Role.OPERATOR, Accept="text/html")
    assert client.get("/").status_code == 200
    emulated.order(**ANY_STATUS)
    desk.clock.advance(60)
    page = client.get("/many/stop", params={"campaign": ["ACTIVE", "LOCKED"]})
    assert page.status_code == 200, page.text
    assert "The platform cannot be asked now" in page.text


def test_open_page_of_a_campaign_says_that_the_platform_is_away(
    desk: Office, emulated: Emulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "QUIET_S", 0.05)
    with (
        serving(desk.system(), look_s=0.05) as served,
        served.client(Role.VIEWER).stream("GET", "/live/campaigns/ACTIVE") as stream,
    ):
        lines = stream.iter_lines()
        assert any("hx-partial" in line for line in lines), "it was seen once"
        emulated.order(**ANY_STATUS)
        desk.clock.advance(60)  # what was seen is old by then, and looked at again
        assert any("The platform cannot be asked now" in line for line in lines)
