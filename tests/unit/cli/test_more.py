"""A change that did not go as wanted ends with the line that leads to what can be done."""

from __future__ import annotations

import pytest

from paceline.campaign.lifecycle.changes import Stop
from paceline.cli.configured import Output
from paceline.cli.render import show_outcome
from paceline.control.outcome import (
    WORDS,
    Conflicted,
    Ending,
    Expired,
    Failed,
    Failure,
    InDoubt,
    Outcome,
    Refused,
    Unchanged,
)
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import CampaignId
from paceline.telemetry import runbooks

FAILURE = Failure(code="no-answer", message="no answer came")
TOLD = Finding(rule="lifecycle.agents", severity=Severity.INFO, message="48 agents work on it")
AGAINST = Finding(rule="lifecycle.locked", severity=Severity.ERROR, message="it is locked")


def last_line(ending: Ending, capsys: pytest.CaptureFixture[str], *findings: Finding) -> str:
    outcome = Outcome(change=Stop(campaign=CampaignId("CMP-1")), ending=ending, findings=Findings(*findings))
    show_outcome(outcome, Output.TABLE)
    return capsys.readouterr().out.splitlines()[-1].strip()


@pytest.mark.parametrize(
    ("ending", "page"),
    [
        (Refused(), "lifecycle.locked"),
        (Conflicted(), "conflicted"),
        (Failed(FAILURE), "failed"),
        (InDoubt(FAILURE), "in_doubt"),
    ],
)
def test_outcome_that_wants_somebody_names_its_runbook(
    ending: Ending, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert last_line(ending, capsys, TOLD, AGAINST) == f"more: paceline runbook {page}"
    assert runbooks.page(page) is not None


def test_refusal_without_a_finding_names_the_page_of_refusals(capsys: pytest.CaptureFixture[str]) -> None:
    assert last_line(Refused(), capsys) == "more: paceline runbook refused"


@pytest.mark.parametrize("ending", [Unchanged(), Expired()])
def test_other_outcomes_name_none(ending: Ending, capsys: pytest.CaptureFixture[str]) -> None:
    assert "runbook" not in last_line(ending, capsys)


def test_every_word_of_an_outcome_has_a_page() -> None:
    assert [word for word in WORDS if runbooks.page(word) is None] == []
