"""What was measured in each legal period that is running, asked of the platform's own statistics.

Rules:
* Measured is what the dialer counted, never what was configured.
* A block of 30 days is counted from the campaign's first dial: the declared one, else the first that was seen. Where
  neither is known, or what was declared has yet to come, the block is known only while the campaign is younger than one
  block: then it is all that was ever counted. Of a campaign that never dialed it is known: nothing of nothing.
* 24 hours are the last ones, whatever the zone; a calendar month begins where it begins in the earliest zone, and ends
  where it ends in the latest.
* Where the platform tells less of a period than it told before, it has lost count, and the period is not known.
* What cannot be told is None, and whoever judges takes it for the worst.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from paceline.campaign.change import Lane
from paceline.campaign.forecaster import LegalPeriod
from paceline.campaign.observed import Ability, Circumstances, Measurement, Observed
from paceline.campaign.ports import Counted, Platform
from paceline.compliance.rule import AbandonmentCeiling, Period, Rule
from paceline.compliance.rulebook import Rulebook
from paceline.primitives.ids import CampaignId

BLOCK = timedelta(days=30)
DAY = timedelta(days=1)
EARLIEST, LATEST = timedelta(hours=14), timedelta(hours=12)
"""By so much the earliest zone is ahead of UTC, and the latest behind."""


class AnchoredBy(StrEnum):
    """How it is known where blocks of 30 days begin."""

    DECLARED = "declared"
    FIRST_DIAL = "first-dial"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where a campaign's blocks of 30 days begin, None where nobody knows, and how that is known."""

    at: datetime | None
    by: AnchoredBy


def anchor_of(declared: datetime | None, first_dial: datetime | None, now: datetime) -> Anchor:
    """Return where a campaign's blocks begin: at what was declared, once that has come, else at the first dial seen."""
    if declared is not None and declared <= now:
        return Anchor(at=declared, by=AnchoredBy.DECLARED)
    if first_dial is not None and first_dial <= now:
        return Anchor(at=first_dial, by=AnchoredBy.FIRST_DIAL)
    return Anchor(at=None, by=AnchoredBy.UNKNOWN)


def bounds(period: Period, anchor: datetime | None, now: datetime) -> tuple[datetime, datetime] | None:
    """Return when the running period began and when it ends; None for a block whose anchor nobody knows.

    >>> from datetime import UTC
    >>> start, end = bounds(Period.BLOCKS_30D, datetime(2026, 6, 1, 12, tzinfo=UTC), datetime(2026, 7, 2, tzinfo=UTC))
    >>> f"{start:%d %b %H:%M} to {end:%d %b %H:%M}"
    '01 Jul 12:00 to 31 Jul 12:00'
    """
    match period:
        case Period.BLOCKS_30D:
            if anchor is None:
                return None
            start = anchor + (now - anchor) // BLOCK * BLOCK
            return start, start + BLOCK
        case Period.DAY:
            return now - DAY, now
        case _:
            # A calendar month, in whatever zone it is counted: it runs until it has ended in the latest of them.
            first = (now - LATEST).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            return first - EARLIEST, (first + timedelta(days=32)).replace(day=1) + LATEST


def periods_of(circumstances: Circumstances, rulebook: Rulebook) -> set[Period]:
    """Return over which periods the ceilings are measured that bind the campaign, on whatever date."""
    rules = rulebook.binding(circumstances.call, _jurisdictions(circumstances))
    return {rule.terms.period for rule in rules if isinstance(rule.terms, AbandonmentCeiling)}


def ceilings_of(
    circumstances: Circumstances, rulebook: Rulebook, at: datetime
) -> tuple[tuple[Rule, AbandonmentCeiling], ...]:
    """Return the ceilings that bind the campaign's calls and are in force on the date that it is anywhere now."""
    bound = rulebook.binding(circumstances.call, _jurisdictions(circumstances))
    dates = [at.date() + timedelta(days=by) for by in (-1, 0, 1)]
    return tuple(
        (rule, rule.terms)
        for rule in bound
        if isinstance(rule.terms, AbandonmentCeiling) and any(rule.in_force(on) for on in dates)
    )


class Seen(Protocol):
    """Who kept what the platform told before."""

    def first_dial(self, campaign: CampaignId) -> datetime | None:
        """Return the first dial that was ever seen of a campaign, None if unknown."""
        ...

    def counted(self, campaign: CampaignId, period: str, start: datetime, *, until: datetime) -> tuple[int, int] | None:
        """Return answered and abandoned calls of a period as they were told up to an instant, None if never."""
        ...


