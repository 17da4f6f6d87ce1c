"""Changes whose end is seen later: scheduled on the platform, or answered without the campaign."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.observed import Observed, State
from paceline.campaign.ports import Prepared
from paceline.control.outcome import Scheduled
from paceline.primitives.ids import Version
from tests.contract.systems import PAUSE, STARTED, STOP, Office, Through, revision


@pytest.mark.parametrize(
    ("ahead", "due"), [(timedelta(hours=1), "2026-06-15T13:00:00Z"), (timedelta(days=366), "2027-06-16T12:00:00Z")]
)
def test_change_for_later_is_scheduled_on_the_platform(office: Office, ahead: timedelta, due: str) -> None:
    system = office.system()
    outcome = system.run(replace(STOP, effective_at=STARTED + ahead))
    assert isinstance(outcome.ending, Scheduled)
    document: Any = outcome.document()
    assert (outcome.word, outcome.verdict, document["change"]["due"]) == ("scheduled", "settling", due)
    assert document["after"]["pending"] == {"state": "STOPPED", "effective_at": due}
    assert [other.stage.value for other in system.recorder.unended()] == ["settling"]


def test_change_that_came_due_is_achieved_by_the_next_look(desk: Office) -> None:
    system = desk.system()
    planned = system.run(replace(STOP, effective_at=STARTED + timedelta(minutes=1)))
    desk.emulated.advance(61)
    assert system.run(STOP).word == "unchanged"
    assert planned.entry is not None
    assert system.book.read(planned.entry).verdict == "achieved"


class Preferring(Through):
    """A platform that is asked for another answer than the campaign."""

    prefer = ""

    def prepare(self, change: AnyChange, version: Version | None) -> Prepared:
        made = self.beyond.prepare(change, version)
        headers: Any = made.request["headers"]
        return replace(made, request={**made.request, "headers": {**headers, "Prefer": self.prefer}})


@pytest.mark.parametrize(("prefer", "status"), [("return=minimal", 204), ("respond-async", 202)])
def test_answer_without_the_campaign_is_read_back(desk: Office, prefer: str, status: int) -> None:
    platform = Preferring(desk.emulated.platform())
    platform.prefer = prefer
    outcome = desk.system(platform=platform).run(PAUSE)
    assert [entry["status"] for entry in desk.sent()] == [status]
    assert (outcome.word, outcome.verdict, revision(outcome.after), outcome.requests) == ("applied", "achieved", 43, 3)


def test_answer_that_cannot_be_read_back_is_applied_and_settles_by_the_next_look(desk: Office) -> None:
    platform = Preferring(desk.emulated.platform())
    platform.prefer = "return=minimal"
    system = desk.system(platform=platform)
    desk.emulated.order("status", method="GET", status=404, nth=2)
    outcome = system.run(PAUSE)
    assert (outcome.word, outcome.verdict, outcome.after) == ("applied", "settling", None)
    assert system.run(PAUSE).word == "unchanged"
    assert outcome.entry is not None
    assert system.book.read(outcome.entry).verdict == "achieved"


def test_whoever_made_a_pending_transition_is_told_that_it_is_replaced(desk: Office) -> None:
    system = desk.system()
    system.run(replace(STOP, effective_at=STARTED + timedelta(hours=1)))
    outcome = system.run(PAUSE)
    assert set(outcome.findings.rules) == {"lifecycle.effective-time", "lifecycle.unfinished", "lifecycle.agents"}
    assert outcome.word == "applied"
    observed: Observed | None = outcome.after
    assert observed is not None
    assert (observed.state, observed.pending) == (State.PAUSED, None)
