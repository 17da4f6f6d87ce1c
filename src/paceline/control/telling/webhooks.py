"""What people do with webhooks: each a note in the ledger, in the transaction that does it.

In a note stands who is told, by id, name and host; never the address whole, nor a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from paceline.control.order import Order
from paceline.ledger import drafts
from paceline.ledger.book import Book
from paceline.ledger.entry import Deed
from paceline.ledger.failures import at_the_ledger
from paceline.outbox.box import Box, Range
from paceline.outbox.message import Message, instant_text
from paceline.outbox.subscribers import Subscriber, SubscriberId
from paceline.primitives.canonical import Json
from paceline.primitives.clock import instant_of
from paceline.storage.database import Database

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A subscriber, and how many messages wait for it."""

    subscriber: Subscriber
    waiting: int

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it, without its address and its secrets."""
        one = self.subscriber
        since_ns = one.failing_since_ns
        return {
            "id": one.id,
            "name": one.name,
            "host": one.host,
            "kinds": list(one.kinds),
            "standing": one.standing.value,
            "failing_since": None if since_ns is None else instant_text(instant_of(since_ns)),
            "waiting": self.waiting,
            "created": instant_text(instant_of(one.created_ns)),
        }


class Webhooks:
    """The webhooks of one tenant; every method is a transaction of its own."""

    def __init__(self, database: Database, book: Book, box: Box) -> None:
        """Keep the notes in this book, and who is told in this box."""
        self._database = database
        self._book = book
        self._box = box

    def all(self) -> list[Listed]:
        """Return every subscriber, in the order of their ids.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """

        def look(connection: Connection) -> list[Listed]:
            found = self._box.subscribers.all(connection)
            return [Listed(subscriber=one, waiting=self._box.streams.late(connection, one.id)) for one in found]

        with at_the_ledger():
            return self._database.read(look)

    def add(self, url: str, kinds: Collection[str], order: Order, *, name: str | None = None) -> Subscriber:
        """Return a new subscriber, with the secret that its messages are signed with; `name` is for people.

        Raises:
            AddressRefusedError: nothing may be sent to this `url`.
            UnknownKindsError: a kind is neither a type nor an aspect.
            NameRefusedError: the name is empty, too long, or cannot be printed.
        """

        def add(connection: Connection) -> Subscriber:
            made = self._box.subscribers.add(connection, url=url, kinds=kinds, name=name)
            self._note(connection, "webhook.add", made, order, kinds=list(made.kinds))
            return made

        return self._written(add)

    def rotate(self, one: SubscriberId, order: Order) -> Subscriber:
        """Return it with a new secret; the one it had is signed with as well for a day.

        Raises:
            SubscriberNotFoundError: there is no such subscriber.
        """

        def rotate(connection: Connection) -> Subscriber:
            self._note(connection, "webhook.rotate", self._box.subscribers.find(connection, one), order)
            return self._box.subscribers.rotate(connection, one)

        return self._written(rotate)

    def remove(self, one: SubscriberId, order: Order) -> None:
        """Forget a subscriber and all that waits for it.

        Raises:
            SubscriberNotFoundError: there is no such subscriber.
        """

        def remove(connection: Connection) -> None:
            self._note(connection, "webhook.remove", self._box.subscribers.find(connection, one), order)
            self._box.remove(connection, one)

        self._written(remove)

    def enable(self, one: SubscriberId, order: Order) -> Subscriber:
        """Send to a subscriber again, what waits for it first.

        Raises:
            SubscriberNotFoundError: there is no such subscriber.
        """

        def enable(connection: Connection) -> Subscriber:
            self._note(connection, "webhook.enable", self._box.subscribers.find(connection, one), order)
            self._box.enable(connection, one)
            return self._box.subscribers.find(connection, one)

        return self._written(enable)

    def test(self, one: SubscriberId, order: Order) -> Message:
        """Put a message that only shows that messages arrive.

        Raises:
            SubscriberNotFoundError: there is no such subscriber.
            SubscriberDisabledError: it is disabled.
        """

        def test(connection: Connection) -> Message:
            self._note(connection, "webhook.test", self._box.listening(connection, one), order)
            return self._box.test(connection, one)

        return self._written(test)

    def replay(self, one: SubscriberId, wanted: Range, order: Order) -> int:
        """Tell a subscriber again what there was; return how many messages that adds. The note comes first.

        Raises:
            SubscriberNotFoundError: there is no such subscriber.
            SubscriberDisabledError: it is disabled.
        """
        told: dict[str, Json] = {
            "of": wanted.campaign,
            "first": wanted.first,
            "last": wanted.last,
            "from": None if wanted.since_ns is None else instant_text(instant_of(wanted.since_ns)),
            "to": None if wanted.until_ns is None else instant_text(instant_of(wanted.until_ns)),
        }

        def note(connection: Connection) -> None:
            self._note(connection, "webhook.replay", self._box.listening(connection, one), order, **told)

        self._written(note)
        with at_the_ledger():
            return self._box.replay(one, wanted)

    def _note(self, connection: Connection, kind: str, one: Subscriber, order: Order, **more: Json) -> None:
        details: Mapping[str, Json] = {"subscriber": one.id, "name": one.name, "host": one.host, **more}
        deed = Deed(kind=kind, actor=order.actor, reason=order.reason, ticket=order.ticket, details=details)
        self._book.put(connection, drafts.noted(deed, at=self._book.now()))

    def _written(self, work: Callable[[Connection], T]) -> T:
        with at_the_ledger():
            return self._database.write(work)
