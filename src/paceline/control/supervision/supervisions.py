"""The supervised campaigns of one tenant as they are kept: a row each, written in one transaction with what is noted.

Rules:
* A row is written only by whoever holds its fence: a claim raises it, and one by an older fence writes nothing.
* A campaign has one row; it goes when somebody ends the supervision. The ledger keeps what was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from paceline.control.order import Order
from paceline.control.supervision.standing import Standing, Steering, kept, standing_of
from paceline.control.telling.announcing import Crier
from paceline.control.undertakings.steering import experiment_of, rollout_of
from paceline.ledger import drafts
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed, Query
from paceline.ledger.failures import at_the_ledger
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.database import Database
from paceline.storage.pacing_tables import CONTROL_SUPERVISIONS
from paceline.storage.prepared import Prepared

START, END, SUSPEND = "supervision.start", "supervision.end", "supervision.suspend"
KINDS = (END, START, SUSPEND)
"""The kinds of the notes of supervision, and the types of their news."""
_OF = CONTROL_SUPERVISIONS.c
_OURS = select(_OF.campaign, _OF.entry, _OF.fence, _OF.document).where(_OF.tenant == bindparam("tenant"))
_ALL = Prepared(_OURS.order_by(_OF.campaign))
_ONE = Prepared(_OURS.where(_OF.campaign == bindparam("campaign")))
_PUT = (
    update(CONTROL_SUPERVISIONS)
    .where(*(_OF[name] == bindparam(f"of_{name}") for name in ("tenant", "campaign", "entry", "fence")))
    .values({name: bindparam(f"to_{name}") for name in ("entry", "document", "fence")})
)
_STEP = "supervision {entry}: "
T = TypeVar("T")


class RolledOutError(PacelineError):
    """a rollout or an experiment of the campaign has begun meanwhile"""

    code = "rolled-out"


class Supervisions:
    """Keeps what is supervised; serves all threads, and any number of processes on one database."""

    def __init__(self, database: Database, book: Book, crier: Crier) -> None:
        """Keep it beside this book, and tell the crier."""
        self._database = database
        self._book = book
        self._crier = crier

    def of(self, campaign: CampaignId) -> Standing | None:
        """Return the supervision of a campaign, None where there is none.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        return self._read(lambda connection: self._within(connection, campaign))

    def all(self) -> tuple[Standing, ...]:
        """Return everything that is supervised, by campaign.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        found = self._read(lambda connection: _ALL.run(connection, {"tenant": self._book.tenant}))
        return tuple(standing_of(of, entry, fence, json.loads(document)) for of, entry, fence, document in found)

    def begin(self, standing: Standing, order: Order, details: Mapping[str, Json]) -> tuple[Standing, bool]:
        """Keep a supervision that begins with its note, and return it and true; else the one that runs already.

        Args:
            standing: its entry is not looked at: it becomes that of the note.
            order: who begins it, and why.
            details: the certificate.

        Raises:
            RolledOutError: a rollout began in the same moment.
            LedgerUnavailableError: it did not begin.
        """

        def work(connection: Connection) -> tuple[Standing, bool]:
            self._book.hold(connection)
            other = self._within(connection, standing.campaign)
            if other is not None and other.is_running:
                return other, False
            self._hold_against_rollouts(connection, standing.campaign)
            note = self._noted(connection, START, standing.campaign, order, details)
            made = replace(standing, entry=note, fence=1 if other is None else other.fence + 1)
            self._forget(connection, standing.campaign)
            values = {"tenant": self._book.tenant, "campaign": made.campaign, **_values(made)}
            connection.execute(insert(CONTROL_SUPERVISIONS).values(values))
            return made, True

        return self._write(work)

    def claim(self, standing: Standing, at: datetime) -> Standing | None:
        """Return a supervision for a look at an instant of the platform's; None when somebody else has it, or it ended.

        Raises:
            LedgerUnavailableError: nobody has it.
        """
        return self.keep(replace(standing, looked=at, looks=standing.looks + 1))

    def keep(self, standing: Standing) -> Standing | None:
        """Write where it stands, and return it with its new fence; None when somebody else has written since.

        Raises:
            LedgerUnavailableError: nothing was written.
        """
        return self._write(lambda connection: self._put(connection, standing))

    def suspend(self, standing: Standing, why: str, details: Mapping[str, Json]) -> Standing | None:
        """Steer no more until a person says so, with a note; None when somebody else has written since.

        Raises:
            LedgerUnavailableError: nothing was written.
        """
        order = order_of(standing, why)

        def work(connection: Connection) -> Standing | None:
            self._book.hold(connection)
            after = self._put(connection, replace(standing, state=Steering.SUSPENDED, why=why, note=why))
            if after is not None:
                self._noted(connection, SUSPEND, standing.campaign, order, {"supervision": standing.entry, **details})
            return after

        return self._write(work)

    def end(self, campaign: CampaignId, order: Order, details: Callable[[Standing], Json]) -> Standing | None:
        """End a supervision with a note of what it came to, and return it; None where there was none.

        Raises:
            LedgerUnavailableError: it goes on.
        """

        def work(connection: Connection) -> Standing | None:
            self._book.hold(connection)
            standing = self._within(connection, campaign)
            if standing is not None:
                told: dict[str, Json] = {"supervision": standing.entry, "came_to": details(standing)}
                self._noted(connection, END, campaign, order, told)
                self._forget(connection, campaign)
            return standing

        return self._write(work)

    def is_met(self, standing: Standing) -> bool:
        """Return whether the last pacing that was set by this ledger since it began was set by somebody else.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        asked = Query(campaign=standing.campaign, kind="pacing.set", outcome="applied", limit=1)
        ours = _STEP.format(entry=standing.entry)
        return any(
            one.number > standing.entry and not str(one.rows[0].document.get("reason")).startswith(ours)
            for one in self._book.entries(asked)
        )

    def _hold_against_rollouts(self, connection: Connection, campaign: CampaignId) -> None:
        found = rollout_of(connection, self._book.tenant, campaign)
        if found is not None:
            raise RolledOutError(f"rollout {found} of campaign {campaign} began meanwhile: one at a time")
        experiment = experiment_of(connection, self._book.tenant, campaign)
        if experiment is not None:
            raise RolledOutError(f"experiment {experiment} of campaign {campaign} began meanwhile: one at a time")

    def _put(self, connection: Connection, standing: Standing) -> Standing | None:
        after = replace(standing, fence=standing.fence + 1)
        whose = {"of_tenant": self._book.tenant, "of_campaign": standing.campaign}
        held = {**whose, "of_entry": standing.entry, "of_fence": standing.fence}
        to = {f"to_{name}": value for name, value in _values(after).items()}
        return after if connection.execute(_PUT, {**held, **to}).rowcount == 1 else None

    def _forget(self, connection: Connection, campaign: CampaignId) -> None:
        ours = (_OF.tenant == self._book.tenant) & (_OF.campaign == campaign)
        connection.execute(delete(CONTROL_SUPERVISIONS).where(ours))

    def _within(self, connection: Connection, campaign: CampaignId) -> Standing | None:
        found = _ONE.run(connection, {"tenant": self._book.tenant, "campaign": campaign})
        if not found:
            return None
        ((of, entry, fence, document),) = found
        return standing_of(of, entry, fence, json.loads(document))

    def _noted(
        self, connection: Connection, kind: str, campaign: CampaignId, order: Order, details: Mapping[str, Json]
    ) -> EntryId:
        deed = Deed(
            kind=kind,
            actor=order.actor,
            campaign=campaign,
            reason=order.reason,
            ticket=order.ticket,
            details=details,
        )
        row = self._book.put(connection, drafts.noted(deed, at=self._book.now()))
        self._crier.noted(connection, row, kind)
        return row.entry

    def _write(self, work: Callable[[Connection], T]) -> T:
        with at_the_ledger():
            return self._database.write(work)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with at_the_ledger():
            return self._database.read(work)


def order_of(standing: Standing, reason: str) -> Order:
    """Return the order of whoever began a supervision, for what it does now."""
    name, known_by = standing.actor
    return Order(actor=Actor(name=name, known_by=known_by), reason=reason, ticket=standing.ticket)


def order_of_step(standing: Standing, why: str) -> Order:
    """Return the order of one step, by whose reason it is known for one of this supervision."""
    return order_of(standing, _STEP.format(entry=standing.entry) + why)


def _values(standing: Standing) -> dict[str, object]:
    return {"entry": standing.entry, "document": canonical_json(kept(standing)), "fence": standing.fence}
