"""Where messages are put, in the transaction of what they tell of, and from where they can be told again.

1. `put` gives a message the next number of its campaign and adds it to the stream of every subscriber that wants it.
   All of it is durable with the caller's transaction, or none.
2. Messages are kept whether or not somebody listened, until they are forgotten by age: a subscriber can be told again
   what there was, by time or by number. It gets the same ids and bodies, behind what waits for it already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select, text

from paceline.outbox.failures import SubscriberDisabledError
from paceline.outbox.message import Message, News, enveloped, of_test
from paceline.outbox.streams import Stream, Streams
from paceline.outbox.subscribers import Subscriber, SubscriberId, Subscribers
from paceline.primitives.chance import fresh_key
from paceline.primitives.clock import Clock
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import Database
from paceline.storage.tables import OUTBOX_DEAD, OUTBOX_DELIVERIES, OUTBOX_MESSAGES

_MESSAGE, _DEAD, _DELIVERY = OUTBOX_MESSAGES.c, OUTBOX_DEAD.c, OUTBOX_DELIVERIES.c
_COUNT = text(
    "INSERT INTO outbox_counts (tenant, campaign, last) VALUES (:tenant, :campaign, 1)"
    " ON CONFLICT (tenant, campaign) DO UPDATE SET last = outbox_counts.last + 1 RETURNING last"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Which messages: all that fit every field that is not None.

    Attributes:
        campaign: of this one alone.
        first: from this sequence number on; it says little without a campaign.
        last: up to this sequence number.
        since_ns: put at this instant or later, nanoseconds since 1970.
        until_ns: put before this instant.
    """

    campaign: CampaignId | None = None
    first: int | None = None
    last: int | None = None
    since_ns: int | None = None
    until_ns: int | None = None


