"""A process that was suspended long enough to be taken for dead, and went on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paceline.bootstrap import System
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.control.outcome import Outcome
from paceline.control.owners import LEASE_S, SKEW_S
from tests.contract.systems import ACTIVE, PAUSE, Meddled, Office, steps

LONG_GONE_S = LEASE_S + SKEW_S + 1.0


def last(system: System, entry: int) -> dict[str, Any]:
    return dict([row.document for row in system.book.rows() if row.entry == entry][-1])


def suspended(office: Office, doing: Callable[[], object]) -> tuple[Outcome, System]:
    """Run a pause by a process that is suspended just before it sends, while something is done."""

    def meanwhile() -> None:
        office.clock.advance(LONG_GONE_S)
        doing()

    system = office.system("ada", platform=Meddled(office.emulated.platform(), meanwhile))
    return system.run(PAUSE), system


def test_entry_that_somebody_closed_while_its_process_was_suspended_is_told(office: Office) -> None:
    outcome, system = suspended(office, lambda: office.system("bob").run(Stop(campaign=ACTIVE)))
    assert (outcome.word, "ledger.closed-by-another" in outcome.findings.rules) == ("refused", True)
    assert outcome.entry is not None
    assert system.book.read(outcome.entry).outcome == "failed"
    assert steps(system, outcome.entry).count("closed") == 1
    assert system.recorder.unended() == []


def test_intent_of_an_entry_that_was_closed_meanwhile_is_not_sent(desk: Office) -> None:
    """The campaign moves on twice, so that the suspended one has to say anew what it will send, and may not."""

    def settle() -> None:
        desk.system("bob").run(Pause(campaign=ACTIVE))
        desk.outside(Resume(campaign=ACTIVE))

    outcome, _ = suspended(desk, settle)
    assert outcome.failure is not None
    assert (outcome.word, outcome.failure.code) == ("failed", "entry-closed")
    assert desk.emulated.shown("ACTIVE")["status"] == "ACTIVE"


def test_effect_that_comes_after_the_entry_was_closed_is_in_the_ledger_all_the_same(office: Office) -> None:
    def settle() -> None:
        other = office.system("bob")
        other.settlement.settle_all(other.recorder.unended())

    outcome, system = suspended(office, settle)
    assert (outcome.word, "ledger.closed-by-another" in outcome.findings.rules) == ("applied", True)
    assert outcome.entry is not None
    said = last(system, outcome.entry)
    assert (said["step"], said["verdict"], said["details"]["happened"]) == ("verdict", "achieved", True)
    assert {one.revision: one.made_by for one in system.readings.sightings(ACTIVE)}["43"] == outcome.entry
