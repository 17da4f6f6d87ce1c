"""What was predicted against what came of it, on its page and for programs; nothing measured yet says so."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx2

from paceline.campaign.forecast import Between
from paceline.control.access.rights import Role
from paceline.control.predictions.prediction import Compared, Prediction, Realised, State
from paceline.primitives.ids import CampaignId, EntryId
from tests.contract.systems import ACTIVE, PAUSED, STARTED
from tests.service.served import Served

PAGE, API = "/accuracy", "/v1/campaigns/{}/accuracy"


def around(mean: float, half: float) -> Between:
    return Between(mean=mean, low=mean - half, high=mean + half)


def predicted(entry: int, mean: float, came: float | None, campaign: CampaignId = ACTIVE) -> Prediction:
    realised = None if came is None else Realised(value=around(came, 0.004), blocks=40, days=5)
    metrics = (Compared(metric="utilisation", predicted=around(mean, 0.003), realised=realised),)
    state = State.RUNNING if came is None else State.MEASURED
    return Prediction(
        entry=EntryId(entry), campaign=campaign, at=STARTED, source="twin", metrics=metrics, state=state
    )  # fmt: skip


def words(answer: httpx2.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def page(served: Served, query: str = "") -> httpx2.Response:
    return served.client(Role.VIEWER, Accept="text/html").get(f"{PAGE}{query}")


def test_nothing_measured_yet_says_so_and_puts_nothing_in_its_place(standing: Served) -> None:
    assert "Nothing was measured yet" in words(page(standing))
    told = standing.client(Role.VIEWER).get(API.format(ACTIVE)).json()
    assert told == {"campaign": ACTIVE, "predictions": [], "accuracy": []}
    assert standing.client(Role.VIEWER).get(API.format("NOWHERE")).status_code == 404
    standing.system.predictions.begin(predicted(1, 0.03, None, PAUSED))
    shown = words(page(standing))
    assert "Nothing was measured yet" in shown
    assert "Not measured yet. Occupancy: predicted +3.00 points (+2.70 to +3.30)" in shown
    assert "held" not in shown
    standing.system.predictions.begin(replace(predicted(2, 0.03, 0.05, PAUSED), state=State.RUNNING))
    shown = words(page(standing))
    assert "So far: Occupancy: predicted +3.00 points (+2.70 to +3.30); measured +5.00 points" in shown
    assert "held" not in shown, "what does not count yet has neither held nor not"


def test_measured_changes_are_drawn_with_intervals_coverage_and_rank_correlation(standing: Served) -> None:
    for entry, mean, came in ((101, 0.01, 0.012), (102, 0.02, 0.022), (103, 0.03, 0.05)):
        standing.system.predictions.begin(predicted(entry, mean, came))
    given_up = replace(predicted(104, 0.01, None), state=State.GIVEN_UP, why="somebody changed the pacing")
    standing.system.predictions.begin(given_up)
    shown = page(standing, f"?campaign={ACTIVE}")
    for said in (
        "3 measured, 0 not yet, 1 given up", "2 of 3 within what was predicted: 67 % (9 to 99), to be 95 %",
        "Rank correlation +1.00", "Never measured: somebody changed the pacing",
        "measured +5.00 points (+4.60 to +5.40), 40 blocks of 5 days not held",
        "3 changes, 2 of them within what was predicted.",
    ):  # fmt: skip
        assert said in words(shown), (said, words(shown))
    picture = shown.text[shown.text.index('<svg class="agreement"') :]
    assert (picture.count("<circle"), picture.count("<rect"), picture.count('class="equal"')) == (2, 1, 1)
    told = standing.client(Role.VIEWER).get(API.format(ACTIVE)).json()
    assert told["accuracy"][0]["coverage"]["held"] == 2
    assert [one["entry"] for one in told["predictions"]] == [101, 102, 103, 104]
    other = replace(predicted(105, 0.01, 0.05), source="experiment")
    level = Realised(value=around(0.915, 0.01), blocks=40, days=5, is_level=True)
    paced = replace(predicted(106, 0.91, None), source="projection", state=State.MEASURED)
    paced = replace(paced, metrics=(replace(paced.metrics[0], realised=level),))
    for one in (other, paced):
        standing.system.predictions.begin(one)
    apart = words(page(standing, f"?campaign={ACTIVE}"))
    for said in (
        "Pacing, by the projection 1 measured", "Weights, by the twin 3 measured", "Weights, by experiments 1 measured",
        "2 of 3 within", "0 of 1 within", "1 of 1 within", "91.0 % (90.7 to 91.3); measured 91.5 % (90.5 to 92.5)",
    ):  # fmt: skip
        assert said in apart, (said, apart)
    accuracy = standing.client(Role.VIEWER).get(API.format(ACTIVE)).json()["accuracy"]
    told_by = {one["source"]: (one["coverage"]["held"], one["coverage"]["n"]) for one in accuracy}
    assert told_by == {"projection": (1, 1), "twin": (2, 3), "experiment": (0, 1)}
    assert "entry 101" not in words(page(standing, f"?campaign={PAUSED}"))
