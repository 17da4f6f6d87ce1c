"""Evidence as people read it: the table of metrics, and what stands below or in its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from paceline.campaign.evidence import UTILISATION, Lack
from paceline.cli.configured import Output
from paceline.cli.evidence_told import below, rows_of
from paceline.cli.render import show_outcome
from paceline.control.outcome import Outcome, Unchanged
from tests.unit.campaign.weights.evidences import CHANCE, GOOD, LACKING, setting, shown


def test_each_metric_is_told_with_its_difference_interval_and_verdict() -> None:
    utilisation, abandonment, connects = rows_of(GOOD)
    assert utilisation == ("utilisation", "80.00 %", "83.00 %", "+3.00", "+2.00 to +4.00", "0.003", "worth having")
    assert abandonment[-1] == "chance explains it"
    assert connects == ("connects per agent hour", "15.00", "16.00", "+1.00", "+0.70 to +1.30", "0.003", "differs")
    assert rows_of(CHANCE)[0][-1] == "chance explains it"


def test_what_chance_does_not_explain_is_not_put_down_to_chance() -> None:
    """Its interval holds zero all the same: days differ, or too little is known of the campaign."""
    doubtful = replace(shown(UTILISATION, 0.8, 0.81, half=0.02, significant=False), p_adjusted=0.0004)
    (row, *_) = rows_of(replace(GOOD, metrics=(doubtful, *GOOD.metrics[1:]), worth_having=False))
    assert row[-2:] == ("<0.001", "days or the fit leave it open")


def test_gain_that_is_too_small_and_p_that_is_tiny_are_told_as_such() -> None:
    small = replace(shown(UTILISATION, 0.8, 0.801, half=0.0005), p_adjusted=0.0002)
    (row, *_) = rows_of(replace(GOOD, metrics=(small, *GOOD.metrics[1:]), worth_having=False))
    assert row[-2:] == ("<0.001", "not worth having")


def test_what_it_is_from_stands_below_and_why_nobody_can_say_in_its_place() -> None:
    told = "\n".join(below(GOOD))
    assert "from the twin: 96 blocks of 6 days" in told
    assert "at most 1.60 %, the ceiling is 3.00 %" in told
    (only,) = below(LACKING[Lack.DRIFTED])
    assert only.endswith("there is drifted; do something about it")


def test_dry_run_shows_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    change = setting(call_rate="0.2")
    outcome = Outcome(change=change, ending=Unchanged(would_apply=True), evidence=GOOD, dry_run=True)
    show_outcome(outcome, Output.TABLE)
    out = capsys.readouterr().out
    assert "dry run: would be applied" in out
    assert "utilisation" in out
    assert "worth having" in out
