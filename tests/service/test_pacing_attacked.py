"""What pages and routes of pacing do when something is against them: faults are told, and nothing waits without end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from threading import Event
from typing import Any

import httpx2
import pytest

from paceline.control.access.rights import Role
from paceline.service.dashboard import pacing_page
from paceline.service.operations import THREADS, WAITING
from tests.contract.emulated import Emulated
from tests.contract.systems import ACTIVE, Office
from tests.service.foretold import PAGE, WHAT_IF, Foreteller, foretelling, words
from tests.service.served import Served


@pytest.fixture
def foreteller() -> Foreteller:
    return Foreteller()


@pytest.fixture
def told(desk: Office, foreteller: Foreteller) -> Iterator[Served]:
    with foretelling(desk, foreteller) as running:
        yield running


def browser(served: Served, role: Role = Role.OPERATOR, **headers: Any) -> httpx2.Client:
    return served.client(role, Accept="text/html", **headers)


def test_fault_of_a_computation_is_told_as_failed_and_says_nothing_of_its_inside(told: Served) -> None:
    operations = told.app.state.parts.operations
    running = operations.begin("broken", lambda: {"never": 1 // 0})
    assert running.future.exception() is not None
    ended = told.client(Role.VIEWER).get(f"/v1/operations/{running.id}")
    assert (ended.status_code, ended.json()["state"], ended.json()["error"]["code"]) == (200, "failed", "internal")
    assert "division" not in ended.text


def test_what_is_given_up_before_it_began_is_told_as_that(told: Served) -> None:
    held, operations = Event(), told.app.state.parts.operations
    try:
        for _ in range(THREADS):
            operations.begin("held", lambda: {"done": held.wait()})
        running = operations.begin("late", dict)
        assert running.future.cancel()
    finally:
        held.set()
    ended = told.client(Role.VIEWER).get(f"/v1/operations/{running.id}").json()
    assert (ended["state"], ended["error"]["code"]) == ("failed", "given-up")


def test_page_whose_computation_fails_later_says_so_and_computes_no_more(told: Served, emulated: Emulated) -> None:
    held, parts = Event(), told.app.state.parts
    for _ in range(THREADS):
        parts.operations.begin("held", lambda: {"done": held.wait()})
    client = browser(told, Role.OPERATOR, **{"HX-Request": "true"})
    assert "Computing" in client.post(f"{PAGE}/pacing/findings", data={"abandonment_aim": "0.009"}).text
    emulated.order(kind="status", status=503, times=None)
    held.set()
    shown = words(client.post(f"{PAGE}/pacing/findings", data={"abandonment_aim": "0.009"}))
    assert "Nobody can tell what it would do" in shown
    assert "Computing" not in shown


def test_slider_that_is_moved_on_leaves_no_line_of_computations_behind(
    told: Served, foreteller: Foreteller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing_page, "SHORT_S", 0.02)
    held = Event()
    foreteller.before = held.wait
    client = browser(told, Role.VIEWER, **{"HX-Request": "true"})
    try:
        for calls in range(20, 20 + WAITING):
            effect = client.get(f"{PAGE}/what-if/effect?max_calls={calls}")
            assert (effect.status_code, "Computing" in effect.text) == (200, True), words(effect)
    finally:
        held.set()


def test_form_says_that_too_much_is_computed_in_its_own_place(told: Served) -> None:
    held = Event()
    parts = told.app.state.parts
    try:
        for _ in range(WAITING):
            parts.operations.begin("held", lambda: {"done": held.wait()})
        page = browser(told, Role.VIEWER).get(f"{PAGE}/what-if?abandonment_aim=0.01")
        assert (page.status_code, "too much is being computed" in words(page)) == (200, True)
        shown = browser(told, Role.OPERATOR, **{"HX-Request": "true"}).post(
            f"{PAGE}/pacing/findings", data={"max_calls": "81"}
        )
        assert (shown.status_code, "too much is being computed" in words(shown)) == (200, True)
    finally:
        held.set()


def test_what_if_of_what_is_no_number_is_refused(told: Served) -> None:
    client = told.client(Role.VIEWER, **{"Content-Type": "application/json"})
    for number in ("NaN", "Infinity", "-1e400", "1e400", "true", '"0.01"', "[]", "{}", "-0.1"):
        answer = client.post(WHAT_IF, content=f'{{"predictiveDialer": {{"abandonRate": {number}}}}}')
        may = answer.status_code == 200 and answer.json()["may"]
        assert (answer.status_code in {200, 400, 422}, may) == (True, False), (number, answer.text)


def test_pages_of_any_campaign_are_pages(told: Served) -> None:
    client = browser(told)
    for campaign in ("STOPPED", "LOCKED", "NOWHERE"):
        for path in (
            f"/campaigns/{campaign}/what-if", f"/campaigns/{campaign}/what-if/effect?max_calls=9&answer_rate=nan",
            f"/rollouts/{campaign}", f"/rollouts/{campaign}/start", f"/rollouts/{campaign}/evidence",
            f"/campaigns/{campaign}/supervise", f"/campaigns/{campaign}/abandonment", f"/campaigns/{campaign}/ease-off",
        ):  # fmt: skip
            answer = client.get(path)
            assert answer.status_code in {200, 404}, (path, answer.status_code, words(answer))


def test_review_is_answered_for_without_script(told: Served, foreteller: Foreteller) -> None:
    foreteller.why_not = "nothing was measured yet"
    client = browser(told)
    said = {"abandonment_aim": "0.006", "max_calls": "80", "version": "43", "reason": "<b>more talk</b>"}
    refused = client.post(f"{PAGE}/pacing", data=said).text
    rules = re.findall(r'type="checkbox" name="override" value="([^"]+)"', refused)
    assert "pacing.no-projection" in rules
    assert '<input type="hidden" name="reason" value="&lt;b&gt;more talk&lt;/b&gt;">' in refused
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', refused))
    answered = {**fields, "reason": "more talk", "override": rules, "until": "8"}
    assert "Done" in words(client.post(f"{PAGE}/pacing", data=answered))
    live = told.system.platform.read(ACTIVE).pacing
    assert live is not None
    assert live.abandonment_aim == Decimal("0.006")


def test_nobody_answers_for_what_the_law_refuses(told: Served) -> None:
    refused = browser(told).post(f"{PAGE}/pacing", data={"abandonment_aim": "0.02", "version": "43"})
    assert "pacing.breach" in refused.text
    assert 'name="override"' not in refused.text
