"""Where campaigns stand against the ceilings of the law: each running period with its figures, and what is left of it.

Rules:
* Every figure says when the platform told it, how old that is, and of how many days of its period hours were read.
* How the beginning of a block is known is said: `declared`, `first-dial`; where it is not known, neither is the period.
* What is not known stands as `unknown`, which is no better than the worst; so does what stands well by figures that are
  older than `STALE`, of an age that nobody knows, or less than what was told before. A breach stays one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from paceline.campaign.observed import Ability, Circumstances
from paceline.campaign.ports import Platform, PlatformError
from paceline.campaign.statistics import Statistics
from paceline.compliance.fields import RuleFileError
from paceline.compliance.rule import Period
from paceline.control.abandonment.account import CampaignAccount, PeriodAccount, instant_told
from paceline.control.abandonment.book import AbandonmentBook
from paceline.control.abandonment.kept import Counts, KeptPeriod, Known
from paceline.control.abandonment.reading import Budget, Reading
from paceline.control.abandonment.remaining import FEWEST_DAYS, Standing, foretold
from paceline.control.allowance import DAY, anchor_of, bounds, ceilings_of
from paceline.control.facts.law import Law
from paceline.primitives.ids import CampaignId

MOST_DAYS = 14
"""From so many of the last whole days what is to come is foretold."""
STALE = timedelta(hours=1)
"""Figures that are older say nothing well, by the platform's clock."""
ASKED_AT_ONCE = 60
"""How many requests one question of a person may cost, list reads included."""
_NEVER = datetime.min.replace(tzinfo=UTC)


