"""What was asked of a second person, and whether it was given: the records of the table of approvals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from paceline.control.approving.findings import is_same_person, not_a_second_person, not_an_approver
from paceline.ledger.entry import instant_from
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.findings import Finding
from paceline.primitives.ids import EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An approval: by whom, when by the platform's clock, and the entry of the ledger that says so."""

    by: str
    at: datetime
    note: EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A change for which approval was asked.

    Attributes:
        entry: of the change.
        by: who asked.
        at: when, by the platform's clock.
        until: when it expires without approval, by the same.
        approvers: who may approve, by name; empty is everybody but the one who asked.
        given: the approval, None while there is none.
    """

    entry: EntryId
    by: str
    at: datetime
    until: datetime
    approvers: tuple[str, ...]
    given: Given | None = None

    def against(self, name: str) -> Finding | None:
        """Return why somebody may not approve it, None when he may."""
        if is_same_person(name, self.by):
            return not_a_second_person(self.entry, self.by)
        if self.approvers and not any(is_same_person(name, other) for other in self.approvers):
            return not_an_approver(self.entry, name, self.approvers)
        return None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        given: dict[str, Json] | None = None
        if self.given is not None:
            given = {"by": self.given.by, "at": utc_text(self.given.at), "entry": self.given.note}
        return {
            "asked_by": self.by,
            "asked_at": utc_text(self.at),
            "until": utc_text(self.until),
            "approvers": [*self.approvers],
            "given": given,
        }


def asked_of(row: Any) -> Asked:  # noqa: ANN401 - a row of the database, whose columns have no types here
    """Return what a row of the table says."""
    given = None
    if row.note is not None:
        given = Given(by=row.given_by, at=instant_from(row.given_at), note=EntryId(row.note))
    return Asked(
        entry=EntryId(row.entry),
        by=row.asked_by,
        at=instant_from(row.asked_at),
        until=instant_from(row.until),
        approvers=tuple(json.loads(row.approvers)),
        given=given,
    )
