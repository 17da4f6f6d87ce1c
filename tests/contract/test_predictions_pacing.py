"""What came of changes of pacing: predicted by the projection, measured on the platform's dialer, kept, noted, told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from paceline.bootstrap import System
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.order import Order
from paceline.control.outcome import Failure, InDoubt, Outcome
from paceline.control.predictions.kept import MEASURED, PACING_MEASURED
from paceline.control.predictions.prediction import METRICS, State
from paceline.control.weighing.weighed import weighed
from paceline.ledger.entry import Query
from paceline.telemetry.foretold import foretold_in
from tests.contract.set_up import HELD
from tests.contract.systems import Office
from tests.contract.test_predictions import ALL_WEEK, WORLD, dialed, looked
from tests.contract.weighed import PACING, again, weighted
from tests.service.foretold import Foreteller, effect_of

BOLDER = SetPacing(campaign=HELD, abandonment_aim=Decimal("0.005"))
GENTLER = SetPacing(campaign=HELD, abandonment_aim=Decimal("0.001"))


def paced(office: Office, **arranged: Any) -> System:
    """Return a system in an office where HELD dials gently, and what a bolder pacing would do is told by hand."""
    weighted(office, predictiveDialer={**PACING, "abandonRate": 0.002}, **arranged)
    system = again(office, name="ada", forecaster=Foreteller)
    system.recorder.saw([system.platform.read(HELD)])
    return system


def test_what_came_of_a_bolder_pacing_is_measured_as_levels_noted_and_counted_apart(desk: Office) -> None:
    system = paced(desk, dialer=WORLD, schedule=ALL_WEEK)
    dialed(desk, 1)
    assert system.run(BOLDER).word == "applied"
    dialed(desk, 3)
    assert looked(system) == 0
    (one,) = system.predictions.of(HELD)
    assert (one.state, one.source, one.is_of_levels) == (State.RUNNING, "projection", True)
    assert "and 20 on 5 are needed" in one.why
    wanted = system.platform.read(HELD).pacing
    assert wanted is not None
    assert {metric.metric: metric.predicted for metric in one.metrics} == {
        name: getattr(effect_of(wanted), name) for name in METRICS
    }
    assert all(metric.realised is not None and metric.realised.days >= 2 for metric in one.metrics), "told so far"
    assert system.book.entries(Query(kind=PACING_MEASURED)) == []
    dialed(desk, 3)
    assert looked(system) == 1, one.why
    (one,) = system.predictions.of(HELD)
    assert one.state is State.MEASURED
    (noted,) = system.book.entries(Query(kind=PACING_MEASURED))
    details: Any = noted.rows[0].document["details"]
    assert details["entry"] == one.entry
    assert {found["metric"] for found in details["accuracy"]} == set(METRICS)
    assert "level" in details["metrics"][0]["realised"]
    assert system.book.entries(Query(kind=MEASURED)) == []
    told = system.recorder.looked_up(lambda connection: foretold_in(connection, system.book.tenant))
    assert {of[0] for of in (*told.held, *told.missed)} == {"projection"}


def test_what_lowers_abandonment_alone_is_not_projected_and_pacing_that_is_replaced_is_no_news(desk: Office) -> None:
    system = paced(desk)
    assert system.run(BOLDER).word == "applied"
    looked(system)
    assert system.run(GENTLER).word == "applied"
    assert looked(system) == 1
    (one,) = system.predictions.of(HELD)
    assert (one.state, "something else was live" in one.why) == (State.GIVEN_UP, True)
    assert system.book.entries(Query(kind=PACING_MEASURED)) == []


def test_days_of_which_nobody_saw_what_was_live_are_not_counted_for_the_change(desk: Office) -> None:
    system = paced(desk, dialer=WORLD, schedule=ALL_WEEK)
    dialed(desk, 1)
    assert system.run(BOLDER).word == "applied"
    dialed(desk, 1)
    looked(system)
    desk.outside(replace(BOLDER, abandonment_aim=Decimal("0.01")).whole_on(system.platform.read(HELD)))
    dialed(desk, 6)
    assert looked(system) == 1
    (one,) = system.predictions.of(HELD)
    assert (one.state, "something else was live" in one.why) == (State.GIVEN_UP, True)


def test_prediction_outlives_the_process_that_made_it(office: Office) -> None:
    system = paced(office)
    opened = system.recorder.open(BOLDER, Order(actor=system.actor))
    seen = system.platform.read(HELD)
    forecast = system.survey.foreseen(BOLDER, seen).forecast
    assert forecast is not None
    prepared = system.platform.prepare(BOLDER.whole_on(seen), seen.version)
    sent = system.recorder.intend(opened, prepared, seen, number=1, weighed=weighed(None, None, forecast))
    system.platform.apply(sent.prepared, idempotency_key=sent.key)
    # Killed here: whoever ends the entry knows of the forecast from the intent alone.
    lost = InDoubt(Failure(code="no-answer", message="no answer came"))
    system.recorder.close(opened.entry, Outcome(change=BOLDER, ending=lost))
    assert (looked(system), system.predictions.of()) == (0, [])
    made = system.platform.read(HELD)
    system.recorder.judge_again(opened.entry, BOLDER.verify(made), made, happened=True, of=BOLDER)
    looked(system)
    (one,) = system.predictions.of()
    assert (one.entry, one.source) == (opened.entry, "projection")


def test_intent_of_a_projected_change_holds_what_was_expected(desk: Office) -> None:
    system = paced(desk)
    outcome = system.run(BOLDER)
    assert outcome.entry is not None
    intent = system.book.read(outcome.entry).intent or {}
    closed = system.book.read(outcome.entry).closed
    assert closed is not None
    details: Any = closed.document["details"]
    assert intent["forecast"] == details["forecast"]
    assert details["forecast"]["then"]["utilisation"]["mean"] > details["forecast"]["now"]["utilisation"]["mean"]
