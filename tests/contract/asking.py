"""Changes that want approval in the tests: asked for by one person, and decided by another."""

from __future__ import annotations

from typing import Any

from paceline.bootstrap import System
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.observed import Stage
from paceline.control.approving.policy import Policy, Rule
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.primitives.ids import EntryId
from tests.contract.later import number
from tests.contract.systems import RESUME, Office

RESUMPTIONS = Policy(rules=(Rule(kinds=("lifecycle.resume",)),))
EVERYTHING = Policy(rules=(Rule(kinds=("*",)),))
"""A policy that no settings can say."""


def people(office: Office, policy: Policy = RESUMPTIONS, **options: Any) -> tuple[System, System]:
    """Two systems under one policy: of ada, who asks, and of bob."""
    return office.system("ada", approvals=policy, **options), office.system("bob", approvals=policy, **options)


def asked(system: System, change: AnyChange = RESUME, **order: Any) -> EntryId:
    """Ask for a change that has to wait for approval, and return its entry."""
    outcome = system.corridor.run(change, Order(actor=system.actor, **order))
    assert (outcome.word, outcome.verdict, outcome.after) == ("scheduled", None, None)
    assert "approval.wanted" in outcome.findings.rules
    return number(outcome)


def approved(system: System, entry: EntryId, reason: str | None = None) -> Outcome:
    return system.approvals.approve(entry, Order(actor=system.actor, reason=reason))


def rejected(system: System, entry: EntryId, reason: str | None = None) -> Outcome:
    return system.approvals.reject(entry, Order(actor=system.actor, reason=reason))


def undecided(system: System) -> list[int]:
    """The entries that wait for approval."""
    return [one.entry for one in system.recorder.unended(stage=Stage.WAITS_FOR_APPROVAL)]


def notes(system: System) -> list[tuple[str, str, Any]]:
    """What was noted of approvals: the kind, who, of which entry."""
    found = []
    for row in system.book.rows():
        said: Any = row.document
        if str(said.get("kind", "")).startswith("approval."):
            found.append((said["kind"], said["actor"]["name"], said["details"]["of"]))
    return found
