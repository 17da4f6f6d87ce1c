"""A receiver that answers slowly has its turn in each round of the relay, and holds up nobody for longer."""

from __future__ import annotations

from paceline.outbox.relay import ROUND, TURN_S
from paceline.storage.database import Database
from tests.contract.mailrooms import HOUR_S, Mailroom, just_before
from tests.contract.receivers import Reply, receiving


def test_receiver_that_answers_slowly_stands_behind_the_others(database: Database) -> None:
    room = Mailroom(database, just_before(4 * HOUR_S))

    def slowly(_path: str, _headers: dict[str, str], _body: bytes) -> Reply:
        room.clock.advance(TURN_S / 4)
        return Reply()

    names = [f"C-{number:03}" for number in range(ROUND + 20)]
    with receiving() as slow, receiving() as quick:
        slow.answers = slowly
        one = room.subscribe(slow.url)
        room.put_many(names)
        assert (room.round().delivered, len(slow.got)) == (4, 4)
        room.subscribe(quick.url)
        news, rounds = room.put("NEW"), 0
        while not quick.got:
            assert room.round().delivered <= 5
            rounds += 1
        assert (rounds <= 2, [got.id for got in quick.got]) == (True, [news.id])
        room.run()
        assert room.waiting(one.id) == 0
        assert sorted(got.document["campaign"] for got in slow.got) == [*names, "NEW"]
    room.close()
