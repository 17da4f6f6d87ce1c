"""What an experiment is judged by, asked of the platform: blocks by minute, the new setting so far, the legal periods.

What was fetched of the block under way is remembered in this process, and only what is new is asked for; a process that
begins anew asks for all of it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from paceline.campaign.blocks import Schedule
from paceline.campaign.forecaster import LegalPeriod
from paceline.campaign.observed import Observed, Part
from paceline.campaign.ports import Platform
from paceline.campaign.statistics import Tally
from paceline.control.allowance import Allowance
from paceline.control.experiments.blocks import is_open_in
from paceline.control.experiments.counts import BlockRecord, Counts, counted, filled
from paceline.control.experiments.plan import MINUTE, PlannedBlock, Setting
from paceline.control.experiments.standing import Experiment
from paceline.control.facts.law import Law
from paceline.control.rollout.measuring import LOOKED_BACK, complete
from paceline.control.undertakings.periods import running_periods
from paceline.primitives.zones import UnknownZoneError

TOLD_WITHIN = timedelta(minutes=10)
"""So long after the end of a block its last minutes are waited for; then nobody was there in what is not told."""
REMEMBERED = 32
"""So many blocks under way are remembered in one process at most."""


class Measuring:
    """Asks one platform what an experiment is judged by; serves the threads of one worker."""

    def __init__(self, platform: Platform, *, allowance: Allowance, law: Law) -> None:
        """Ask these."""
        self._platform = platform
        self._allowance = allowance
        self._law = law
        self._minutes: dict[tuple[int, int], dict[datetime, Tally]] = {}

    def earlier(self, observed: Observed) -> Mapping[datetime, Tally]:
        """Return the complete minutes of the last two weeks, by their beginning.

        Raises:
            PlatformError: they cannot be asked for now.
        """
        since = observed.at - LOOKED_BACK
        return dict(complete(self._platform.measured(observed.campaign, since=since, by_minute=True)))

    def schedule(self, observed: Observed) -> Schedule | None:
        """Return when the campaign may dial; None where it has no schedule, and always may.

        Raises:
            PlatformError: it cannot be read now.
        """
        return self._platform.read(observed.campaign, part=Part.SCHEDULE).schedule

    def filled(self, experiment: Experiment, record: BlockRecord, observed: Observed) -> BlockRecord:
        """Return the record of a carried out block with what was counted in it; as it is while that may come yet.

        Raises:
            PlatformError: it cannot be asked now.
        """
        plan = experiment.plan
        block = plan.blocks[record.number]
        end = block.start + plan.block
        closed = self._why_closed(observed, block.start, end)
        if closed:
            return replace(record, carried=False, why=closed)
        minutes = complete(self._platform.measured(experiment.campaign, since=block.start, until=end, by_minute=True))
        told_until = max((start + MINUTE for start, _ in minutes), default=block.start)
        if told_until < end and observed.at < end + TOLD_WITHIN:
            return record
        self._minutes.pop((experiment.entry, block.number), None)
        return filled(plan, block, minutes)

    def _why_closed(self, observed: Observed, start: datetime, end: datetime) -> str:
        """Return why a span is no whole block by the schedule as it is by now; empty where it is one."""
        try:
            is_open = is_open_in(self.schedule(observed), start, end)
        except UnknownZoneError as wrong:
            return wrong.message
        return "" if is_open else "the schedule was changed, and is closed in it"

    def running(self, experiment: Experiment, block: PlannedBlock) -> tuple[Counts, datetime]:
        """Return what was counted in the block under way, and when the platform told it.

        Raises:
            PlatformError: it cannot be asked now.
        """
        key = (experiment.entry, block.number)
        if key not in self._minutes and len(self._minutes) >= REMEMBERED:
            self._minutes.pop(next(iter(self._minutes)))
        known = self._minutes.setdefault(key, {})
        since = max(known, default=block.start)
        told = self._platform.measured(experiment.campaign, since=since, by_minute=True)
        known |= {start: tally for start, tally in complete(told) if start >= block.start}
        return counted(known.items()), told.at

    def new_so_far(self, experiment: Experiment) -> Sequence[Counts]:
        """Return what was counted in each block under the new setting that is over."""
        return [
            one.whole
            for one in experiment.blocks
            if one.whole is not None and experiment.plan.blocks[one.number].setting is Setting.NEW
        ]

    def periods(self, observed: Observed) -> tuple[LegalPeriod, ...] | None:
        """Return the legal periods that are running, with what was measured in them; None where nobody can tell.

        Raises:
            LedgerUnavailableError: what was declared cannot be read.
        """
        return running_periods(observed, law=self._law, allowance=self._allowance)


def handle_s_in(minutes: Mapping[datetime, Tally]) -> float | None:
    """Return the mean handle time that minutes show, seconds; None where no call reached an agent."""
    tally = sum(minutes.values(), Tally())
    reached = tally.connects - tally.abandons
    busy = tally.talk_s + tally.wrap_s
    return busy / reached if reached > 0 and busy > 0 else None
