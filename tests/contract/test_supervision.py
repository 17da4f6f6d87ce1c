"""The supervisor on a real system: once a minute of the platform's clock, as was certified, and by nobody twice."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from paceline.bootstrap import System
from paceline.bootstrap.watching import Watching
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause
from paceline.campaign.pacing.boldness import lines_per_idle
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.ports import Prepared, Receipt
from paceline.control.approving.policy import Policy, Rule
from paceline.control.order import Order
from paceline.control.supervision.standing import Standing, Steering
from paceline.control.supervision.supervisions import Supervisions
from paceline.ledger.entry import Entry, Query, Step
from paceline.primitives.clock import MachineClock
from tests.contract.killing import Killer
from tests.contract.steered import GENTLE, STEERED, Floor, kinds
from tests.contract.systems import STARTED, Office, Through
from tests.contract.walker import STEER


class KilledError(BaseException):
    """The process is gone."""


class Dying(Through):
    """A platform whose first change takes effect, and whose caller does not live to hear of it."""

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        super().apply(prepared, idempotency_key=idempotency_key, lane=lane)
        raise KilledError


def _lines(standing: Standing) -> float:
    assert standing.live is not None
    return lines_per_idle(standing.live)


def _aim(standing: Standing) -> Decimal:
    assert standing.live is not None
    return standing.live.abandonment_aim


def _closed(entry: Entry) -> Any:
    return next(row.document for row in entry.rows if row.step is Step.CLOSED)


def _until_suspended(floor: Floor, system: System) -> Standing:
    """Let minutes pass until the supervisor sets pacing again, and sees that somebody else has."""
    standing = floor.standing(system)
    for _ in range(70):
        if not standing.is_running:
            return standing
        standing = floor.minutes(system, 1)
    raise AssertionError(standing.document())


def test_campaign_is_steered_once_a_minute_by_changes_through_the_corridor(office: Office) -> None:
    floor = Floor(office)
    ada = floor.system()
    begun = floor.begun(ada)
    seen = floor.counted()
    after = floor.minutes(ada, 20)
    sets = [kind for kind in kinds(ada) if kind == "pacing.set"]
    assert after.looks == 20
    assert len(sets) == after.steps > 3
    assert floor.pacing()["abandonRate"] == float(_aim(after))
    assert floor.counted() - seen - 20 == after.requests - begun.requests  # one beside each look asks the time
    assert after.requests <= 4 * after.looks
    closed = ada.book.entries(Query(kind="pacing.set"))[-1]
    assert closed.outcome == "applied"
    assert closed.actor.name == "ada"


def test_certificate_stands_in_the_note_that_begins_it(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    begun = floor.start(ada)
    assert begun.standing is not None
    assert begun.certificate is not None
    details: Any = ada.book.read(begun.standing.entry).rows[0].document["details"]
    assert set(details) == {"bounds", "controller", "ceiling", "theorem", "measured", "rehearsal"}
    assert details["theorem"]["bound"] <= 0.03
    assert details["rehearsal"]["abandonment"] <= 0.03
    assert details["bounds"]["max_calls"] == GENTLE["maxConcurrentCalls"]


def test_steps_of_the_supervisor_are_not_projected_and_anybody_elses_within_the_same_bounds_are(desk: Office) -> None:
    floor = Floor(desk)
    ada, bob = floor.system(), floor.system("bob")
    floor.begun(ada)
    after = floor.minutes(ada, 5)
    steps = [entry for entry in ada.book.entries(Query(kind="pacing.set")) if entry.outcome == "applied"]
    forecasts = [_closed(entry)["details"].get("forecast") for entry in steps]
    assert steps
    assert {"envelope": after.entry} in forecasts
    assert all(told in (None, {"envelope": after.entry}) for told in forecasts)
    bold = SetPacing(campaign=STEERED, abandonment_aim=Decimal("0.03"))
    refused = bob.run(bold)
    assert refused.word == "refused"
    assert "pacing.no-projection" in refused.findings.rules


def test_dry_run_certifies_and_begins_nothing(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    begun = floor.start(ada, dry_run=True)
    assert (begun.outcome, ada.supervision.of(STEERED)) == ("certified", None)
    assert "supervision.start" not in kinds(ada)


def test_campaign_of_which_too_little_was_measured_is_not_supervised(desk: Office) -> None:
    floor = Floor(desk, history=timedelta(minutes=3))
    begun = floor.start(floor.system())
    assert begun.findings.rules == ("supervision.certificate",)
    assert "300 are needed" in next(iter(begun.findings)).message


def test_target_that_cannot_be_certified_is_refused_with_the_highest_that_can(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    begun = floor.start(ada, target=Decimal("0.03"))
    assert begun.findings.rules == ("supervision.certificate",)
    certified = floor.start(ada, dry_run=True).certificate
    assert certified is not None
    assert str(certified.terms.target) in next(iter(begun.findings)).message
    assert floor.start(ada, target=Decimal("0.02"), dry_run=True).outcome == "certified"


def test_campaign_is_supervised_by_one_at_a_time(office: Office) -> None:
    floor = Floor(office)
    ada, bob = floor.system(), floor.system("bob")
    floor.begun(ada)
    assert floor.start(bob).findings.rules == ("supervision.ready",)
    assert kinds(ada).count("supervision.start") == 1


def test_policy_that_wants_a_second_person_for_pacing_keeps_it_from_beginning(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system(approvals=Policy(rules=(Rule(kinds=("pacing.*",)),)))
    assert floor.start(ada).findings.rules == ("supervision.ready",)


def test_two_workers_never_look_at_a_minute_twice(office: Office) -> None:
    floor = Floor(office)
    ada, bob = floor.system(), floor.system("bob")
    floor.begun(ada)
    for _ in range(8):
        office.emulated.advance(60)
        assert sorted([floor.turn(ada), floor.turn(bob)]) == [0, 1]
    after = floor.standing(ada)
    told = ada.platform.measured(STEERED, since=after.began, until=after.counted).tally
    assert (after.answered, after.abandoned, after.looks) == (told.connects, told.abandons, 8)


def test_who_read_an_older_row_writes_nothing(office: Office) -> None:
    floor = Floor(office)
    ada = floor.system()
    old = floor.begun(ada)
    new = floor.minutes(ada, 1)
    kept = Supervisions(office.database, ada.book, ada.crier)
    assert kept.claim(old, STARTED) is None
    assert kept.suspend(old, "an older look", {}) is None
    assert floor.standing(ada) == new
    assert "supervision.suspend" not in kinds(ada)


def test_pacing_set_by_somebody_else_suspends_with_who_and_what(office: Office) -> None:
    floor = Floor(office)
    ada, bob = floor.system(), floor.system("bob")
    floor.begun(ada)
    floor.minutes(ada, 5)
    assert bob.run(SetPacing(campaign=STEERED, abandonment_aim=Decimal(0))).word == "applied"
    floor.answer_rate(0.45)
    after = _until_suspended(floor, ada)
    assert after.state is Steering.SUSPENDED
    assert after.why is not None
    assert "bob" in after.why
    assert kinds(ada)[-1] == "supervision.suspend"
    assert floor.pacing()["abandonRate"] == 0
    left = floor.counted()
    floor.minutes(ada, 3)
    assert floor.counted() == left + 3  # the time alone was asked for


def test_pacing_changed_outside_paceline_suspends_too(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    floor.begun(ada)
    floor.minutes(ada, 3)
    floor.outside(answer_rate=Decimal("0.70"))
    after = _until_suspended(floor, ada)
    assert after.why is not None
    assert "outside paceline" in after.why


def test_change_of_something_else_is_looked_at_and_the_steering_goes_on(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    floor.begun(ada)
    floor.minutes(ada, 3)
    desk.emulated.arrange(STEERED, locked=True)
    desk.emulated.arrange(STEERED, locked=False)
    before = floor.standing(ada).steps
    floor.answer_rate(0.6)
    after = floor.minutes(ada, 6)
    assert after.is_running
    assert after.steps > before


def test_declared_limit_of_a_step_does_not_keep_the_supervisor_from_steering(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    ada.facts.declare(STEERED, {"limits.pacing_step": "0.01"}, Order(actor=ada.actor))
    floor.begun(ada)
    after = floor.minutes(ada, 10)
    assert after.refused is None
    assert _lines(after) > 1


def test_campaign_that_nobody_may_make_gentler_is_not_called_steered_for_long(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    floor.begun(ada)
    floor.minutes(ada, 10)
    desk.emulated.arrange(STEERED, locked=True)
    floor.answer_rate(0.9)
    after = _until_suspended(floor, ada)
    assert after.why is not None
    assert "locked" in after.why
    assert after.stuck_since is not None


def test_rise_of_the_answer_rate_is_followed_by_fewer_lines_within_minutes(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    floor.begun(ada)
    before = floor.minutes(ada, 40)
    floor.answer_rate(0.6)
    after = floor.minutes(ada, 15)
    assert _lines(after) < _lines(before)
    assert after.account.answer_rate > before.account.answer_rate + 0.05


def test_legal_period_that_is_over_its_ceiling_is_dialed_progressively_until_it_is_back(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    floor.begun(ada)
    floor.minutes(ada, 30)
    standing = floor.standing(ada)
    (period,) = standing.periods
    over = replace(period, abandoned=period.answered // 30)
    kept = Supervisions(desk.database, ada.book, ada.crier).keep(replace(standing, periods=(over,)))
    assert kept is not None
    after = floor.minutes(ada, 1)
    assert _lines(after) <= 1.0


def test_supervisor_that_was_blind_sets_one_line_for_each_idle_agent_first_and_accounts_for_what_it_missed(
    office: Office,
) -> None:
    floor = Floor(office)
    ada = floor.system()
    floor.begun(ada)
    before = floor.minutes(ada, 20)
    assert _lines(before) > 1
    office.emulated.advance(45 * 60)
    floor.turn(ada)
    after = floor.standing(ada)
    assert after.blind
    assert _lines(after) <= 1
    told = ada.platform.measured(STEERED, since=before.began, until=after.counted).tally
    assert (after.answered, after.abandoned) == (told.connects, told.abandons)
    again = floor.minutes(ada, 3)
    assert _lines(again) > 1


def test_paused_campaign_rests_and_is_looked_at_less(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    floor.begun(ada)
    floor.minutes(ada, 5)
    ada.run(Pause(campaign=STEERED))
    desk.emulated.advance(9 * 60)
    floor.turn(ada)
    resting = floor.minutes(ada, 1)
    while not resting.resting:
        resting = floor.minutes(ada, 1)
    after = floor.minutes(ada, 10)
    assert after.is_running
    assert after.resting
    assert after.looks - resting.looks == 5
    assert after.steps == resting.steps


def test_step_that_was_sent_and_never_noted_is_known_for_ours_after_a_kill(office: Office) -> None:
    floor = Floor(office)
    ada = floor.system(platform=Dying(office.emulated.platform()))
    floor.begun(ada)
    office.emulated.advance(60)
    ada.time.look()
    with suppress(KilledError):
        ada.supervision.run(ada.time)
    killed = floor.standing(ada)
    assert killed.wanted is not None
    assert floor.pacing()["abandonRate"] == float(killed.wanted.abandonment_aim)
    bob = floor.system("bob")
    after = floor.minutes(bob, 2)
    assert after.is_running
    assert after.wanted is None


@pytest.mark.parametrize("moment", ["unsent", "answered"])
def test_worker_killed_at_a_step_leaves_a_campaign_that_the_next_one_goes_on_with(
    desk: Office, tmp_path: Path, killer: Killer, moment: str
) -> None:
    floor = Floor(desk)
    ada = floor.system(clock=MachineClock(), lease_s=1.0)
    floor.begun(ada)
    desk.emulated.advance(60)
    url = f"sqlite:///{tmp_path / 'paceline.db'}"
    killer.round(desk, url, STEERED, moment, kind=STEER, wall_ns=None, lease_s=1.0, projects=False)
    killed = floor.standing(ada)
    assert killed.wanted is not None
    assert (floor.pacing()["abandonRate"] == float(killed.wanted.abandonment_aim)) == (moment == "answered")
    after = floor.minutes(ada, 1)
    for _ in range(20):  # until the dead worker's lease is over, and its entry settled
        if after.wanted is None and after.steps:
            break
        ada.clock.wait(0.2)
        after = floor.minutes(ada, 1)
    assert after.is_running
    assert after.wanted is None
    told = ada.platform.measured(STEERED, since=after.began, until=after.counted).tally
    assert (after.answered, after.abandoned) == (told.connects, told.abandons)
    assert after.live is not None
    assert floor.pacing()["abandonRate"] == float(after.live.abandonment_aim)


def test_looks_of_many_campaigns_stay_within_their_share_of_the_requests(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system(watching=Watching(requests_per_minute=16))
    floor.begun(ada)
    seen = floor.counted()
    floor.minutes(ada, 10)
    assert floor.counted() - seen - 10 <= 10 * 4


def test_ended_supervision_leaves_one_line_for_each_idle_agent_and_says_what_it_came_to(office: Office) -> None:
    floor = Floor(office)
    ada = floor.system()
    floor.begun(ada)
    before = floor.minutes(ada, 20)
    assert _lines(before) > 1
    ended = ada.supervision.end(STEERED, Order(actor=ada.actor, reason="enough"))
    assert ended.standing is not None
    assert ended.standing.answered == before.answered
    assert (floor.pacing(), ada.supervision.of(STEERED)) == (GENTLE, None)
    assert ended.left == "one line rings for each idle agent"
    assert kinds(ada)[-1] == "supervision.end"
    details: Any = ada.book.read(ada.book.entries(Query(kind="supervision.end"))[-1].number).rows[0].document["details"]
    assert details["came_to"]["answered"] == before.answered
    assert ada.supervision.end(STEERED, Order(actor=ada.actor)).standing is None


def test_day_with_a_drifting_answer_rate_stays_under_the_ceiling_by_the_platforms_own_count(desk: Office) -> None:
    floor = Floor(desk, agents=20)
    ada = floor.system()
    begun = floor.begun(ada)
    for rate in (0.2, 0.42, 0.3):
        floor.answer_rate(rate)
        floor.minutes(ada, 40)
    after = floor.standing(ada)
    told = ada.platform.measured(STEERED, since=begun.began, until=after.counted).tally
    assert told.abandons * 100 <= 3 * told.connects
    beyond = begun.terms.worst(begun.account.owed, after.worst_at_once)
    assert told.abandons <= begun.terms.target * told.connects + beyond
    assert after.busy_s > 0.8 * after.staffed_s
