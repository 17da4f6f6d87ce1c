"""A short torture on each database, and the judge of it: what is planted is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.torture.judgement import Judgement, judged
from benchmarks.torture.report import report
from benchmarks.torture.run import tortured
from benchmarks.torture.weather import Control, Effect, Witness
from paceline.control.order import Order
from tests.contract.systems import ACTIVE, PAUSE, Office

KILLS = 10


def test_processes_killed_at_random_lose_nothing_and_do_nothing_twice(url: str) -> None:
    run = tortured(url.partition(":")[0], url, kills=KILLS, seed="test")
    assert run.faults == ()
    assert sum(run.tally.struck.values()) == run.kills == KILLS
    assert run.effects > 0
    assert "Nothing lost, nothing twice" in report([run], seed="test")


class Court:
    """One change that was taken, the witness of it, and the judge."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.system = office.system()
        self.outcome = self.system.run(PAUSE)
        control = Control(office.emulated.emulator.url)
        witness = Witness(control)
        witness.look()
        control.close()
        self.effects = witness.effects

    def judge(self, effects: list[Effect] | None = None, *, held: int = 43) -> Judgement:
        return judged(self.system, self.effects if effects is None else effects, held={ACTIVE: held}, first=42)


@pytest.fixture
def court(desk: Office) -> Court:
    return Court(desk)


def test_judge_finds_no_fault_where_none_is(court: Court) -> None:
    found = court.judge()
    assert found.faults == ()
    assert dict(found.endings) == {"applied": 1}


def test_judge_finds_a_revision_that_nobody_made(court: Court) -> None:
    assert court.judge(held=44).faults == ("ACTIVE is at revision 44, and the changes that were taken made [43]",)


def test_judge_finds_a_claim_without_an_effect(court: Court) -> None:
    told = court.judge([]).faults
    assert any("applied, claims [43] and made []" in fault for fault in told)
    assert any("its readings say" in fault for fault in told)


def test_judge_finds_a_change_that_no_entry_meant_to_make(court: Court) -> None:
    (effect,) = court.effects
    told = court.judge([effect, replace(effect, key="unknown", revision=44)], held=44).faults
    assert [fault for fault in told if "no entry meant to send" in fault]


def test_judge_finds_a_change_that_happened_twice(court: Court) -> None:
    (effect,) = court.effects
    told = court.judge([effect, replace(effect, revision=44)], held=44).faults
    assert [fault for fault in told if fault.endswith("had 2 effects")]


def test_judge_finds_a_change_that_was_told_and_not_kept(court: Court) -> None:
    held = {str(ACTIVE): 43}
    for word, entry, ended in (
        ("applied", "1", 0),
        ("applied", "99", 1),
        ("refused", "1", 1),
        ("unchanged", "None", 1),
    ):
        told = judged(court.system, court.effects, held=held, first=42, told=[(word, entry)]).faults
        assert len(told) == ended, told


def test_judge_finds_an_entry_that_is_open(court: Court) -> None:
    opened = court.system.recorder.open(PAUSE, Order(actor=court.system.actor))
    assert court.judge().faults == (
        f"entry {opened.entry} is open",
        f"entry {opened.entry} waits for its end: open",
    )