class _NothingSeen:
    def first_dial(self, _campaign: CampaignId) -> None:
        return None

    def counted(self, _campaign: CampaignId, _period: str, _start: datetime, *, until: datetime) -> None:
        del until


NOTHING_SEEN: Seen = _NothingSeen()
"""Of somebody who keeps nothing."""


class Allowance:
    """Asks one platform what was measured."""

    def __init__(self, platform: Platform, *, seen: Seen = NOTHING_SEEN) -> None:
        """Ask this platform; `seen` tells what it told before."""
        self._platform = platform
        self._seen = seen

    def measured(
        self,
        observed: Observed,
        circumstances: Circumstances,
        rulebook: Rulebook,
        *,
        lane: Lane = Lane.READING,
    ) -> tuple[Measurement, ...] | None:
        """Return what was measured in each period of the ceilings that bind the campaign; None where one is unknown.

        Raises:
            PlatformError: it cannot be asked now.
            LedgerUnavailableError: nobody can tell what was seen.
        """
        if Ability.STATISTICS not in self._platform.abilities:
            return None
        found: list[Measurement] = []
        for period in sorted(periods_of(circumstances, rulebook)):
            one = self._in(period, observed, circumstances.anchor, lane)
            if one is None:
                return None
            found.append(one)
        return tuple(found)

    def periods(
        self,
        observed: Observed,
        circumstances: Circumstances,
        rulebook: Rulebook,
        *,
        lane: Lane = Lane.READING,
    ) -> tuple[LegalPeriod, ...] | None:
        """Return each running period of the ceilings that bind the campaign, with what was measured; None if unknown.

        Raises:
            PlatformError: it cannot be asked now.
            LedgerUnavailableError: nobody can tell what was seen.
        """
        measured = self.measured(observed, circumstances, rulebook, lane=lane)
        if measured is None:
            return None
        binding = ceilings_of(circumstances, rulebook, observed.at)
        return tuple(
            LegalPeriod(
                period=one.period,
                rules=tuple(rule.id for rule, terms in binding if terms == ceiling),
                start=one.start,
                end=_end(Period(one.period), one.start),
                most=ceiling.most,
                per=ceiling.per,
                answered=one.answered,
                abandoned=one.abandoned,
            )
            for one in measured
            for ceiling in dict.fromkeys(terms for _, terms in binding if terms.period.value == one.period)
        )

    def _in(self, period: Period, observed: Observed, declared: datetime | None, lane: Lane) -> Measurement | None:
        campaign, now = observed.campaign, observed.at
        anchor = None
        if period is Period.BLOCKS_30D:
            is_declared = declared is not None and declared <= now
            anchor = anchor_of(declared, None if is_declared else self._seen.first_dial(campaign), now).at
        span = bounds(period, anchor, now)
        if span is None:
            return self._of_a_young_campaign(observed, lane)
        counted = self._platform.counted(campaign, since=span[0], lane=lane)
        if period is not Period.DAY:
            before = self._seen.counted(campaign, period.value, span[0], until=counted.at)
            if before is not None and (counted.answered < before[0] or counted.abandoned < before[1]):
                # It has lost count: what it tells now is less than happened.
                return None
        return _measured(counted, span[0], period)

    def _of_a_young_campaign(self, observed: Observed, lane: Lane) -> Measurement | None:
        start = observed.at - BLOCK
        ever = self._platform.counted(observed.campaign, lane=lane)
        recent = self._platform.counted(observed.campaign, since=start, lane=lane)
        # What goes on being counted between the two requests is no older block.
        if ever.dials > recent.dials:
            return None
        return _measured(recent, start, Period.BLOCKS_30D)


def _jurisdictions(circumstances: Circumstances) -> frozenset[str]:
    return frozenset(region[:2] for region in circumstances.regions) | circumstances.regions


def _end(period: Period, start: datetime) -> datetime:
    match period:
        case Period.BLOCKS_30D:
            return start + BLOCK
        case Period.DAY:
            return start + DAY
        case _:
            return (start + EARLIEST + timedelta(days=32)).replace(day=1) + LATEST


def _measured(counted: Counted, start: datetime, period: Period) -> Measurement:
    return Measurement(
        answered=counted.answered, abandoned=counted.abandoned, start=start, end=counted.at, period=period.value
    )
