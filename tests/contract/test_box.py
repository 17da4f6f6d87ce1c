"""Messages are put with what they tell of, numbered without gaps, and for those who want them; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import Connection, func, select

from paceline.ledger import drafts
from paceline.ledger.entry import Actor, Deed
from paceline.outbox.box import Range
from paceline.outbox.failures import (
    AddressRefusedError,
    SubscriberDisabledError,
    SubscriberNotFoundError,
    UnknownKindsError,
)
from paceline.outbox.message import Ended, News, told
from paceline.outbox.streams import ROOM, Stream
from paceline.outbox.subscribers import SubscriberId
from paceline.primitives.clock import ManualClock, instant_of
from paceline.primitives.ids import CampaignId
from paceline.storage.database import Database
from paceline.storage.due_work import listing
from paceline.storage.tables import OUTBOX_DELIVERIES, OUTBOX_MESSAGES, OUTBOX_STREAMS
from tests.contract.mailrooms import Mailroom

URL = "https://hooks.example.com/T00/s3cret"
PAUSE = Deed(kind="lifecycle.pause", actor=Actor(name="ada", known_by="key"), campaign=CampaignId("A"))


@pytest.fixture
def room(database: Database, clock: ManualClock) -> Iterator[Mailroom]:
    opened = Mailroom(database, clock)
    yield opened
    opened.close()


def rows_in(room: Mailroom) -> dict[str, int]:
    tables = (OUTBOX_MESSAGES, OUTBOX_DELIVERIES, OUTBOX_STREAMS)

    def count(connection: Connection) -> dict[str, int]:
        found = {one.name: connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables}
        return {**found, "work": len(listing(connection, room.tenant, room=ROOM))}

    return room.database.read(count)


def numbers_in_order(room: Mailroom, campaign: str) -> list[int | None]:
    """Return the numbers of what waits in the only stream of a campaign, in its order."""
    asked = (
        select(OUTBOX_MESSAGES.c.sequence)
        .join(OUTBOX_DELIVERIES, OUTBOX_DELIVERIES.c.message == OUTBOX_MESSAGES.c.id)
        .where(OUTBOX_MESSAGES.c.campaign == campaign)
        .order_by(OUTBOX_DELIVERIES.c.position)
    )
    return room.database.read(lambda connection: list(connection.execute(asked).scalars()))


def waiting(room: Mailroom, subscriber: SubscriberId, campaign: str | None) -> int:
    stream = Stream(subscriber=subscriber, campaign=None if campaign is None else CampaignId(campaign))
    return len(room.database.read(lambda connection: room.streams.waits_for(connection, stream)))


def test_message_is_durable_with_the_row_that_it_tells_of_or_not_at_all(room: Mailroom) -> None:
    room.subscribe(URL)
    entry = room.book.open(PAUSE)
    row = room.book.read(entry).rows[0]

    def close(connection: Connection) -> None:
        closed = room.book.put(connection, drafts.closed(entry, outcome="failed", at=room.book.now()))
        news = told(Ended(entry=entry, opened=row.document, closed=closed.document))
        assert news is not None
        room.box.put(connection, news)

    def close_and_fail(connection: Connection) -> None:
        close(connection)
        raise LookupError("after everything")

    with pytest.raises(LookupError):
        room.database.write(close_and_fail)
    assert rows_in(room) == {"outbox_messages": 0, "outbox_deliveries": 0, "outbox_streams": 0, "work": 0}
    assert room.book.read(entry).is_open
    room.database.write(close)
    assert rows_in(room) == {"outbox_messages": 1, "outbox_deliveries": 1, "outbox_streams": 1, "work": 1}
    # What was undone took no number.
    assert room.put("A").sequence == 2


def test_phone_number_in_a_reason_does_not_reach_the_message(room: Mailroom) -> None:
    deed = Deed(kind=PAUSE.kind, actor=PAUSE.actor, campaign=PAUSE.campaign, reason="ask +1 415 555 0132")
    entry = room.book.open(deed)
    row = room.book.read(entry).rows[0]
    closed = room.book.close(entry, outcome="refused")
    news = told(Ended(entry=entry, opened=row.document, closed=closed.document))
    assert news is not None
    message = room.database.write(lambda connection: room.box.put(connection, news))
    assert '"reason":"ask (a phone number)"' in message.body
    assert "number:" not in message.body


def test_numbers_of_a_campaign_have_no_gaps_however_many_put_at_once(room: Mailroom) -> None:
    subscriber = room.subscribe(URL)
    gate = threading.Barrier(8)

    def put(worker: int) -> list[int | None]:
        gate.wait()
        return [room.put(("A", "B")[(worker + number) % 2]).sequence for number in range(10)]

    with ThreadPoolExecutor(8) as pool:
        given = [sequence for sequences in pool.map(put, range(8)) for sequence in sequences]
    assert sorted(given, key=str) == sorted([*range(1, 41), *range(1, 41)], key=str)
    for campaign in ("A", "B"):
        assert numbers_in_order(room, campaign) == [*range(1, 41)]
    assert room.waiting(subscriber.id) == 80
    assert rows_in(room)["work"] == 2


def test_subscriber_hears_the_kinds_that_it_named(room: Mailroom) -> None:
    everything = room.subscribe(URL).id
    refusals = room.subscribe(URL, kinds=["lifecycle.refused"]).id
    aspect = room.subscribe(URL, kinds=["lifecycle.*", "webhook.test"]).id
    for kind in ("lifecycle.applied", "lifecycle.refused", "pacing.applied", "lifecycles.applied"):
        room.put("A", kind=kind)
    assert [room.waiting(one) for one in (everything, refusals, aspect)] == [4, 1, 2]


def test_news_without_a_subscriber_is_for_all_the_others_and_a_replay_keeps_to_that(room: Mailroom) -> None:
    one, other = room.subscribe(URL).id, room.subscribe(URL).id
    news = News(type="delivery.failed", at=instant_of(0), campaign=CampaignId("A"))
    room.database.write(lambda connection: room.box.put(connection, news, without=one))
    assert (room.waiting(one), room.waiting(other)) == (0, 1)
    assert room.box.replay(one, Range()) == 0


@pytest.mark.parametrize("kind", ["", "lifecycle", "*", "*.*", "lifecycle.", ".refused", "lifecycle.re fused", "A.b"])
def test_kind_that_is_none_is_refused(room: Mailroom, kind: str) -> None:
    with pytest.raises(UnknownKindsError) as caught:
        room.subscribe(URL, kinds=["lifecycle.applied", kind])
    assert caught.value.hint is not None


def test_subscriber_at_an_address_that_may_not_be_sent_to_is_refused(room: Mailroom) -> None:
    for url in ("https://10.0.0.1/", "http://hooks.example.com/", "https://2130706433/", "https://[::ffff:1.1.1.1]/"):
        with pytest.raises(AddressRefusedError):
            room.subscribe(url)
    assert room.database.read(room.subscribers.all) == []


def test_subscriber_shows_its_host_and_hides_its_address_and_its_secrets(room: Mailroom) -> None:
    subscriber = room.subscribe(URL)
    assert subscriber.host == "hooks.example.com"
    assert subscriber.secrets.current.startswith("whsec_")
    assert "s3cret" not in repr(subscriber)
    assert "whsec_" not in repr(subscriber)


def test_messages_of_no_campaign_have_a_count_of_their_own(room: Mailroom) -> None:
    subscriber = room.subscribe(URL).id
    assert [room.put(None).sequence, room.put("A").sequence, room.put(None).sequence] == [1, 1, 2]
    room.database.write(lambda connection: room.box.test(connection, subscriber))
    assert room.put(None).sequence == 3
    assert waiting(room, subscriber, None) == 4


def test_replay_takes_a_range_of_numbers_of_times_and_of_kinds(room: Mailroom) -> None:
    for _ in range(3):
        room.put("A")
        room.put("B", kind="lifecycle.refused")
        room.clock.advance(1)
    now_ns = room.clock.wall_ns()
    second = 1_000_000_000

    def replayed(kinds: list[str], **wanted: object) -> int:
        return room.box.replay(room.subscribe(URL, kinds).id, Range(**wanted))  # type: ignore[arg-type] # as given

    assert replayed([]) == 6
    assert replayed(["lifecycle.refused"]) == 3
    assert replayed([], campaign=CampaignId("A"), first=2) == 2
    assert replayed([], campaign=CampaignId("A"), first=2, last=2) == 1
    assert replayed([], last=1) == 2
    assert replayed([], since_ns=now_ns - 2 * second) == 4
    assert replayed([], since_ns=now_ns - 2 * second, until_ns=now_ns - second) == 2


def test_disabled_subscriber_is_put_nothing_and_is_neither_tested_nor_replayed_to(room: Mailroom) -> None:
    subscriber = room.subscribe(URL).id
    room.put("A")
    room.database.write(lambda connection: room.subscribers.disable(connection, subscriber))
    room.put("A")
    assert room.waiting(subscriber) == 1
    with pytest.raises(SubscriberDisabledError):
        room.database.write(lambda connection: room.box.test(connection, subscriber))
    with pytest.raises(SubscriberDisabledError):
        room.box.replay(subscriber, Range())


def test_removed_subscriber_takes_all_that_waited_with_it(room: Mailroom) -> None:
    subscriber, other = room.subscribe(URL).id, room.subscribe(URL).id
    room.put("A")
    room.put(None)
    room.database.write(lambda connection: room.box.remove(connection, subscriber))
    assert rows_in(room) == {"outbox_messages": 2, "outbox_deliveries": 2, "outbox_streams": 2, "work": 2}
    assert room.waiting(other) == 2
    assert_unknown(room, subscriber)


def assert_unknown(room: Mailroom, subscriber: SubscriberId) -> None:
    acts: list[Callable[[Connection, SubscriberId], object]] = [
        room.subscribers.find, room.subscribers.rotate, room.subscribers.hold, room.subscribers.disable,
        room.box.test, room.box.enable, room.box.remove,
    ]  # fmt: skip
    for act in acts:
        asked = partial(_asked, act=act, subscriber=subscriber)
        with pytest.raises(SubscriberNotFoundError):
            room.database.write(asked)


def _asked(
    connection: Connection, *, act: Callable[[Connection, SubscriberId], object], subscriber: SubscriberId
) -> object:
    return act(connection, subscriber)


def test_old_messages_are_forgotten_but_what_waits_and_numbers_go_on(room: Mailroom) -> None:
    room.put("A")
    subscriber = room.subscribe(URL, kinds=["lifecycle.refused"]).id
    room.put("A", kind="lifecycle.refused")
    room.clock.advance(1)
    before_ns = room.clock.wall_ns()
    room.put("A")
    assert room.database.write(lambda connection: room.box.forget(connection, before_ns=before_ns)) == 1
    assert room.waiting(subscriber) == 1
    assert rows_in(room)["outbox_messages"] == 2
    assert room.put("A").sequence == 4


def test_tenants_do_not_hear_each_other(room: Mailroom) -> None:
    other = Mailroom(room.database, room.clock, tenant=type(room.tenant)("other"))
    subscriber = room.subscribe(URL).id
    assert other.put("A").sequence == 1
    assert room.put("A").sequence == 1
    assert room.waiting(subscriber) == 1
    assert other.database.read(other.subscribers.all) == []
    other.close()
