"""Brings the book up to what the platform tells: first dials, hours, and what was counted before each period began.

Rules:
* One request tells what was ever counted of every campaign. What a period holds is that, less what was counted before
  it began, which never changes: it is asked once.
* The first dial is looked for once: by days backwards in doubling steps, then by halves, then by minutes.
* Hours are read in order, a day at a time, so that what was read is one span without a hole.
* Each request is taken from a budget. Where that is used up the rest is left to the next time, and told as not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from paceline.campaign.change import Lane
from paceline.campaign.observed import Circumstances
from paceline.campaign.ports import Platform
from paceline.campaign.statistics import Statistics, Tally
from paceline.compliance.rule import Period
from paceline.compliance.rulebook import Rulebook
from paceline.control.abandonment.book import AbandonmentBook
from paceline.control.abandonment.kept import Counts, KeptPeriod, Known
from paceline.control.allowance import DAY, anchor_of, bounds, periods_of
from paceline.primitives.ids import CampaignId

LOOKED_BACK = timedelta(days=14)
"""How far back hours are read of a campaign that is seen for the first time: two of each weekday."""
READ_AGAIN = timedelta(minutes=10)
"""After so long by the platform's clock hours are read again, where something was counted."""
OLDEST = timedelta(days=3660)
"""A first dial longer ago is not looked for."""
_MINUTE = timedelta(minutes=1)
_NEVER = datetime.min.replace(tzinfo=UTC)
Told = list[tuple[datetime, Tally]]


@dataclass(slots=True)
class Budget:
    """How many requests may still be made."""

    left: int

    def take(self) -> bool:
        """Take one, and return whether there was one left."""
        if self.left <= 0:
            return False
        self.left -= 1
        return True


class Reading:
    """Reads from one platform into one book."""

    def __init__(self, platform: Platform, book: AbandonmentBook) -> None:
        """Read from this platform."""
        self._platform = platform
        self._book = book

    def totals(self) -> dict[CampaignId, Statistics]:
        """Return what was ever counted of every campaign, in one request.

        Raises:
            PlatformError: it cannot be asked now.
        """
        return {one.campaign: one for one in self._platform.statistics(lane=Lane.READING)}

    def total(self, campaign: CampaignId) -> Statistics:
        """Return what was ever counted of one campaign, in one request.

        Raises:
            PlatformError: it cannot be asked now.
        """
        return self._platform.measured(campaign, lane=Lane.READING)

    def kept(
        self,
        told: Statistics,
        before: Known | None,
        circumstances: Circumstances,
        rulebook: Rulebook,
        budget: Budget,
    ) -> Known:
        """Keep what was told of one campaign, with what else the budget lets be asked, and return what is known now.

        Raises:
            PlatformError: it cannot be asked now.
            LedgerUnavailableError: nothing was kept.
        """
        known = _begun(told, before)
        known = self._with_first_dial(known, budget)
        # What a period holds comes first: a budget that is short leaves the hours to the next time.
        known, periods = self._with_periods(known, circumstances, rulebook, budget)
        known, hours = self._with_hours(known, before, budget)
        self._book.keep(known, hours=hours, periods=periods)
        return known

    def _dials_before(self, campaign: CampaignId, at: datetime) -> Counts:
        return Counts.of(self._platform.measured(campaign, until=at, lane=Lane.READING).tally)

    def _with_first_dial(self, known: Known, budget: Budget) -> Known:
        if known.first_dial is not None or known.is_lost or known.total.dials == 0:
            return known
        now = known.told_at
        low, high = known.searched or (_NEVER, _minute(now) + _MINUTE)
        while low == _NEVER or high - low > DAY:
            if now - high > OLDEST:
                return replace(known, searched=None, is_lost=True)
            if not budget.take():
                return replace(known, searched=(low, high))
            middle = _minute(high - max(DAY, now - high) if low == _NEVER else low + (high - low) / 2)
            if self._dials_before(known.campaign, middle).dials:
                high = middle
            else:
                low = middle
        if not budget.take():
            return replace(known, searched=(low, high))
        shown = self._platform.measured(known.campaign, since=low, until=high, by_minute=True, lane=Lane.READING)
        first = next((at for at, tally in shown.minutes if tally.dials), None)
        return replace(known, searched=None, first_dial=first, is_lost=first is None)

    def _with_hours(self, known: Known, before: Known | None, budget: Budget) -> tuple[Known, Told]:
        hours: Told = []
        if known.total.dials == 0 or (known.first_dial is None and not known.is_lost):
            return known, hours
        if _is_quiet(known, before):
            return replace(known, read_until=known.told_at), hours
        if known.read_until is None:
            since = _hour(max(known.first_dial or _NEVER, known.told_at - LOOKED_BACK))
            known = replace(known, read_from=since, read_until=since)
        while known.read_until is not None and known.told_at - known.read_until >= READ_AGAIN and budget.take():
            begin = _hour(known.read_until)
            end = begin + DAY if begin + DAY < known.told_at else None
            shown = self._platform.measured(known.campaign, since=begin, until=end, by_minute=True, lane=Lane.READING)
            hours += shown.minutes
            known = replace(known, read_until=end or shown.at)
        return known, hours

    def _with_periods(
        self, known: Known, circumstances: Circumstances, rulebook: Rulebook, budget: Budget
    ) -> tuple[Known, list[KeptPeriod]]:
        now = known.told_at
        anchor = anchor_of(circumstances.anchor, known.first_dial, now)
        bases: dict[datetime, Counts] = {}
        found: list[KeptPeriod] = []
        for period in sorted(periods_of(circumstances, rulebook)):
            span = bounds(period, anchor.at, now)
            if span is None:
                continue
            base = self._base(known, span[0], budget)
            if base is None:
                continue
            if period is not Period.DAY:
                bases[span[0]] = base
            start, end = _key(period, span, now)
            counts = known.total - base
            if min(counts.dials, counts.answered, counts.abandoned) < 0:
                continue
            found.append(
                KeptPeriod(
                    campaign=known.campaign,
                    period=period.value,
                    start=start,
                    end=end,
                    counts=counts,
                    told_at=now,
                    document={"anchor": anchor.by.value if period is Period.BLOCKS_30D else "clock"},
                )
            )
        return replace(known, bases=bases), found

    def _base(self, known: Known, start: datetime, budget: Budget) -> Counts | None:
        if known.total.dials == 0 or (known.first_dial is not None and start <= known.first_dial):
            return Counts()
        held: Mapping[datetime, Counts] = known.bases
        if start in held:
            return held[start]
        return self._dials_before(known.campaign, start) if budget.take() else None


def _begun(told: Statistics, before: Known | None) -> Known:
    total = Counts.of(told.tally)
    if before is None:
        return Known(campaign=told.campaign, total=total, told_at=told.at)
    if total.is_less_than(before.total) or told.at < before.told_at:
        # The platform has lost count, or its clock was set back: what was derived from either is asked again.
        is_back = before.read_until is not None and told.at < before.read_until
        return replace(
            before, total=total, told_at=told.at, bases={}, read_until=told.at if is_back else before.read_until
        )
    return replace(before, total=total, told_at=told.at)


def _is_quiet(known: Known, before: Known | None) -> bool:
    """Return whether nothing was counted since the hours were read to the end."""
    if before is None or before.read_until is None or before.total != known.total:
        return False
    return before.read_until >= before.told_at


def _key(period: Period, span: tuple[datetime, datetime], now: datetime) -> tuple[datetime, datetime]:
    """Return between which instants a period is kept: 24 hours that roll are those of one day, as last measured."""
    if period is not Period.DAY:
        return span
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight, midnight + DAY


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
