"""What leases promise on every database: the order, one owner at a time, the fence, nothing outside a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from sqlalchemy import Connection, delete

from paceline.primitives.clock import ManualClock
from paceline.storage.database import Database, open_database
from paceline.storage.due_work import FencedError, WorkExistsError, WorkState, counts, listing, next_due_ns
from paceline.storage.failures import StorageClosedError
from paceline.storage.leases import Claim, Leases
from paceline.storage.tables import DUE_WORK
from tests.contract.leased import (
    LEASE_S,
    ROOM,
    TENANT,
    Walls,
    claimed,
    due,
    keys,
    left,
    owner_of,
    put_all,
    settle,
)
from tests.databases import KINDS, PostgresServer, tables

HOUR_S = 3600
Finish = Callable[[Leases, Connection, Claim], None]
FINISHED: dict[str, Finish] = {
    "settle": lambda leases, connection, claim: leases.settle(connection, claim),
    "postpone": lambda leases, connection, claim: leases.postpone(connection, claim, 5),
    "bury": lambda leases, connection, claim: leases.bury(connection, claim, "no"),
}


def finished(deed: Finish, leases: Leases, claim: Claim, connection: Connection) -> None:
    deed(leases, connection, claim)


@pytest.fixture(scope="module")
def opened(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Database]]:
    """A database of each kind for all tests here: to make one takes longer than most of them."""
    file = tmp_path_factory.mktemp("leases") / "paceline.db"
    file.write_bytes(tables())
    with (
        open_database(f"sqlite:///{file}") as on_sqlite,
        postgres.lent_database() as address,
        open_database(address) as on_postgres,
    ):
        yield {"sqlite": on_sqlite, "postgresql": on_postgres}


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, opened: dict[str, Database]) -> Database:
    chosen = opened[request.param]
    chosen.write(lambda connection: connection.execute(delete(DUE_WORK)))
    return chosen


@pytest.fixture
def ours(database: Database, clock: ManualClock) -> Leases:
    return owner_of(database, clock, "ours")


@pytest.fixture
def theirs(database: Database, clock: ManualClock) -> Leases:
    return owner_of(database, clock, "theirs")


def test_lower_lane_goes_first_then_what_was_due_earlier_then_what_was_put_earlier(
    database: Database, ours: Leases
) -> None:
    works = [due("f", due_ns=9, lane=2), due("d", due_ns=5, lane=1), due("e", due_ns=5, lane=1), due("c", lane=1)]
    put_all(database, ours, [*works, due("b", due_ns=8), due("a", due_ns=7), due("late", due_ns=11)])
    assert keys(claimed(ours, now_ns=10, limit=4)) == ["a", "b", "c", "d"]
    assert keys(claimed(ours, now_ns=10)) == ["e", "f"]
    assert claimed(ours, now_ns=10) == []


def test_only_the_lanes_that_are_asked_for_are_claimed(database: Database, ours: Leases) -> None:
    put_all(database, ours, [due("stop"), due("check", lane=1), due("tell", lane=2)])
    assert keys(claimed(ours, lanes=[1, 2])) == ["check", "tell"]
    assert claimed(ours, lanes=[1, 2]) == []
    assert keys(claimed(ours)) == ["stop"]


def test_claim_gives_back_what_was_put(database: Database, ours: Leases) -> None:
    put_all(database, ours, [due("a", due_ns=-3, lane=4, campaign="CMP-1")])
    (claim,) = claimed(ours)
    assert claim.work == due("a", due_ns=-3, lane=4, campaign="CMP-1")
    assert (claim.attempts, claim.fence) == (1, 1)
    assert claim.work.payload not in repr(claim)


def test_rooms_and_tenants_do_not_see_each_other(database: Database, ours: Leases) -> None:
    put_all(database, ours, [due("a"), due("a", room="relay")])
    assert ours.claim("other", ROOM, now_ns=0, limit=9) == []
    assert [claim.work.room for claim in ours.claim(TENANT, "relay", now_ns=0, limit=9)] == ["relay"]
    assert keys(claimed(ours)) == ["a"]


def test_lease_keeps_others_off_until_it_is_over(
    database: Database, clock: ManualClock, ours: Leases, theirs: Leases
) -> None:
    put_all(database, ours, [due("a")])
    (claim,) = claimed(ours)
    clock.advance(LEASE_S - 0.001)
    assert claimed(theirs) == []
    assert claim.is_over(), "the owner stops a moment before others may begin"
    clock.advance(0.001)
    (taken,) = claimed(theirs)
    assert (taken.fence, taken.attempts, taken.is_over()) == (2, 2, False)


def test_extended_lease_begins_anew(database: Database, clock: ManualClock, ours: Leases, theirs: Leases) -> None:
    put_all(database, ours, [due("a"), due("b")])
    a, b = claimed(ours)
    clock.advance(7)
    assert ours.extend([a]) == [a]
    clock.advance(7)
    assert (a.is_over(), b.is_over()) == (False, True)
    assert keys(claimed(theirs)) == ["b"]
    assert ours.extend([a, b]) == [a]
    assert ours.extend([]) == []


@pytest.mark.parametrize("deed", FINISHED)
def test_owner_whose_lease_was_taken_over_is_fenced_off(
    database: Database, clock: ManualClock, ours: Leases, theirs: Leases, deed: str
) -> None:
    put_all(database, ours, [due("a")])
    (late,) = claimed(ours)
    clock.advance(LEASE_S)
    (taken,) = claimed(theirs)
    with pytest.raises(FencedError, match="agenda/a") as caught:
        database.write(lambda connection: FINISHED[deed](ours, connection, late))
    assert caught.value.hint is not None
    assert ours.extend([late]) == []
    ours.release(late)
    assert not taken.is_over()
    settle(database, theirs, taken)
    with pytest.raises(FencedError):
        database.write(lambda connection: FINISHED[deed](ours, connection, late))
    assert left(database) == []


@pytest.mark.parametrize("deed", FINISHED)
def test_claim_ends_once(database: Database, ours: Leases, deed: str) -> None:
    put_all(database, ours, [due("a")])
    (claim,) = claimed(ours)
    database.write(lambda connection: FINISHED[deed](ours, connection, claim))
    for again in FINISHED.values():
        with pytest.raises(FencedError):
            database.write(partial(finished, again, ours, claim))


@pytest.mark.parametrize("deed", FINISHED)
def test_older_claim_of_the_same_owner_is_fenced_off(
    database: Database, clock: ManualClock, ours: Leases, deed: str
) -> None:
    put_all(database, ours, [due("a")])
    (late,) = claimed(ours)
    clock.advance(LEASE_S)
    (taken,) = claimed(ours)
    with pytest.raises(FencedError):
        database.write(lambda connection: FINISHED[deed](ours, connection, late))
    assert ours.extend([late, taken]) == [taken]
    settle(database, ours, taken)


def test_lease_that_is_over_and_that_nobody_took_is_still_its_owners(
    database: Database, clock: ManualClock, ours: Leases
) -> None:
    put_all(database, ours, [due("a"), due("b")])
    a, b = claimed(ours)
    clock.advance(HOUR_S)
    settle(database, ours, a)
    assert ours.extend([b]) == [b]
    assert not b.is_over()


@pytest.mark.parametrize("step_s", [-HOUR_S, HOUR_S])
def test_clock_that_is_set_neither_ends_a_lease_nor_makes_it_longer(
    database: Database, clock: ManualClock, step_s: int
) -> None:
    walls = Walls(clock)
    ours, theirs = (owner_of(database, clock, name, times=walls.times) for name in ("ours", "theirs"))
    put_all(database, ours, [due("seen"), due("unseen")])
    seen = claimed(ours, limit=1)
    assert keys(claimed(theirs, limit=1)) == ["unseen"]
    database.write(lambda connection: theirs.cancel(connection, TENANT, ROOM, "unseen"))
    put_all(database, ours, [due("unseen")])
    unseen = claimed(ours)
    walls.set_ns += step_s * 1_000_000_000
    clock.advance(3)
    assert claimed(theirs) == []
    assert ours.extend(seen) == seen
    clock.advance(LEASE_S - 3)
    assert claimed(theirs) == []
    # What was not seen before the step may have begun right before the look after it, 3 s later than it did.
    clock.advance(3)
    assert keys(claimed(theirs)) == ["seen", "unseen"]
    assert all(claim.is_over() for claim in seen + unseen)


def test_process_that_begins_after_the_clock_was_set_back_waits_for_one_lease_only(
    database: Database, clock: ManualClock
) -> None:
    walls = Walls(clock)
    put_all(database, owner_of(database, clock, "dead", times=walls.times), [due("a")])
    assert keys(claimed(owner_of(database, clock, "dead", times=walls.times))) == ["a"]
    walls.set_ns -= HOUR_S * 1_000_000_000
    late = owner_of(database, clock, "late", times=walls.times)
    assert claimed(late) == []
    clock.advance(LEASE_S)
    assert keys(claimed(late)) == ["a"]


def test_transaction_that_is_undone_leaves_nothing(database: Database, ours: Leases) -> None:
    put_all(database, ours, [due("a"), due("b"), due("c")])
    a, b, c = claimed(ours)
    before = left(database)

    def work(connection: Connection) -> None:
        ours.put(connection, due("d"))
        ours.replace(connection, due("c", due_ns=99))
        ours.settle(connection, a)
        ours.postpone(connection, b, 99)
        ours.cancel(connection, TENANT, ROOM, "c")
        raise LookupError

    with pytest.raises(LookupError):
        database.write(work)
    assert left(database) == before
    for claim in (a, b, c):
        settle(database, ours, claim)
    assert left(database) == []


def test_same_key_is_put_once_and_the_transaction_may_go_on(database: Database, ours: Leases) -> None:
    def twice(connection: Connection) -> None:
        ours.put(connection, due("a", due_ns=1))
        with pytest.raises(WorkExistsError, match="agenda/a"):
            ours.put(connection, due("a", due_ns=2))

    database.write(twice)
    assert [row.work.due_ns for row in left(database)] == [1]


def test_replaced_work_is_returned_and_whoever_is_at_it_is_fenced_off(database: Database, ours: Leases) -> None:
    assert database.write(lambda connection: ours.replace(connection, due("a", due_ns=1))) is None
    (late,) = claimed(ours, now_ns=1)
    replaced = database.write(lambda connection: ours.replace(connection, due("a", due_ns=2)))
    assert replaced == due("a", due_ns=1)
    (claim,) = claimed(ours, now_ns=2)
    assert (claim.work.due_ns, claim.attempts, claim.fence) == (2, 1, late.fence)
    with pytest.raises(FencedError):
        settle(database, ours, late)
    settle(database, ours, claim)


def test_cancelled_work_is_gone_and_the_same_key_put_again_is_other_work(database: Database, ours: Leases) -> None:
    put_all(database, ours, [due("a")])
    (late,) = claimed(ours)
    assert database.write(lambda connection: ours.cancel(connection, TENANT, ROOM, "a"))
    assert not database.write(lambda connection: ours.cancel(connection, TENANT, ROOM, "a"))
    put_all(database, ours, [due("a")])
    (claim,) = claimed(ours)
    with pytest.raises(FencedError):
        settle(database, ours, late)
    assert ours.extend([late]) == []
    settle(database, ours, claim)


def test_postponed_work_is_due_later_and_keeps_its_error(database: Database, ours: Leases) -> None:
    put_all(database, ours, [due("a")])
    (claim,) = claimed(ours)
    database.write(lambda connection: ours.postpone(connection, claim, 50, error="the receiver is away"))
    assert claimed(ours, now_ns=49) == []
    (row,) = left(database)
    assert (row.work.due_ns, row.error, row.owner, row.attempts) == (50, "the receiver is away", None, 1)
    assert [claim.attempts for claim in claimed(ours, now_ns=50)] == [2]


def test_released_work_can_be_claimed_at_once_and_was_not_attempted(
    database: Database, ours: Leases, theirs: Leases
) -> None:
    put_all(database, ours, [due("a")])
    (given_back,) = claimed(ours)
    ours.release(given_back)
    assert given_back.is_over()
    assert [(claim.attempts, claim.fence) for claim in claimed(theirs)] == [(1, 2)]
    with pytest.raises(FencedError):
        settle(database, ours, given_back)


def test_paused_work_is_not_claimed_until_it_is_resumed(database: Database, ours: Leases) -> None:
    put_all(database, ours, [due("a", campaign="east"), due("b", campaign="east"), due("c", campaign="west"), due("d")])
    assert database.write(lambda connection: ours.pause(connection, TENANT, ROOM, campaign="east")) == 2
    assert database.write(lambda connection: ours.pause(connection, TENANT, ROOM, key="d")) == 1
    assert database.write(lambda connection: ours.pause(connection, TENANT, ROOM, key="a")) == 0
    assert keys(claimed(ours)) == ["c"]
    assert database.write(lambda connection: ours.resume(connection, TENANT, ROOM, key="a")) == 1
    assert keys(claimed(ours)) == ["a"]
    assert database.write(lambda connection: ours.resume(connection, TENANT, ROOM)) == 2
    assert keys(claimed(ours)) == ["b", "d"]


def test_whoever_is_at_paused_work_may_finish_it_but_nobody_takes_it_over(
    database: Database, clock: ManualClock, ours: Leases, theirs: Leases
) -> None:
    put_all(database, ours, [due("a"), due("b")])
    a, b = claimed(ours)
    assert database.write(lambda connection: ours.pause(connection, TENANT, ROOM)) == 2
    clock.advance(HOUR_S)
    assert claimed(theirs) == []
    settle(database, ours, a)
    database.write(lambda connection: ours.postpone(connection, b, 1))
    assert claimed(theirs, now_ns=1) == []
    database.write(lambda connection: ours.resume(connection, TENANT, ROOM))
    assert keys(claimed(theirs, now_ns=1)) == ["b"]


def test_dead_work_stays_until_it_is_revived(database: Database, clock: ManualClock, ours: Leases) -> None:
    put_all(database, ours, [due("a")])
    (claim,) = claimed(ours)
    database.write(lambda connection: ours.bury(connection, claim, "410 Gone"))
    clock.advance(HOUR_S)
    assert claimed(ours, now_ns=99) == []
    (row,) = left(database)
    assert (row.state, row.error, row.owner) == (WorkState.DEAD, "410 Gone", None)
    assert database.write(lambda connection: ours.revive(connection, TENANT, ROOM, "a", due_ns=7))
    assert not database.write(lambda connection: ours.revive(connection, TENANT, ROOM, "a", due_ns=8))
    assert claimed(ours, now_ns=6) == []
    assert [(again.attempts, again.fence) for again in claimed(ours, now_ns=7)] == [(1, 2)]


def test_rows_are_shown_by_room_campaign_and_state(database: Database, ours: Leases) -> None:
    put_all(database, ours, [due("b", due_ns=2, campaign="east"), due("a", due_ns=1), due("a", room="relay")])
    (claim,) = claimed(ours, now_ns=1)
    database.write(lambda connection: ours.bury(connection, claim, "no"))

    def shown(**by: object) -> list[tuple[str, str]]:
        rows = database.read(lambda connection: listing(connection, TENANT, **by))  # type: ignore[arg-type] # any of them
        return [(row.work.room, row.work.key) for row in rows]

    assert shown() == [("agenda", "a"), ("agenda", "b"), ("relay", "a")]
    assert shown(room=ROOM) == [("agenda", "a"), ("agenda", "b")]
    assert shown(campaign="east") == [("agenda", "b")]
    assert shown(state=WorkState.DEAD) == [("agenda", "a")]
    numbers = database.read(lambda connection: counts(connection, TENANT, ROOM))
    assert numbers == {WorkState.WAITING: 1, WorkState.PAUSED: 0, WorkState.DEAD: 1}


def test_next_due_is_the_first_that_waits_and_that_nobody_is_at(database: Database, ours: Leases) -> None:
    def first() -> int | None:
        return database.read(lambda connection: next_due_ns(connection, TENANT, ROOM))

    assert first() is None
    put_all(database, ours, [due("a", due_ns=1), due("b", due_ns=2), due("c", due_ns=3)])
    assert first() == 1
    claimed(ours, now_ns=1)
    assert first() == 2
    database.write(lambda connection: ours.pause(connection, TENANT, ROOM, key="b"))
    assert first() == 3


def test_closed_database_is_told_by_a_claim(url: str, clock: ManualClock) -> None:
    with open_database(url) as database:
        ours = owner_of(database, clock, "ours")
    with pytest.raises(StorageClosedError):
        claimed(ours)
