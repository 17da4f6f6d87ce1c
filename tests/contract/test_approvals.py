"""Changes that want approval by a second person: they wait, and are made once, by another person's word, or never."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Stage
from paceline.campaign.ports import PlatformError
from paceline.control.agenda.agenda import ROOM
from paceline.control.approving.desk import BeingDecidedError, NotAskedError
from paceline.control.approving.policy import Policy, Rule
from paceline.control.fleet.fleet import Target
from paceline.control.freezes import FrozenError
from paceline.control.order import Order
from paceline.control.outcome import Scheduled
from paceline.ledger.entry import Query
from paceline.primitives.clock import ns_of
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import EntryId, campaign_id
from tests.contract.asking import EVERYTHING, RESUMPTIONS, approved, asked, notes, people, rejected, undecided
from tests.contract.later import HOUR, closing, effects, later, messages, number, pass_by, status, waiting
from tests.contract.systems import ACTIVE, ARCHIVED, PAUSE, PAUSED, RESUME, STARTED, STOP, STOPPED, Office, steps
from tests.contract.test_announcing import listening, told

DAY = timedelta(hours=24)


def test_change_that_wants_approval_waits_and_says_who_may_give_it(office: Office) -> None:
    ada, _ = people(office)
    outcome = ada.run(RESUME, reason="shift begins")
    assert isinstance(outcome.ending, Scheduled)
    assert (outcome.ending.due, outcome.ending.approve_until) == (None, STARTED + DAY)
    (finding,) = outcome.findings
    assert (finding.rule, finding.severity.value, finding.limit) == ("approval.wanted", "info", "2026-06-16T12:00:00Z")
    assert f"somebody other than ada, with `paceline changes approve {outcome.entry}`" in finding.message
    assert (steps(ada, outcome.entry), undecided(ada)) == (["opened"], [outcome.entry])
    assert (office.sent(), status(office, PAUSED)) == ([], "PAUSED")
    assert notes(ada) == [("approval.ask", "ada", outcome.entry)]
    assert "waits for approval by a second person" in ada.explain(PAUSED).why[-1]
    opening: Any = ada.book.read(number(outcome)).rows[0].document
    assert opening["details"]["approval"] == {"approvers": [], "within_s": 86_400, "campaigns": 1}


def test_approval_of_another_person_has_it_judged_again_and_made(office: Office) -> None:
    ada, bob = people(office)
    entry = asked(ada, reason="shift begins")
    pass_by(office, HOUR)
    made = approved(bob, entry, "the list is clean")
    assert (made.entry, made.word, made.verdict) == (entry, "applied", "achieved")
    assert (effects(office), status(office, PAUSED), waiting(ada)) == ([PAUSED], "ACTIVE", [])
    assert steps(ada, entry) == ["opened", "intent", "closed"]
    assert ada.book.read(entry).actor.name == "ada"
    (note,) = ada.book.entries(Query(kind="approval.approve"))
    assert (note.actor.name, note.rows[0].document["reason"]) == ("bob", "the list is clean")
    assert f"bob approved it (entry {note.number})" in messages(ada, entry)
    assert (ada.worker.once().ended, ada.book.unfinished()) == ((), [])
    with pytest.raises(NotAskedError, match="not wait for approval any more"):
        approved(bob, entry)


@pytest.mark.parametrize("name", ["ada", "Ada", "  ADA "])
def test_who_asked_cannot_approve(office: Office, name: str) -> None:
    ada, _ = people(office)
    entry = asked(ada)
    again = office.system(name, approvals=RESUMPTIONS)
    refused = approved(again, entry)
    assert (refused.word, refused.findings.rules, undecided(ada)) == ("refused", ("approval.second-person",), [entry])
    assert notes(ada)[-1] == ("approval.refuse", name, entry)
    assert (office.sent(), closing_of(ada, entry)) == ([], None)


def closing_of(system: Any, entry: EntryId) -> Any:
    return system.book.read(entry).closed


def test_only_those_whom_the_policy_names_may_approve(office: Office) -> None:
    named = Policy(rules=RESUMPTIONS.rules, approvers=("Carol", "ada"))
    ada, bob = people(office, named)
    entry = asked(ada)
    assert approved(bob, entry).findings.rules == ("approval.approver",)
    assert approved(ada, entry).findings.rules == ("approval.second-person",)
    # The policy counts under which it was asked, whatever the approver's own says.
    assert approved(office.system("carol"), entry).word == "applied"


def test_without_approval_it_is_never_made_and_expires(office: Office) -> None:
    ada, bob = people(office)
    entry, second = asked(ada), asked(ada, Resume(campaign=STOPPED), approve_within=timedelta(minutes=30))
    office.emulated.advance(31 * 60)
    assert [(one.entry, one.word) for one in ada.worker.once().ended] == [(second, "expired")]
    pass_by(office, DAY - timedelta(minutes=32))
    assert bob.worker.once().ended == ()
    office.emulated.advance(60)
    assert [(one.entry, one.word) for one in bob.worker.once().ended] == [(entry, "expired")]
    assert "nobody approved it until 2026-06-16T12:00:00Z" in messages(ada, entry)
    assert (office.sent(), waiting(ada)) == ([], [])


def test_approval_that_comes_too_late_ends_as_expired_though_no_worker_lives(office: Office) -> None:
    ada, bob = people(office)
    entry = asked(ada)
    pass_by(office, DAY)
    late = approved(bob, entry)
    assert (late.entry, late.word, closing(ada, entry)["outcome"]) == (entry, "expired", "expired")
    assert (office.sent(), waiting(ada)) == ([], [])


def test_rejected_change_is_refused_and_never_made(office: Office) -> None:
    ada, bob = people(office)
    entry = asked(ada)
    refused = rejected(bob, entry, "not today")
    note = notes(ada)[-1]
    assert (refused.entry, refused.word, note) == (entry, "refused", ("approval.reject", "bob", entry))
    assert messages(ada, entry)[0].endswith(": not today")
    for decide in (approved, rejected):
        with pytest.raises(NotAskedError):
            decide(bob, entry)
    pass_by(office, DAY)
    assert (ada.worker.once().ended, office.sent(), waiting(ada)) == ((), [], [])


def test_freeze_and_cancel_withdraw_what_waits_for_approval(office: Office) -> None:
    ada, bob = people(office)
    frozen, cancelled = asked(ada), asked(ada, Resume(campaign=STOPPED))
    assert bob.agenda.cancel(cancelled, Order(actor=bob.actor, reason="no")).word == "expired"
    found = bob.fleet.find(Target(named=(PAUSED,)), lane=Lane.STOPPING)
    bob.freeze.freeze(found, Order(actor=bob.actor, reason="complaint 17"))
    assert [closing(ada, one)["outcome"] for one in (frozen, cancelled)] == ["expired", "expired"]
    for entry in (frozen, cancelled):
        with pytest.raises(NotAskedError):
            approved(bob, entry)
    assert ada.run(RESUME).findings.rules == ("lifecycle.frozen",)
    assert status(office, PAUSED) == "STOPPED"


def test_freeze_after_the_judgement_keeps_it_from_waiting(office: Office) -> None:
    ada, bob = people(office)
    order = ada.desk.marked(RESUME, Order(actor=ada.actor))
    opened = ada.recorder.open(RESUME, order)
    bob.freezes.freeze([PAUSED], Order(actor=bob.actor))
    with pytest.raises(FrozenError):
        ada.desk.ask(RESUME, order, opened.entry, at=STARTED)
    assert undecided(ada) == []


def test_approved_change_of_a_frozen_campaign_is_refused(office: Office) -> None:
    ada, bob = people(office)
    entry = asked(ada)
    # The latch alone, as it is before the freeze withdraws what waits.
    bob.freezes.freeze([PAUSED], Order(actor=bob.actor))
    refused = approved(bob, entry)
    assert (refused.word, "lifecycle.frozen" in refused.findings.rules, office.sent()) == ("refused", True, [])


def test_two_who_approve_at_once_have_one_effect(office: Office) -> None:
    names = [campaign_id(f"PAIR-{one}") for one in range(6)]
    for name in names:
        office.emulated.control("POST", "/campaigns", {"tenant": "wide", "id": name, "status": "PAUSED"})
    ada, bob, carol = (
        office.system(name, platform=office.emulated.platform("wide"), approvals=RESUMPTIONS)
        for name in ("ada", "bob", "carol")
    )
    entries = [asked(ada, Resume(campaign=name)) for name in names]

    def decide(system: Any, entry: EntryId) -> str:
        try:
            return str(approved(system, entry).word)
        except (NotAskedError, BeingDecidedError) as late:
            return late.code

    with ThreadPoolExecutor(4) as pool:
        both = [pool.submit(decide, system, entry) for entry in entries for system in (bob, carol)]
        words = [one.result() for one in both]
    assert sorted(words) == ["applied"] * 6 + ["not-asked"] * 6
    assert sorted(effects(office)) == sorted(names)
    assert len([kind for kind, _, _ in notes(ada) if kind == "approval.approve"]) == 6
    assert waiting(ada) == []


def test_approval_and_rejection_at_once_are_one_or_the_other(office: Office) -> None:
    names = [campaign_id(f"EITHER-{one}") for one in range(6)]
    for name in names:
        office.emulated.control("POST", "/campaigns", {"tenant": "wide", "id": name, "status": "PAUSED"})
    ada, bob, carol = (
        office.system(name, platform=office.emulated.platform("wide"), approvals=RESUMPTIONS)
        for name in ("ada", "bob", "carol")
    )
    entries = [asked(ada, Resume(campaign=name)) for name in names]

    def decide(decision: Any, system: Any, entry: EntryId) -> str:
        try:
            return str(decision(system, entry).word)
        except PacelineError as late:
            return late.code

    with ThreadPoolExecutor(4) as pool:
        pairs = [
            (pool.submit(decide, approved, bob, one), pool.submit(decide, rejected, carol, one)) for one in entries
        ]
        words = [(first.result(), second.result()) for first, second in pairs]
    for entry, name, (first, second) in zip(entries, names, words, strict=True):
        assert (first, second) in {("applied", "not-asked"), ("not-asked", "refused")}
        assert closing(ada, entry)["outcome"] == ("applied" if first == "applied" else "refused")
        assert (name in effects(office)) is (first == "applied")


def test_who_comes_while_a_worker_is_at_it_approves_nothing(office: Office) -> None:
    ada, bob = people(office)
    entry = asked(ada)
    (claim,) = ada.leases.claim(office.tenant, ROOM, now_ns=ns_of(STARTED + DAY), limit=1)
    with pytest.raises(BeingDecidedError):
        approved(bob, entry)
    assert (undecided(ada), len(notes(ada)), office.sent()) == ([entry], 1, [])
    ada.leases.release(claim)
    assert approved(bob, entry).word == "applied"


def test_no_policy_delays_a_pause_a_stop_or_a_freeze(office: Office) -> None:
    ada, bob = people(office, EVERYTHING)
    assert ada.run(PAUSE).word == "applied"
    assert ada.run(STOP).word == "applied"
    assert later(ada, Stop(campaign=PAUSED)).findings.rules == ()
    assert later(ada, Pause(campaign=PAUSED)).findings.rules == ()
    found = bob.fleet.find(Target(named=(PAUSED,)), lane=Lane.STOPPING)
    frozen = bob.freeze.freeze(found, Order(actor=bob.actor))
    assert (frozen.not_yet, status(office, PAUSED), undecided(ada)) == ({}, "STOPPED", [])
    # An order that was marked by other hands waits for nobody either.
    marked = ada.desk.marked(RESUME, Order(actor=ada.actor))
    assert marked.approval is not None
    assert ada.corridor.run(Stop(campaign=STOPPED), marked).word == "unchanged"


def test_what_may_not_or_need_not_be_done_asks_nobody(office: Office) -> None:
    ada, _ = people(office)
    words = [ada.run(Resume(campaign=one)).word for one in (ARCHIVED, ACTIVE)]
    assert words == ["refused", "unchanged"]
    tried = ada.run(RESUME, dry_run=True)
    assert (tried.word, tried.findings.rules, undecided(ada), notes(ada)) == (
        "unchanged",
        ("approval.wanted",),
        [],
        [],
    )
    assert later(ada, RESUME, dry_run=True).findings.rules == ("approval.wanted",)


def test_stop_that_was_ordered_since_counts_more_than_the_approval(office: Office) -> None:
    ada, bob = people(office)
    entry = asked(ada, Resume(campaign=STOPPED))
    assert bob.run(Stop(campaign=STOPPED)).word == "unchanged"
    ended = approved(bob, entry)
    assert (ended.word, ended.findings.rules[0], office.sent()) == ("conflicted", "agenda.stopped-since", [])


def test_approved_change_is_judged_on_what_is_there_then(office: Office) -> None:
    ada, bob = people(office)
    moved, resumed = asked(ada, Resume(campaign=STOPPED), if_revision="3"), asked(ada)
    for change in (Resume(campaign=STOPPED), Stop(campaign=STOPPED), RESUME):
        office.outside(change)
    assert (approved(bob, moved).word, approved(bob, resumed).word) == ("conflicted", "unchanged")
    assert len(office.sent()) == 3


def test_change_for_later_waits_for_approval_first_and_for_its_hour_then(office: Office) -> None:
    ada, bob = people(office)
    planned = later(ada, RESUME, not_after=timedelta(minutes=5))
    assert (planned.word, planned.document()["change"]) == (
        "scheduled",
        {
            "kind": "lifecycle.resume",
            "campaign": PAUSED,
            "due": "2026-06-15T13:00:00Z",
            "approve_until": "2026-06-15T13:05:00Z",
        },
    )
    waits = approved(bob, number(planned))
    assert (waits.word, waits.findings.rules, waiting(ada)) == ("scheduled", ("approval.given",), [planned.entry])
    assert ada.recorder.unended()[0].stage is Stage.WAITING
    assert (ada.worker.once().ended, office.sent()) == ((), [])
    office.emulated.advance(3600)
    (made,) = ada.worker.once().ended
    assert (made.entry, made.word, "approval.given" in made.findings.rules) == (planned.entry, "applied", True)


def test_approval_after_the_hour_makes_it_at_once_or_not_at_all(office: Office) -> None:
    ada, bob = people(office)
    soon = later(ada, RESUME)
    short = later(ada, Resume(campaign=STOPPED), not_after=timedelta(minutes=5))
    pass_by(office, HOUR + timedelta(minutes=6))
    made, late = approved(bob, number(soon)), approved(bob, number(short))
    assert (made.word, "agenda.late" in made.findings.rules, late.word) == ("applied", True, "expired")
    assert effects(office) == [PAUSED]


def test_newer_one_takes_the_place_of_what_waits_for_approval_and_of_nothing_that_has_it(office: Office) -> None:
    ada, bob = people(office)
    planned = later(ada, RESUME)
    approved(bob, number(planned))
    first, second = asked(ada), asked(bob)
    assert (closing(ada, first)["outcome"], waiting(ada)) == ("expired", [planned.entry, second])
    told = f"entry {second} takes the place of entry {first}, which waited for approval"
    assert messages(ada, first) == [told]
    again = later(ada, RESUME, after=2 * HOUR)
    assert waiting(ada) == [planned.entry, again.entry]
    approved(bob, number(again))
    assert (waiting(ada), closing(ada, number(planned))["outcome"]) == ([again.entry], "expired")


def test_size_is_the_number_of_campaigns_in_one_command(office: Office) -> None:
    two = Policy(rules=(Rule(kinds=("lifecycle.*",), at_least={"campaigns": 2}),))
    ada, bob = people(office, two)
    assert ada.run(Resume(campaign=PAUSED)).word == "applied"
    office.outside(PAUSE)
    found = ada.fleet.find(Target(named=(ACTIVE, STOPPED)))
    fleet = ada.fleet.run(found, lambda one: Resume(campaign=one), Order(actor=ada.actor))
    assert fleet.summary == {"scheduled": 2}
    assert [approved(bob, number(one)).word for one in fleet.items] == ["applied", "applied"]
    opening: Any = ada.book.read(number(fleet.items[0])).rows[0].document
    assert opening["details"]["approval"]["campaigns"] == 2


def test_platform_that_is_away_lets_nothing_be_approved(office: Office) -> None:
    ada, bob = people(office)
    entry = asked(ada)
    office.emulated.order("reset_before", path="/api/v2/*", times=None)
    with pytest.raises(PlatformError):
        approved(bob, entry)
    assert (undecided(ada), len(notes(ada))) == ([entry], 1)


def test_approved_change_without_an_answer_is_gone_after_by_a_worker_and_expires(office: Office) -> None:
    ada, bob = people(office)
    entries = [asked(ada), asked(ada, Resume(campaign=STOPPED))]
    office.emulated.order("reset_before", method="PATCH", path="/api/v2/*", times=None)
    assert [approved(bob, entry).word for entry in entries] == ["scheduled", "scheduled"]
    assert waiting(ada) == entries
    office.emulated.control("DELETE", "/faults")
    pass_by(office, timedelta(seconds=21))
    assert [(one.entry, one.word) for one in ada.worker.once().ended] == [(one, "applied") for one in entries]
    third = asked(ada, Resume(campaign=ACTIVE)) if ada.run(PAUSE).word == "applied" else entries[0]
    office.emulated.order("reset_before", method="PATCH", path="/api/v2/*", times=None)
    approved(bob, third)
    office.emulated.control("DELETE", "/faults")
    pass_by(office, timedelta(minutes=16))
    assert [(one.entry, one.word) for one in ada.worker.once().ended] == [(third, "expired")]
    assert status(office, ACTIVE) == "PAUSED"


def test_asking_and_deciding_are_told(office: Office) -> None:
    ada = listening(office, approvals=RESUMPTIONS)
    bob = office.system("bob", approvals=RESUMPTIONS)
    first, second = asked(ada, reason="shift begins"), asked(ada, Resume(campaign=STOPPED))
    approved(bob, first, "fine")
    rejected(bob, second, "no")
    heard = [(one["type"], one["campaign"], one["data"].get("of")) for one in told(ada)]
    assert heard == [
        ("approval.wanted", PAUSED, first),
        ("approval.approved", PAUSED, first),
        ("lifecycle.applied", PAUSED, None),
        ("approval.wanted", STOPPED, second),
        ("approval.rejected", STOPPED, second),
        ("lifecycle.refused", STOPPED, None),
    ]
    assert (told(ada)[0]["data"]["reason"], told(ada)[0]["data"]["until"]) == (
        "shift begins",
        "2026-06-16T12:00:00.000000Z",
    )
