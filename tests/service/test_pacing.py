"""What a pacing would do, asked over HTTP and shown on the pages: told before anything is sent, recorded nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from threading import Event

import httpx2
import pytest

from paceline.control.access.rights import Role
from tests.contract.systems import ACTIVE, Office
from tests.service.foretold import (
    AIMS,
    ALLOWANCE,
    LIVE,
    OPTIMUM,
    PACING,
    PAGE,
    WHAT_IF,
    Foreteller,
    asked,
    foretelling,
    words,
)
from tests.service.served import Served

ANY = {"If-Match": "*"}


@pytest.fixture
def foreteller() -> Foreteller:
    return Foreteller()


@pytest.fixture
def told(desk: Office, foreteller: Foreteller) -> Iterator[Served]:
    with foretelling(desk, foreteller) as running:
        yield running


def operator(served: Served) -> httpx2.Client:
    return served.client(Role.OPERATOR, Accept="text/html", **{"HX-Request": "true"})


def test_what_if_tells_both_pacings_the_risk_and_what_is_left(told: Served) -> None:
    head = told.system.book.head().size
    answer = told.client(Role.VIEWER).post(WHAT_IF, json=asked(abandonRate=0.01)).json()
    forecast = answer["forecast"]
    assert answer["lines_per_idle"] == {"live": 2.0, "wanted": 3.0}
    assert [round(forecast[when]["abandonment"]["mean"], 6) for when in ("now", "then")] == [0.01, 0.02]
    assert [round(forecast[when]["utilisation"]["mean"], 6) for when in ("now", "then")] == [0.84, 0.88]
    assert (forecast["periods"][0]["allowance"], forecast["optimum"]) == (ALLOWANCE, OPTIMUM)
    assert (answer["loosens"], answer["differences"]) == (
        ["abandonment_aim"],
        [{"field": "abandonment_aim", "observed": "0.005", "wanted": "0.01"}],
    )
    assert told.system.book.head().size == head
    assert told.system.platform.read(ACTIVE).revision == 43


def test_what_if_of_what_breaches_names_the_rule_that_would_refuse_it(told: Served) -> None:
    client = told.client(Role.OPERATOR)
    answer = client.post(WHAT_IF, json=asked(abandonRate=0.02)).json()
    assert (answer["may"], answer["forecast"]["periods"][0]["breach_probability"]["then"]) == (False, 0.97)
    judged = {one["rule"] for one in answer["findings"] if one["severity"] != "info"}
    refused = client.put(PACING, headers=ANY, json=asked(abandonRate=0.02))
    assert (refused.status_code, refused.json()["outcome"]) == (422, "refused")
    assert judged == {one["rule"] for one in refused.json()["findings"] if one["severity"] != "info"}


def test_what_loosens_nothing_is_projected_when_it_is_only_asked(told: Served, foreteller: Foreteller) -> None:
    client = told.client(Role.OPERATOR)
    answer = client.post(WHAT_IF, json=asked(abandonRate=0)).json()
    assert answer["forecast"]["then"]["abandonment"]["mean"] == 0
    assert (answer["may"], answer["loosens"], len(foreteller.asked)) == (True, [], 1)
    assert client.put(PACING, headers=ANY, json=asked(abandonRate=0)).json()["outcome"] == "applied"
    assert len(foreteller.asked) == 1


def test_curve_goes_along_all_aims_with_everything_else_as_wanted(told: Served) -> None:
    answer = told.client(Role.VIEWER).post(f"{WHAT_IF}?with=curve", json=asked(answerRate=0.8)).json()
    dots = answer["curve"]["dots"]
    assert [dot["abandonment_aim"] for dot in dots] == [float(aim) for aim in AIMS]
    assert {dot["answer_rate"] for dot in dots} == {0.8}
    assert told.client(Role.VIEWER).post(f"{WHAT_IF}?with=more", json=asked()).status_code == 422


def test_same_question_is_computed_once_until_the_campaign_moves_on(
    told: Served, desk: Office, foreteller: Foreteller
) -> None:
    client = told.client(Role.VIEWER)
    first, again = (client.post(WHAT_IF, json=asked(abandonRate=0.01)).json() for _ in range(2))
    assert (first, len(foreteller.asked)) == (again, 1)
    desk.outside(replace(LIVE, abandonment_aim=Decimal("0.006")))
    desk.clock.advance(6)
    assert client.post(WHAT_IF, json=asked(abandonRate=0.01)).json()["version"] != first["version"]
    assert len(foreteller.asked) == 2


def test_no_projection_is_told_with_why_and_off_values_are_not_played(told: Served, foreteller: Foreteller) -> None:
    foreteller.why_not = "nothing was measured yet"
    client = told.client(Role.VIEWER)
    assert client.post(WHAT_IF, json=asked(abandonRate=0.01)).json()["forecast"] == {"none": "nothing was measured yet"}
    off = client.post(f"{WHAT_IF}?with=curve", json=asked(abandonRate=0.5)).json()
    assert (off["forecast"], off["may"], "none" in off["curve"]) == (None, False, True)
    assert client.post("/v1/campaigns/NOWHERE/what-if", json=asked(abandonRate=0.01)).status_code == 404


def test_what_takes_long_is_202_and_told_by_its_operation(told: Served, foreteller: Foreteller) -> None:
    held = Event()
    foreteller.before = held.wait
    client = told.client(Role.VIEWER)
    begun = client.post(WHAT_IF, json=asked(abandonRate=0.01))
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    page = operator(told).post(f"{PAGE}/pacing/findings", data={"abandonment_aim": "0.009"})
    assert "Computing what it would do" in page.text
    assert f'hx-post="{PAGE}/pacing/findings"' in page.text
    held.set()
    assert client.get(begun.headers["location"]).status_code == 200
    assert client.post(WHAT_IF, json=asked(abandonRate=0.01)).json()["forecast"]["then"]


def test_form_shows_what_it_would_do_before_the_button(told: Served) -> None:
    client, head = operator(told), told.system.book.head().size
    shown = words(client.post(f"{PAGE}/pacing/findings", data={"abandonment_aim": "0.02", "version": "43"}))
    for said in (
        "5.00 lines ring for each available agent, 2.00 now",
        "1.0 % (0.8 to 1.2)", "4.0 % (3.8 to 4.2)", "+3.0 points (+2.9 to +3.1)",
        "Breach probability 97 % , 2 % as it is", f"{ALLOWANCE} more calls may be abandoned before then",
        "Refused", "pacing.breach", "abandonment aim: 0.005 → 0.02",
    ):  # fmt: skip
        assert said in shown, said
    assert "No Projection" not in shown
    off = words(client.post(f"{PAGE}/pacing/findings", data={"abandonment_aim": "3 %", "max_calls": "many"}))
    assert "abandonment aim: a fraction" in off
    assert "max calls: a whole number" in off
    assert told.system.book.head().size == head


def test_pacing_is_set_by_the_form_on_the_version_that_it_showed(told: Served, desk: Office) -> None:
    client = operator(told)
    desk.outside(replace(LIVE, max_calls=81))
    stale = words(client.post(f"{PAGE}/pacing", data={"abandonment_aim": "0.003", "version": "43"}))
    assert "Somebody else changed it since you looked" in stale
    done = words(client.post(f"{PAGE}/pacing", data={"abandonment_aim": "0.003", "version": "44"}))
    assert "Done" in done
    live = told.system.platform.read(ACTIVE).pacing
    assert live is not None
    assert (live.abandonment_aim, live.max_calls) == (Decimal("0.003"), 81)


def test_what_if_page_draws_live_tried_ceiling_and_optimum_from_its_address(told: Served) -> None:
    page = told.client(Role.VIEWER, Accept="text/html").get(f"{PAGE}/what-if?abandonment_aim=0.01")
    shown = words(page)
    for said in (
        "live: occupancy 84.0 %, abandonment 1.0 % (0.8 to 1.2).", "tried: occupancy 88.0 %, abandonment 2.0 %",
        "The ceiling of the law is 3 %.", "no dialer keeps agents busier than 92.0 %",
    ):  # fmt: skip
        assert said in shown, said
    assert page.text.count("<polyline") == 1
    assert 'name="abandonment_aim" value="0.01"' in page.text
    assert "Put it into the form" not in shown
    off = words(told.client(Role.VIEWER, Accept="text/html").get(f"{PAGE}/what-if/effect?answer_rate=nan"))
    assert "answer rate: a fraction" in off


def test_values_of_what_if_stand_in_the_form_that_its_button_leads_to(told: Served) -> None:
    client = told.client(Role.OPERATOR, Accept="text/html")
    button = re.search(r'href="([^"]+)">Put it into the form', client.get(f"{PAGE}/what-if?max_calls=60").text)
    assert button is not None
    form = client.get(button[1].replace("&amp;", "&")).text
    assert 'name="max_calls" value="60"' in form
    assert 'name="answer_rate" value="0.5"' in form


def test_page_of_a_change_says_what_was_expected_of_it_and_leads_back(told: Served) -> None:
    client = told.client(Role.OPERATOR, Accept="text/html")
    until = "2026-07-01T00:00:00Z"
    query = {"override": ["pacing.breach", "pacing.answer-rate"], "until": until}
    made = client.put(PACING, headers=ANY, json=asked(abandonRate=0.006), params=query)
    assert made.json()["outcome"] == "applied", made.text
    page = words(client.get(f"/changes/{made.headers['paceline-entry']}"))
    assert "What was expected of it" in page
    assert "84.8 % (83.8 to 85.8)" in page
    assert "Undo" in page
    undone = client.post(f"/changes/{made.headers['paceline-entry']}/undo", headers={"HX-Request": "true"})
    assert "Done" in words(undone)
    live = told.system.platform.read(ACTIVE).pacing
    assert live is not None
    assert live.abandonment_aim == Decimal("0.005")


def test_question_before_an_undo_that_loosens_says_what_it_would_do(told: Served) -> None:
    client = told.client(Role.OPERATOR, Accept="text/html")
    made = client.put(PACING, headers=ANY, json=asked(abandonRate=0.001))
    assert made.json()["outcome"] == "applied", made.text
    question = words(client.get(f"/changes/{made.headers['paceline-entry']}/undo"))
    assert "80.8 % (79.8 to 81.8) 84.0 % (83.0 to 85.0)" in question
