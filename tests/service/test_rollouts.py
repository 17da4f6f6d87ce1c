"""Rollouts over HTTP and on their pages: begun on what was looked at, steered by persons, told with the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from paceline.control.access.rights import Role
from tests.contract.rolled import GOOD, HARMFUL, ROLLED, Stage
from tests.contract.systems import Office
from tests.service.served import Served, serving

START, ROLLOUT, PAGE = "/v1/rollouts", f"/v1/rollouts/{ROLLED}", f"/rollouts/{ROLLED}"
ANY = {"If-Match": "*"}
WISH: dict[str, Any] = {
    "campaign": ROLLED,
    "predictiveDialer": {"abandonRate": 0.012},
    "steps": 2,
    "interval_s": 1800,
    "least_answers": 100,
    "blind_s": 43_200,
    "level": 0.9,
    "reason": "more talk",
    "overrides": [{"rule": "pacing.no-projection", "until": "2026-12-01T00:00:00Z"}],
}


@pytest.fixture
def stage(desk: Office) -> Stage:
    return Stage(desk)


@pytest.fixture
def led(stage: Stage) -> Iterator[Served]:
    """A service with a campaign that can be rolled out."""
    with serving(stage.system()) as running:
        yield running


def begun(served: Served) -> httpx2.Client:
    client = served.client(Role.OPERATOR)
    answer = client.post(START, headers=ANY, json=WISH)
    assert answer.status_code == 202, answer.text
    return client


def part(served: Served, role: Role = Role.OPERATOR) -> httpx2.Client:
    return served.client(role, Accept="text/html", **{"HX-Request": "true"})


def words(answer: httpx2.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_rollout_begins_with_its_first_step_and_tells_where_to_look(led: Served, stage: Stage) -> None:
    client = led.client(Role.OPERATOR)
    answer = client.post(START, headers={**ANY, "Idempotency-Key": "k"}, json=WISH)
    assert (answer.status_code, answer.headers["location"], stage.live()) == (202, ROLLOUT, "0.008")
    again = client.post(START, headers={**ANY, "Idempotency-Key": "k"}, json=WISH)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (202, "true")
    told = led.client(Role.VIEWER).get(ROLLOUT).json()
    assert (told["phase"], told["step"], told["steps"], told["reason"]) == ("running", 1, 2, "more talk")
    assert (told["actor"]["name"], told["way_back"]) == ("operator", f"paceline rollout undo {ROLLED}")
    listed = led.client(Role.VIEWER).get(START, params={"under_way": True}).json()["items"]
    assert [one["rollout"] for one in listed] == [told["rollout"]]
    assert client.get("/v1/rollouts/NOWHERE").json()["code"] == "no-rollout"


def test_rollout_wants_a_tag_and_begins_on_no_old_one(led: Served, stage: Stage) -> None:
    client, old = led.client(Role.OPERATOR), led.tag(ROLLED)
    assert client.post(START, json=WISH).status_code == 428
    stage.outside("0.005")
    stale = client.post(START, headers={"If-Match": old}, json=WISH)
    assert (stale.status_code, stale.json()["outcome"]) == (412, "conflicted")
    assert client.get(ROLLOUT).status_code == 404


def test_wish_that_no_rollout_leads_to_is_refused_with_its_rule(led: Served, stage: Stage) -> None:
    client = led.client(Role.OPERATOR)
    gentler = client.post(START, headers=ANY, json={**WISH, "predictiveDialer": {"abandonRate": 0.001}})
    unlawful = client.post(START, headers=ANY, json={**WISH, "predictiveDialer": {"abandonRate": 0.5}})
    long = client.post(START, headers=ANY, json={**WISH, "predictiveDialer": {"maxConcurrentCalls": 150}, "steps": 1})
    rules = [{one["rule"] for one in answer.json()["findings"]} for answer in (gentler, unlawful, long)]
    assert [answer.status_code for answer in (gentler, unlawful, long)] == [422, 422, 422]
    assert ("rollout.nothing-bolder" in rules[0], "pacing.bounds" in rules[1], "rollout.plan" in rules[2]) == (
        True, True, True,
    )  # fmt: skip
    assert stage.live() == "0.004"
    assert client.post(START, headers=ANY, json={**WISH, "steps": 0}).json()["code"] == "request-invalid"


def test_one_rollout_at_a_time_and_none_after_an_abort_until_a_person_clears_it(led: Served, stage: Stage) -> None:
    client = begun(led)
    second = client.post(START, headers=ANY, json=WISH)
    assert (second.status_code, second.json()["findings"][0]["rule"]) == (409, "rollout.under-way")
    aborted = client.post(f"{ROLLOUT}:abort", json={"reason": "complaints"}).json()
    assert (aborted["phase"], stage.live(), aborted["latch"]["why"]) == ("aborted", "0.004", "complaints")
    latched = client.post(START, headers=ANY, json=WISH)
    assert (latched.status_code, latched.json()["findings"][0]["rule"]) == (409, "rollout.latched")
    assert client.post(f"{ROLLOUT}:promote").json()["code"] == "rollout-state"
    assert client.post(f"{ROLLOUT}:clear", json={"reason": "explained"}).json()["latch"] is None
    assert client.post(START, headers=ANY, json=WISH).status_code == 202


def test_persons_pause_resume_promote_and_undo(led: Served, stage: Stage) -> None:
    client = begun(led)
    for verb, phase, aim in (
        ("pause", "paused", "0.008"), ("resume", "running", "0.008"), ("promote", "running", "0.012"),
        ("undo", "undone", "0.004"),
    ):  # fmt: skip
        answer = client.post(f"{ROLLOUT}:{verb}", json={"reason": verb})
        assert (answer.status_code, answer.json()["phase"], stage.live()) == (200, phase, aim), verb
    notes = client.get("/v1/audit?kind=rollout.*").json()["items"]
    by = {one["kind"]: one["actor"]["name"] for one in notes}
    assert {by.get(f"rollout.{verb}") for verb in ("pause", "resume", "promote", "undo")} == {"operator"}


def test_page_shows_steps_evidence_by_block_decisions_and_the_way_back(led: Served, stage: Stage) -> None:
    stage.days_before(days=5, hours=3)
    begun(led)
    stage.pass_by(50, **GOOD)
    led.system.worker.once()
    page = words(led.client(Role.VIEWER, Accept="text/html").get(PAGE))
    for said in (
        "Step 1 of 2", "What was live before", "Step 1 live answer rate 0.5, abandon rate 0.008", "Wanted",
        "Hold", "answers in", "paceline rollout undo ROLLED", "more talk",
    ):  # fmt: skip
        assert said in page, (said, page)
    assert "Abort" not in page
    evidence = words(part(led, Role.VIEWER).get(f"{PAGE}/evidence"))
    assert "blocks of 15 minutes" in evidence
    assert "600 3 9" in evidence
    assert ROLLED in words(led.client(Role.VIEWER, Accept="text/html").get("/rollouts"))


def test_harm_is_undone_and_the_wall_names_who_has_to_clear_it(led: Served, stage: Stage) -> None:
    begun(led)
    stage.pass_by(100, **HARMFUL)
    led.system.worker.once()
    told = led.client(Role.VIEWER).get(ROLLOUT).json()
    assert (told["phase"], told["judgement"]["decision"]) == ("undone", "undo")
    assert float(stage.live()) <= 0.004  # a guard may have eased it off further
    operator = part(led)
    assert "Taken back:" in words(operator.get("/"))
    page = words(operator.get(PAGE))
    assert "Latched" in page
    assert "Clear" in page
    assert "Clear: kept" in words(operator.post(f"{PAGE}/clear", data={"reason": "looked into"}))
    stage.office.clock.advance(6)
    assert "Taken back:" not in words(operator.get("/"))


def test_rollout_is_begun_and_steered_by_forms(led: Served, stage: Stage) -> None:
    client = part(led)
    form = client.get(f"{PAGE}/start?abandonment_aim=0.012").text
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version is not None
    assert 'name="abandonment_aim" value="0.012"' in form
    said = {"abandonment_aim": "0.012", "steps": "2", "reason": "more talk", "version": version[1]}
    off = words(client.post(f"{PAGE}/start", data={**said, "steps": "", "least_gain_points": "much"}))
    assert "least gain points: points of occupancy" in off
    unanswered = words(client.post(f"{PAGE}/start", data=said))
    assert "pacing.no-projection" in unanswered
    answered = {**said, "override": "pacing.no-projection", "until": "8"}
    assert "The rollout has begun" in words(client.post(f"{PAGE}/start", data=answered))
    assert stage.live() == "0.008"
    assert "Pause the rollout of ROLLED?" in words(client.get(f"{PAGE}/pause"))
    assert "It cannot be done as it stands" in words(client.get(f"{PAGE}/resume"))
    assert "Undo: kept" in words(client.post(f"{PAGE}/undo"))
    again = client.post(f"{PAGE}/undo")
    assert (again.status_code, "is undone" in again.text) == (409, True)
    assert client.get(f"{PAGE}/explode").status_code == 404
    assert stage.live() == "0.004"


def test_rollout_is_judged_and_planned_without_beginning(led: Served, stage: Stage) -> None:
    client = led.client(Role.OPERATOR)
    told = client.post(START, headers=ANY, json={**WISH, "dry_run": True})
    assert (told.status_code, told.json()["started"], told.json()["rollout"]) == (200, False, None), told.text
    assert len(told.json()["plan"]["steps"]) == 2
    assert (stage.live(), client.get(START).json()["items"]) == ("0.004", [])
    refused = client.post(START, headers=ANY, json={**WISH, "dry_run": True, "overrides": []})
    assert (refused.status_code, "pacing.no-projection" in refused.text) == (422, True)


def test_nobody_promotes_past_the_step_that_was_looked_at(led: Served) -> None:
    client, browser = begun(led), part(led)
    form = browser.get(f"{PAGE}/promote").text
    assert '<input type="hidden" name="step" value="1">' in form
    assert client.post(f"{ROLLOUT}:promote", json={"step": 1}).json()["step"] == 2
    again = client.post(f"{ROLLOUT}:promote", json={"step": 1})
    assert (again.status_code, again.json()["code"]) == (409, "rollout-state")
    assert "not at 1 any more" in words(browser.post(f"{PAGE}/promote", data={"step": "1"}))
    assert client.get(ROLLOUT).json()["phase"] == "running"


def test_evidence_by_block_is_told_to_programs(led: Served, stage: Stage) -> None:
    stage.days_before(days=2, hours=3)
    client = begun(led)
    stage.pass_by(50, **GOOD)
    assert client.get(ROLLOUT).json()["evidence"] is None
    told = client.get(f"{ROLLOUT}?with=evidence").json()["evidence"]
    assert (told["step"], told["block_s"], told["none"]) == (1, 900.0, None)
    assert told["blocks"]
    assert {"start", "answered", "abandoned", "utilisation"} == told["blocks"][0].keys()
    assert client.get(f"{ROLLOUT}?with=all").status_code == 422


def test_page_says_that_nobody_looks_at_a_rollout_any_more(led: Served, stage: Stage) -> None:
    begun(led)
    client = part(led, Role.VIEWER)
    assert "Nobody has looked at it" not in words(client.get(f"{PAGE}/now"))
    stage.pass_by(30, **GOOD)
    stage.office.clock.advance(61)
    assert "Nobody has looked at it for 30 minutes" in words(client.get(f"{PAGE}/now"))
    led.system.worker.once()
    assert "Nobody has looked at it" not in words(client.get(f"{PAGE}/now"))