class Accounts:
    """Tells where the campaigns of one tenant stand; serves all threads."""

    def __init__(self, platform: Platform, book: AbandonmentBook, law: Law) -> None:
        """Ask this platform, keep in this book, judge by this law."""
        self._platform = platform
        self._reading = Reading(platform, book)
        self.book = book
        self._law = law

    def asked(self, campaigns: Collection[CampaignId]) -> list[CampaignAccount]:
        """Return where these campaigns stand, asked now, in the order in which they were named.

        Raises:
            NotFoundError: the platform does not know one of them.
            PlatformError: it cannot be asked; `kept` tells what it told before.
            LedgerUnavailableError: nobody can tell.
        """
        if Ability.STATISTICS not in self._platform.abilities:
            why = "this platform does not tell what it measures"
            return [CampaignAccount(campaign=one, periods=(), why=(why,)) for one in campaigns]
        budget = Budget(ASKED_AT_ONCE)
        named = [*dict.fromkeys(campaigns)]
        told = {} if len(named) == 1 else self._reading.totals()
        told |= {one: self._reading.total(one) for one in named if one not in told}
        known = self.book.known(named)
        for campaign in named:
            facts = self._law.circumstances(campaign)
            self._reading.kept(told[campaign], known.get(campaign), facts, self._law.rulebook, budget)
        now = max((one.at for one in told.values()), default=None)
        return self.kept(named, now=now)

    def brought_up(self, budget: Budget, *, most: int) -> list[CampaignAccount]:
        """Bring the book up to what the platform tells, and return where the campaigns stand of which it told news.

        Args:
            budget: requests; the first tells all totals.
            most: how many campaigns are looked at; those come first that were not for the longest time. Of these the
                budget goes to those first whose period is not known, or whose hours are the oldest.

        Raises:
            PlatformError: the platform cannot be asked for the totals; of a campaign that cannot be asked about more,
                these are kept.
            LedgerUnavailableError: nobody can tell, or keep it.
        """
        if not budget.take():
            return []
        told, known = self._reading.totals(), self.book.known()
        moved = [campaign for campaign, one in told.items() if _has_news(one, known.get(campaign))]
        moved.sort(key=lambda campaign: _told_at(known.get(campaign)))
        chosen = sorted(moved[:most], key=lambda campaign: _turn_of(known.get(campaign)))
        for campaign in chosen:
            before, facts = known.get(campaign), self._law.circumstances(campaign)
            try:
                self._reading.kept(told[campaign], before, facts, self._law.rulebook, budget)
            except PlatformError:
                # The totals are there, and what was asked before: the others, and the guards, do not wait for the rest.
                self._reading.kept(told[campaign], before, facts, self._law.rulebook, Budget(0))
        now = max((one.at for one in told.values()), default=None)
        return self.kept(chosen, now=now) if chosen else []

    def kept(self, campaigns: Sequence[CampaignId], *, now: datetime | None = None) -> list[CampaignAccount]:
        """Return where these campaigns stand by what was told before; `now` is the platform's time, None if unknown.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        known = self.book.known(campaigns)
        periods: dict[CampaignId, list[KeptPeriod]] = {}
        since = now or min((one.told_at for one in known.values()), default=None)
        for one in self.book.periods(campaigns, ending_after=None if since is None else since - DAY):
            periods.setdefault(one.campaign, []).append(one)
        facts, days = self._law.circumstances_of_all(known), self._days(known.values())
        return [
            CampaignAccount(campaign=one, periods=(), why=("the platform was never asked about it",))
            if one not in known
            else self._account(known[one], facts[one], days[one], periods.get(one, []), now)
            for one in campaigns
        ]

    def told(self, campaign: CampaignId, *, now: datetime) -> tuple[str, ...]:
        """Return a sentence for each running period that stands badly, by what was told before.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        try:
            (account,) = self.kept([campaign], now=now)
        except RuleFileError:
            # That the law cannot be read is told elsewhere.
            return ()
        return tuple(
            period.sentence
            for period in account.periods
            if period.standing in {Standing.APPROACHING, Standing.BREACHED}
        )

    def _account(
        self,
        known: Known,
        facts: Circumstances,
        days: Sequence[Counts],
        periods: Sequence[KeptPeriod],
        now: datetime | None,
    ) -> CampaignAccount:
        at = known.told_at if now is None else max(now, known.told_at)
        binding = ceilings_of(facts, self._law.rulebook, at)
        found = []
        for ceiling in dict.fromkeys(terms for _, terms in binding):
            rules = tuple(rule.id for rule, terms in binding if terms == ceiling)
            running = _running(periods, ceiling.period, known, facts, at)
            unmeasured = PeriodAccount(period=ceiling.period.value, rules=rules, ceiling=ceiling, kept=None)
            if running is not None:
                unmeasured = _measured(unmeasured, running, known, days, now)
            elif known.total.dials == 0:
                unmeasured = _of_nothing(unmeasured, known, now)
            found.append(unmeasured)
        return CampaignAccount(
            campaign=known.campaign,
            periods=tuple(found),
            first_dial=known.first_dial,
            assumed=tuple(sorted(facts.assumed)),
            why=tuple(_unknown(found, known, facts, days)),
            told_at=known.told_at,
        )

    def _days(self, known: Collection[Known]) -> dict[CampaignId, list[Counts]]:
        """Return the last whole days of 24 hours whose hours were read, those before the first dial aside."""
        whole = {one.campaign: _whole_days(one) for one in known}
        ends: dict[datetime, list[CampaignId]] = {}
        for one in known:
            if whole[one.campaign] and one.read_until is not None:
                ends.setdefault(_hour(one.read_until), []).append(one.campaign)
        counted: dict[CampaignId, dict[int, Counts]] = {}
        for end, campaigns in ends.items():
            counted |= self.book.days(campaigns, end=end, most=MOST_DAYS)
        return {
            campaign: [counted.get(campaign, {}).get(place, Counts()) for place in range(number)]
            for campaign, number in whole.items()
        }


