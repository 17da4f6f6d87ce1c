"""The abandonment book over HTTP and on the pages: what is left, worst first, and easing off."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest

from paceline.control.access.rights import Role
from paceline.control.order import Order
from tests.contract.bold import BOLD, put_old
from tests.contract.steered import STEERED, Floor
from tests.contract.systems import ACTIVE, Office
from tests.service.served import Served, serving

ANY = {"If-Match": "*"}
ACCOUNT, PAGE = f"/v1/campaigns/{BOLD}/abandonment", f"/campaigns/{BOLD}"


@pytest.fixture
def booked(desk: Office) -> Iterator[Served]:
    """A service with a campaign that dialed on twenty days: 640 answers, 10 of them abandoned."""
    anchor = put_old(desk, 20)
    system = desk.system()
    facts = {"purpose": "sales", "regions": ["US-NY"], "anchor": anchor.isoformat()}
    system.facts.declare(BOLD, facts, Order(actor=system.actor))
    with serving(system) as running:
        yield running


def part(served: Served, role: Role = Role.OPERATOR) -> httpx2.Client:
    return served.client(role, Accept="text/html", **{"HX-Request": "true"})


def words(answer: httpx2.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_account_of_a_campaign_is_asked_now_and_all_are_listed_as_they_were_told(booked: Served) -> None:
    client = booked.client(Role.VIEWER)
    assert client.get("/v1/abandonment").json()["items"] == []
    account = client.get(ACCOUNT).json()
    [period] = account["periods"]
    assert (period["answered"], period["abandoned"], period["ceiling"]) == (640, 10, "3/100")
    assert (period["anchor"], period["standing"], account["standing"]) == ("declared", "ok", "ok")
    # 3 % of 640 are 19.2: nine more are spare, each of which is answered too.
    assert period["allowance_now"] == (3 * 640 - 100 * 10) // 97
    assert [one["campaign"] for one in client.get("/v1/abandonment").json()["items"]] == [BOLD]
    assert client.get("/v1/abandonment", params={"standing": "breached"}).json()["items"] == []
    assert client.get("/v1/campaigns/NOWHERE/abandonment").status_code == 404


def test_campaign_over_its_ceiling_stands_first_with_one_action(booked: Served, desk: Office) -> None:
    booked.client(Role.VIEWER).get(f"/v1/campaigns/{ACTIVE}/abandonment")
    desk.emulated.arrange(
        BOLD, statistics=[{"minute": "2026-06-15T11:58:00Z", "dials": 90, "connects": 30, "abandons": 30}]
    )
    assert booked.client(Role.VIEWER).get(ACCOUNT).json()["standing"] == "breached"
    assert booked.client().get("/v1/abandonment").json()["items"][0]["campaign"] == BOLD
    client = part(booked)
    wall = words(client.get("/"))
    assert "Breached: 40 of 670 answered calls were abandoned; the law allows 3 in 100, until" in wall
    assert "Ease off" in wall
    listed = words(client.get("/abandonment"))
    assert "over the ceiling" in listed
    assert "20 too many" in listed
    shown = words(part(booked, Role.VIEWER).get(f"{PAGE}/abandonment"))
    assert "40 of 670 answered" in shown
    assert "Abandoned so far 5.97 %" in shown
    assert "Ease off" not in shown


def test_campaign_is_eased_off_over_http_on_what_was_looked_at(booked: Served, desk: Office) -> None:
    client, old = booked.client(Role.OPERATOR), booked.tag(BOLD)
    assert client.post(f"/v1/campaigns/{BOLD}:ease-off").status_code == 428
    nothing = client.post(f"/v1/campaigns/{BOLD}:ease-off", headers=ANY, json={"to": "last-good"})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-good")
    eased = client.post(f"/v1/campaigns/{BOLD}:ease-off", headers={"If-Match": old}, json={"reason": "too many"})
    assert (eased.status_code, eased.json()["outcome"]) == (200, "applied")
    pacing = desk.emulated.shown(BOLD)["predictiveDialer"]
    assert (pacing["answerRate"], pacing["abandonRate"]) == (0.5, 0)
    stale = client.post(f"/v1/campaigns/{BOLD}:ease-off", headers={"If-Match": old})
    assert stale.status_code == 412


def test_campaign_is_eased_off_by_hand_after_a_question(booked: Served, desk: Office) -> None:
    client = part(booked)
    asked = client.get(f"{PAGE}/ease-off").text
    version = re.search(r'name="version" value="(\d+)"', asked)
    assert version is not None
    assert 'value="last-good" disabled' in asked
    assert "pacing.step-limit" not in asked
    done = words(client.post(f"{PAGE}/ease-off", data={"to": "progressive", "version": version[1]}))
    assert "Done" in done
    assert desk.emulated.shown(BOLD)["predictiveDialer"]["abandonRate"] == 0


def test_supervision_that_cannot_be_certified_is_refused_with_why(booked: Served) -> None:
    client = booked.client(Role.OPERATOR)
    place = f"/v1/campaigns/{BOLD}/supervision"
    assert client.get(place).json()["code"] == "no-supervision"
    refused = client.post(place, json={"reason": "evenings"})
    assert (refused.status_code, refused.json()["outcome"]) == (422, "refused")
    assert {one["rule"] for one in refused.json()["findings"]} <= {"supervision.certificate", "supervision.ready"}
    assert client.delete(place).json()["outcome"] == "unchanged"
    assert client.get("/v1/supervisions").json()["items"] == []
    page = part(booked)
    assert "Not supervised" in words(page.get(f"{PAGE}/supervision"))
    assert "Refused: it is not supervised" in words(page.post(f"{PAGE}/supervise", data={"target": "0.02"}))
    assert "a fraction, such as" in words(page.post(f"{PAGE}/supervise", data={"target": "some"}))
    assert "It was not supervised" in words(page.post(f"{PAGE}/supervise-end"))


def test_supervision_is_certified_begun_looked_at_and_ended(desk: Office) -> None:
    floor = Floor(desk)
    with serving(floor.system()) as served:
        client = served.client(Role.OPERATOR)
        place = f"/v1/campaigns/{STEERED}/supervision"
        begun = client.post(place, json={"reason": "evenings"}).json()
        assert begun["outcome"] == "started", begun
        standing = served.client(Role.VIEWER).get(place).json()
        assert (standing["state"], standing["by"], standing["entry"]) == ("running", "operator", begun["entry"])
        assert client.post(place).status_code == 409
        assert "Steered" in words(part(served, Role.VIEWER).get(f"/campaigns/{STEERED}/supervision"))
        assert "End the supervision of STEERED?" in words(part(served).get(f"/campaigns/{STEERED}/supervise"))
        ended = client.delete(place, params={"reason": "closing"}).json()
        assert (ended["outcome"], ended["supervision"]["entry"]) == ("ended", begun["entry"])
        kinds = [one["kind"] for one in client.get("/v1/audit?kind=supervision.*").json()["items"]]
        assert kinds == ["supervision.end", "supervision.start"]
