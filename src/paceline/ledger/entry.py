"""The records: an entry is several rows, each a step of one deed, and none is ever changed.

* `opened`: who wants what, why; its sequence number is the entry's number.
* `intent`: the exact request, before it is sent; another one when it has to be sent anew.
* `closed`: how it ended; once.
* `verdict`: what a later look showed, when the platform was not done yet.
* `noted`: a deed of one row, with nothing to wait for: a key rotated, a number erased.
* `reading`: what the platform reported (`readings`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId, TenantId

FORM = 1
"""Version of the form of a body; a body says its own under `v`."""

NOTHING: Mapping[str, Json] = MappingProxyType({})


class Step(StrEnum):
    """Which part of an entry a row is."""

    OPENED = "opened"
    INTENT = "intent"
    CLOSED = "closed"
    VERDICT = "verdict"
    NOTED = "noted"
    READING = "reading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did it, and how that is known: `{"name": "ada", "known_by": "user of the operating system"}`."""

    name: str
    known_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What opens an entry, before the ledger gives it a number.

    Attributes:
        kind: what is done, such as `lifecycle.pause`.
        campaign: to what, None when it is no campaign.
        reason: why, in the actor's words.
        ticket: where that is discussed.
        details: what else belongs to it, in words of whoever opens it.
    """

    kind: str
    actor: Actor
    campaign: CampaignId | None = None
    reason: str | None = None
    ticket: str | None = None
    details: Mapping[str, Json] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the chain, as it lies in the database; `document` is what `body` says."""

    tenant: TenantId
    sequence: int
    entry: EntryId
    step: Step
    at: datetime
    previous: str
    hash: str
    body: str
    document: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One deed: its rows in order, the first of them opened or noted."""

    rows: tuple[Row, ...]

    @property
    def number(self) -> EntryId:
        """The sequence number of its first row."""
        return self.rows[0].entry

    @property
    def kind(self) -> str:
        """What was done."""
        return str(self.rows[0].document["kind"])

    @property
    def campaign(self) -> CampaignId | None:
        """To which campaign."""
        named = self.rows[0].document["campaign"]
        return None if named is None else CampaignId(str(named))

    @property
    def actor(self) -> Actor:
        """Who did it."""
        said = self.rows[0].document["actor"]
        if not isinstance(said, Mapping):
            raise TypeError("a row without an actor opens no entry")
        return Actor(name=str(said["name"]), known_by=str(said["known_by"]))

    @property
    def at(self) -> datetime:
        """When it was opened, by the clock of the machine that did."""
        return self.rows[0].at

    @property
    def closed(self) -> Row | None:
        """The row that says how it ended; None while that is not known."""
        return next((row for row in self.rows if row.step is Step.CLOSED), None)

    @property
    def is_open(self) -> bool:
        """Whether it has to be settled yet."""
        return self.rows[0].step is Step.OPENED and self.closed is None

    @property
    def outcome(self) -> str | None:
        """How it ended; None while it is open, and for what was only noted."""
        closed = self.closed
        return None if closed is None else str(closed.document["outcome"])

    @property
    def verdict(self) -> str | None:
        """What the last look showed."""
        judged = [row for row in self.rows if row.step in {Step.CLOSED, Step.VERDICT}]
        said = judged[-1].document.get("verdict") if judged else None
        return None if said is None else str(said)

    @property
    def intent(self) -> Mapping[str, Json] | None:
        """The last request that was going to be sent."""
        intents = [row for row in self.rows if row.step is Step.INTENT]
        request = intents[-1].document["request"] if intents else None
        return request if isinstance(request, Mapping) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which entries are wanted: all that fit every field that is not None.

    Attributes:
        since: opened at this instant or later.
        until: opened before this instant.
        actor: the name.
        kind: whole, or `ASPECT.*` for every kind of an aspect.
        outcome: how it ended, or `open` for what has not ended.
        before: with a smaller number than this.
        limit: at most so many, the newest.
    """

    campaign: CampaignId | None = None
    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None
    kind: str | None = None
    outcome: str | None = None
    before: int | None = None
    limit: int | None = None


def instant_text(instant: datetime) -> str:
    """Return an aware instant as bodies and columns write it: UTC, always six decimals, so that text sorts as time.

    >>> instant_text(datetime(2026, 11, 20, 12, tzinfo=UTC))
    '2026-11-20T12:00:00.000000Z'
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_from(text: str) -> datetime:
    """Return the instant that `instant_text` wrote."""
    return datetime.fromisoformat(text)
