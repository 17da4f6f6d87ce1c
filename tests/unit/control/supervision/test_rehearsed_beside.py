"""Supervision held beside a pacing that is left alone: on the same days, day by day, with what they differ by."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from paceline.bootstrap.rehearsing import drifted
from paceline.campaign.observed import Limits
from paceline.control.supervision.controller import Running
from paceline.control.supervision.envelope import Certificate, certified
from paceline.control.supervision.rehearsal import drifting_rates, rehearse
from tests.unit.control.supervision.test_envelope import BLOCK, LIVE, history


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return certified(history(agents=20, hours=4, answered=6), LIVE, Limits(), (BLOCK,), days=2)


def test_days_of_a_rehearsal_add_up_and_are_the_same_for_every_pacing(certificate: Certificate) -> None:
    world, running = certificate.world, Running(answered=0, abandoned=0, most=3, per=100, reserve=50)
    rates = drifting_rates(world, days=3)
    assert rates == drifting_rates(world, days=3)
    assert rates != drifting_rates(world, days=3, seed=2)
    one_line = replace(LIVE, answer_rate=Decimal("0.5"), abandonment_aim=Decimal(0))
    bold = replace(LIVE, abandonment_aim=Decimal("0.03"))
    told = [
        rehearse(world, certificate.terms, certificate.bounds, certificate.account, running, rates=rates, fixed=one)
        for one in (None, one_line, bold)
    ]
    for played in told:
        assert (played.days, len(played.by_day)) == (3, 3)
        assert sum(one.answered for one in played.by_day) == played.answered
        assert sum(one.abandoned for one in played.by_day) == played.abandoned
    steered, gentle, bolder = told
    assert gentle.abandonment < steered.abandonment < bolder.abandonment
    assert gentle.utilisation < steered.utilisation < bolder.utilisation


def test_difference_to_the_live_pacing_is_of_the_same_days_with_its_interval(certificate: Certificate) -> None:
    found = drifted(certificate, LIVE, days=6)
    assert found is not None
    assert found.days == 6
    for name in ("utilisation", "abandonment", "connects_per_agent_hour"):
        steered, fixed, between = (getattr(one, name) for one in (found.steered, found.fixed, found.difference))
        assert between.mean == pytest.approx(steered.mean - fixed.mean)
        assert between.low < between.mean < between.high
    assert found.worst[0] >= found.steered.abandonment.mean
    assert set(found.document()) == {"steered", "fixed", "difference", "days", "worst_day"}


def test_pacing_that_abandons_nobody_is_held_beside_all_the_same(certificate: Certificate) -> None:
    gentlest = replace(LIVE, answer_rate=Decimal("0.95"), abandonment_aim=Decimal(0))
    found = drifted(certificate, gentlest, days=3)
    assert found is not None
    assert found.fixed.abandonment.mean == found.fixed.abandonment.high == 0.0
