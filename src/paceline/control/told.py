"""What the corridor itself has to tell of a change, beyond what the rooms find.

* `change.revision`: the actor looked at another revision, and the change was judged on what is there now.
* `change.found-again`: an answer was lost, and what it said was found out.
* `ledger.closed-by-another`: somebody took this process for dead, and settled its entry.
* `ledger.left-open`: the end of a change could not be recorded.
"""

from __future__ import annotations

from paceline.campaign.observed import Observed
from paceline.campaign.ports import PlatformError
from paceline.control.order import Order
from paceline.control.recorder import Unended
from paceline.ledger.failures import LedgerError
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import EntryId


def stands_against(findings: Findings) -> bool:
    """Return whether a finding refuses the change; what a person has to look at refuses it too."""
    return any(finding.severity is not Severity.INFO for finding in findings)


def not_expected(order: Order, observed: Observed) -> Finding:
    """Return that the campaign is not at the revision that the actor looked at, and is judged all the same."""
    revision = observed.revision or observed.version
    return Finding(
        rule="change.revision",
        severity=Severity.INFO,
        message=f"the campaign is at revision {revision}, not at {order.if_revision}; it is judged as it is now",
        field="revision",
        found=revision,
        limit=order.if_revision,
    )


def found_again(lost: PlatformError) -> Finding:
    """Return that an answer was lost, and what it said is known all the same."""
    return Finding(
        rule="change.found-again",
        severity=Severity.INFO,
        message=f"no answer came at first ({lost.message}): it was looked for by its key, and took effect once",
    )


def on_its_way(other: Unended) -> Finding:
    """Return that a resumption may still arrive after a pause or stop that found nothing to do."""
    return Finding(
        rule="lifecycle.unfinished",
        severity=Severity.ERROR,
        message=f"{other.kind} by {other.actor} (entry {other.entry}) is still on its way, and the campaign dials when "
        "it arrives: ask again, or look with `paceline explain`",
        found=other.entry,
        source=f"{other.actor} (entry {other.entry})",
    )


def taken_for_dead(entry: EntryId) -> Finding:
    """Return that somebody else has closed our entry."""
    return Finding(
        rule="ledger.closed-by-another",
        severity=Severity.REVIEW,
        message=f"entry {entry} was closed by somebody who took this process for dead; see what it says",
        found=entry,
    )


def left_open(entry: EntryId, error: LedgerError) -> Finding:
    """Return that the end of a change could not be recorded."""
    return Finding(
        rule="ledger.left-open",
        severity=Severity.REVIEW,
        message=f"its end could not be recorded ({error.message}); entry {entry} stays open until it is settled",
        found=entry,
    )
