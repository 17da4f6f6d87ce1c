"""All policies side by side, and on the page of a campaign what was predicted against what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from paceline.control.access.rights import Role
from paceline.control.predictions.prediction import PROJECTION, Compared, Prediction, Realised, State
from paceline.primitives.ids import EntryId
from tests.contract.systems import ACTIVE, STARTED, Office
from tests.service.foretold import PACING, PAGE, Foreteller, about, asked, foretelling, words
from tests.service.served import Served

ANY = {"If-Match": "*"}


@pytest.fixture
def foreteller() -> Foreteller:
    return Foreteller()


@pytest.fixture
def told(desk: Office, foreteller: Foreteller) -> Iterator[Served]:
    """A service whose forecaster can be checked by hand."""
    with foretelling(desk, foreteller) as running:
        yield running


def test_all_policies_stand_side_by_side_and_what_cannot_be_told_says_why(told: Served) -> None:
    client, head = (
        told.client(Role.OPERATOR, Accept="text/html", **{"HX-Request": "true"}),
        told.system.book.head().size,
    )
    assert "Compare all policies" in words(client.get(f"{PAGE}/what-if"))
    viewer = told.client(Role.VIEWER, Accept="text/html")  # without script: a page of its own, looked at again
    page = viewer.get(f"{PAGE}/what-if/policies")
    for _ in range(20):
        if "Computing" not in page.text:
            break
        page = viewer.get(f"{PAGE}/what-if/policies")
    shown = words(page)
    for said in (
        "All policies side by side", "Live pacing as it is set now 84.0 % (83.0 to 85.0)",
        "answer rate 0.50, abandon rate 0, calls at once 80 80.0 % (79.0 to 81.0) 0.0 % (-0.2 to 0.2)",
        "-4.0 points (-4.5 to -3.5) abandoned -1.0 points (-1.1 to -0.9)", "By easing off: for an operator.",
        "Best setting what the search finds that keeps the ceiling Nobody can tell: nothing was measured of campaign",
        "Supervision the setting is steered every minute Nobody can tell: 0 people have answered",
        "Best possible no dialer keeps agents busier at the ceiling 92.0 % at most 3.0 % the ceiling",
        "+8.0 points occupancy, at most", "It is no setting: a bound", "What cannot be had in the platform's words",
    ):  # fmt: skip
        assert said in shown, (said, shown)
    assert page.text.count('class="spot') == 2
    part = client.get(f"{PAGE}/what-if/policies")
    assert "<html" not in part.text
    assert f'href="{PAGE}/ease-off"' in part.text
    assert told.system.book.head().size == head


def test_nothing_is_compared_where_nothing_can_be_projected(told: Served, foreteller: Foreteller) -> None:
    foreteller.why_not = "nobody was there"
    page = told.client(Role.VIEWER, Accept="text/html").get(f"{PAGE}/what-if/policies")
    assert "Nothing can be compared: nobody was there" in words(page)
    assert "<table" not in page.text


def test_campaign_page_tells_what_is_live_without_opening_and_how_predictions_stand(told: Served) -> None:
    client = told.client(Role.OPERATOR, Accept="text/html")
    page = client.get(PAGE)
    shown = words(page)
    assert "No change was applied on a prediction yet." in shown
    assert "Pacing answer rate 0.5 abandon rate 0.005 calls at once 80 call interval 200 ms warm-up 60 s" in shown
    assert "Facts purpose sales regions US-NY first dial 2026-06-01T00:00:00Z" in shown
    assert [one in page.text for one in ('href="#abandonment"', 'href="#pacing"', 'href="#facts"')] == [True] * 3
    query = {"override": ["pacing.breach", "pacing.answer-rate"], "until": "2026-07-01T00:00:00Z"}
    made = client.put(PACING, headers=ANY, json=asked(abandonRate=0.006), params=query)
    entry = EntryId(int(made.headers["paceline-entry"]))
    rows = (("utilisation", 0.848, 0.85), ("abandonment", 0.012, 0.02), ("connects_per_agent_hour", 13.2, 13.0))
    predicted = Prediction(
        entry=entry, campaign=ACTIVE, at=STARTED, source=PROJECTION, why="14 blocks on 3 days can be compared",
        metrics=tuple(Compared(metric=name, predicted=about(mean, mean / 50)) for name, mean, _ in rows),
    )  # fmt: skip
    told.system.predictions.begin(predicted)
    assert "It says something from 2 days on, and counts after about 5 more days of dialing." in words(client.get(PAGE))
    came = tuple(
        replace(one, realised=Realised(value=about(mean, mean / 50), blocks=14, days=3, is_level=True))
        for one, (_, _, mean) in zip(predicted.metrics, rows, strict=True)
    )
    told.system.predictions.keep(replace(predicted, metrics=came), actor=told.system.actor)
    shown = words(client.get(PAGE))
    assert f"( entry {entry} ), predicted by the projection." in shown
    assert "Occupancy 84.8 % 83.1 to 86.5 85.0 % 83.3 to 86.7 within" in shown
    assert "Abandon rate 1.2 % 1.2 to 1.2 2.0 % 2.0 to 2.0 outside" in shown
    assert "Too young to count: 14 blocks on 3 days can be compared. It counts after about 2 more days" in shown
    measured = replace(predicted, metrics=came, state=State.MEASURED, why="")
    told.system.predictions.keep(measured, actor=told.system.actor)
    shown = words(client.get(PAGE))
    assert "85.0 % 83.3 to 86.7 held" in shown
    assert "Measured over 14 half-hours of 3 days since the change" in shown
