"""Weights in a browser: what data lack while somebody types, the twin, an experiment that is ended, accuracy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from paceline.campaign.evidence import Source
from paceline.campaign.forecast import Between
from paceline.campaign.weights.changes import SetWeights
from paceline.control.access.rights import Role
from paceline.control.experiments.planning import Terms
from paceline.control.predictions.prediction import Compared, Prediction, Realised, State
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId, campaign_id
from tests.browser.desk import DIALING, Desk, open_desk
from tests.browser.screens import Screens
from tests.browser.seats import read_by_everybody, unfolded, weight
from tests.browser.test_access_for_all import BYTES
from tests.service.twinned import keep, twin_of
from tests.unit.campaign.weights.evidences import GOOD

Shot = Callable[[Page, str], None]
PAGE = f"/campaigns/{DIALING}"
EVENING = "2026-06-15T18:30:00Z"
"""Hours of dialing are measured by then: an experiment knows how long calls last."""
BOLDER = {"predictive_factor": Decimal("0.15")}


@pytest.fixture(scope="module")
def opened(screens: Screens, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with a campaign whose weights are known."""
    with open_desk(screens, tmp_path_factory.mktemp("weights")) as desk:
        desk.control.put("/clock", json={"now": EVENING, "speed": 1.0})
        facts = {"purpose": "sales", "regions": ["US-NY"], "anchor": "2026-06-01T00:00:00Z"}
        desk.system.facts.declare(campaign_id(DIALING), facts, desk.order())
        yield desk


@pytest.fixture
def evening(opened: Desk) -> Iterator[Desk]:
    yield opened
    opened.close_browsers()


def around(mean: float, half: float) -> Between:
    return Between(mean=mean, low=mean - half, high=mean + half)


def measured(entry: int, mean: float, came: float) -> Prediction:
    realised = Realised(value=around(came, 0.004), blocks=40, days=5)
    one = Compared(metric="utilisation", predicted=around(mean, 0.003), realised=realised)
    return Prediction(
        entry=EntryId(entry), campaign=CampaignId(DIALING), at=datetime(2026, 6, 1, tzinfo=UTC), source="twin",
        metrics=(one,), state=State.MEASURED,
    )  # fmt: skip


def test_form_says_what_data_lack_and_leads_to_the_twin(evening: Desk, shot: Shot) -> None:
    ada = evening.person("ada", Role.OPERATOR, PAGE)
    head = evening.system.book.head().size
    expect(ada.page.locator("details.fold", has_text="Weights")).to_contain_text("No twin")
    unfolded(ada.page, "Weights")
    form = ada.page.locator("#weights-form")
    form.get_by_label("Predictive factor").fill("0.15")
    effect = form.locator("#weights-findings")
    expect(effect).to_contain_text("nobody can say what these weights would do")
    shot(ada.page, "lacking")
    assert evening.system.book.head().size == head
    effect.get_by_role("link", name="What a twin needs").click()
    expect(ada.page.get_by_role("main")).to_contain_text(f"paceline twin fit {DIALING} --from platform")
    read_by_everybody(ada.page, "no-twin", shot)


def test_twin_and_accuracy_are_read_by_everybody(evening: Desk, shot: Shot) -> None:
    keep(evening.system, twin_of(campaign_id(DIALING)))
    for entry, mean, came in ((1, 0.01, 0.012), (2, 0.02, 0.022), (3, 0.03, 0.05)):
        evening.system.predictions.begin(measured(entry, mean, came))
    vic = evening.person("vic", Role.VIEWER, f"{PAGE}/twin")
    expect(vic.page.get_by_role("img", name="Answers: the 90 % intervals held 90.0 %")).to_be_visible()
    read_by_everybody(vic.page, "twin", shot)
    vic.page.goto(f"{evening.url}/accuracy")
    expect(vic.page.get_by_role("img", name="Occupancy: predicted and measured")).to_be_visible()
    read_by_everybody(vic.page, "accuracy", shot)
    weights = {path: weight(vic, f"{evening.url}{path}") for path in (f"{PAGE}/twin", "/accuracy", "/experiments")}
    assert {path: found for path, found in weights.items() if found > BYTES} == {}


def test_experiment_is_looked_at_and_ended_by_hand(evening: Desk, shot: Shot) -> None:
    wish = SetWeights(campaign=campaign_id(DIALING), adjusted=BOLDER)
    made = evening.system.experiment_desk.plan(wish, Terms(seed=11, days=6), evening.order())
    assert made.experiment is not None, made.document()
    shown = replace(GOOD, source=Source.EXPERIMENT).document()
    look: dict[str, Json] = {
        "look": 1, "of": 3, "block": 40, "evidence": shown, "lack": "", "unguarded": 0.031,
    }  # fmt: skip
    evening.system.experiments.keep(replace(made.experiment, looks=(look,)))
    ada = evening.person("ada", Role.OPERATOR, "/experiments")
    ada.page.get_by_role("link", name=DIALING).click()
    expect(ada.page.get_by_role("img", name="Blocks by day")).to_be_visible()
    expect(ada.page.get_by_role("img", name="Occupancy: +3.00 points (+2.00 to +4.00)")).to_be_visible()
    read_by_everybody(ada.page, "experiment", shot)
    ada.page.get_by_role("link", name="Abort").click()
    ada.page.get_by_label("Reason").fill("not now")
    ada.page.get_by_role("dialog").get_by_role("button", name="Abort").click()
    expect(ada.page.get_by_role("dialog")).to_contain_text("aborted")
    ada.page.get_by_role("link", name="Close").click()
    expect(ada.page.locator("#experiment")).to_contain_text("aborted by ada")
    assert weight(ada, f"{evening.url}/experiments/{DIALING}") <= BYTES
