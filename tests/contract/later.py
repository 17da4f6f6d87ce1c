"""Changes for later in the tests: put, let become due, and read back from the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from paceline.bootstrap import System
from paceline.campaign.catalogue import AnyChange
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.primitives.ids import EntryId
from tests.contract.systems import STARTED, STOP, Office

HOUR = timedelta(hours=1)


def later(system: System, change: AnyChange = STOP, *, after: timedelta = HOUR, **order: Any) -> Outcome:
    return system.agenda.schedule(change, Order(actor=system.actor, **order), STARTED + after)


def planned(system: System, change: AnyChange = STOP, *, after: timedelta = HOUR) -> EntryId:
    """Put a change that waits, and return its entry."""
    outcome = later(system, change, after=after)
    assert outcome.word == "scheduled"
    return number(outcome)


def number(outcome: Outcome) -> EntryId:
    assert outcome.entry is not None
    return outcome.entry


def closing(system: System, entry: EntryId) -> dict[str, Any]:
    """The only closing row of an entry."""
    found = system.book.read(entry)
    assert [row.step.value for row in found.rows].count("closed") == 1
    assert found.closed is not None
    return dict(found.closed.document)


def messages(system: System, entry: EntryId) -> list[str]:
    """What the findings of a closed entry say."""
    return [finding["message"] for finding in closing(system, entry)["details"]["findings"]]


def waiting(system: System) -> list[int]:
    """The entries that have not come to their end."""
    return [one.entry for one in system.recorder.unended()]


def effects(office: Office, campaign: str = "*") -> list[str]:
    """The campaigns of the changes that had an effect, and were not only answered as before."""
    return [
        entry["path"].rpartition("/")[2]
        for entry in office.emulated.entries(method="PATCH", path=f"/api/v2/*/{campaign}")
        if entry["status"] == 200 and "Idempotent-Replayed" not in entry["answer"]["headers"]
    ]


def status(office: Office, campaign: str) -> str:
    return str(office.emulated.shown(campaign)["status"])


def pass_by(office: Office, time: timedelta) -> None:
    """Let so much time pass, on the platform and here."""
    office.emulated.advance(time.total_seconds())
    office.clock.advance(time.total_seconds())
