"""An outbox with everything around it: a ledger that is noted in, leases, a relay, all under one manual clock."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import Connection

from paceline.ledger import drafts
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed
from paceline.outbox.addresses import Reach
from paceline.outbox.box import Box
from paceline.outbox.dead_letters import DeadLetter, dead_letters
from paceline.outbox.message import Message, News
from paceline.outbox.ports import Post, Round
from paceline.outbox.relay import Relay
from paceline.outbox.sending import Sender
from paceline.outbox.streams import Streams
from paceline.outbox.subscribers import Subscriber, SubscriberId, Subscribers
from paceline.primitives.clock import MachineClock, ManualClock, instant_of
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import Database
from paceline.storage.leases import Leases

_NUMBERS = count(1)
ACME = TenantId("acme")
SECOND = 1_000_000_000
HOUR_S = 3600.0
RELAY = Actor(name="relay", known_by="paceline")


class Notes:
    """The witness that the product will have: it notes in the ledger, in the transaction that it is given."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def gave_up(self, connection: Connection, letter: DeadLetter, *, host: str) -> None:
        details = {"message": letter.message_id, "type": letter.type, "host": host, "error": letter.error}
        deed = Deed(kind="delivery.failed", actor=RELAY, campaign=letter.campaign, details=details)
        self.book.put(connection, drafts.noted(deed, at=self.book.now()))

    def was_disabled(self, connection: Connection, subscriber: Subscriber, *, why: str) -> None:
        deed = Deed(kind="webhook.disabled", actor=RELAY, details={"subscriber": subscriber.id, "why": why})
        self.book.put(connection, drafts.noted(deed, at=self.book.now()))


def just_before(seconds: float) -> ManualClock:
    """Return a clock that has this many seconds to go to the machine's time, by which receivers judge signatures."""
    return ManualClock(wall_ns=MachineClock().wall_ns() - round(seconds * SECOND))


@dataclass
class Mailroom:
    """One tenant's outbox in one process."""

    database: Database
    clock: ManualClock
    tenant: TenantId = ACME
    post: Post = field(default_factory=lambda: Sender(reach=Reach.LOOPBACK))
    seed: Callable[[], int] = lambda: 0
    owner: str = field(default_factory=lambda: f"mailroom-{next(_NUMBERS)}")

    def __post_init__(self) -> None:
        self.book = Book(self.database, tenant=self.tenant, clock=self.clock)
        self.leases = Leases(
            self.database, self.clock, owner=self.owner, times=lambda _connection: self.clock.wall_ns()
        )
        self.subscribers = Subscribers(self.tenant, self.clock, reach=Reach.LOOPBACK)
        self.streams = Streams(self.tenant, self.leases)
        self.box = Box(
            self.database,
            tenant=self.tenant,
            clock=self.clock,
            subscribers=self.subscribers,
            streams=self.streams,
        )
        self.relay = Relay(
            self.database,
            box=self.box,
            leases=self.leases,
            post=self.post,
            witness=Notes(self.book),
            clock=self.clock,
            seed=self.seed,
        )

    def subscribe(self, url: str, kinds: Collection[str] = ()) -> Subscriber:
        return self.database.write(lambda connection: self.subscribers.add(connection, url=url, kinds=kinds))

    def subscriber(self, one: SubscriberId) -> Subscriber:
        return self.database.read(lambda connection: self.subscribers.find(connection, one))

    def put(self, campaign: str | None = "A", kind: str = "lifecycle.applied", **data: Any) -> Message:
        named = None if campaign is None else CampaignId(campaign)
        news = News(type=kind, at=instant_of(self.clock.wall_ns()), campaign=named, data=data)
        return self.database.write(lambda connection: self.box.put(connection, news))

    def put_many(self, campaigns: Iterable[str]) -> list[Message]:
        """Put a message for each of these campaigns, in one transaction."""
        at = instant_of(self.clock.wall_ns())
        news = [News(type="lifecycle.applied", at=at, campaign=CampaignId(campaign)) for campaign in campaigns]
        return self.database.write(lambda connection: [self.box.put(connection, one) for one in news])

    def round(self) -> Round:
        return self.relay.run_due(self.clock.wall_ns())

    def run(self) -> Round:
        """Carry until nothing is due any more."""
        done = Round()
        while (more := self.round()).taken:
            done += more
        return done

    def waiting(self, one: SubscriberId) -> int:
        return self.database.read(lambda connection: self.streams.late(connection, one))

    def dead(self) -> list[DeadLetter]:
        return self.database.read(lambda connection: dead_letters(connection, self.tenant))

    def close(self) -> None:
        self.leases.close()
