"""The twin of a campaign on its page and for programs: has earned its say or why not, and what to do without one."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx2

from paceline.control.access.rights import Role
from paceline.twin.model import Drifted
from tests.contract.systems import ACTIVE, PAUSED, STOPPED
from tests.service.served import Served
from tests.service.twinned import DATA_UNTIL, keep, twin_of

API, PAGE = "/v1/campaigns/{}/twin", "/campaigns/{}/twin"


def words(answer: httpx2.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def page(served: Served, campaign: str) -> httpx2.Response:
    return served.client(Role.VIEWER, Accept="text/html").get(PAGE.format(campaign))


def test_twin_that_passed_shows_coverage_pit_and_parameters_with_intervals(standing: Served) -> None:
    entry = keep(standing.system, twin_of(ACTIVE)).standing.entry
    told = standing.client(Role.VIEWER).get(API.format(ACTIVE)).json()
    assert (told["standing"]["passed"], told["entry"], told["days"], told["held_out_days"]) == (True, entry, 15, 5)
    answers = told["measures"][0]
    assert (answers["measure"], answers["covered"], answers["half_hours"], answers["days"]) == ("answers", 0.9, 80, 5)
    assert (answers["why"], answers["skill"], answers["pit"][0]) == ("", 0.5, 0.1)
    shown = page(standing, ACTIVE)
    for said in (
        "It has earned its say", "90.0 % (", "80 half-hours of 5 days", "passed", "80 % of the days",
        "talk, mean 150 s 140 to 160", "two seconds of patience", "10.0 %, 0.0 %", "None was found.",
    ):  # fmt: skip
        assert said in words(shown), (said, words(shown))
    assert (shown.text.count('class="whisker"'), shown.text.count('class="columns"')) == (2, 2)
    assert 'role="img" aria-label="Answers: the 90 % intervals held 90.0 % (' in shown.text
    assert "<script" not in shown.text[shown.text.index("<main") :]


def test_twin_that_failed_says_what_it_failed_and_has_no_say(standing: Served) -> None:
    keep(standing.system, twin_of(PAUSED, passed=False))
    shown = words(page(standing, PAUSED))
    assert "It has no say: answers: the 90 % intervals held only half." in shown
    assert f"paceline twin fit {PAUSED}" in shown
    assert standing.client(Role.VIEWER).get(API.format(PAUSED)).json()["measures"][0]["why"]


def test_drift_is_told_with_the_rungs_that_are_reached(standing: Served) -> None:
    found = Drifted(
        quantity="answers", toward="fewer", since=DATA_UNTIL, found=DATA_UNTIL + timedelta(hours=3),
        run_length_days=91.0,
    )  # fmt: skip
    keep(standing.system, twin_of(STOPPED, drifted=found))
    shown = words(page(standing, STOPPED))
    for said in (
        "Drifted : answers, fewer than the data say",
        "what was live before may come back. reached", "It had passed its check before.",
    ):  # fmt: skip
        assert said in shown, (said, shown)
    assert "ease it off. reached" not in shown
    assert "Ease off" not in shown, "a viewer has no button"
    assert standing.client(Role.VIEWER).get(API.format(STOPPED)).json()["drifted"]["quantity"] == "answers"


def test_campaign_without_a_twin_says_what_to_do(standing: Served) -> None:
    shown = words(page(standing, "LOCKED"))
    assert "It has no twin" in shown
    assert "paceline twin fit LOCKED --from platform" in shown
    answer = standing.client(Role.VIEWER).get(API.format("LOCKED"))
    assert (answer.status_code, answer.json()["code"]) == (404, "no-twin")
    assert "paceline twin fit LOCKED" in answer.json()["hint"]
    assert page(standing, "NOWHERE").status_code == 404


def test_standing_of_the_twin_is_told_in_a_line_beside_the_weights(standing: Served) -> None:
    client = standing.client(Role.VIEWER, Accept="text/html", **{"HX-Request": "true"})
    line = "/campaigns/{}/twin/standing"
    keep(standing.system, twin_of(ACTIVE))
    passed = words(client.get(line.format(ACTIVE)))
    assert "has earned its say: its predictions held on 5 days that it had not seen" in passed
    found = Drifted(
        quantity="answers", toward="fewer", since=DATA_UNTIL, found=DATA_UNTIL + timedelta(hours=3),
        run_length_days=91.0,
    )  # fmt: skip
    keep(standing.system, twin_of(STOPPED, drifted=found))
    assert "drifted (answers, since about" in words(client.get(line.format(STOPPED)))
    assert "new weights are refused until it is fitted again" in words(client.get(line.format(STOPPED)))
    assert "nobody can say what new weights would do" in words(client.get(line.format("LOCKED")))
    assert client.get(line.format("NOWHERE")).status_code == 404
