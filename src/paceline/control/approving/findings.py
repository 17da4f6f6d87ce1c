"""What is to be told of a change that wants approval by a second person.

* `approval.wanted`: a second person has approved a change for which the policy wants that.
* `approval.second-person`: whoever approves a change is not the one who asked for it.
* `approval.approver`: whoever approves a change is one of those whom the policy names.
* `approval.given`: a second person approved the change.
* `approval.rejected`: nobody rejected the change.
* `approval.expired`: the change was approved before its time was over.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from datetime import datetime

from paceline.primitives.clock import utc_text
from paceline.primitives.findings import Finding, Severity
from paceline.primitives.ids import EntryId


def is_same_person(name: str, other: str) -> bool:
    """Return whether two names may be one person's: case, width and blanks make no second person.

    >>> is_same_person("Ada", " ada"), is_same_person("ada", "bob")
    (True, False)
    """
    return _plain(name) == _plain(other)


def approval_wanted(entry: EntryId, *, asked_by: str, approvers: Collection[str], until: datetime) -> Finding:
    """Return that a change waits for approval: who may give it, by which command, until when."""
    who = " or ".join(sorted(approvers)) if approvers else "somebody"
    return Finding(
        rule="approval.wanted",
        severity=Severity.INFO,
        message=f"it waits for approval by a second person: {who} other than {asked_by}, with "
        f"`paceline changes approve {entry}`, until {utc_text(until)}",
        field="approval",
        limit=utc_text(until),
        source="the policy of approvals",
    )


def approval_would_be_wanted(*, asked_by: str, approvers: Collection[str]) -> Finding:
    """Return that a change would wait for approval, if it were not only a dry run."""
    who = " or ".join(sorted(approvers)) if approvers else "somebody"
    return Finding(
        rule="approval.wanted",
        severity=Severity.INFO,
        message=f"it would wait for approval by a second person: {who} other than {asked_by}",
        field="approval",
        source="the policy of approvals",
    )


def not_a_second_person(entry: EntryId, asked_by: str) -> Finding:
    """Return that somebody cannot approve what he asked for himself."""
    return Finding(
        rule="approval.second-person",
        severity=Severity.ERROR,
        message=f"entry {entry} was asked for by {asked_by}, and somebody else has to approve it",
        field="actor",
        found=asked_by,
        source="the policy of approvals",
    )


def not_an_approver(entry: EntryId, name: str, approvers: Collection[str]) -> Finding:
    """Return that somebody is none of those who may approve."""
    return Finding(
        rule="approval.approver",
        severity=Severity.ERROR,
        message=f"{name} may not approve entry {entry}; {' or '.join(sorted(approvers))} may",
        field="actor",
        found=name,
        limit=tuple(sorted(approvers)),
        source="the policy of approvals",
    )


def approved_by(name: str, note: EntryId) -> Finding:
    """Return that somebody approved a change, and which entry of the ledger says so."""
    return Finding(
        rule="approval.given",
        severity=Severity.INFO,
        message=f"{name} approved it (entry {note})",
        field="approval",
        found=note,
        source=f"{name} (entry {note})",
    )


def rejected_by(name: str, note: EntryId, reason: str | None) -> Finding:
    """Return that somebody rejected a change, and which entry of the ledger says so."""
    return Finding(
        rule="approval.rejected",
        severity=Severity.ERROR,
        message=f"{name} rejected it (entry {note})" + ("" if reason is None else f": {reason}"),
        field="approval",
        found=note,
        source=f"{name} (entry {note})",
    )


def approval_expired(until: datetime | None) -> Finding:
    """Return that nobody approved a change while it waited for that."""
    when = "" if until is None else f" until {utc_text(until)}"
    return Finding(
        rule="approval.expired",
        severity=Severity.ERROR,
        message=f"nobody approved it{when}",
        field="approval",
        limit=None if until is None else utc_text(until),
        source="the policy of approvals",
    )


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
