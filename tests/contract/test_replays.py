"""A request under a key is carried out once, by one, on each database; and what is answered when that one is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from paceline.control.access.replays import AnotherRequest, Begun, Fresh, Lost, Replay, Replays, UnderWay, WhenLost
from paceline.control.owners import LEASE_S, SKEW_S, Owner
from paceline.ledger.failures import LedgerUnavailableError
from paceline.primitives.canonical import NotCanonicalError
from paceline.primitives.clock import Clock, MachineClock, ManualClock
from paceline.primitives.ids import TenantId
from paceline.storage.database import Database
from paceline.storage.failures import StorageUnavailableError
from paceline.storage.tables import ACCESS_REPLAYS, CONTROL_OWNERS
from tests.forked import MODULES, Forked

DAY_S = 86_400
ANSWER = Replay(202, (("Location", "/v1/changes/17"), ("ETag", '"43"')), b'{"entry": 17}\xff\x00')
Process = Callable[[], Replays]


@pytest.fixture
def process(database: Database, clock: ManualClock) -> Iterator[Process]:
    """One more process, or what stands for one: an owner of its own, on the same database and clock."""
    with ExitStack() as ending:

        def another() -> Replays:
            owner = Owner(database, clock)
            ending.callback(owner.close)
            return Replays(database, tenant=TenantId("acme"), owner=owner, clock=clock)

        yield another


def fresh(begun: Begun) -> Fresh:
    assert isinstance(begun, Fresh), begun
    return begun


def answer(process: Replays, begun: Fresh) -> None:
    process.finish(begun, status=ANSWER.status, headers=ANSWER.headers, body=ANSWER.body)


def rows(database: Database) -> int:
    asked = select(func.count()).select_from(ACCESS_REPLAYS)
    return int(database.read(lambda connection: connection.execute(asked).scalar_one()))


def test_answer_is_given_again_as_it_was_by_any_process(process: Process) -> None:
    here, there = process(), process()
    answer(here, fresh(here.begin("key-1", "ada", "d1")))
    for one in (here, there, here):
        assert one.begin("key-1", "ada", "d1") == ANSWER


def test_answer_without_a_body_is_an_answer(process: Process) -> None:
    here = process()
    here.finish(fresh(here.begin("key-1", "ada", "d1")), status=204)
    assert here.begin("key-1", "ada", "d1") == Replay(204, (), b"")


def test_another_request_under_the_same_key_is_refused_before_and_after_the_answer(process: Process) -> None:
    here, there = process(), process()
    begun = fresh(here.begin("key-1", "ada", "d1"))
    assert here.begin("key-1", "ada", "d2") == there.begin("key-1", "ada", "d2") == AnotherRequest()
    answer(here, begun)
    assert there.begin("key-1", "ada", "d2", lost=WhenLost.REPEAT) == AnotherRequest()


def test_key_is_of_who_sent_it(process: Process, database: Database, clock: ManualClock) -> None:
    here = process()
    fresh(here.begin("key-1", "ada", "d1"))
    fresh(here.begin("key-1", "bob", "d2"))
    other = Replays(database, tenant=TenantId("other"), owner=Owner(database, clock), clock=clock)
    fresh(other.begin("key-1", "ada", "d3"))


def test_any_text_is_a_key(process: Process) -> None:
    here = process()
    keys = ["", " ", "\x00", "\udc80", "ключ", "x" * 100_000, "'; DROP TABLE access_replays; --"]
    for number, key in enumerate(keys):
        here.finish(fresh(here.begin(key, "ada", str(number))), status=200 + number)
    assert [here.begin(key, "ada", str(number)) for number, key in enumerate(keys)] == [
        Replay(200 + number, (), b"") for number in range(len(keys))
    ]


def test_repetition_is_told_that_it_is_under_way(process: Process, clock: ManualClock) -> None:
    here, there = process(), process()
    fresh(here.begin("key-1", "ada", "d1"))
    for one in (here, there):
        for lost in WhenLost:
            assert isinstance(one.begin("key-1", "ada", "d1", lost=lost), UnderWay)
    clock.advance(60)
    assert isinstance(here.begin("key-1", "ada", "d1"), UnderWay)


def test_abandoned_request_may_be_made_again(process: Process, database: Database) -> None:
    here, there = process(), process()
    here.abandon(fresh(here.begin("key-1", "ada", "d1")))
    assert rows(database) == 0
    fresh(there.begin("key-1", "ada", "d2"))


def test_request_is_lost_once_its_process_is_dead_and_not_before(process: Process, clock: ManualClock) -> None:
    gone, here = process(), process()
    fresh(gone.begin("key-1", "ada", "d1"))
    clock.advance(LEASE_S + SKEW_S)
    assert isinstance(here.begin("key-1", "ada", "d1"), UnderWay)
    clock.advance(0.001)
    assert isinstance(here.begin("key-1", "ada", "d1"), Lost)
    assert isinstance(here.begin("key-1", "ada", "d1"), Lost)
    assert here.begin("key-1", "ada", "d2") == AnotherRequest()


def test_lost_request_that_stops_is_carried_out_again_by_one(process: Process, clock: ManualClock) -> None:
    gone, here, there = process(), process(), process()
    left = fresh(gone.begin("key-1", "ada", "d1"))
    clock.advance(LEASE_S + SKEW_S + 1)
    again = fresh(here.begin("key-1", "ada", "d1", lost=WhenLost.REPEAT))
    assert isinstance(there.begin("key-1", "ada", "d1", lost=WhenLost.REPEAT), UnderWay)
    # Who was taken for dead was not, and says something at last: it counts no more.
    gone.finish(left, status=500)
    gone.lose(left)
    gone.abandon(left)
    assert isinstance(there.begin("key-1", "ada", "d1"), UnderWay)
    answer(here, again)
    assert gone.begin("key-1", "ada", "d1") == ANSWER


def test_request_whose_handler_failed_is_lost_at_once(process: Process) -> None:
    here, there = process(), process()
    here.lose(fresh(here.begin("key-1", "ada", "d1")))
    for one in (here, there):
        assert isinstance(one.begin("key-1", "ada", "d1"), Lost)
    fresh(there.begin("key-1", "ada", "d1", lost=WhenLost.REPEAT))


@pytest.mark.parametrize("lost", WhenLost)
def test_of_many_who_begin_at_once_one_does(database: Database, clock: ManualClock, lost: WhenLost) -> None:
    many = 8
    owners = [Owner(database, clock) for _ in range(many)]
    doors = [Replays(database, tenant=TenantId("acme"), owner=owner, clock=clock) for owner in owners]
    doors[0].lose(fresh(doors[0].begin("lost", "ada", "d1")))
    together = Barrier(many)

    def begin(door: Replays) -> list[Begun]:
        together.wait()
        return [door.begin(key, "ada", "d1", lost=lost) for key in ("new", "lost")]

    with ThreadPoolExecutor(many) as pool:
        found = list(pool.map(begin, doors))
    for owner in owners:
        owner.close()
    new, again = ([type(one[which]) for one in found] for which in (0, 1))
    assert sorted(new, key=str) == [Fresh, *[UnderWay] * (many - 1)]
    if lost is WhenLost.TELL:
        assert again == [Lost] * many
    else:
        assert sorted(again, key=str) == [Fresh, *[UnderWay] * (many - 1)]


def test_answer_is_kept_for_a_day_and_then_forgotten(process: Process, clock: ManualClock, database: Database) -> None:
    here = process()
    answer(here, fresh(here.begin("key-1", "ada", "d1")))
    clock.advance(DAY_S - 1)
    assert here.begin("key-1", "ada", "d1") == ANSWER
    answer(here, fresh(here.begin("key-2", "ada", "d1")))
    clock.advance(1)
    fresh(here.begin("key-1", "ada", "d2"))
    assert rows(database) == 2
    clock.advance(DAY_S)
    process().begin("key-3", "ada", "d1")
    assert rows(database) == 1


def test_nothing_may_be_carried_out_when_nobody_can_tell(database: Database, clock: Clock, process: Process) -> None:
    here = process()
    begun = fresh(here.begin("key-1", "ada", "d1"))

    class Away:
        """The same database, which cannot be reached any more."""

        close = database.close

        def read(self, _work: object) -> Any:
            raise StorageUnavailableError

        write = read

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_problem: object) -> None: ...

    away = Replays(Away(), tenant=TenantId("acme"), owner=Owner(database, MachineClock()), clock=clock)
    with pytest.raises(LedgerUnavailableError):
        away.begin("key-1", "ada", "d1")
    with pytest.raises(LedgerUnavailableError):
        away.finish(begun, status=200)


def test_answer_that_could_not_be_kept_is_lost(process: Process) -> None:
    here = process()
    with pytest.raises(NotCanonicalError):
        here.finish(fresh(here.begin("key-1", "ada", "d1")), status=200, headers=(("X-Odd", "\udc80"),))
    assert isinstance(here.begin("key-1", "ada", "d1"), Lost)


def test_killed_process_leaves_its_request_lost(url: str, database: Database) -> None:
    with Forked(["tests.contract.bearer", url, "key-1", "d1"], of=MODULES) as other:
        assert other.stdout.readline() == "begun\n"
        assert isinstance(begun_at(database, late_s=0), UnderWay)
        assert beats_on(database)
        other.kill()
    assert isinstance(begun_at(database, late_s=LEASE_S + SKEW_S + 60), Lost)


def beats_on(database: Database) -> bool:
    """Whether the process is seen alive again and again while it carries out the request."""
    clock, asked = MachineClock(), select(func.max(CONTROL_OWNERS.c.beats))
    for _ in range(400):
        if database.read(lambda connection: connection.execute(asked).scalar_one()) >= 3:
            return True
        clock.wait(0.05)
    return False


def begun_at(database: Database, *, late_s: float) -> Begun:
    """What a repetition is told so many seconds from now."""
    clock = ManualClock(wall_ns=MachineClock().wall_ns() + round(late_s * 1e9))
    owner = Owner(database, clock)
    try:
        return Replays(database, tenant=TenantId("acme"), owner=owner, clock=clock).begin("key-1", "ada", "d1")
    finally:
        owner.close()