def _whole_days(known: Known) -> int:
    if known.read_from is None or known.read_until is None:
        return 0
    end = _hour(known.read_until)
    return max((end - max(known.read_from, end - MOST_DAYS * DAY)) // DAY, 0)


def _has_news(told: Statistics, known: Known | None) -> bool:
    """Return whether something is to be kept; that nothing was ever dialed is kept again only when it gets old."""
    if known is None:
        return True
    return told.at != known.told_at if told.tally.dials else abs(told.at - known.told_at) >= STALE / 4


def _told_at(known: Known | None) -> datetime:
    return _NEVER if known is None else known.told_at


def _turn_of(known: Known | None) -> tuple[bool, datetime]:
    """Return what comes first when the budget is short: whose period is not known, then whose hours are the oldest."""
    if known is None:
        return False, _NEVER
    is_placed = known.first_dial is not None or known.is_lost
    return is_placed, (known.read_until or _NEVER) if is_placed else known.told_at


def _running(
    periods: Iterable[KeptPeriod], period: Period, known: Known, facts: Circumstances, at: datetime
) -> KeptPeriod | None:
    """Return the kept period that is running, None where what was kept is of another one."""
    anchor = anchor_of(facts.anchor, known.first_dial, at)
    span = bounds(period, anchor.at, at)
    if span is None:
        return None
    held = [one for one in periods if one.period == period.value]
    if period is Period.DAY:
        return next((one for one in reversed(held) if at - one.told_at < DAY), None)
    return next((one for one in held if one.start == span[0]), None)


def _measured(
    unmeasured: PeriodAccount, kept: KeptPeriod, known: Known, days: Sequence[Counts], now: datetime | None
) -> PeriodAccount:
    ceiling = unmeasured.ceiling
    rolls = ceiling.period is Period.DAY
    start, end = (kept.told_at - DAY, kept.told_at) if rolls else (kept.start, kept.end)
    at = kept.told_at if now is None else max(now, kept.told_at)
    left = max((end - at) / DAY, 0.0)
    return replace(
        unmeasured,
        kept=kept,
        start=start,
        end=end,
        anchor=str(kept.document.get("anchor", "unknown")),
        to_come=foretold(ceiling, kept.counts, days, days_left=left),
        days_covered=_covered(known, start, min(at, end)),
        days_elapsed=max((min(at, end) - start) / DAY, 0.0),
        as_of=kept.told_at,
        age_s=None if now is None else (at - kept.told_at).total_seconds(),
        doubt=_doubt(kept, now),
    )


def _of_nothing(unmeasured: PeriodAccount, known: Known, now: datetime | None) -> PeriodAccount:
    """Return the block of a campaign that never dialed: it has not begun, and nothing of nothing was abandoned."""
    at = known.told_at
    kept = KeptPeriod(campaign=known.campaign, period=unmeasured.period, start=at, end=at, counts=Counts(), told_at=at)
    age_s = None if now is None else max((now - at).total_seconds(), 0.0)
    return replace(unmeasured, kept=kept, anchor="not-begun", as_of=at, age_s=age_s, doubt=_doubt(kept, now))


def _doubt(kept: KeptPeriod, now: datetime | None) -> str | None:
    """Return why the figures of a period do not say that all is well; None where they do."""
    less = kept.document.get("less")
    if isinstance(less, Mapping):
        told = f"{less.get('abandoned')} of {less.get('answered')} answers as of {less.get('at')}"
        return f"the platform tells less than it told before ({told}): what it told before counts"
    if now is None:
        return "how old the figures are is not known, for nobody can tell what time it is on the platform"
    age = now - kept.told_at
    return f"the figures are {age / timedelta(hours=1):.1f} hours old" if age > STALE else None


def _covered(known: Known, start: datetime, until: datetime) -> float:
    """Return of how many days of a span the hours were read; before the first dial there was nothing to be read."""
    if known.read_from is None or known.read_until is None:
        return 0.0
    is_whole = known.first_dial is not None and known.read_from <= known.first_dial
    begin = start if is_whole else max(start, known.read_from)
    return max((min(until, known.read_until) - begin) / DAY, 0.0)


def _unknown(
    found: Iterable[PeriodAccount], known: Known, facts: Circumstances, days: Sequence[Counts]
) -> Iterable[str]:
    found = list(found)
    yield from dict.fromkeys(one.doubt for one in found if one.doubt is not None)
    if any(one.kept is None for one in found):
        if known.is_lost and facts.anchor is None:
            yield "when it first dialed is not told by the platform: declare it (anchor=INSTANT)"
        elif known.first_dial is None and known.total.dials:
            yield "its first dial is still being looked for"
        else:
            yield "the period that is running was not measured yet"
    if known.total.dials and len(days) < FEWEST_DAYS:
        yield f"fewer than {FEWEST_DAYS} whole days were measured: nothing is foretold from that"
    if facts.anchor is not None and known.first_dial is not None and known.first_dial < facts.anchor:
        first, declared = instant_told(known.first_dial), instant_told(facts.anchor)
        yield f"it was seen to dial at {first}, before the declared anchor {declared}"


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
