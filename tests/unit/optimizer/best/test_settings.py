"""The contract's words for lines per idle agent: within its bounds, rounded before they are played, refused by name."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.campaign.pacing.boldness import lines_per_idle
from paceline.campaign.pacing.checks import sound
from paceline.campaign.pacing.model import FIELDS, Wanted
from paceline.optimizer.best.settings import Family, Terms, as_sent, document_of, families, terms_for
from paceline.simulation.scenario import Answer, Lines, Pacing, Policy
from tests.unit.simulation.scenarios import exponential, plain

BLANK = Pacing(policy=Policy.IDLE_LINES)


def answering(probability: float) -> Answer:
    return Answer(probability=probability, ring_answered=exponential(12), ring_unanswered=exponential(12))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(value=st.floats(0, 300), probability=st.floats(0.02, 1.0), agents=st.integers(2, 1000))
def test_every_block_is_one_that_the_platform_takes_and_what_is_played_is_what_is_sent(
    value: float, probability: float, agents: int
) -> None:
    for family in families(plain(None, agents=agents, answer=answering(probability)), Terms()):
        block = family.block(value)
        assert not sound(Wanted(**{name: getattr(block, name) for name in FIELDS})).refused
        assert block.abandonment_aim == Decimal(str(document_of(block)["abandonRate"]))
        assert family.put(BLANK, value).lines_per_idle == lines_per_idle(block)
        assert block.abandonment_aim * 10_000 <= Decimal(value) + 1


def test_value_between_two_steps_is_the_one_that_dials_less() -> None:
    family = Family(belief=Decimal("0.40"), terms=Terms())
    assert family.block(149.99).abandonment_aim == Decimal("0.0149")
    assert family.block(150).abandonment_aim == Decimal("0.0150")


def test_belief_is_the_truth_where_the_contract_takes_it() -> None:
    first = {rate: families(plain(None, answer=answering(rate)), Terms())[0].belief for rate in (0.1, 0.62, 0.99)}
    assert first == {0.1: Decimal("0.40"), 0.62: Decimal("0.62"), 0.99: Decimal("0.95")}


def test_lines_and_looks_of_the_scenario_become_terms() -> None:
    scenario = plain(None, lines=Lines(cap=90, calls_per_s=6))
    terms = terms_for(scenario)
    assert isinstance(terms, Terms)
    assert (terms.max_calls, terms.call_interval_ms) == (90, 167)
    assert as_sent(scenario, terms).lines == Lines(cap=90, calls_per_s=5)
    assert as_sent(plain(None), Terms()).lines == Lines(cap=150, calls_per_s=20)
    assert terms_for(replace(scenario, lines=Lines(cap=400))) == Terms()


@pytest.mark.parametrize(
    ("lines", "why"), [(Lines(cap=4), "lines.cap is 4"), (Lines(calls_per_s=1), "calls_per_s is 1")]
)
def test_terms_that_the_contract_does_not_have_are_told(lines: Lines, why: str) -> None:
    found = terms_for(plain(None, lines=lines))
    assert isinstance(found, str)
    assert why in found
