"""What the relay needs of others, and what it tells of a round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from paceline.outbox.addresses import Endpoint
from paceline.outbox.dead_letters import DeadLetter
from paceline.outbox.sending import Answer
from paceline.outbox.subscribers import Subscriber


class Witness(Protocol):
    """Who keeps, in the transaction that it is given, that somebody was not told; the first that is written there."""

    def gave_up(self, connection: Connection, letter: DeadLetter, *, host: str) -> None:
        """Keep that a message became a dead letter; `host` is its subscriber's."""
        ...

    def was_disabled(self, connection: Connection, subscriber: Subscriber, *, why: str) -> None:
        """Keep that a subscriber is disabled."""
        ...


class Post(Protocol):
    """What sends: `sending.Sender`."""

    def send(self, endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post these bytes once and return the answer.

        Raises:
            AddressRefusedError: nothing may be sent there.
            DeliveryError: no answer came.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What came of the streams that were taken, by number."""

    delivered: int = 0
    put_off: int = 0
    given_up: int = 0
    lost: int = 0
    """Streams that somebody else had by the time an end was to be kept."""

    @property
    def taken(self) -> int:
        """How many streams were taken; none means that nothing is due."""
        return self.delivered + self.put_off + self.given_up + self.lost

    def __add__(self, other: Round) -> Round:
        """Return both together."""
        return Round(
            delivered=self.delivered + other.delivered,
            put_off=self.put_off + other.put_off,
            given_up=self.given_up + other.given_up,
            lost=self.lost + other.lost,
        )


DELIVERED, PUT_OFF, GIVEN_UP, LOST = Round(delivered=1), Round(put_off=1), Round(given_up=1), Round(lost=1)
