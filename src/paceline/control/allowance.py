"""The abandonment book: what was measured in each legal period that is running, asked of the platform's own statistics.

Rules:
* Measured is what the dialer counted, never what was configured.
* A block of 30 days is counted from the campaign's first dial. Where nobody declared that, or what was declared has
  yet to come, the block is known only while the campaign is younger than one block: then it is all that was ever
  counted. Of a campaign that never dialed it is known: nothing of nothing.
* What cannot be told is None, and whoever judges takes it for the worst.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from paceline.campaign.change import Lane
from paceline.campaign.forecaster import LegalPeriod
from paceline.campaign.observed import Ability, Circumstances, Measurement, Observed
from paceline.campaign.ports import Counted, Platform
from paceline.compliance.rule import AbandonmentCeiling, Period, Rule
from paceline.compliance.rulebook import Rulebook

BLOCK = timedelta(days=30)
_DAY = timedelta(days=1)


class Allowance:
    """Asks one platform what was measured."""

    def __init__(self, platform: Platform) -> None:
        """Ask this platform."""
        self._platform = platform

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
        """
        if Ability.STATISTICS not in self._platform.abilities:
            return None
        found: list[Measurement] = []
        for period in sorted(_periods(circumstances, rulebook)):
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
        """
        measured = self.measured(observed, circumstances, rulebook, lane=lane)
        if measured is None:
            return None
        binding = _ceilings(circumstances, rulebook, observed.at)
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

    def _in(self, period: Period, observed: Observed, anchor: datetime | None, lane: Lane) -> Measurement | None:
        campaign, now = observed.campaign, observed.at
        match period:
            case Period.BLOCKS_30D:
                if anchor is None or anchor > now:
                    return self._of_a_young_campaign(observed, lane)
                start = anchor + (now - anchor) // BLOCK * BLOCK
            case Period.DAY:
                start = now - _DAY
            case _:
                # A calendar month: in whatever zone it is counted, it began no earlier than a day before this.
                start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) - _DAY
        counted = self._platform.counted(campaign, since=start, lane=lane)
        return _measured(counted, start, period)

    def _of_a_young_campaign(self, observed: Observed, lane: Lane) -> Measurement | None:
        start = observed.at - BLOCK
        ever = self._platform.counted(observed.campaign, lane=lane)
        recent = self._platform.counted(observed.campaign, since=start, lane=lane)
        # What goes on being counted between the two requests is no older block.
        if ever.dials > recent.dials:
            return None
        return _measured(recent, start, Period.BLOCKS_30D)


def _periods(circumstances: Circumstances, rulebook: Rulebook) -> set[Period]:
    jurisdictions = {region[:2] for region in circumstances.regions} | circumstances.regions
    rules = rulebook.binding(circumstances.call, jurisdictions)
    return {rule.terms.period for rule in rules if isinstance(rule.terms, AbandonmentCeiling)}


def _ceilings(circumstances: Circumstances, rulebook: Rulebook, at: datetime) -> list[tuple[Rule, AbandonmentCeiling]]:
    jurisdictions = {region[:2] for region in circumstances.regions} | circumstances.regions
    bound = rulebook.binding(circumstances.call, jurisdictions)
    dates = [at.date() + timedelta(days=by) for by in (-1, 0, 1)]
    return [
        (rule, rule.terms)
        for rule in bound
        if isinstance(rule.terms, AbandonmentCeiling) and any(rule.in_force(on) for on in dates)
    ]


def _end(period: Period, start: datetime) -> datetime:
    match period:
        case Period.BLOCKS_30D:
            return start + BLOCK
        case Period.DAY:
            return start + _DAY
        case _:
            # The month begins a day after the start, in whatever zone, and ends within a day of this.
            return (start + _DAY + timedelta(days=32)).replace(day=1) + _DAY


def _measured(counted: Counted, start: datetime, period: Period) -> Measurement:
    return Measurement(
        answered=counted.answered, abandoned=counted.abandoned, start=start, end=counted.at, period=period.value
    )
