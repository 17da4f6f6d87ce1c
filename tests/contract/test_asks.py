"""How often the same held-out days were asked, counted by a real ledger: orders and dry runs, each question once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from paceline.bootstrap import System
from paceline.bootstrap.weighing import weigher_of
from paceline.campaign.evidence import UTILISATION, Evidence, Source
from paceline.campaign.weigher import WeighAsked
from paceline.campaign.weights.changes import SetWeights
from paceline.control.weighing.asks import asked_before, note_tuned
from paceline.twin.kept import By, Twins
from tests.contract.set_up import HELD
from tests.contract.systems import Office
from tests.contract.weighed import Scripted, weighted
from tests.unit.campaign.weights.evidences import CHANCE, GOOD
from tests.unit.optimizer.tuner.twins import TUNING, observed, twin, weights


def other(number: int) -> Evidence:
    """Return what the same days say of other weights."""
    rows = tuple(
        replace(one, new=one.new + 0.001 * number) if one.metric == UTILISATION else one for one in CHANCE.metrics
    )
    return replace(CHANCE, metrics=rows)


def asked(system: System, weigher: Scripted, evidence: Evidence, value: str, *, dry_run: bool = True) -> None:
    """Order a change that data speak of so."""
    weigher.evidence = evidence
    change = SetWeights(campaign=HELD, adjusted={"call_rate": Decimal(value)})
    outcome = system.run(change, dry_run=dry_run)
    assert outcome.evidence == evidence


@pytest.fixture
def weigher() -> Scripted:
    """Who says what is written."""
    return Scripted()


def test_the_first_question_is_nobodys_second(office: Office, weigher: Scripted) -> None:
    assert asked_before(weighted(office, weigher).book, HELD, GOOD) == 0


def test_other_questions_of_the_same_days_count_and_the_same_one_keeps_its_place(
    office: Office, weigher: Scripted
) -> None:
    system = weighted(office, weigher)
    for number in range(1, 4):
        asked(system, weigher, other(number), f"0.1{number}")
    asked(system, weigher, other(2), "0.12")
    assert asked_before(system.book, HELD, other(9)) == 3
    assert [asked_before(system.book, HELD, other(number)) for number in (1, 2, 3)] == [0, 1, 2]


def test_what_a_tuner_asked_counts_in_its_turn(office: Office, weigher: Scripted) -> None:
    system = weighted(office, weigher)
    note_tuned(system.book, HELD, other(1), system.actor)
    asked(system, weigher, other(2), "0.12")
    note_tuned(system.book, HELD, other(3), system.actor)
    assert [asked_before(system.book, HELD, other(number)) for number in (1, 2, 3, 9)] == [0, 1, 2, 3]


def test_other_days_other_campaigns_and_experiments_do_not_count(desk: Office, weigher: Scripted) -> None:
    system = weighted(desk, weigher)
    asked(system, weigher, other(1), "0.11")
    later = replace(GOOD, since=GOOD.until, until=GOOD.until + timedelta(days=6))
    overlapping = replace(GOOD, since=GOOD.until - timedelta(days=1), until=GOOD.until + timedelta(days=6))
    measured = replace(GOOD, source=Source.EXPERIMENT)
    assert [asked_before(system.book, HELD, one) for one in (GOOD, later, overlapping, measured)] == [1, 0, 1, 0]


def test_a_weigher_of_the_corridor_shares_the_error_among_the_questions(desk: Office, weigher: Scripted) -> None:
    """The same question is told less surely once the days of the twin were asked another one."""
    system = weighted(desk, weigher)
    live = weights(predictive_factor="-0.1")
    seen = replace(observed(live), campaign=HELD)
    made = replace(twin(seen), campaign=HELD)
    Twins(system.database, system.book).keep(made, By(actor=system.actor))
    question = WeighAsked(observed=seen, wanted=weights(predictive_factor="0.05"), tuning=TUNING, ceiling=0.03)
    first = weigher_of(system)().weigh(question)
    assert isinstance(first, Evidence)
    moved = replace(GOOD, since=first.since, until=first.until)
    asked(system, weigher, moved, "0.11")
    second = weigher_of(system)().weigh(question)
    assert isinstance(second, Evidence)
    assert second.abandonment_high > first.abandonment_high
    assert second.of(UTILISATION).difference.low < first.of(UTILISATION).difference.low
