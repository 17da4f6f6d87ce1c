"""A worker is killed in the middle of what a guard does: another goes on, tells nothing anew, and it is done once."""

from __future__ import annotations

import pytest

from paceline.campaign.pacing.changes import SetPacing
from paceline.control.abandonment.guards import BREACH
from tests.contract.bold import BOLD, entries, pass_time, put
from tests.contract.killing import Killer
from tests.contract.systems import ACTIVE, Office


@pytest.mark.parametrize("moment", ["survey", "intend", "unsent", "answered", "close"])
def test_guard_whose_worker_is_killed_is_gone_on_with_and_eases_off_once(
    office: Office, url: str, killer: Killer, moment: str
) -> None:
    put(office)
    pass_time(office, 3600)
    killer.round(office, url, ACTIVE, moment)
    bob = office.system("bob")
    assert len(entries(bob, BREACH)) == 1
    for _ in range(3):
        pass_time(office, 120)
        bob.worker.once()
    held = office.emulated.shown(BOLD)
    assert (held["predictiveDialer"]["answerRate"], held["predictiveDialer"]["abandonRate"]) == (0.5, 0)
    assert held["revision"] == 43
    assert len(entries(bob, BREACH)) == 1
    assert {entry.outcome for entry in entries(bob, SetPacing.kind)} <= {"applied", "unchanged", "failed"}
    assert (bob.recorder.unended(), bob.book.unfinished()) == ([], [])
