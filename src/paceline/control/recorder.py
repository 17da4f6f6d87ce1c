"""What is kept of a change, each step in one transaction: its rows in the ledger, what was read, who is at it.

* `open`: the entry, before anything is looked at.
* `intend`: the exact request, with the campaign as it was judged, before it is sent.
* `close`: how it ended, with the campaign as the change left it.
* `judge_again`: what a later look showed.

What is not at its end stands in a table beside the chain, by campaign, so that others find it without a search.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from paceline.campaign.catalogue import AnyChange, document_of
from paceline.campaign.change import Achieved, Diverged, Lane, Settling, Verdict
from paceline.campaign.lifecycle.changes import Resume
from paceline.campaign.observed import Observed, Stage
from paceline.campaign.ports import Prepared
from paceline.control.freezes import Freezes, FrozenError
from paceline.control.kept import Opened, Sent, Unended, unended_of
from paceline.control.looks import last_look, reading_of
from paceline.control.order import Order
from paceline.control.outcome import Applied, InDoubt, Outcome, Scheduled, differences_of, word_of
from paceline.control.owners import Owner
from paceline.control.settings_shown import settings_shown
from paceline.control.telling.announcing import Crier, Silence
from paceline.ledger import drafts
from paceline.ledger.book import Book
from paceline.ledger.entry import Deed
from paceline.ledger.failures import at_the_ledger
from paceline.ledger.readings import Readings
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage import prepared
from paceline.storage.database import Database
from paceline.storage.tables import CONTROL_UNFINISHED

SUPERSEDED = "superseded"
"""The verdict in the ledger on a change that was settling when a later one took its place."""
T = TypeVar("T")
_NOBODY = Silence()
_NOTHING_SAID: Mapping[str, Json] = {}

_UNFINISHED = CONTROL_UNFINISHED.c
_OTHERS = prepared.Prepared(
    select(_UNFINISHED.entry, _UNFINISHED.campaign, _UNFINISHED.kind, _UNFINISHED.actor, _UNFINISHED.owner,
           _UNFINISHED.stage)
    .where(_UNFINISHED.tenant == bindparam("tenant"), _UNFINISHED.campaign == bindparam("campaign"))
    .order_by(_UNFINISHED.entry)
)  # fmt: skip
_UNENDED = (
    select(_UNFINISHED.entry, _UNFINISHED.campaign, _UNFINISHED.kind, _UNFINISHED.actor, _UNFINISHED.owner,
           _UNFINISHED.stage)
    .where(_UNFINISHED.tenant == bindparam("tenant"))
    .order_by(_UNFINISHED.entry)
)  # fmt: skip
_ALL_UNENDED = prepared.Prepared(_UNENDED)
_PUT = prepared.Prepared(insert(CONTROL_UNFINISHED))
_STAGE = prepared.Prepared(
    select(_UNFINISHED.stage).where(_UNFINISHED.tenant == bindparam("tenant"), _UNFINISHED.entry == bindparam("entry"))
)
_STAGED = prepared.Prepared(
    update(CONTROL_UNFINISHED)
    .where(_UNFINISHED.tenant == bindparam("of_tenant"), _UNFINISHED.entry == bindparam("of_entry"))
    .values(stage=bindparam("new_stage"))
)
_ENDED = prepared.Prepared(
    delete(CONTROL_UNFINISHED).where(_UNFINISHED.tenant == bindparam("tenant"), _UNFINISHED.entry == bindparam("entry"))
)


class Recorder:
    """Keeps changes; serves all threads, and any number of processes on one database."""

    def __init__(
        self,
        database: Database,
        book: Book,
        readings: Readings,
        owner: Owner,
        freezes: Freezes,
        *,
        crier: Crier = _NOBODY,
    ) -> None:
        """Write into this book, in the name of this owner, and tell the crier; a freeze forbids intents."""
        self._crier = crier
        self._freezes = freezes
        self.book = book
        self.owner = owner
        self._database = database
        self._readings = readings

    def at_work(self) -> AbstractContextManager[None]:
        """Be known to be alive while the block runs."""
        return self.owner.at_work()

    def open(
        self,
        change: AnyChange,
        order: Order,
        *,
        stage: Stage = Stage.OPEN,
        also: Callable[[Connection, Opened], None] = lambda _connection, _opened: None,
    ) -> Opened:
        """Begin the entry of a change, to be made now or, in the stage of waiting, later.

        Args:
            change: what is wanted.
            order: who wants it, why, how far and when.
            stage: what others see of it.
            also: what is done in the same transaction.

        Raises:
            LedgerUnavailableError: nothing was recorded, so nothing may be done.
        """
        draft = drafts.opened(_deed(change, order), at=self.book.now())
        place = {
            "tenant": self.book.tenant,
            "campaign": change.campaign,
            "kind": change.kind,
            "actor": order.actor.name,
            "owner": self.owner.name,
            "stage": stage.value,
        }

        def begin(connection: Connection) -> Opened:
            self.owner.beat(connection)
            row = self.book.put(connection, draft)
            others = _OTHERS.run(connection, {"tenant": self.book.tenant, "campaign": change.campaign})
            _PUT.run(connection, {**place, "entry": row.entry})
            opened = Opened(
                entry=row.entry,
                mark=row.hash,
                others=tuple(unended_of(values) for values in others),
                stops=change.lane is Lane.STOPPING,
                resumes=isinstance(change, Resume),
            )
            also(connection, opened)
            return opened

        with at_the_ledger():
            begun = self._database.write(begin)
        self.owner.has_beaten()
        return begun

    def intend(
        self,
        opened: Opened,
        request: Prepared,
        judged: Observed,
        *,
        number: int,
        is_kept: bool = False,
        weighed: Mapping[str, Json] = _NOTHING_SAID,
    ) -> Sent:
        """Keep the exact request, and what it was judged on, before it is sent; `number` counts the tries from 1.

        What was read for many changes at once was kept then: `is_kept` says so. `weighed` is what was said of it.

        Raises:
            FrozenError: somebody froze the campaign since it was judged, and this resumes it.
            EntryClosedError: somebody took us for dead, and closed the entry.
            LedgerUnavailableError: nothing was recorded, so nothing may be sent.
        """
        # A key stands for one request and its answer, refusals too; so every try has one of its own.
        sent = Sent(prepared=request, key=f"{opened.mark[:40]}-{number}", judged=judged.version, judged_at=judged.at)
        draft = drafts.intent(opened.entry, {**sent.document(), **weighed}, at=self.book.now())

        def keep(connection: Connection) -> None:
            self.owner.beat(connection)
            frozen = self._freezes.within(connection, judged.campaign) if opened.resumes else None
            if frozen is not None:
                raise FrozenError(frozen)
            if not is_kept:
                self._readings.put(connection, reading_of(judged))
            self.book.put(connection, draft)

        with at_the_ledger():
            self._database.write(keep)
        self.owner.has_beaten()
        return sent

    def close(
        self, entry: EntryId, outcome: Outcome, *, also: Callable[[Connection], None] = lambda _connection: None
    ) -> None:
        """Say how the entry ended; `also` is done in the same transaction.

        Raises:
            EntryClosedError: somebody has closed it already.
            LedgerUnavailableError: it stays open.
        """
        ending = self.closing(entry, outcome)

        def end(connection: Connection) -> None:
            ending(connection)
            also(connection)

        self.in_transaction(end)

    def closing(self, entry: EntryId, outcome: Outcome) -> Callable[[Connection], None]:
        """Return what says, in a transaction of the caller's own, how the entry ended."""
        draft = drafts.closed(
            entry, outcome=outcome.word, verdict=outcome.verdict, details=outcome.details(), at=self.book.now()
        )
        look, stage = last_look(entry, outcome), _stage(outcome)
        effective_at = None if outcome.after is None else outcome.after.effective_at

        def end(connection: Connection) -> None:
            if look is not None:
                self._readings.put(connection, look)
            row = self.book.put(connection, draft)
            self._move(connection, entry, stage)
            self._freezes.looked_at(connection, outcome.after)
            self._crier.ended(connection, row, effective_at=effective_at)

        return end

    def in_transaction(self, work: Callable[[Connection], None]) -> None:
        """Do something in a transaction of its own.

        Raises:
            LedgerUnavailableError: it was not done.
        """
        with at_the_ledger():
            self._database.write(work)

    def judge_again(
        self,
        entry: EntryId,
        verdict: Verdict,
        observed: Observed,
        *,
        happened: bool | None = None,
        was: Stage | None = None,
        made: bool = False,
        of: AnyChange | None = None,
    ) -> None:
        """Say what a later look at a closed entry showed; `happened` is told where it was in doubt.

        `of` is the change, whose settings are told as they were seen.
        `made` is whether what was seen is what the entry made, where that was not in doubt and not known yet.

        Nothing is said of an entry that somebody else has brought further than `was`, the stage that it was found at.

        Raises:
            EntryOpenError: it is not closed yet.
            LedgerUnavailableError: nothing was recorded.
        """
        details: dict[str, Json] = {"revision": observed.revision, "state": observed.state.value}
        if isinstance(verdict, Diverged):
            details["differences"] = differences_of(verdict)
        if happened is not None:
            details["happened"] = happened
        if of is not None:
            details.update(settings_shown(observed, of))
        draft = drafts.later_verdict(entry, verdict=word_of(verdict), details=details, at=self.book.now())
        stage = Stage.SETTLING if isinstance(verdict, Settling) else None

        def judge(connection: Connection) -> None:
            # From here on nobody else writes: two who looked at the same time do not say the same twice.
            self._readings.put(connection, reading_of(observed, made_by=entry if happened or made else None))
            if was is not None and self._stage_of(connection, entry) is not was:
                return
            row = self.book.put(connection, draft)
            self._move(connection, entry, stage)
            self._freezes.looked_at(connection, observed)
            took = observed.effective_at if isinstance(verdict, Achieved) else None
            self._crier.ended(connection, row, effective_at=took)

        with at_the_ledger():
            self._database.write(judge)

    def supersede(self, entry: EntryId, *, by: EntryId | None) -> None:
        """Say that a later change took the place of one that was settling, ours or, by None, one outside paceline.

        Nothing is said of an entry that has come to its end meanwhile.

        Raises:
            LedgerUnavailableError: nothing was recorded.
        """
        draft = drafts.later_verdict(entry, verdict=SUPERSEDED, details={"superseded_by": by}, at=self.book.now())

        def end(connection: Connection) -> None:
            self.book.hold(connection)
            if self._stage_of(connection, entry) is Stage.SETTLING:
                row = self.book.put(connection, draft)
                self._move(connection, entry, None)
                self._crier.ended(connection, row, effective_at=None)

        self.in_transaction(end)

    def note_all(self, deeds: Collection[Deed], *, kind: str, where: Callable[[Connection], bool]) -> list[EntryId]:
        """Note deeds in one transaction, and tell of each; none, where this does not hold once nobody else can write.

        Raises:
            LedgerUnavailableError: none was noted.
        """
        made = [drafts.noted(deed, at=self.book.now()) for deed in deeds]

        def put(connection: Connection) -> list[EntryId]:
            self.book.hold(connection)
            rows = [self.book.put(connection, draft) for draft in made] if where(connection) else []
            for row in rows:
                self._crier.noted(connection, row, kind)
            return [row.entry for row in rows]

        with at_the_ledger():
            return self._database.write(put)

    def looked_up(self, work: Callable[[Connection], T]) -> T:
        """Return what is read from the database.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        with at_the_ledger():
            return self._database.read(work)

    def saw(self, looks: Iterable[Observed]) -> None:
        """Keep campaigns as they were read.

        Raises:
            LedgerUnavailableError: none of them was kept.
        """
        self._readings.keep([reading_of(look) for look in looks])

    def unended(
        self, *, campaigns: Collection[CampaignId] | None = None, stage: Stage | None = None, kind: str | None = None
    ) -> list[Unended]:
        """Return the entries that have not come to their end, the oldest first.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        whose: dict[str, prepared.Value] = {"tenant": self.book.tenant}
        fits = _UNENDED
        if campaigns is not None:
            fits = fits.where(_UNFINISHED.campaign.in_(sorted(campaigns)))
        if stage is not None:
            fits = fits.where(_UNFINISHED.stage == stage.value)
        if kind is not None:
            fits = fits.where(_UNFINISHED.kind == kind)

        def asked(connection: Connection) -> Iterable[Any]:
            return _ALL_UNENDED.run(connection, whose) if fits is _UNENDED else connection.execute(fits, whose).all()

        with at_the_ledger():
            found = self._database.read(asked)
        return [unended_of(tuple(row)) for row in found]

    def is_open(self, entry: EntryId) -> bool:
        """Return whether an entry is not closed yet."""
        with at_the_ledger():
            return self._database.read(lambda connection: self._stage_of(connection, entry)) is Stage.OPEN

    def _stage_of(self, connection: Connection, entry: EntryId) -> Stage | None:
        found = _STAGE.run(connection, {"tenant": self.book.tenant, "entry": entry})
        return Stage(found[0][0]) if found else None

    def _move(self, connection: Connection, entry: EntryId, stage: Stage | None) -> None:
        if stage is None:
            _ENDED.run(connection, {"tenant": self.book.tenant, "entry": entry})
        else:
            _STAGED.run(connection, {"of_tenant": self.book.tenant, "of_entry": entry, "new_stage": stage.value})


def _deed(change: AnyChange, order: Order) -> Deed:
    return Deed(
        kind=change.kind,
        campaign=change.campaign,
        actor=order.actor,
        reason=order.reason,
        ticket=order.ticket,
        details={"change": document_of(change), **order.details()},
    )


def _stage(outcome: Outcome) -> Stage | None:
    match outcome.ending:
        case InDoubt():
            return Stage.IN_DOUBT
        case Applied(verdict=Settling()) | Scheduled():
            return Stage.SETTLING
        case _:
            return None
