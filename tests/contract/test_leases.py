"""Entries of processes that died, that live, and that only seemed dead: who waits for whom, and who settles what."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from paceline.bootstrap import System
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.control.order import Order
from paceline.control.owners import LEASE_S, SKEW_S
from paceline.primitives.clock import MachineClock, ManualClock
from paceline.primitives.findings import Severity
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import open_database
from tests.contract.systems import ACTIVE, PAUSE, PAUSED, RESUME, STOP, Meddled, Office, left_behind, revision

LONG_GONE_S = LEASE_S + SKEW_S + 1.0


class Beating(ManualClock):
    """The clock of an office, by which somebody else shows a sign of life whenever one waits."""

    def __init__(self, office: Office, alive: System) -> None:
        super().__init__()
        self.office = office
        self.alive = alive

    def wall_ns(self) -> int:
        return self.office.clock.wall_ns()

    def running_ns(self) -> int:
        return self.office.clock.running_ns()

    def wait(self, seconds: float) -> None:
        self.office.clock.advance(seconds)
        self.alive.database.write(self.alive.owner.beat)


def closed(system: System, entry: int) -> dict[str, Any]:
    """How an entry ended, with the later verdict if any."""
    rows = [row.document for row in system.book.rows() if row.entry == entry]
    return dict(rows[-1])


@pytest.mark.parametrize("waited_s", [0.0, LONG_GONE_S])
def test_entry_of_a_dead_owner_that_sent_nothing_is_closed_as_failed(office: Office, waited_s: float) -> None:
    opened, _ = left_behind(office.system("bob"), PAUSE, intended=False)
    office.clock.advance(waited_s)
    system = office.system()
    outcome = system.run(PAUSE)
    assert (outcome.word, outcome.requests) == ("applied", 2)
    said = closed(system, opened.entry)
    assert (said["outcome"], said["details"]["error"]["code"]) == ("failed", "interrupted")
    assert system.recorder.unended() == []


def test_entry_whose_request_never_arrived_is_closed_as_failed(office: Office) -> None:
    opened, sent = left_behind(office.system("bob"), PAUSE)
    office.clock.advance(LONG_GONE_S)
    system = office.system()
    outcome = system.run(PAUSE)
    assert (outcome.word, revision(outcome.after)) == ("applied", 43)
    said = closed(system, opened.entry)
    assert (said["outcome"], said["details"]["error"]["message"]) == (
        "failed",
        "the process that carried it out ended before the platform took it",
    )
    assert sent is not None
    assert sent.key not in office.sent_keys()


def test_entry_whose_request_took_effect_is_closed_as_applied_by_whom_it_was(office: Office) -> None:
    opened, sent = left_behind(office.system("bob"), PAUSE, happened=True)
    office.clock.advance(LONG_GONE_S)
    system = office.system()
    assert system.run(PAUSE).word == "unchanged"
    said = closed(system, opened.entry)
    assert (said["outcome"], said["verdict"], said["details"]["after"]["revision"]) == ("applied", "achieved", 43)
    made = {one.revision: (one.made_by, one.actor) for one in system.readings.sightings(ACTIVE)}
    assert made["43"][0] == opened.entry
    assert made["43"][1] is not None
    assert made["43"][1].name == "bob"
    assert sent is not None
    assert (office.sent_keys(), office.emulated.shown("ACTIVE")["revision"]) == ({sent.key}, 43)


@pytest.mark.parametrize(("happened", "word"), [(True, "applied"), (False, "failed")])
def test_entry_is_settled_truly_when_somebody_outside_has_moved_the_campaign_on(
    office: Office, happened: bool, word: str
) -> None:
    opened, _ = left_behind(office.system("bob"), PAUSE, happened=happened)
    office.outside(STOP)
    office.clock.advance(LONG_GONE_S)
    system = office.system()
    outcome = system.run(Resume(campaign=ACTIVE))
    assert (outcome.word, revision(outcome.after)) == ("applied", 45 if happened else 44)
    assert system.book.read(opened.entry).outcome == word
    assert system.recorder.unended() == []


def test_drain_of_a_dead_owner_that_has_gone_on_is_judged_as_it_is_now(desk: Office) -> None:
    desk.emulated.arrange("ACTIVE", callsInFlight=[{"state": "connected", "secondsLeft": 5}])
    opened, _ = left_behind(desk.system("bob"), PAUSE, happened=True)
    desk.clock.advance(LONG_GONE_S)
    desk.emulated.advance(10)
    system = desk.system()
    system.run(PAUSE)
    assert system.book.read(opened.entry).verdict == "achieved"


@pytest.mark.parametrize("change", [Resume(campaign=ACTIVE), STOP, PAUSE], ids=lambda one: str(one.kind))
def test_change_of_a_live_owner_is_a_refusal_for_a_resume_and_for_another_stop(
    office: Office, change: AnyChange
) -> None:
    alive = office.system("bob")
    opened, _ = left_behind(alive, STOP)
    office.emulated.arrange("ACTIVE", callsInFlight=1)
    system = office.system(clock=Beating(office, alive))
    if isinstance(change, Resume):
        office.outside(PAUSE)
    outcome = system.run(change)
    (finding,) = outcome.findings.of_severity(Severity.ERROR)
    assert (outcome.word, finding.rule, finding.found) == ("refused", "lifecycle.unfinished", opened.entry)
    assert "by bob" in finding.message
    assert system.recorder.is_open(opened.entry)


def test_stop_does_not_wait_for_a_resume_and_settles_it_afterwards(office: Office) -> None:
    opened, _ = left_behind(office.system("bob"), RESUME)
    system = office.system()
    running_ns: list[int] = []
    meddled = Meddled(office.emulated.platform(), lambda: running_ns.append(office.clock.running_ns()))
    stopping = office.system("cyd", platform=meddled)
    outcome = stopping.run(Stop(campaign=PAUSED))
    assert running_ns == [0], "it waited for nobody before it sent"
    assert (outcome.word, outcome.findings.rules) == ("applied", ("lifecycle.unfinished",))
    assert system.book.read(opened.entry).outcome == "failed"
    assert system.recorder.unended() == []


def test_stop_leaves_a_resume_alone_whose_owner_lives(desk: Office) -> None:
    alive = desk.system("bob")
    opened, _ = left_behind(alive, RESUME)
    outcome = desk.system(clock=Beating(desk, alive)).run(Stop(campaign=PAUSED))
    assert outcome.word == "applied"
    assert alive.recorder.is_open(opened.entry)


def test_change_of_another_campaign_is_in_nobodys_way(desk: Office) -> None:
    alive = desk.system("bob")
    left_behind(alive, STOP)
    assert desk.system(clock=Beating(desk, alive)).run(RESUME).word == "applied"


def test_process_at_work_beats_for_as_long_as_it_is(url: str, emulated: Any) -> None:
    """By the machine's clock: somebody who waits a whole lease sees beats, and none once the work is over."""
    with open_database(url) as database:
        office = Office(emulated, database, TenantId("acme"))
        alive = office.system("bob", clock=MachineClock(), lease_s=0.6)
        opened, _ = left_behind(alive, PAUSE)
        with alive.recorder.at_work():
            assert office.system(clock=MachineClock(), lease_s=0.6).run(PAUSE).word == "refused"
        assert alive.recorder.is_open(opened.entry)
        assert office.system(clock=MachineClock(), lease_s=0.6).run(PAUSE).word == "applied"
        assert not alive.recorder.is_open(opened.entry)
        office.close()


