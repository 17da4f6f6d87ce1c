"""What a forecast takes for granted because no platform tells it, in words for whoever reads the forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.campaign.blocks import DialingMode
from paceline.optimizer.forecast.best import MOST_SOLVED
from paceline.twin.measured.day import RING

if TYPE_CHECKING:
    from paceline.campaign.forecast import Fit
    from paceline.campaign.forecaster import ForecastAsked
    from paceline.twin.measured.day import MeasuredDay

_FEW_DAYS = 5


def assumptions(asked: ForecastAsked, measured: MeasuredDay, fit: Fit | None) -> tuple[str, ...]:
    """Return what could not be measured, and what was taken for it."""
    answer = measured.scenario.answer
    answered_s, unanswered_s = answer.ring_answered.mean_s, answer.ring_unanswered.mean_s
    told = "" if answered_s == RING.mean_s else ", with which agents are as busy as was measured"
    found = [
        f"people answer after {answered_s:.3g} s on average, other dials ring for {unanswered_s:.3g} s{told}",
        "talk times are lognormal, as spread as their mean, wrap-up times 0.6 times as much",
        "an answered call is abandoned when no agent took it within 2 s, and the greeting has no length",
        "lines for each idle agent are (0.5 + 100 x aim) / belief: how the platform paces is not published",
        "the days to come are staffed and answer as the measured ones; a list that ages faster is not foreseen",
    ]
    if measured.paced is None:
        found.append("the pacing that is live was live in the days that were measured: nobody told since when it is")
    elif fit is None:
        found.append("too little was measured since the live pacing is live: whether the model gives it is not known")
    rules = asked.observed.rules
    if rules is not None and rules.mode is not DialingMode.PREDICTIVE:
        found.append(
            f"the campaign dials {rules.mode.value.lower()} now; this is what the pacing does once it predicts"
        )
    if rules is not None:
        found.append("the platform's own cool-down after too many abandoned calls is not reckoned with")
    if len(measured.days) < _FEW_DAYS:
        found.append(f"{len(measured.days)} days were measured: how much days differ is taken from usual campaigns")
    if measured.week.guessed:
        found.append("no day was measured whole: how long the days to come are is taken from the schedule, or guessed")
    if fit is not None and fit.scale != 1.0:
        found.append(f"with {fit.scale:.2f} times the lines for each idle agent the model gives what was measured")
    if measured.roster.mean_agents > MOST_SOLVED:
        found.append("the optimum is that of the law of idle agents, good to about a point")
    return tuple(found)
