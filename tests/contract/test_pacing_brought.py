"""Pacing that rests until other settings bring it into effect, and forecasters that fail: a person is asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from paceline.bootstrap import System
from paceline.campaign.blocks import DialingMode, DialingRules
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.forecast import NoProjection, Projection
from paceline.campaign.forecaster import Curve, ForecastAsked
from paceline.control.order import Order, Override
from tests.contract.forecasts import NoForecast
from tests.contract.set_up import HELD, declare, furnish
from tests.contract.systems import Office
from tests.contract.test_setting_pacing import DIALER, FASTER, answered_for, paced, weighty

PREDICTS = SetDialingRules(campaign=HELD, mode=DialingMode.PREDICTIVE)


@dataclass
class Failing:
    """A forecaster that fails as numbers do."""

    failure: BaseException
    asked: list[ForecastAsked] = field(default_factory=list)

    def forecast(self, asked: ForecastAsked) -> Projection | NoProjection:
        self.asked.append(asked)
        raise self.failure

    def curve(self, asked: ForecastAsked) -> Curve | NoProjection:
        del asked
        raise self.failure


def resting(office: Office, *, aim: float = 0.03, forecaster: object = None) -> System:
    """Return a system of a campaign that dials progressively, with pacing that waits to come into effect."""
    furnish(office, predictiveDialer={**DIALER, "answerRate": 0.4, "abandonRate": aim})
    system = office.system("ada", forecaster=NoForecast if forecaster is None else lambda: forecaster)
    declare(system)
    return system


def order(system: System, *overrides: Override) -> Order:
    return Order(actor=system.actor, overrides=overrides)


def test_mode_that_brings_bold_pacing_into_effect_is_projected_for_it(desk: Office) -> None:
    system = resting(desk)
    refused = system.run(PREDICTS)
    assert (refused.word, weighty(refused), desk.sent()) == ("refused", ["pacing.no-projection"], [])
    (found,) = [one for one in refused.findings if one.rule == "pacing.no-projection"]
    assert (found.field, isinstance(refused.forecast, NoProjection)) == ("mode", True)
    made = system.corridor.run(PREDICTS, order(system, *answered_for("pacing.no-projection")))
    assert (made.word, "ada answers for it until" in "".join(one.message for one in made.findings)) == ("applied", True)
    # What is in effect already is brought into effect by nothing else.
    assert weighty(system.run(SetDialingRules(campaign=HELD, attempt_limit=2, retry_intervals_min=(240,)))) == []


def test_mode_that_brings_pacing_into_effect_that_abandons_nobody_is_not_projected(desk: Office) -> None:
    furnish(desk, predictiveDialer={**DIALER, "answerRate": 0.5, "abandonRate": 0})
    system = desk.system("ada", forecaster=NoForecast)
    declare(system)
    assert system.run(PREDICTS).word == "applied"


def test_more_calls_for_each_agent_are_projected_where_a_prediction_decides(desk: Office) -> None:
    more = SetDialingRules(campaign=HELD, calls_per_agent=3)
    assert weighty(paced(desk, forecaster=NoForecast).run(more)) == ["pacing.no-projection"]


def test_forecaster_is_asked_with_the_rules_that_the_change_makes(desk: Office) -> None:
    failing = Failing(ValueError("no"))
    furnish(desk, predictiveDialer=DIALER)
    counts = {"minute": "2026-06-15T11:30:00Z", "dials": 300, "connects": 100, "abandons": 1}
    desk.emulated.arrange(HELD, statistics=counts)
    system = desk.system("ada", forecaster=lambda: failing)
    declare(system)
    system.run(replace(PREDICTS, calls_per_agent=4))
    (asked,) = failing.asked
    assert isinstance(asked.rules, DialingRules)
    assert (asked.rules.mode, asked.rules.calls_per_agent, asked.paced_since) == (DialingMode.PREDICTIVE, 4, None)
    assert asked.observed.rules is not None
    assert asked.observed.rules.mode is DialingMode.PROGRESSIVE


@pytest.mark.parametrize("failure", [ZeroDivisionError("division by zero"), MemoryError(), KeyError("x" * 5000)])
def test_forecaster_that_fails_is_no_yes_and_no_crash(desk: Office, failure: Exception) -> None:
    failing = Failing(failure)
    system = paced(desk, forecaster=lambda: failing)
    refused = system.run(FASTER)
    assert (refused.word, weighty(refused), desk.sent()) == ("refused", ["pacing.no-projection"], [])
    assert isinstance(refused.forecast, NoProjection)
    assert type(failure).__name__ in refused.forecast.why
    assert len(refused.forecast.why) < 300
    assert not system.recorder.unended(campaigns=[HELD])


def test_pacing_counts_as_live_only_since_the_rules_are_that_are_live_with_it(desk: Office) -> None:
    failing = Failing(ValueError("no"))
    system = paced(desk, forecaster=lambda: failing)
    system.run(FASTER)
    assert failing.asked[-1].paced_since is None
    desk.emulated.advance(3600)
    fewer = SetDialingRules(campaign=HELD, attempt_limit=2, retry_intervals_min=(240,))
    assert system.run(fewer).word == "applied"
    since = system.platform.read(HELD).at
    desk.emulated.advance(3600)
    system.run(FASTER)
    assert failing.asked[-1].paced_since == since