def test_entry_that_this_very_process_left_open_is_settled_by_it_though_it_lives(office: Office) -> None:
    system = office.system()
    opened, _ = left_behind(system, PAUSE, happened=True)
    assert system.run(PAUSE).word == "unchanged"
    assert system.book.read(opened.entry).outcome == "applied"


def test_entry_that_this_very_process_is_at_is_left_alone(desk: Office) -> None:
    system = desk.system()
    opened, _ = left_behind(system, PAUSE)
    with system.owner.at_entry(opened.entry):
        assert system.run(PAUSE).word == "refused"
    assert system.recorder.is_open(opened.entry)


def test_two_threads_of_one_process_stop_a_campaign_once(office: Office) -> None:
    system = office.system(clock=MachineClock())
    words: list[str] = []
    threads = [threading.Thread(target=lambda: words.append(system.run(STOP).word)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(words) == ["applied", "unchanged", "unchanged", "unchanged"]


def test_owner_that_closed_forgets_those_who_are_long_gone(desk: Office) -> None:
    gone = desk.system("bob")
    gone.recorder.close(gone.recorder.open(STOP, Order(actor=gone.actor)).entry, gone.run(RESUME))
    desk.clock.advance(90_000)
    system = desk.system()
    system.run(PAUSE)
    system.close()
    assert system.owner.is_dead(gone.owner.name)
    assert not system.owner.is_dead(system.owner.name)


@pytest.mark.parametrize("named", ["415-555-0132", "1-415-555-0132", "415.555.0132"])
@pytest.mark.parametrize("happened", [True, False])
def test_campaign_whose_id_looks_like_a_phone_number_is_settled_like_any_other(
    desk: Office, named: str, happened: bool
) -> None:
    campaign = CampaignId(named)
    desk.emulated.control("POST", "/campaigns", {"id": named, "status": "ACTIVE", "revision": 1})
    opened, _ = left_behind(desk.system("bob"), Pause(campaign=campaign), happened=happened)
    desk.outside(Stop(campaign=campaign))
    desk.clock.advance(LONG_GONE_S)
    system = desk.system()
    assert system.run(Resume(campaign=campaign)).word == "applied"
    assert system.book.read(opened.entry).outcome == ("applied" if happened else "failed")
