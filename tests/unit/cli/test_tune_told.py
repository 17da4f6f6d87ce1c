"""What is said of weights that were found, of those that were not, and of those that held-out days do not bear out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from paceline.campaign.evidence import Lack, NoEvidence
from paceline.cli.tune_told import command_of, show_tuned
from paceline.optimizer.tuner.told import Fit, Tuned
from tests.unit.optimizer.tuner.twins import CAMPAIGN, weights

LIVE = weights(predictive_factor="-0.3")
FIT = Fit(utilisation=0.9, abandonment=0.015, bound=0.025)
LACKING = NoEvidence(lack=Lack.TOO_LITTLE_DATA, why="there are too few days", advice="wait")
FOUND = Tuned(
    campaign=CAMPAIGN,
    weights=weights(predictive_factor="-0.1"),
    live=LIVE,
    changed={"predictive_factor": Decimal("-0.100")},
    searched=("predictive_factor",),
    live_fit=replace(FIT, utilisation=0.85),
    fit=FIT,
    evidence=LACKING,
    converged=True,
    convergence="the last 3 rounds showed no gain",
    path=(),
    evaluated=90,
    days=14,
    seed=3,
    cpu_s=1.0,
    why="",
)


def test_a_proposal_is_told_with_its_command_and_what_speaks_against_it(capsys: pytest.CaptureFixture[str]) -> None:
    show_tuned(FOUND, steps=1, is_applied=False)
    said = capsys.readouterr().out
    assert "predictive_factor -0.3 -> -0.100" in said
    assert "85.00% busy" in said
    assert "there are too few days" in said
    assert "do not bear it out" in said
    assert "paceline set weights CMP-12345 predictive_factor=-0.1" in said


def test_what_is_applied_needs_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    show_tuned(FOUND, steps=1, is_applied=True)
    assert "paceline set weights" not in capsys.readouterr().out


def test_nothing_better_is_told_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    show_tuned(replace(FOUND, changed={}, evidence=None, why="nothing is better"), steps=1, is_applied=False)
    said = capsys.readouterr().out
    assert "nothing is proposed: nothing is better" in said
    assert "as now" in said


def test_the_command_of_a_step_goes_a_part_of_the_way() -> None:
    assert command_of(FOUND, 4) == "paceline set weights CMP-12345 predictive_factor=-0.25"
    assert command_of(FOUND, 1) == "paceline set weights CMP-12345 predictive_factor=-0.1"
