"""Others come in between: whoever sets the pacing, begins a rollout, makes a policy, or ends the supervision."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from paceline.campaign.pacing.boldness import lines_per_idle
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.approving.policy import Policy, Rule
from paceline.control.order import Order
from paceline.control.rollout.joining import rollout_desk
from paceline.control.rollout.rollouts import OvertakenError
from paceline.control.rollout.standing import Phase
from paceline.control.supervision.controller import Account, Bounds, Terms
from paceline.control.supervision.standing import Standing, Steering
from paceline.control.supervision.supervisions import RolledOutError, Supervisions
from paceline.primitives.ids import EntryId
from tests.contract.rolled import ROLLED, Stage, begin, begun
from tests.contract.steered import GENTLE, STEERED, Floor, kinds
from tests.contract.systems import STARTED, Office


def _any_standing() -> Standing:
    """A supervision of the campaign of rollouts."""
    return Standing(
        campaign=ROLLED,
        entry=EntryId(0),
        actor=("ada", "local"),
        reason=None,
        ticket=None,
        began=STARTED,
        terms=Terms(target=Decimal("0.029"), gain=0.1, most_owed=Decimal(12), most_saved=Decimal(10)),
        bounds=Bounds(
            least_answer_rate=Decimal("0.4"),
            most_answer_rate=Decimal("0.95"),
            most_abandonment_aim=Decimal("0.03"),
            max_calls=150,
            call_interval_ms=50,
            warm_up_s=0,
        ),
        account=Account(owed=Decimal(0), answer_rate=0.3),
        periods=(),
        asked_at=STARTED,
        looked=STARTED,
        counted=STARTED,
        live=None,
    )


def test_pacing_that_a_colleague_sets_is_noticed_at_the_next_look(office: Office) -> None:
    floor = Floor(office)
    ada, bob = floor.system(), floor.system("bob")
    floor.begun(ada)
    floor.minutes(ada, 10)
    assert bob.run(SetPacing(campaign=STEERED, abandonment_aim=Decimal(0))).word == "applied"
    after = floor.minutes(ada, 1)
    assert after.state is Steering.SUSPENDED
    assert after.why is not None
    assert "bob" in after.why


def test_ended_supervision_touches_nothing_that_somebody_else_has_set(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    floor.begun(ada)
    floor.minutes(ada, 3)
    floor.outside(answer_rate=Decimal("0.45"), abandonment_aim=Decimal("0.011"))
    left = floor.pacing()
    ended = ada.supervision.end(STEERED, Order(actor=ada.actor))
    assert (floor.pacing(), ended.left) == (left, "its pacing stays as somebody else has set it")
    assert kinds(ada)[-1] == "supervision.end"


def test_ended_supervision_that_cannot_ease_off_says_so_with_the_way_to_do_it(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    floor.begun(ada)
    before = floor.minutes(ada, 20)
    assert before.live is not None
    assert lines_per_idle(before.live) > 1
    desk.emulated.arrange(STEERED, locked=True)
    ended = ada.supervision.end(STEERED, Order(actor=ada.actor))
    assert ada.supervision.of(STEERED) is None
    assert "locked" in ended.left
    assert f"paceline ease-off {STEERED}" in ended.left


def test_policy_that_wants_a_second_person_later_leaves_one_line_for_each_idle_agent(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    floor.begun(ada)
    floor.minutes(ada, 20)
    bob = floor.system("bob", approvals=Policy(rules=(Rule(kinds=("pacing.*",)),)))
    after: Standing = floor.standing(ada)
    for _ in range(60):
        if not after.is_running:
            break
        after = floor.minutes(bob, 1)
    assert after.why is not None
    assert "approval" in after.why
    assert {**floor.pacing()} == GENTLE


def test_rollout_and_supervision_that_begin_in_the_same_moment_are_never_both(office: Office) -> None:
    stage = Stage(office)
    ada = stage.system()
    kept = Supervisions(office.database, ada.book, ada.crier)
    order = Order(actor=ada.actor)
    standing, is_new = kept.begin(_any_standing(), order, {})
    assert is_new
    # Judged before the supervision began, as far as this desk saw.
    ada.rollout_desk = rollout_desk(ada)
    with pytest.raises(OvertakenError, match="supervised by now"):
        begin(ada)
    assert kept.end(ROLLED, order, lambda one: one.document()) == standing
    assert begun(ada).phase is Phase.RUNNING
    with pytest.raises(RolledOutError, match="began meanwhile"):
        kept.begin(_any_standing(), order, {})
    assert kept.of(ROLLED) is None


def test_clock_that_is_set_back_blinds_the_supervisor_once_and_it_goes_on(desk: Office) -> None:
    floor = Floor(desk)
    ada = floor.system()
    floor.begun(ada)
    before = floor.minutes(ada, 20)
    assert before.live is not None
    assert lines_per_idle(before.live) > 1
    earlier = before.counted - timedelta(hours=2)
    desk.emulated.control("PUT", "/clock", {"now": earlier.isoformat().replace("+00:00", "Z")})
    floor.turn(ada)
    blind = floor.standing(ada)
    assert (blind.blind, {**floor.pacing()}) == (True, GENTLE)
    assert blind.counted <= earlier + timedelta(minutes=1)
    after = floor.minutes(ada, 5)
    assert after.is_running
    assert after.looks == blind.looks + 5
