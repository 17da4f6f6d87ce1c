"""What is left when a supervision ends: a pacing that needs nobody who steers it.

The last step of a supervisor was chosen for one minute, and was never judged by what it does when nobody looks. So the
campaign is left with one line for each idle agent, unless somebody else has set its pacing: that was judged by itself.
Where it cannot be eased off, that is told with the way to do it: the supervision ends all the same.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from paceline.campaign.pacing.boldness import may_abandon
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.ports import Platform, PlatformError
from paceline.control.order import Order, Override
from paceline.control.outcome import Applied, Unchanged
from paceline.control.pipeline import Corridor
from paceline.control.recorder import Recorder
from paceline.control.supervision.controller import pacing_of
from paceline.control.supervision.standing import Standing
from paceline.primitives.findings import Severity

STEP_LIMIT = "pacing.step-limit"
"""The rule that each step is answered for by whoever began: the certificate is of all steps within the bounds."""
GENTLE = "one line rings for each idle agent"
_ANSWERED_FOR = timedelta(hours=1)


class Leaving:
    """Leaves campaigns that were supervised; serves all threads."""

    def __init__(self, platform: Platform, corridor: Corridor, recorder: Recorder) -> None:
        """Join what is read, and the way by which every change goes."""
        self._platform = platform
        self._corridor = corridor
        self._recorder = recorder

    def leave(self, standing: Standing, order: Order) -> str:
        """Ease a campaign off whose supervision ends, and return in words how its pacing is left.

        Args:
            standing: as it is kept.
            order: of whoever ends it; he answers for the size of the step.

        Raises:
            LedgerUnavailableError: nothing was sent.
        """
        campaign = standing.campaign
        way = f"nobody has judged it alone; ease it off: paceline ease-off {campaign}"
        try:
            observed = self._platform.read(campaign)
        except PlatformError as error:
            return f"its pacing is as the last step left it, for it cannot be looked at ({error.message}): {way}"
        self._recorder.saw([observed])
        pacing = observed.pacing
        if pacing is None or not may_abandon(pacing):
            return GENTLE if pacing is not None else "it has no pacing"
        if pacing not in {standing.live, standing.wanted}:
            return "its pacing stays as somebody else has set it"
        gentle = pacing_of(1.0, standing.account.answer_rate, standing.bounds)
        answered = Override(rule=STEP_LIMIT, until=observed.at + _ANSWERED_FOR)
        reason = order.reason or f"supervision {standing.entry} ends"
        eased = replace(order, reason=reason, overrides=(*order.overrides, answered), takes_back=True)
        outcome = self._corridor.run(SetPacing.to(campaign, gentle), eased)
        if isinstance(outcome.ending, Applied | Unchanged):
            return GENTLE
        told = "; ".join(one.message for one in outcome.findings if one.severity is Severity.ERROR)
        failure = "" if outcome.failure is None else outcome.failure.message
        return f"its pacing is as the last step left it ({outcome.word}: {told or failure}): {way}"