class Box:
    """The messages of one tenant; serves all threads, and any number of processes on one database."""

    def __init__(
        self, database: Database, *, tenant: TenantId, clock: Clock, subscribers: Subscribers, streams: Streams
    ) -> None:
        """Put messages for `tenant`."""
        self.tenant = tenant
        self.subscribers = subscribers
        self.streams = streams
        self._database = database
        self._clock = clock

    def put(self, connection: Connection, news: News, *, without: SubscriberId | None = None) -> Message:
        """Put news in the caller's transaction, for all who want them but `without`; return the message they became.

        Who puts several in one transaction puts those of no campaign first, then in the order of the campaigns.

        Raises:
            NotCanonicalError: the data cannot be JSON.
        """
        place = {"tenant": self.tenant, "campaign": news.campaign or ""}
        sequence = connection.execute(_COUNT, place).scalar_one()
        message = self._keep(connection, news, sequence, without)
        for subscriber in self.subscribers.all(connection):
            if subscriber.id != without and not subscriber.is_disabled and subscriber.wants(news.type):
                stream = Stream(subscriber=subscriber.id, campaign=news.campaign)
                self.streams.add(connection, stream, [message.id], now_ns=self._clock.wall_ns())
        return message

    def put_for(self, connection: Connection, subscriber: SubscriberId, news: News) -> Message:
        """Put news for one subscriber alone, outside every campaign's count."""
        message = self._keep(connection, news, None, None)
        stream = Stream(subscriber=subscriber, campaign=None)
        self.streams.add(connection, stream, [message.id], now_ns=self._clock.wall_ns())
        return message

    def test(self, connection: Connection, subscriber: SubscriberId) -> Message:
        """Put a message that only shows that messages arrive.

        Raises:
            SubscriberNotFoundError: there is no such subscriber.
            SubscriberDisabledError: it is disabled.
        """
        self.listening(connection, subscriber)
        return self.put_for(connection, subscriber, of_test(self._clock.wall_ns()))

    def replay(self, subscriber: SubscriberId, wanted: Range) -> int:
        """Tell a subscriber again what there was, of the kinds that it wants; return how many messages that adds.

        What waits for it still is not added twice. Dead letters among them are none any more. Each campaign is a
        transaction of its own.

        Raises:
            SubscriberNotFoundError: there is no such subscriber.
            SubscriberDisabledError: it is disabled.
        """

        def campaigns(connection: Connection) -> Sequence[str]:
            self.listening(connection, subscriber)
            asked = select(_MESSAGE.campaign).where(*self._fits(wanted)).distinct().order_by(_MESSAGE.campaign)
            return connection.execute(asked).scalars().all()

        def again(campaign: str) -> int:
            return self._database.write(lambda connection: self._again(connection, subscriber, wanted, campaign))

        return sum(again(campaign) for campaign in self._database.read(campaigns))

    def enable(self, connection: Connection, subscriber: SubscriberId) -> int:
        """Send to a subscriber again, what waits for it first; return how many streams that are.

        Raises:
            SubscriberNotFoundError: there is no such subscriber.
        """
        self.subscribers.enable(connection, subscriber)
        return self.streams.wake(connection, subscriber, now_ns=self._clock.wall_ns())

    def remove(self, connection: Connection, subscriber: SubscriberId) -> None:
        """Forget a subscriber and all that waits for it.

        Raises:
            SubscriberNotFoundError: there is no such subscriber.
        """
        self.subscribers.remove(connection, subscriber)
        self.streams.forget(connection, subscriber)

    def forget(self, connection: Connection, *, before_ns: int) -> int:
        """Forget messages that were put before this instant, but what still waits or is a dead letter; return how many.

        The ledger still tells what they told; their numbers are not given again.
        """
        waits = exists().where(_DELIVERY.tenant == _MESSAGE.tenant, _DELIVERY.message == _MESSAGE.id)
        dead = exists().where(_DEAD.tenant == _MESSAGE.tenant, _DEAD.message == _MESSAGE.id)
        old = delete(OUTBOX_MESSAGES).where(_MESSAGE.tenant == self.tenant, _MESSAGE.put_ns < before_ns, ~waits, ~dead)
        return connection.execute(old).rowcount

    def listening(self, connection: Connection, subscriber: SubscriberId) -> Subscriber:
        """Return one that is not disabled.

        Raises:
            SubscriberNotFoundError: there is no such subscriber.
            SubscriberDisabledError: it is disabled.
        """
        found = self.subscribers.find(connection, subscriber)
        if found.is_disabled:
            raise SubscriberDisabledError(
                f"{subscriber} at {found.host} is disabled", hint="enable it first, when it is known why it was"
            )
        return found

    def _keep(self, connection: Connection, news: News, sequence: int | None, without: SubscriberId | None) -> Message:
        message_id = f"msg_{fresh_key(16).hex()}"
        message = enveloped(news, tenant=self.tenant, message_id=message_id, sequence=sequence)
        row = {
            "tenant": self.tenant,
            "id": message.id,
            "campaign": message.campaign or "",
            "sequence": sequence,
            "type": message.type,
            "put_ns": self._clock.wall_ns(),
            "without": without,
            "body": message.body,
        }
        connection.execute(insert(OUTBOX_MESSAGES), row)
        return message

    def _again(self, connection: Connection, subscriber: SubscriberId, wanted: Range, campaign: str) -> int:
        listener = self.listening(connection, subscriber)
        asked = (
            select(_MESSAGE.id, _MESSAGE.type)
            .where(
                *self._fits(wanted),
                _MESSAGE.campaign == campaign,
                _MESSAGE.without.is_distinct_from(subscriber),
            )
            .order_by(_MESSAGE.sequence)
        )
        stream = Stream(subscriber=subscriber, campaign=CampaignId(campaign) if campaign else None)
        waits = self.streams.waits_for(connection, stream)
        found = connection.execute(asked)
        messages = [row.id for row in found if listener.wants(row.type) and row.id not in waits]
        self.streams.add(connection, stream, messages, now_ns=self._clock.wall_ns())
        again = select(_MESSAGE.id).where(*self._fits(wanted), _MESSAGE.campaign == campaign)
        connection.execute(
            delete(OUTBOX_DEAD).where(
                _DEAD.tenant == self.tenant, _DEAD.subscriber == subscriber, _DEAD.message.in_(again)
            )
        )
        return len(messages)

    def _fits(self, wanted: Range) -> list[ColumnElement[bool]]:
        # What was for one subscriber alone has no number, and is nobody else's.
        fits = [_MESSAGE.tenant == self.tenant, _MESSAGE.sequence.is_not(None)]
        if wanted.campaign is not None:
            fits.append(_MESSAGE.campaign == wanted.campaign)
        if wanted.first is not None:
            fits.append(_MESSAGE.sequence >= wanted.first)
        if wanted.last is not None:
            fits.append(_MESSAGE.sequence <= wanted.last)
        if wanted.since_ns is not None:
            fits.append(_MESSAGE.put_ns >= wanted.since_ns)
        if wanted.until_ns is not None:
            fits.append(_MESSAGE.put_ns < wanted.until_ns)
        return fits
