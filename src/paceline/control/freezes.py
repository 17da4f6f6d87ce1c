"""The latch of a freeze: which campaigns may not be resumed, kept beside the ledger in the transactions of its rows.

Rules:
* A campaign is frozen from the moment at which the row is durable: whoever keeps the intent of a resumption afterwards
  finds it in the same transaction, and nothing is sent.
* Whoever kept an intent before is at work still; the freeze waits for its end, and stops the campaign after it.
* `stopped` tells whether the campaign was seen not dialing since, and falls when it is seen dialing again. One that
  cannot be stopped, a locked one, stays frozen and is tried again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from paceline.campaign.observed import Frozen, Observed, State
from paceline.control.order import Order
from paceline.control.telling.announcing import FROZEN, UNFROZEN, Crier, Silence
from paceline.ledger import drafts
from paceline.ledger.book import Book
from paceline.ledger.entry import Deed, instant_from, instant_text
from paceline.ledger.failures import LedgerError, at_the_ledger
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.database import Database
from paceline.storage.prepared import Prepared
from paceline.storage.tables import CAMPAIGN_FREEZES

FREEZE = "campaign.freeze"
"""The kind of the entry that freezes."""
UNFREEZE = "campaign.unfreeze"
"""The kind of the entry that unfreezes."""
_NOBODY = Silence()
_FREEZES = CAMPAIGN_FREEZES.c
_OF = Prepared(
    select(_FREEZES.actor, _FREEZES.reason, _FREEZES.at, _FREEZES.entry).where(
        _FREEZES.tenant == bindparam("tenant"), _FREEZES.campaign == bindparam("campaign")
    )
)
_LOOSE = Prepared(
    update(CAMPAIGN_FREEZES)
    .where(_FREEZES.tenant == bindparam("of_tenant"), _FREEZES.campaign == bindparam("of_campaign"))
    .values(stopped=0)
)


class FrozenError(LedgerError):
    """this campaign was frozen in between"""

    code = "frozen"

    def __init__(self, frozen: Frozen) -> None:
        """Keep who froze it, why and since when."""
        super().__init__(f"{frozen.by} froze it in between (entry {frozen.entry})")
        self.frozen = frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class Latched:
    """Campaigns that are frozen now; `fresh` are those that nobody had frozen before."""

    frozen: dict[CampaignId, Frozen]
    fresh: frozenset[CampaignId]


class Freezes:
    """The frozen campaigns of one tenant; serves all threads, and any number of processes on one database."""

    def __init__(self, database: Database, book: Book, crier: Crier = _NOBODY) -> None:
        """Keep the latches beside this book, and tell the crier."""
        self._crier = crier
        self._database = database
        self._book = book

    def freeze(self, campaigns: Collection[CampaignId], order: Order) -> dict[CampaignId, Frozen]:
        """Freeze these campaigns, all at once, each with a note; a frozen one keeps its first freeze.

        Raises:
            LedgerUnavailableError: none of them is frozen by this.
        """
        return self.latch(campaigns, order).frozen

    def latch(self, campaigns: Collection[CampaignId], order: Order) -> Latched:
        """Do the same, and tell which of them were not frozen before.

        Raises:
            LedgerUnavailableError: none of them is frozen by this.
        """
        at = self._book.now()

        def latch(connection: Connection) -> Latched:
            before = {campaign: self.within(connection, campaign) for campaign in sorted(campaigns)}
            frozen = {
                campaign: held or self._latched(connection, campaign, order, at) for campaign, held in before.items()
            }
            return Latched(
                frozen=frozen, fresh=frozenset(campaign for campaign, held in before.items() if held is None)
            )

        with at_the_ledger():
            return self._database.write(latch)

    def unfreeze(self, campaigns: Collection[CampaignId], order: Order) -> tuple[CampaignId, ...]:
        """Take the latch away, each with a note, and return the campaigns that were frozen.

        Raises:
            LedgerUnavailableError: they stay frozen.
        """
        at = self._book.now()

        def open_latch(connection: Connection) -> tuple[CampaignId, ...]:
            frozen = tuple(one for one in sorted(campaigns) if self.within(connection, one) is not None)
            for campaign in frozen:
                note = self._book.put(connection, drafts.noted(_deed(UNFREEZE, campaign, order), at=at))
                self._crier.noted(connection, note, UNFROZEN)
            ours = _FREEZES.tenant == self._book.tenant
            connection.execute(delete(CAMPAIGN_FREEZES).where(ours, _FREEZES.campaign.in_(frozen)))
            return frozen

        with at_the_ledger():
            return self._database.write(open_latch)

    def _latched(self, connection: Connection, campaign: CampaignId, order: Order, at: datetime) -> Frozen:
        note = self._book.put(connection, drafts.noted(_deed(FREEZE, campaign, order), at=at))
        row = {"tenant": self._book.tenant, "campaign": campaign, "entry": note.entry, "stopped": 0}
        row |= {"actor": order.actor.name, "reason": order.reason, "at": instant_text(at)}
        connection.execute(insert(CAMPAIGN_FREEZES), row)
        self._crier.noted(connection, note, FROZEN)
        return Frozen(by=order.actor.name, reason=order.reason, since=at, entry=note.entry)

    def of(self, campaign: CampaignId) -> Frozen | None:
        """Return who froze a campaign, why and since when; None when nobody did.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        with at_the_ledger():
            return self._database.read(lambda connection: self.within(connection, campaign))

    def within(self, connection: Connection, campaign: CampaignId) -> Frozen | None:
        """Return the same in a transaction of the caller's own."""
        found = _OF.run(connection, {"tenant": self._book.tenant, "campaign": campaign})
        if not found:
            return None
        ((actor, reason, at, entry),) = found
        return Frozen(by=actor, reason=reason, since=instant_from(at), entry=EntryId(entry))

    def frozen(self, *, stopped: bool | None = None) -> dict[CampaignId, Frozen]:
        """Return the frozen campaigns: all, or those that were, or were not yet, seen stopped.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        asked = select(CAMPAIGN_FREEZES).where(_FREEZES.tenant == self._book.tenant).order_by(_FREEZES.campaign)
        if stopped is not None:
            asked = asked.where(_FREEZES.stopped == int(stopped))
        with at_the_ledger():
            found = self._database.read(lambda connection: connection.execute(asked).all())
        return {
            CampaignId(one.campaign): Frozen(
                by=one.actor, reason=one.reason, since=instant_from(one.at), entry=EntryId(one.entry)
            )
            for one in found
        }

    def saw_stopped(self, campaigns: Collection[CampaignId]) -> None:
        """Keep that these campaigns were seen stopped after they were frozen.

        Raises:
            LedgerUnavailableError: it was not kept.
        """
        self._keep_seen(campaigns, stopped=1)

    def saw_dialing(self, campaigns: Collection[CampaignId]) -> None:
        """Keep that these campaigns were seen dialing, those of them that are frozen.

        Raises:
            LedgerUnavailableError: it was not kept.
        """
        self._keep_seen(campaigns, stopped=0)

    def looked_at(self, connection: Connection, observed: Observed | None) -> None:
        """Keep in a transaction of the caller's own that a campaign was seen dialing, if it was, and is frozen."""
        if observed is not None and is_loose(observed):
            _LOOSE.run(connection, {"of_tenant": self._book.tenant, "of_campaign": observed.campaign})

    def _keep_seen(self, campaigns: Collection[CampaignId], *, stopped: int) -> None:
        """Keep it where it is news; a look that shows what is known writes nothing."""
        ours = (_FREEZES.tenant == self._book.tenant) & (_FREEZES.stopped != stopped)
        known = select(_FREEZES.campaign).where(ours)
        with at_the_ledger():
            news = set(campaigns) & set(self._database.read(lambda one: one.execute(known).scalars().all()))
            if news:
                seen = update(CAMPAIGN_FREEZES).where(ours, _FREEZES.campaign.in_(sorted(news)))
                self._database.write(lambda connection: connection.execute(seen.values(stopped=stopped)))


def is_loose(observed: Observed) -> bool:
    """Return whether a campaign dials, or will by itself."""
    return observed.state is State.ACTIVE or (observed.pending is not None and observed.pending.state is State.ACTIVE)


def _deed(kind: str, campaign: CampaignId, order: Order) -> Deed:
    return Deed(kind=kind, actor=order.actor, campaign=campaign, reason=order.reason, ticket=order.ticket)
