"""Many campaigns at once on the pages: typed once, judged for each, sent once, and told how each ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from paceline.campaign.dialing.changes import SetDialingRules
from paceline.control.access.rights import Role
from paceline.control.facts.known_facts import MAX_CALLS
from paceline.control.order import Order
from paceline.ledger.entry import Query
from paceline.primitives.ids import CampaignId, campaign_id
from tests.contract.bold import put
from tests.contract.set_up import FLORIDA, RULES
from tests.contract.systems import Office
from tests.service.served import Served, serving
from tests.service.test_stale_pages import fields_of

MANY = tuple(CampaignId(f"M-{number:02}") for number in range(1, 25))
FEW = MANY[:4]
SO_ALREADY, SHUT = FEW[2], FEW[3]


@pytest.fixture(scope="module")
def fleet(lasting: Office) -> Iterator[Served]:
    """A service with two dozen campaigns that have dialing rules; one is so already, one is locked."""
    emulated = lasting.emulated
    for campaign in MANY:
        fewer = {**RULES, "retrySettings": {"maxAttempts": 2, "intervalMinutes": [240]}}
        rules = fewer if campaign == SO_ALREADY else RULES
        emulated.control(
            "POST", "/campaigns", {"id": campaign, "status": "ACTIVE", "dialingRules": rules, "revision": 7}
        )
    emulated.arrange(SHUT, isLocked=True)
    system = lasting.system()
    for campaign in FEW:
        system.facts.declare(campaign, dict(FLORIDA), Order(actor=system.actor))
    with serving(system) as running:
        yield running


def person(served: Served, role: Role = Role.OPERATOR) -> httpx2.Client:
    client = served.client(role, Accept="text/html")
    client.follow_redirects = True
    return client


def words(answer: httpx2.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def ended(client: httpx2.Client, answer: httpx2.Response, served: Served) -> httpx2.Response:
    """Load a page again when what it tells of has ended, as a browser without script does by itself."""
    assert answer.status_code == 200, answer.text
    served.app.state.many.of(answer.url.path.rpartition("/")[2]).ended.wait()
    answer = client.get(answer.url.path)
    assert "http-equiv" not in answer.text
    return answer


def asked(
    served: Served, client: httpx2.Client, block: str, campaigns: tuple[str, ...], **typed: str
) -> httpx2.Response:
    """Type settings for many, and return the page that asks."""
    form = client.get("/many/set", params={"block": block, "campaign": list(campaigns)})
    assert form.status_code == 200, form.text
    sent: dict[str, Any] = {**fields_of(form.text), **typed}
    assert sent["campaign"] == list(campaigns)
    return ended(client, client.post(f"/many/set/{block}", data=sent), served)


def entries(served: Served, campaign: str) -> list[tuple[str, str | None]]:
    found = served.system.book.entries(Query(campaign=campaign_id(campaign), limit=20))
    return [(one.kind, one.outcome) for one in found if one.kind != "facts.declare"]


def test_many_are_set_as_the_question_said_and_once_though_the_form_is_sent_twice(
    fleet: Served, lasting: Office
) -> None:
    client = person(fleet)
    form = words(client.get("/many/set", params={"block": "rules", "campaign": list(FEW)}))
    assert "Set dialing rules of 4 campaigns" in form
    assert "Attempt limit live 3, 2" in form
    question = asked(fleet, client, "rules", FEW, attempt_limit="2", retry_intervals_min="240")
    said = words(question)
    for told in (
        "Refused 1 Wants a person 0 Will be changed 2 Is so already 1", "attempt limit: 3 → 2",
        "is locked on the platform and takes no change", "Set dialing rules of 2",
    ):  # fmt: skip
        assert told in said, (told, said)
    assert not any("dialing" in kind for kind, _ in entries(fleet, FEW[0])), "nothing is recorded by asking"
    confirm = {**fields_of(question.text), "reason": "a new rule"}
    first = ended(client, client.post(question.url.path, data=confirm), fleet)
    again = ended(client, client.post(question.url.path, data=confirm), fleet)
    assert first.url == again.url
    assert "2 of 2 : 2 as wanted. Nothing was sent to 1." in words(first)
    assert f"{SHUT} : refused: campaign {SHUT} is locked on the platform" in words(first)
    assert [entries(fleet, one) for one in FEW] == [[("dialing.set", "applied")], [("dialing.set", "applied")], [], []]
    assert lasting.emulated.shown(FEW[0])["dialingRules"]["retrySettings"]["maxAttempts"] == 2
    assert person(fleet, Role.VIEWER).get(first.url.path).status_code == 200


def test_what_somebody_changed_since_the_question_is_left_as_it_is_and_named(fleet: Served, lasting: Office) -> None:
    client = person(fleet)
    question = asked(fleet, client, "rules", FEW[:2], cool_down_s="600")
    lasting.outside(SetDialingRules(campaign=FEW[0], cool_down_s=400).whole_on(fleet.system.platform.read(FEW[0])))
    told = words(ended(client, client.post(question.url.path, data=fields_of(question.text)), fleet))
    assert "1 as wanted, 1 not . It is partly done" in told
    assert f"{FEW[0]} : Somebody else changed it since you looked: nothing was sent" in told
    live = [lasting.emulated.shown(one)["dialingRules"]["abandonmentRateThreshold"] for one in FEW[:2]]
    assert [one["coolDownSec"] for one in live] == [400, 600]


def test_what_is_no_value_or_nothing_is_told_in_the_form_which_keeps_what_was_typed(fleet: Served) -> None:
    client = person(fleet)
    wrong = client.post("/many/set/rules", data={"campaign": FEW, "attempt_limit": "many", "mode": "PREDICTIVE"})
    assert "attempt limit: a whole number, such as 3" in words(wrong)
    assert 'value="many"' in wrong.text
    assert "<option selected>PREDICTIVE</option>" in wrong.text
    assert "Nothing was named" in words(client.post("/many/set/pacing", data={"campaign": FEW}))
    assert client.get("/many/set", params={"block": "secrets"}).status_code == 404
    assert "No campaign was chosen" in words(client.get("/many/set", params={"block": "rules"}))
    for block in ("pacing", "schedule", "weights", "facts"):
        assert client.get("/many/set", params={"block": block, "all": "1", "text": "M-0"}).status_code == 200


def test_facts_are_declared_for_many_unless_somebody_else_did_since(fleet: Served) -> None:
    client = person(fleet)
    question = asked(fleet, client, "facts", FEW, regions="US-FL, US-GA", labels="team=east")
    assert "regions: US-FL → US-FL, US-GA" in words(question)
    assert "An hour" not in words(question)
    fleet.system.facts.declare(FEW[1], {"label.team": "west"}, Order(actor=fleet.system.actor))
    told = words(ended(client, client.post(question.url.path, data=fields_of(question.text)), fleet))
    assert "4 of 4 : 3 as wanted, 1 not" in told
    assert f"{FEW[1]} : Somebody else declared it since you looked" in told
    known = fleet.system.facts.of_all(FEW)
    assert [(known[one].regions, dict(known[one].labels)) for one in FEW[:2]] == [
        (("US-FL", "US-GA"), {"team": "east"}), (("US-FL",), {"team": "west"})
    ]  # fmt: skip


def test_more_than_a_browser_waits_for_go_on_beside_the_page_and_once(fleet: Served, lasting: Office) -> None:
    client = person(fleet)
    page = client.get("/many/pause", params={"campaign": list(MANY)})
    fields = {**fields_of(page.text), "reason": "all of them"}
    client.follow_redirects = False
    first, again = (client.post("/many/pause", data=fields) for _ in range(2))
    assert first.status_code == 303
    assert again.headers["location"] == first.headers["location"], "the same form leads to the same run"
    client.follow_redirects = True
    told = words(ended(client, client.get(first.headers["location"]), fleet))
    assert "24 of 24 : 23 as wanted, 1 not" in told
    assert "partly done" in told
    assert {lasting.emulated.shown(one)["status"] for one in MANY if one != SHUT} == {"PAUSED"}
    assert entries(fleet, MANY[9]) == [("lifecycle.pause", "applied")]
    part = client.get(f"{first.headers['location']}/now", headers={"HX-Request": "true"})
    assert part.text.strip().startswith('<div id="run">'), "what has ended is asked for no more"
    # By script the browser is led there, as it is by a redirection without.
    led = client.post("/many/pause", data=fields, headers={"HX-Request": "true"})
    assert led.headers["hx-redirect"] == first.headers["location"]


def test_hour_is_by_the_clock_of_a_zone_and_wants_a_worker(fleet: Served, lasting: Office) -> None:
    client, hour = person(fleet), {"when": "at", "at": "2026-06-16T09:00", "at_zone": "America/New_York"}
    lasting.clock.advance(61)  # a look at all campaigns counts for a minute
    page = client.get("/many/resume", params={"campaign": list(FEW[:2])})
    fields = {**fields_of(page.text), **hour}
    unsure = words(client.post("/many/resume", data={**fields, "when": ""}))
    assert "say now, or at for the hour" in unsure
    assert "a date and a time" in words(client.post("/many/resume", data={**fields, "at": "2026-06-16"}))
    assert {lasting.emulated.shown(one)["status"] for one in FEW[:2]} == {"PAUSED"}, "nothing was sent"
    alone = words(client.post("/many/resume", data=fields))
    assert "no worker lives on this database, so nobody would make it" in alone
    robot = lasting.system("robot")
    with robot.worker._present(), robot.owner.at_work():  # noqa: SLF001  # a worker that only lives
        one = client.get(f"/campaigns/{FEW[1]}/stop")
        kept = words(client.post(f"/campaigns/{FEW[1]}/stop", data={**fields_of(one.text), **hour}))
        assert "It is made at 2026-06-16 09:00 America/New_York , 2026-06-16 13:00:00 UTC" in kept
        waiting = fleet.system.unended.documents(campaigns=[FEW[1]])
        assert [(told["kind"], told["due"]) for told in waiting] == [("lifecycle.stop", "2026-06-16T13:00:00Z")]
        settings = {"version": fleet.system.platform.read(FEW[1]).version, "attempt_limit": "1", **hour}
        late = {**settings, "at": "2026-06-14T09:00"}
        assert "is past" in words(client.post(f"/campaigns/{FEW[1]}/rules", data=late)), "it is not made at once"
        moved = client.post(f"/campaigns/{FEW[1]}/rules", data={**settings, "version": "1"})
        assert "somebody changed it since you looked" in words(moved)
        made = words(client.post(f"/campaigns/{FEW[1]}/rules", data=settings))
        assert "It waits for its hour" in made
        twice = {**settings, "at": "2026-11-01T01:30"}
        assert "shows 01:30 twice" in words(client.post(f"/campaigns/{FEW[1]}/rules", data=twice))
    found = lasting.emulated.shown(FEW[1])
    assert (found["status"], found["dialingRules"]["retrySettings"]["maxAttempts"]) == ("PAUSED", 2)


def test_who_may_only_look_sets_nothing_and_nobody_sees_what_another_person_asks(fleet: Served) -> None:
    question = asked(fleet, person(fleet), "rules", FEW[:1], cool_down_s="900")
    for role in (Role.APPROVER, Role.ADMINISTRATOR):
        assert person(fleet, role).get(question.url.path).status_code == 404
    viewer = person(fleet, Role.VIEWER)
    assert viewer.get("/many/set", params={"block": "rules"}).status_code == 403
    assert viewer.post(question.url.path).status_code == 403
    assert viewer.get("/many/runs/run_gone").status_code == 404
    assert "forgotten when its service ends" in words(viewer.get("/many/runs/run_gone"))


def test_what_was_answered_for_in_one_campaign_is_answered_for_in_no_other(fleet: Served, lasting: Office) -> None:
    beyond, within = CampaignId("P-1"), CampaignId("P-2")
    for campaign in (beyond, within):
        put(lasting, campaign, agents=20)
        fleet.system.facts.declare(campaign, dict(FLORIDA), Order(actor=fleet.system.actor))
    fleet.system.facts.declare(beyond, {MAX_CALLS: 10}, Order(actor=fleet.system.actor))
    lasting.clock.advance(61)  # a look at all campaigns counts for a minute
    client = person(fleet)
    question = asked(fleet, client, "pacing", (beyond, within), max_calls="21")
    reviews = set(re.findall(r'name="override" value="([^"]+)"', question.text))
    assert "pacing.declared" in reviews
    # Now it stands against the other one too, whose version is still as it was shown.
    fleet.system.facts.declare(within, {MAX_CALLS: 10}, Order(actor=fleet.system.actor))
    confirm = {**fields_of(question.text), "override": sorted(reviews)}
    told = words(ended(client, client.post(question.url.path, data=confirm), fleet))
    assert "1 as wanted, 1 not" in told
    assert f"{within} : Refused" in told
    live = {one: lasting.emulated.shown(one)["predictiveDialer"]["maxConcurrentCalls"] for one in (beyond, within)}
    assert live == {beyond: 21, within: 20}


def test_facts_are_never_declared_now_by_a_form_that_names_an_hour(fleet: Served) -> None:
    client = person(fleet)
    question = asked(fleet, client, "facts", FEW[:1], seller="Acme")
    sent = client.post(question.url.path, data={"when": "at", "at": "2026-06-16T09:00"})
    assert sent.status_code == 422
    assert "no hour can be named" in words(sent)
    assert "seller" not in fleet.system.facts.of(FEW[0]).said


def test_question_whether_to_stop_waits_for_no_turn_of_the_platform(fleet: Served, lasting: Office) -> None:
    client = person(fleet)
    lasting.emulated.control("POST", "/campaigns", {"id": "M-RESTS", "status": "PAUSED"})
    lasting.clock.advance(61)  # a look at all campaigns counts for a minute
    client.get("/")
    before = len(lasting.emulated.entries())
    for verb, seconds in (("stop", 25), ("freeze", 500)):
        lasting.clock.advance(seconds)
        page = client.get(f"/many/{verb}", params={"campaign": ["M-RESTS", MANY[21]]})
        assert (page.status_code, f"{verb.capitalize()} 2 campaigns?" in words(page)) == (200, True)
    assert len(lasting.emulated.entries()) == before
    assert client.get("/many/freeze", params={"all": "1", "text": "M-2"}).status_code == 200
    assert len(lasting.emulated.entries()) > before, "which all of them are is looked up"


def test_run_of_many_tells_some_of_those_that_nothing_was_sent_to_and_how_many_there_are(fleet: Served) -> None:
    client, left = person(fleet), {f"L-{number:03}": "refused: " + "why " * 100 for number in range(999)}
    run = fleet.app.state.many.begin("Set", lambda _run: None, by="ada", total=0, left=left)
    page = ended(client, client.get(f"/many/runs/{run.id}"), fleet)
    assert "Nothing was sent to 999" in words(page)
    assert "the first 50 of 999" in words(page)
    assert len(page.content) < 60_000
