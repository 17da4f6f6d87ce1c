"""A worker is killed, or suspended, in the middle of a due change: another takes over, and it is made once."""

from __future__ import annotations

import pytest

from paceline.bootstrap import System
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.ports import Prepared, Receipt
from paceline.control.outcome import Outcome
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import Version
from tests.contract.killing import LEASE_S, Killer
from tests.contract.later import effects, planned
from tests.contract.systems import ACTIVE, Office, Through, steps

UNSENT = ("claimed", "settle", "survey", "guard", "intend", "unsent")
SENT = ("answered", "verify", "close")


@pytest.mark.parametrize("moment", [*UNSENT, *SENT])
def test_change_of_a_worker_that_is_killed_is_taken_over_within_a_lease_and_has_one_effect(
    office: Office, url: str, killer: Killer, moment: str
) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    stop = planned(ada)
    office.emulated.advance(3600)
    killer.round(office, url, ACTIVE, moment)
    assert bob.worker.once().ended == (), "its lease is not over"
    assert len(effects(office)) == (moment in SENT)
    office.clock.advance(LEASE_S)
    ended = [(one.entry, one.word, one.verdict) for one in bob.worker.once().ended]
    assert ended == ([] if moment == "close" else [(stop, "applied", "achieved")])
    assert steps(ada, stop) == ["opened", "intent", "closed"]
    assert (effects(office), office.emulated.shown(ACTIVE)["revision"]) == ([ACTIVE], 43)
    made = {one.revision: one.made_by for one in ada.readings.sightings(ACTIVE)}
    assert made == {"42": None, "43": stop}
    assert (ada.recorder.unended(), ada.book.unfinished()) == ([], [])


class Stepped(ManualClock):
    """A clock whose civil time is set otherwise in the middle, as a machine's may be."""

    def __init__(self, wall_ns: int) -> None:
        super().__init__(wall_ns)
        self.set_s = 0

    def wall_ns(self) -> int:
        return super().wall_ns() + self.set_s * 1_000_000_000


@pytest.mark.parametrize("moment", ["claimed", "intend", "answered", "close"])
@pytest.mark.parametrize("step_s", [-3600, 3600])
def test_takeover_comes_after_one_lease_though_the_clock_on_the_wall_is_set(
    office: Office, url: str, killer: Killer, moment: str, step_s: int
) -> None:
    clock = Stepped(office.clock.wall_ns())
    ada, bob = office.system("ada"), office.system("bob", clock=clock)
    stop = planned(ada)
    office.emulated.advance(3600)
    killer.round(office, url, ACTIVE, moment)
    assert bob.worker.once().ended == (), "its lease is not over"
    clock.set_s = step_s
    clock.advance(LEASE_S / 2)
    assert bob.worker.once().ended == (), "its lease is not over, though the clock says so"
    clock.advance(LEASE_S / 2)
    ended = [(one.entry, one.word) for one in bob.worker.once().ended]
    assert ended == ([] if moment == "close" else [(stop, "applied")])
    assert steps(ada, stop) == ["opened", "intent", "closed"]
    assert (effects(office), office.emulated.shown(ACTIVE)["revision"]) == ([ACTIVE], 43)
    assert (ada.recorder.unended(), ada.book.unfinished()) == ([], [])


class WakesLate(Through):
    """A platform before which its process is suspended until others have done its work."""

    def __init__(self, office: Office, others: System, place: str) -> None:
        super().__init__(office.emulated.platform())
        self.office, self.others, self.place = office, others, place
        self.done: list[Outcome] = []

    def sleep(self, place: str) -> None:
        if place == self.place and not self.done:
            self.done += self.others.worker.once().ended
            self.office.clock.advance(2 * LEASE_S)
            self.done += self.others.worker.once().ended

    def prepare(self, change: AnyChange, version: Version | None) -> Prepared:
        self.sleep("prepare")
        return self.beyond.prepare(change, version)

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        self.sleep("apply")
        receipt = self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)
        self.sleep("answered")
        return receipt


@pytest.mark.parametrize("place", ["prepare", "apply", "answered"])
def test_worker_that_wakes_up_late_is_fenced_out(office: Office, place: str) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    late = WakesLate(office, bob, place)
    eve = office.system("eve", platform=late)
    stop = planned(ada)
    office.emulated.advance(3600)
    done = eve.worker.once()
    assert [(one.entry, one.word) for one in late.done] == [(stop, "applied")]
    assert (done.ended, done.waiting) == ((), 0)
    assert steps(ada, stop) == ["opened", "intent", "closed"]
    assert effects(office) == [ACTIVE]
