"""Several relays on one database: one at a time for each stream, and nothing is lost when one dies or is late."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pytest

from paceline.ledger.entry import Query
from paceline.outbox.addresses import Endpoint, Reach
from paceline.outbox.ports import LOST
from paceline.outbox.relay import Relay
from paceline.outbox.sending import Answer, Sender
from paceline.outbox.streams import ROOM, Stream
from paceline.outbox.subscribers import Standing
from paceline.primitives.clock import MachineClock, ManualClock
from paceline.primitives.ids import CampaignId
from paceline.storage.database import Database
from paceline.storage.due_work import next_due_ns
from paceline.storage.failures import StorageUnavailableError
from paceline.storage.leases import LEASE_S
from tests.contract.mailrooms import Mailroom
from tests.contract.receivers import Receiver, Reply, receiving


class KilledError(Exception):
    """What stands for the end of a process."""


class Interrupted:
    """Sends, and then does what a test wants before the answer is told."""

    def __init__(self) -> None:
        self.sender = Sender(reach=Reach.LOOPBACK)
        self.afterwards: Callable[[], None] = lambda: None

    def send(self, endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> Answer:
        answer = self.sender.send(endpoint, headers, body)
        self.afterwards()
        return answer


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(wall_ns=MachineClock().wall_ns())


@pytest.fixture
def post() -> Interrupted:
    return Interrupted()


@pytest.fixture
def first(database: Database, clock: ManualClock, post: Interrupted) -> Iterator[Mailroom]:
    opened = Mailroom(database, clock, post=post)
    yield opened
    opened.close()


@pytest.fixture
def second(database: Database, clock: ManualClock) -> Iterator[Mailroom]:
    opened = Mailroom(database, clock)
    yield opened
    opened.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def numbers(receiver: Receiver) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for document in receiver.taken():
        found.setdefault(document["campaign"], []).append(document["sequence"])
    return found


def test_two_relays_carry_what_is_put_meanwhile_in_order_and_once(
    first: Mailroom, second: Mailroom, receiver: Receiver
) -> None:
    subscriber = first.subscribe(receiver.url)
    ended = threading.Event()

    def carry(room: Mailroom) -> None:
        while not ended.is_set() or room.waiting(subscriber.id):
            room.run()

    threads = [threading.Thread(target=carry, args=(room,)) for room in (first, second)]
    for thread in threads:
        thread.start()
    for number in range(60):
        first.put(f"C{number % 4}")
    ended.set()
    for thread in threads:
        thread.join()
    assert numbers(receiver) == {f"C{number}": [*range(1, 16)] for number in range(4)}
    assert len(receiver.got) == 60


def test_message_that_was_sent_by_a_relay_that_died_is_sent_again_after_a_lease(
    first: Mailroom, second: Mailroom, receiver: Receiver, post: Interrupted, clock: ManualClock
) -> None:
    first.subscribe(receiver.url)
    messages = [first.put("A").id, first.put("A").id]

    def die() -> None:
        raise KilledError

    post.afterwards = die
    with pytest.raises(KilledError):
        first.round()
    assert second.round().taken == 0
    clock.advance(LEASE_S + 1)
    assert second.run().delivered == 2
    assert [got.id for got in receiver.got] == [messages[0], *messages]
    assert receiver.got[0].body == receiver.got[1].body


def test_relay_that_lost_its_lease_while_it_sent_takes_nothing_away(
    first: Mailroom, second: Mailroom, receiver: Receiver, post: Interrupted, clock: ManualClock
) -> None:
    first.subscribe(receiver.url)
    for _ in range(3):
        first.put("A")

    def sleep_too_long() -> None:
        post.afterwards = lambda: None
        clock.advance(LEASE_S + 1)
        assert second.round().delivered == 1

    post.afterwards = sleep_too_long
    assert first.round() == LOST
    second.run()
    assert numbers(receiver) == {"A": [1, 2, 3]}
    assert sorted(Counter(got.document["sequence"] for got in receiver.got).items()) == [(1, 2), (2, 1), (3, 1)]


@pytest.mark.parametrize("status", [200, 410, 500])
def test_subscriber_that_is_removed_while_it_is_sent_to_leaves_nothing_behind(
    first: Mailroom, receiver: Receiver, post: Interrupted, status: int
) -> None:
    subscriber = first.subscribe(receiver.url)
    first.put("A")
    receiver.always(status)
    post.afterwards = lambda: first.database.write(lambda connection: first.box.remove(connection, subscriber.id))
    assert first.round() == LOST
    assert first.round().taken == 0
    assert first.waiting(subscriber.id) == 0
    assert first.book.entries(Query()) == []


def test_subscriber_that_is_disabled_while_it_is_sent_to_is_sent_nothing_more(
    first: Mailroom, receiver: Receiver, post: Interrupted
) -> None:
    subscriber = first.subscribe(receiver.url)
    first.put("A")
    first.put("A")
    post.afterwards = lambda: first.database.write(
        lambda connection: first.subscribers.disable(connection, subscriber.id)
    )
    first.run()
    assert (len(receiver.got), first.waiting(subscriber.id)) == (1, 1)
    assert first.subscriber(subscriber.id).standing is Standing.DISABLED


def test_message_that_is_put_while_the_last_one_is_sent_is_not_forgotten(
    first: Mailroom, receiver: Receiver, post: Interrupted
) -> None:
    first.subscribe(receiver.url)
    first.put("A")

    def put_one_more() -> None:
        post.afterwards = lambda: None
        first.put("A")

    post.afterwards = put_one_more
    first.run()
    assert numbers(receiver) == {"A": [1, 2]}


def test_stream_in_which_something_was_put_since_somebody_looked_does_not_rest(
    first: Mailroom, receiver: Receiver, clock: ManualClock
) -> None:
    subscriber = first.subscribe(receiver.url)
    first.put("A")
    stream = Stream(subscriber=subscriber.id, campaign=CampaignId("A"))
    for whole, is_due in ((False, True), (True, False)):
        (claim,) = first.leases.claim(first.tenant, ROOM, now_ns=clock.wall_ns(), limit=9)
        rest = partial(first.streams.rest, claim=claim, stream=stream, now_ns=clock.wall_ns(), whole=whole)
        first.database.write(rest)
        due_ns = first.database.read(lambda connection: next_due_ns(connection, first.tenant, ROOM))
        assert (due_ns is not None) == is_due
    assert first.database.write(lambda connection: first.box.enable(connection, subscriber.id)) == 1
    first.run()
    assert numbers(receiver) == {"A": [1]}


def test_note_that_cannot_be_written_leaves_the_message_where_it_was(
    database: Database, clock: ManualClock, receiver: Receiver, first: Mailroom
) -> None:
    class Blind:
        def gave_up(self, *_: object, **__: object) -> None:
            raise StorageUnavailableError

        def was_disabled(self, *_: object, **__: object) -> None:
            raise StorageUnavailableError

    subscriber = first.subscribe(receiver.url)
    first.put("A")
    receiver.answers = lambda _path, _headers, _body: Reply(410)
    relay = Relay(
        database, box=first.box, leases=first.leases, post=first.post, witness=Blind(), clock=clock, seed=lambda: 0
    )
    with pytest.raises(StorageUnavailableError):
        relay.run_due(clock.wall_ns())
    assert first.subscriber(subscriber.id).standing is Standing.ACTIVE
    assert (first.waiting(subscriber.id), first.dead()) == (1, [])
