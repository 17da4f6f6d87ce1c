"""Who wants a change, why, and how far it may go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from paceline.campaign.change import Lane
from paceline.campaign.observed import Observed
from paceline.ledger.entry import Actor, Entry
from paceline.primitives.canonical import Json

NOT_AFTER = timedelta(minutes=15)
"""How late a change may be made that nobody said more about."""


class OnConflict(StrEnum):
    """What becomes of a change whose campaign has moved on since it was judged."""

    REPORT = "report"
    """It is given up, and what changed is told."""
    REJUDGE = "rejudge"
    """It is judged again on what is there now, and sent again when that judgement allows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalWanted:
    """The approval by a second person that a change wants.

    Attributes:
        approvers: who may give it, by name; empty is everybody but the one who asked.
        within: how long the change waits for it, where it has no hour of its own.
        campaigns: how many campaigns the command was for.
    """

    approvers: tuple[str, ...]
    within: timedelta
    campaigns: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """That a person answers for a finding of severity `review`, of this rule, until an instant."""

    rule: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The order to make a change.

    Attributes:
        actor: who gives it, and how that is known.
        reason: why, in the actor's words.
        ticket: where it is discussed.
        dry_run: checked to the end, recorded, and nothing sent.
        if_revision: the revision or tag that the actor looked at; a campaign that has moved on is a conflict.
        on_conflict: None is the change's own way: a pause or stop is judged again, everything else reported.
        due: the platform's instant at which it is to be made; None is now.
        not_after: how late it may be made when it is due and the platform is away; a pause or stop at any time.
        campaigns: for how many campaigns the same is ordered at once, this one among them; at least 1.
        approve_within: how long it waits for approval, where it wants any; None is as the policy says.
        overrides: findings of severity `review` that the actor answers for; law and platform are never overridden.
        takes_back: whether it takes back what was changed here before, or only eases off: it waits for no approval.
        approval: the approval that it wants, None when none; who carries it out asks the policy for it.
    """

    actor: Actor
    reason: str | None = None
    ticket: str | None = None
    dry_run: bool = False
    if_revision: str | None = None
    on_conflict: OnConflict | None = None
    due: datetime | None = None
    not_after: timedelta = NOT_AFTER
    campaigns: int = 1
    approve_within: timedelta | None = None
    approval: ApprovalWanted | None = None
    overrides: tuple[Override, ...] = ()
    takes_back: bool = False

    def rejudges(self, lane: Lane) -> bool:
        """Return whether a change of this lane is judged again when its campaign has moved on."""
        if self.on_conflict is None:
            return lane is Lane.STOPPING
        return self.on_conflict is OnConflict.REJUDGE

    @property
    def named_revision(self) -> str | None:
        """The revision that the actor looked at, without the quotes and the mark of a tag."""
        return None if self.if_revision is None else self.if_revision.strip().removeprefix("W/").strip('"')

    def expects(self, observed: Observed) -> bool:
        """Return whether the campaign is what the actor looked at."""
        named = self.named_revision
        if named is None:
            return True
        return named in {observed.version, "*"} or (observed.revision is not None and named == str(observed.revision))

    def details(self) -> dict[str, Json]:
        """Return what the ledger keeps of it beside actor, reason and ticket; `order_of` reads it."""
        told: dict[str, Json] = {}
        if self.dry_run:
            told["dry_run"] = True
        if self.if_revision is not None:
            told["if_revision"] = self.if_revision
        if self.on_conflict is not None:
            told["on_conflict"] = self.on_conflict.value
        if self.due is not None:
            told["due"] = self.due.isoformat()
            told["not_after_s"] = round(self.not_after.total_seconds())
        if self.overrides:
            told["overrides"] = [{"rule": one.rule, "until": one.until.isoformat()} for one in self.overrides]
        if self.takes_back:
            told["takes_back"] = True
        if self.approval is not None:
            told["approval"] = {
                "approvers": [*self.approval.approvers],
                "within_s": round(self.approval.within.total_seconds()),
                "campaigns": self.approval.campaigns,
            }
        return told


def order_of(entry: Entry) -> Order:
    """Return the order that an entry was opened for."""
    opening = entry.rows[0].document
    told = opening["details"]
    details = told if isinstance(told, Mapping) else {}
    due, late_s = details.get("due"), details.get("not_after_s")
    on_conflict, if_revision = details.get("on_conflict"), details.get("if_revision")
    reason, ticket = opening["reason"], opening["ticket"]
    return Order(
        actor=entry.actor,
        reason=None if reason is None else str(reason),
        ticket=None if ticket is None else str(ticket),
        dry_run=details.get("dry_run") is True,
        if_revision=None if if_revision is None else str(if_revision),
        on_conflict=None if on_conflict is None else OnConflict(str(on_conflict)),
        due=None if due is None else datetime.fromisoformat(str(due)),
        not_after=timedelta(seconds=late_s) if isinstance(late_s, int) else NOT_AFTER,
        approval=_approval_of(details.get("approval")),
        overrides=overrides_of(details.get("overrides")),
        takes_back=details.get("takes_back") is True,
    )


def overrides_of(told: Json) -> tuple[Override, ...]:
    """Return the overrides that a record tells of."""
    rows = [one for one in told if isinstance(one, Mapping)] if isinstance(told, list | tuple) else []
    return tuple(Override(rule=str(row["rule"]), until=datetime.fromisoformat(str(row["until"]))) for row in rows)


def _approval_of(told: Json) -> ApprovalWanted | None:
    """Return the approval that an order wanted; a record that cannot be read wants one all the same."""
    if told is None:
        return None
    said = told if isinstance(told, Mapping) else {}
    approvers, within_s, campaigns = said.get("approvers"), said.get("within_s"), said.get("campaigns")
    return ApprovalWanted(
        approvers=tuple(str(name) for name in approvers) if isinstance(approvers, list | tuple) else (),
        within=timedelta(seconds=within_s) if isinstance(within_s, int) else timedelta(),
        campaigns=campaigns if isinstance(campaigns, int) else 1,
    )
