"""Carries messages out: takes the streams that are due, tries the oldest message of each, and says what came of it.

1. An answer of 2xx is a delivery. 410 disables the subscriber. Everything else, a redirect too, is tried again by the
   schedule (`schedule`), and while it is, later messages of the same stream wait; other streams go on.
2. A subscriber from which no answer comes at all is asked no more in the same round: its other streams are put off
   untried. So one that is dead costs a time-out now and then, however many campaigns it is told of.
3. One that answers slowly has `TURN_S` in a round: what is left of it then stands behind everybody else's, so that
   nobody waits for it longer than that and one attempt.
4. What is given up becomes a dead letter, a note of the witness, and a message `delivery.failed` to everybody else; its
   stream goes on with the next.
5. The first success after `LASTED_S` of failures puts `delivery.recovered` for the subscriber, unless one waits for it
   already, and all that was put off for it is due at once.
6. A message is sent before its delivery is kept. When the relay dies in between, or loses its lease, it is sent again:
   at least once, with the same id.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from paceline.outbox.box import Box
from paceline.outbox.dead_letters import DeadLetter, bury, dead_letters
from paceline.outbox.failures import AddressRefusedError, DeliveryError, SubscriberNotFoundError
from paceline.outbox.message import FAILED, RECOVERED, TEST, of_failure, of_recovery
from paceline.outbox.ports import DELIVERED, GIVEN_UP, LOST, PUT_OFF, Post, Round, Witness
from paceline.outbox.schedule import asked_wait_s, is_old, next_ns, next_untried_ns
from paceline.outbox.sending import Answer
from paceline.outbox.signing import signed_headers
from paceline.outbox.streams import ROOM, Stream, Waiting, stream_of
from paceline.outbox.subscribers import Subscriber
from paceline.primitives.chance import fresh_seed
from paceline.primitives.clock import Clock
from paceline.storage.database import Database
from paceline.storage.due_work import FencedError
from paceline.storage.leases import Claim, Leases

LASTED_S = 300
"""How long a subscriber must have failed for its recovery to be told, in seconds."""
AT_ONCE = 8
"""Subscribers that are served at the same time; each gets one message after the other."""
TURN_S = 2.0
"""How long one subscriber is served in a round, in seconds, an attempt that is under way not counted."""
ROUND = 64
"""Streams that are taken at once."""
_SECOND = 1_000_000_000
_GONE = 410
_ASKS_FOR_TIME = frozenset({429, 503})
_ABOUT_DELIVERY = frozenset({TEST, RECOVERED, FAILED})
_log = logging.getLogger("paceline.outbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """One stream under way; the error of a failed attempt, and whether there was an answer at all."""

    claim: Claim
    stream: Stream
    subscriber: Subscriber
    waiting: Waiting
    error: str = ""
    answer: Answer | None = None


class Relay:
    """The carrier of one tenant's messages in this process; any number of processes may have one."""

    def __init__(
        self,
        database: Database,
        *,
        box: Box,
        leases: Leases,
        post: Post,
        witness: Witness,
        clock: Clock,
        seed: Callable[[], int] = fresh_seed,
    ) -> None:
        """Carry what is in `box`; `seed` gives 64 bits of chance, for the spread of waits."""
        self._database = database
        self._box = box
        self._leases = leases
        self._post = post
        self._witness = witness
        self._clock = clock
        self._seed = seed

    def run_due(self, now_ns: int) -> Round:
        """Try once what is due by `now_ns`, nanoseconds since 1970, at most `ROUND` streams; return what came of it.

        Raises:
            StorageUnavailableError: the database cannot be used now; what was sent and not kept will be sent again.
        """
        claims = self._leases.claim(self._box.tenant, ROOM, now_ns=now_ns, limit=ROUND)
        if not claims:
            return Round()
        by_subscriber: dict[str, list[Claim]] = {}
        for claim in claims:
            by_subscriber.setdefault(stream_of(claim.work.payload).subscriber, []).append(claim)
        with (
            self._leases.kept(claims),
            ThreadPoolExecutor(min(AT_ONCE, len(by_subscriber)), "paceline-relay") as hands,
        ):
            return sum(hands.map(self._serve, by_subscriber.values()), Round())

    def _serve(self, claims: Sequence[Claim]) -> Round:
        """Try the streams of one subscriber, one after the other."""
        done, ends_ns = Round(), self._clock.running_ns() + round(TURN_S * _SECOND)
        for number, claim in enumerate(claims, 1):
            if number > 1 and self._clock.running_ns() >= ends_ns:
                self._stand_behind(claims[number - 1 :])
                break
            try:
                # Where the heartbeat could not keep it, somebody else may be at it already.
                begun = None if claim.is_over() else self._begin(claim)
                if begun is None:
                    done += LOST if claim.is_over() else PUT_OFF
                    continue
                tried = self._try(begun)
                done += self._end(tried)
            except FencedError:
                done += LOST
                continue
            if tried.answer is None:
                return done + self._put_off_untried(tried, claims[number:])
        return done

    def _begin(self, claim: Claim) -> _Attempt | None:
        """Return what is to be tried; None when there is nothing, and the stream rests."""
        stream = stream_of(claim.work.payload)

        def look(connection: Connection) -> tuple[Subscriber | None, Waiting | None]:
            try:
                subscriber = self._box.subscribers.find(connection, stream.subscriber)
            except SubscriberNotFoundError:
                return None, None
            return subscriber, self._box.streams.oldest(connection, stream)

        subscriber, waiting = self._database.read(look)
        if subscriber is None or waiting is None or subscriber.is_disabled:
            self._database.write(lambda connection: self._rest(connection, claim, stream))
            return None
        return _Attempt(claim=claim, stream=stream, subscriber=subscriber, waiting=waiting)

    def _rest(self, connection: Connection, claim: Claim, stream: Stream) -> None:
        try:
            disabled = self._box.subscribers.hold(connection, stream.subscriber).is_disabled
        except SubscriberNotFoundError:
            disabled = True
        self._box.streams.rest(connection, claim, stream, now_ns=self._clock.wall_ns(), whole=disabled)

    def _try(self, attempt: _Attempt) -> _Attempt:
        """Return the attempt as it went; nothing of it is kept yet."""
        waiting, subscriber = attempt.waiting, attempt.subscriber
        headers = signed_headers(
            waiting.message_id, waiting.body, secrets=subscriber.secrets, at_ns=self._clock.wall_ns()
        )
        try:
            endpoint = self._box.subscribers.endpoint(subscriber)
            answer = self._post.send(endpoint, headers, waiting.body.encode())
        except (AddressRefusedError, DeliveryError) as wrong:
            return replace(attempt, error=wrong.message)
        said = f"{subscriber.host} answered {answer.status}"
        redirect = " with a redirect, which is not followed" if 300 <= answer.status < 400 else ""
        return replace(attempt, answer=answer, error=said + redirect)

    def _end(self, attempt: _Attempt) -> Round:
        answer = attempt.answer
        if answer is not None and 200 <= answer.status < 300:
            return self._delivered(attempt)
        if answer is not None and answer.status == _GONE:
            return self._gone(attempt)
        now_ns = self._clock.wall_ns()
        asked_s = None
        if answer is not None and answer.status in _ASKS_FOR_TIME and not is_old(attempt.waiting.put_ns, now_ns=now_ns):
            asked_s = asked_wait_s(answer.retry_after, now_ns=now_ns)
        due_ns = self._next_ns(attempt, now_ns, asked_s)
        if due_ns is None:
            return self._give_up(attempt, now_ns)
        counted = attempt.waiting.attempts + (1 if asked_s is None else 0)
        return self._put_off(replace(attempt, waiting=replace(attempt.waiting, attempts=counted)), due_ns)

    def _next_ns(self, attempt: _Attempt, now_ns: int, asked_s: float | None = None) -> int | None:
        return next_ns(
            attempt=attempt.waiting.attempts + 1,
            put_ns=attempt.waiting.put_ns,
            failing_since_ns=attempt.subscriber.failing_since_ns,
            now_ns=now_ns,
            chance=self._seed() / 2**64,
            asked_s=asked_s,
        )

    def _delivered(self, attempt: _Attempt) -> Round:
        now_ns = self._clock.wall_ns()
        subscriber = attempt.subscriber.id

        def keep(connection: Connection) -> bool:
            recovered = False
            if attempt.subscriber.failing_since_ns is not None:
                since_ns = self._box.subscribers.has_heard(connection, subscriber)
                recovered = since_ns is not None and now_ns - since_ns >= LASTED_S * _SECOND
                if (
                    since_ns is not None
                    and recovered
                    and not self._box.streams.waits(connection, subscriber, RECOVERED)
                ):
                    late = self._box.streams.late(connection, subscriber)
                    dead = len(dead_letters(connection, self._box.tenant, subscriber=subscriber, since_ns=since_ns))
                    news = of_recovery(since_ns=since_ns, until_ns=now_ns, late=late, dead=dead)
                    self._box.put_for(connection, subscriber, news)
            self._box.streams.take(
                connection, attempt.claim, attempt.stream, attempt.waiting, now_ns=now_ns, delivered=1
            )
            return recovered

        if self._database.write(keep):
            self._database.write(
                lambda connection: self._box.streams.wake(connection, subscriber, now_ns=self._clock.wall_ns())
            )
        return DELIVERED

    def _gone(self, attempt: _Attempt) -> Round:
        why = f"{attempt.error}: it wants no more messages"

        def keep(connection: Connection) -> None:
            self._witness.was_disabled(connection, attempt.subscriber, why=why)
            self._box.subscribers.disable(connection, attempt.subscriber.id)
            self._box.streams.rest(connection, attempt.claim, attempt.stream, now_ns=self._clock.wall_ns(), whole=True)

        try:
            self._database.write(keep)
        except SubscriberNotFoundError:
            # It was removed in the meantime, and its streams with it.
            return LOST
        _log.warning("subscriber %s is disabled: %s", attempt.subscriber.id, why)
        return PUT_OFF

    def _put_off(self, attempt: _Attempt, due_ns: int) -> Round:
        now_ns = self._clock.wall_ns()

        def keep(connection: Connection) -> None:
            if attempt.subscriber.failing_since_ns is None:
                self._box.subscribers.has_failed(connection, attempt.subscriber.id, at_ns=now_ns)
            self._box.streams.postpone(
                connection, attempt.claim, attempt.stream, attempt.waiting, due_ns=due_ns, error=attempt.error
            )

        self._database.write(keep)
        return PUT_OFF

    def _put_off_untried(self, silent: _Attempt, claims: Sequence[Claim]) -> Round:
        """Put off the other streams of a subscriber from which no answer came, all at once."""
        now_ns = self._clock.wall_ns()
        since_ns = silent.subscriber.failing_since_ns
        due_ns = next_untried_ns(silent_since_ns=now_ns if since_ns is None else since_ns, now_ns=now_ns)
        if not claims:
            return Round()
        return self._database.write(lambda link: self._given_back(link, claims, due_ns=due_ns, error=silent.error))

    def _stand_behind(self, claims: Sequence[Claim]) -> None:
        """Give back what is left of a subscriber whose turn is over; what else is due of it goes behind others too."""
        now_ns = self._clock.wall_ns()
        subscriber = stream_of(claims[0].work.payload).subscriber

        def keep(connection: Connection) -> None:
            self._box.streams.stand_behind(connection, subscriber, now_ns=now_ns)
            self._given_back(connection, claims, due_ns=now_ns, error=None)

        self._database.write(keep)

    def _given_back(self, connection: Connection, claims: Sequence[Claim], *, due_ns: int, error: str | None) -> Round:
        """Put off streams untried."""
        done = Round()
        # Streams are held in the order of their campaigns.
        for claim in sorted(claims, key=lambda claim: claim.work.campaign or ""):
            try:
                stream = stream_of(claim.work.payload)
                self._box.streams.put_off(connection, claim, stream, due_ns=due_ns, error=error)
            except FencedError:
                done += LOST
            else:
                done += PUT_OFF
        return done

    def _give_up(self, attempt: _Attempt, now_ns: int) -> Round:
        waiting, subscriber = attempt.waiting, attempt.subscriber
        letter = DeadLetter(
            subscriber=subscriber.id,
            message_id=waiting.message_id,
            type=waiting.type,
            campaign=attempt.stream.campaign,
            sequence=waiting.sequence,
            attempts=waiting.attempts + 1,
            put_ns=waiting.put_ns,
            dead_ns=now_ns,
            error=attempt.error,
        )

        def keep(connection: Connection) -> None:
            self._witness.gave_up(connection, letter, host=subscriber.host)
            if waiting.type not in _ABOUT_DELIVERY:
                news = of_failure(
                    campaign=letter.campaign, host=subscriber.host, message_id=letter.message_id, kind=letter.type,
                    sequence=letter.sequence, error=letter.error, attempts=letter.attempts, at_ns=now_ns,
                )  # fmt: skip
                self._box.put(connection, news, without=subscriber.id)
            if subscriber.failing_since_ns is None:
                self._box.subscribers.has_failed(connection, subscriber.id, at_ns=now_ns)
            bury(connection, self._box.tenant, letter)
            self._box.streams.take(connection, attempt.claim, attempt.stream, waiting, now_ns=now_ns, delivered=0)

        self._database.write(keep)
        _log.warning(
            "message %s (%s) for subscriber %s is given up: %s",
            letter.message_id, letter.type, letter.subscriber, letter.error,
        )  # fmt: skip
        return GIVEN_UP
