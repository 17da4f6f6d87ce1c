"""When a lease is over by what one process saw: by the database's time at first, by its own running clock then."""

from __future__ import annotations

import pytest

from paceline.storage.lease_watch import LeaseWatch, Look, SeenLease, moment_ns

LEASE_NS = 10_000
WALL_NS = 1_000_000
HOUR_NS = 3_600_000


def look(*leases: SeenLease, wall_ns: int, running_ns: int) -> Look:
    return Look(now_ns=WALL_NS + wall_ns, leases=leases, running_ns=running_ns)


def lease(*, until_ns: int, beats: int = 1) -> SeenLease:
    return SeenLease(number=7, beats=beats, lease_ns=LEASE_NS, until_ns=WALL_NS + until_ns)


def over(watch: LeaseWatch, seen: Look) -> list[tuple[int, int]]:
    return watch.over("acme", "agenda", seen)


def test_who_begins_to_look_believes_the_time_of_the_database() -> None:
    seen = lease(until_ns=500)
    assert over(LeaseWatch(), look(seen, wall_ns=499, running_ns=0)) == []
    assert over(LeaseWatch(), look(seen, wall_ns=500, running_ns=0)) == [(7, 1)]


@pytest.mark.parametrize("step_ns", [-HOUR_NS, 0, HOUR_NS])
def test_lease_that_was_seen_ends_by_the_running_clock(step_ns: int) -> None:
    watch, seen = LeaseWatch(), lease(until_ns=LEASE_NS)
    assert over(watch, look(seen, wall_ns=1000, running_ns=0)) == []
    assert over(watch, look(seen, wall_ns=9999 + step_ns, running_ns=8999)) == []
    assert over(watch, look(seen, wall_ns=10_000 + step_ns, running_ns=9000)) == [(7, 1)]


def test_extended_lease_is_another_one() -> None:
    watch = LeaseWatch()
    over(watch, look(lease(until_ns=LEASE_NS), wall_ns=0, running_ns=0))
    extended = lease(until_ns=13_000, beats=2)
    assert over(watch, look(extended, wall_ns=11_000, running_ns=11_000)) == []
    assert over(watch, look(extended, wall_ns=13_000, running_ns=13_000)) == [(7, 2)]


@pytest.mark.parametrize("step_ns", [-HOUR_NS, -201, 201, HOUR_NS])
def test_after_a_step_of_the_clock_a_new_lease_has_just_begun(step_ns: int) -> None:
    assert moment_ns(LEASE_NS) == 200
    watch, new = LeaseWatch(), lease(until_ns=LEASE_NS)
    over(watch, look(wall_ns=0, running_ns=0))
    assert over(watch, look(new, wall_ns=2000 + step_ns, running_ns=2000)) == []
    assert over(watch, look(new, wall_ns=11_999 + step_ns, running_ns=11_999)) == []
    assert over(watch, look(new, wall_ns=12_000 + step_ns, running_ns=12_000)) == [(7, 1)]


def test_end_that_lies_beyond_a_whole_lease_is_not_believed() -> None:
    watch, new = LeaseWatch(), lease(until_ns=HOUR_NS)
    assert over(watch, look(new, wall_ns=0, running_ns=0)) == []
    assert over(watch, look(new, wall_ns=LEASE_NS, running_ns=LEASE_NS)) == [(7, 1)]


def test_next_end_is_of_the_rooms_that_are_asked_for_and_lies_ahead() -> None:
    watch = LeaseWatch()
    over(watch, look(lease(until_ns=300), wall_ns=0, running_ns=0))
    watch.over("acme", "relay", look(lease(until_ns=200), wall_ns=0, running_ns=0))
    assert watch.next_end_ns(frozenset({"agenda"}), after_ns=0) == 300
    assert watch.next_end_ns(frozenset({"agenda", "relay"}), after_ns=0) == 200
    assert watch.next_end_ns(frozenset({"agenda", "relay"}), after_ns=200) == 300
    assert watch.next_end_ns(frozenset({"watch"}), after_ns=0) is None
