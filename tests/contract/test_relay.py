"""The relay against real receivers, on both databases: signed, in order, at least once, and loudly when it gives up."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from hashlib import sha256

import pytest
from standardwebhooks import Webhook

from paceline.ledger.entry import Query
from paceline.outbox.box import Range
from paceline.outbox.message import FAILED, RECOVERED
from paceline.outbox.schedule import LIFETIME_S
from paceline.outbox.subscribers import Standing
from paceline.primitives.clock import instant_of
from paceline.primitives.ids import CampaignId
from paceline.storage.database import Database
from tests.contract.mailrooms import HOUR_S, Mailroom, just_before
from tests.contract.receivers import Receiver, Reply, receiving


@pytest.fixture
def room(database: Database) -> Iterator[Mailroom]:
    opened = Mailroom(database, just_before(4 * HOUR_S))
    yield opened
    opened.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def by_campaign(receiver: Receiver) -> dict[str, list[int]]:
    """Return the numbers of what was taken, each once, in the order of first arrival."""
    found: dict[str, list[int]] = {}
    for document in receiver.taken():
        if document["sequence"] is not None:
            found.setdefault(document["campaign"], []).append(document["sequence"])
    return found


def test_delivery_verifies_with_the_reference_package(room: Mailroom, receiver: Receiver) -> None:
    room.clock.advance(4 * HOUR_S)
    subscriber = room.subscribe(receiver.url)
    message = room.put(reason="Überlast")
    assert room.run().delivered == 1
    (got,) = receiver.got
    assert Webhook(subscriber.secrets.current).verify(got.body, got.headers) == got.document
    assert got.body == message.body.encode()
    assert got.id == message.id == got.document["id"]
    assert got.document == {
        "id": message.id,
        "type": "lifecycle.applied",
        "version": 1,
        "tenant": "acme",
        "campaign": "A",
        "sequence": 1,
        "at": got.document["at"],
        "entry": None,
        "data": {"reason": "Überlast"},
    }
    assert room.waiting(subscriber.id) == 0
    assert room.round().taken == 0


def test_receiver_that_was_down_for_an_hour_loses_nothing_and_hears_each_campaign_in_order(
    room: Mailroom, receiver: Receiver
) -> None:
    room.clock.advance(3 * HOUR_S)
    subscriber = room.subscribe(receiver.url)
    receiver.always(503)
    for minute in range(60):
        room.put(f"C{minute % 3}", minute=minute)
        room.run()
        room.clock.advance(60)
    assert receiver.taken() == []
    assert room.subscriber(subscriber.id).standing is Standing.FAILING
    receiver.always(200)
    room.put("D", kind="lifecycle.refused")
    room.run()
    # The first success, of whatever campaign, makes due all that was put off: nobody waits for hours.
    assert by_campaign(receiver) == {"C0": [*range(1, 21)], "C1": [*range(1, 21)], "C2": [*range(1, 21)], "D": [1]}
    for got in receiver.got[-60:]:
        assert Webhook(subscriber.secrets.current).verify(got.body, got.headers) == got.document
    assert room.subscriber(subscriber.id).standing is Standing.ACTIVE
    (told,) = [one for one in receiver.taken() if one["type"] == RECOVERED]
    assert told["data"]["late"] == 61
    assert told["data"]["dead_letters"] == 0
    assert told["data"]["since"] < told["data"]["until"] == told["at"]
    assert (told["campaign"], told["sequence"]) == (None, None)


def test_every_message_arrives_through_a_receiver_that_fails_at_random(room: Mailroom, receiver: Receiver) -> None:
    subscriber = room.subscribe(receiver.url)
    put = [message.id for message in room.put_many(f"C{number % 24}" for number in range(240))]

    def answer(_path: str, _headers: dict[str, str], _body: bytes) -> Reply:
        # Of those that hang up nobody knows whether the message was taken: it comes again, under the same id.
        drawn = sha256(str(len(receiver.got)).encode()).digest()[0]
        return Reply((200, 200, 200, 200, 500, 0)[drawn % 6])

    receiver.answers = answer
    while room.waiting(subscriber.id):
        room.run()
        room.clock.advance(900)
    arrived = Counter(got.id for got in receiver.got if got.document["type"] != RECOVERED)
    assert set(arrived) == set(put)
    assert len(receiver.got) > 300
    assert by_campaign(receiver) == {f"C{number}": [*range(1, 11)] for number in range(24)}
    assert room.dead() == []
    same: dict[str, bytes] = {}
    assert all(same.setdefault(got.id, got.body) == got.body for got in receiver.got)


def test_stream_that_fails_holds_up_no_other(room: Mailroom, receiver: Receiver, other: Receiver) -> None:
    room.subscribe(receiver.url)
    room.subscribe(other.url)
    receiver.answers = lambda _path, _headers, body: Reply(400 if b'"campaign":"A"' in body else 200)
    for _ in range(3):
        room.put("A")
        room.put("B")
    room.run()
    assert by_campaign(receiver) == {"B": [1, 2, 3]}
    assert by_campaign(other) == {"A": [1, 2, 3], "B": [1, 2, 3]}
    # Only the oldest of the stream was tried.
    assert [got.document["sequence"] for got in receiver.got if got.answered == 400] == [1]


def test_receiver_that_is_silent_is_asked_once_in_a_round(room: Mailroom, receiver: Receiver, other: Receiver) -> None:
    silent = room.subscribe(receiver.url)
    room.subscribe(other.url)
    receiver.always(0)
    for number in range(10):
        room.put(f"C{number}")
    room.run()
    assert len(receiver.got) == 1
    assert len(other.taken()) == 10
    receiver.always(200)
    room.clock.advance(5)
    room.run()
    assert by_campaign(receiver) == {f"C{number}": [1] for number in range(10)}
    assert room.waiting(silent.id) == 0


def test_attempts_follow_the_schedule_of_the_manual_clock(room: Mailroom, receiver: Receiver) -> None:
    room.subscribe(receiver.url)
    receiver.always(500)
    room.put()
    tried: list[int] = []
    for second in (0, 4, 5, 304, 305, 2104, 2105):
        room.clock.advance(second - (tried[-1] if tried else 0))
        before = len(receiver.got)
        room.run()
        assert len(receiver.got) - before == (second in {0, 5, 305, 2105})
        tried.append(second)
    stamps = {got.headers["webhook-timestamp"] for got in receiver.got}
    assert len(stamps) == 4
    assert len({got.id for got in receiver.got}) == 1


def test_gone_disables_the_subscriber_and_nothing_is_sent_until_it_is_enabled(
    room: Mailroom, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    subscriber = room.subscribe(receiver.url)
    receiver.always(410)
    room.put("A")
    room.put("B")
    with caplog.at_level(logging.WARNING):
        room.run()
    room.put("A")
    room.clock.advance(HOUR_S)
    room.run()
    assert len(receiver.got) == 1
    assert room.subscriber(subscriber.id).standing is Standing.DISABLED
    assert "disabled" in caplog.text
    (noted,) = room.book.entries(Query(kind="webhook.disabled"))
    assert noted.rows[0].document["details"] == {
        "subscriber": subscriber.id,
        "why": "127.0.0.1 answered 410: it wants no more messages",
    }
    receiver.always(200)
    assert room.database.write(lambda connection: room.box.enable(connection, subscriber.id)) == 2
    room.run()
    assert by_campaign(receiver) == {"A": [1], "B": [1]}
    # What was put while it was disabled can be told by a replay.
    assert room.box.replay(subscriber.id, Range(campaign=CampaignId("A"), first=2)) == 1
    room.run()
    assert by_campaign(receiver) == {"A": [1, 2], "B": [1]}


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_in_seconds_and_as_a_date(room: Mailroom, receiver: Receiver, status: int) -> None:
    room.subscribe(receiver.url)
    room.put()
    date = format_datetime(instant_of(room.clock.wall_ns()) + timedelta(seconds=900), usegmt=True)
    for asked, waits in ((date, 900), ("7200", 7200)):
        receiver.always(status, Retry_After=asked)
        before = len(receiver.got)
        room.run()
        room.clock.advance(waits - 1)
        room.run()
        assert len(receiver.got) == before + 1
        room.clock.advance(1)
    receiver.always(200)
    room.run()
    assert len(receiver.taken()) >= 1


def test_waits_that_the_receiver_asked_for_use_up_no_attempt(room: Mailroom, receiver: Receiver) -> None:
    room.subscribe(receiver.url)
    room.put()
    receiver.always(429, Retry_After="1")
    for _ in range(30):
        room.run()
        room.clock.advance(1)
    assert (len(receiver.got), room.dead()) == (30, [])
    receiver.always(500)
    room.run()
    # The schedule begins with its first wait.
    room.clock.advance(5)
    receiver.always(200)
    room.run()
    assert (len(receiver.got), len(receiver.taken())) == (32, 1)


def test_message_that_is_given_up_is_a_dead_letter_a_note_and_news_for_the_others(
    room: Mailroom, receiver: Receiver, other: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    refuser = room.subscribe(receiver.url + "/s3cret")
    room.subscribe(other.url)
    receiver.answers = lambda _path, _headers, body: Reply(400 if b'"sequence":1,' in body else 200)
    message, _ = room.put("A"), room.put("A")
    for _ in range(60):
        room.run()
        room.clock.advance(2 * HOUR_S + 1)
    (letter,) = room.dead()
    assert (letter.subscriber, letter.message_id, letter.sequence) == (refuser.id, message.id, 1)
    assert (letter.attempts, letter.error) == (10, "127.0.0.1 answered 400")
    assert [got.document["sequence"] for got in receiver.got] == [*[1] * 10, 2, None]
    assert receiver.taken()[-1]["data"]["dead_letters"] == 1
    (told,) = [one for one in other.taken() if one["type"] == FAILED]
    assert told["data"] == {
        "host": "127.0.0.1",
        "message": message.id,
        "type": "lifecycle.applied",
        "sequence": 1,
        "attempts": 10,
        "error": "127.0.0.1 answered 400",
    }
    (noted,) = room.book.entries(Query(kind="delivery.failed"))
    assert noted.campaign == "A"
    assert message.id in caplog.text
    assert "s3cret" not in caplog.text
    # The refuser itself is not told that it was not told: number 3 of the campaign is not for it.
    assert by_campaign(receiver) == {"A": [2]}


def test_message_about_delivery_that_is_given_up_is_no_news_for_the_others(
    room: Mailroom, receiver: Receiver, other: Receiver
) -> None:
    subscriber = room.subscribe(receiver.url)
    room.subscribe(other.url)
    receiver.always(400)
    room.database.write(lambda connection: room.box.test(connection, subscriber.id))
    room.run()
    room.clock.advance(4 * 24 * HOUR_S)
    room.run()
    assert [letter.type for letter in room.dead()] == ["webhook.test"]
    assert len(room.book.entries(Query(kind="delivery.failed"))) == 1
    assert other.got == []


def test_queue_of_a_receiver_that_never_comes_back_is_given_up_three_days_after_each_was_put(
    room: Mailroom, receiver: Receiver
) -> None:
    room.subscribe(receiver.url)
    receiver.always(500)
    for _ in range(4):
        room.put("A")
        room.clock.advance(HOUR_S)
    for _ in range(LIFETIME_S // 3600 + 4):
        room.run()
        room.clock.advance(HOUR_S)
    assert [letter.sequence for letter in room.dead()] == [1, 2, 3, 4]
    assert {got.document["sequence"] for got in receiver.got} == {1, 2, 3, 4}


def test_message_that_is_old_because_others_were_before_it_is_tried_as_often_as_any(
    room: Mailroom, receiver: Receiver
) -> None:
    room.subscribe(receiver.url)
    room.put("A")
    room.clock.advance(4 * 24 * HOUR_S)
    receiver.always(503, Retry_After="9")
    for wait_s in (5, 300, 1800):
        room.run()
        room.clock.advance(wait_s)
    receiver.always(200)
    room.run()
    assert by_campaign(receiver) == {"A": [1]}
    assert room.dead() == []


def test_dead_letters_are_replayed_by_number_and_by_time(room: Mailroom, receiver: Receiver) -> None:
    subscriber = room.subscribe(receiver.url)
    receiver.always(400)
    began_ns = room.clock.wall_ns()
    first = room.put("A").id
    room.run()
    room.clock.advance(4 * 24 * HOUR_S)
    room.run()
    room.put("B")
    room.run()
    assert [letter.message_id for letter in room.dead()] == [first]
    receiver.always(200)
    assert room.box.replay(subscriber.id, Range(since_ns=began_ns, until_ns=began_ns + 1)) == 1
    assert room.dead() == []
    # What waits already is not put a second time.
    assert room.box.replay(subscriber.id, Range()) == 0
    room.clock.advance(5)
    room.run()
    assert by_campaign(receiver) == {"A": [1], "B": [1]}
    assert room.box.replay(subscriber.id, Range()) == 2
    room.run()
    assert Counter(got.id for got in receiver.got if got.answered == 200)[first] == 2


def test_both_secrets_sign_for_a_day_after_a_rotation(room: Mailroom, receiver: Receiver) -> None:
    room.clock.advance(4 * HOUR_S)
    before = room.subscribe(receiver.url).secrets.current
    (subscriber,) = room.database.read(room.subscribers.all)
    after = room.database.write(lambda connection: room.subscribers.rotate(connection, subscriber.id)).secrets.current
    room.put()
    room.run()
    (got,) = receiver.got
    for secret in (before, after):
        assert Webhook(secret).verify(got.body, got.headers) == got.document
    room.clock.advance(24 * HOUR_S)
    room.put()
    room.run()
    assert len(receiver.got[-1].headers["webhook-signature"].split(" ")) == 1


def test_test_message_reaches_its_subscriber_alone(room: Mailroom, receiver: Receiver, other: Receiver) -> None:
    subscriber = room.subscribe(receiver.url, kinds=["pacing.*"])
    room.subscribe(other.url)
    room.database.write(lambda connection: room.box.test(connection, subscriber.id))
    room.run()
    (told,) = receiver.taken()
    assert (told["type"], told["sequence"], other.got) == ("webhook.test", None, [])


def test_failure_that_did_not_last_is_not_told_of(room: Mailroom, receiver: Receiver) -> None:
    room.subscribe(receiver.url)
    receiver.always(500)
    room.put()
    room.run()
    receiver.always(200)
    room.clock.advance(5)
    room.run()
    assert [one["type"] for one in receiver.taken()] == ["lifecycle.applied"]


def test_no_secret_and_no_path_stands_in_an_error_a_log_or_a_text(
    room: Mailroom, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    subscriber = room.subscribe(receiver.url + "/s3cret")
    secret = subscriber.secrets.current
    with caplog.at_level(logging.DEBUG):
        for status in (500, 0, 410):
            receiver.always(status)
            room.put()
            room.run()
            room.clock.advance(HOUR_S)
    rows = " ".join(row.body for row in room.book.rows())
    texts = repr(subscriber) + str(subscriber) + rows + repr(room.dead())
    paceline_log = " ".join(one.getMessage() for one in caplog.records if one.name.startswith("paceline"))
    assert "s3cret" not in texts + paceline_log
    assert secret not in texts + caplog.text
