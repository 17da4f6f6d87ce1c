"""Where campaigns stand against the ceilings of the law: each running period with its figures, and what is left of it.

Rules:
* Every figure says when the platform told it, how old that is, and of how many days of its period hours were read.
* How the beginning of a block is known is said: `declared`, `first-dial`; where it is not known, neither is the period.
* What is not known stands as `unknown`, which is no better than the worst.

As JSON a campaign is `campaign`, `standing` (the worst of its periods), `first_dial`, `assumed` (facts that nobody
declared), `periods`, and `unknown` (what keeps figures from being known, in words). A period is:

* `period`, `rules`, `ceiling`: how the law measures, which rules say so, and `most/per`.
* `start`, `end`, `anchor`: `declared`, `first-dial`, `clock` where no anchor is wanted, `not-begun` before any dial; 24
  hours are the last ones.
* `answered`, `abandoned`, `rate`, `as_of`, `age_s`, `days_covered`, `days_elapsed`: what the platform counted, when it
  told it, and of how many days the hours were read.
* `allowance_now`: abandoned calls in a row that would still be lawful. `remaining` {`mean`, `low`, `high`}: those that
  may come by the end if answers go on as measured, with a 95 % interval of prediction; null with fewer than two whole
  days. `answers_to_come` in the same form; `breach_probability`; `foretold_from_days`; `used`, 1 being all of it.
* `standing`: `ok`, `approaching`, `breached`, `unknown` (see `remaining`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from paceline.campaign.observed import Ability, Circumstances
from paceline.campaign.ports import Platform
from paceline.compliance.abandonment import Measured, allowance
from paceline.compliance.fields import RuleFileError
from paceline.compliance.rule import AbandonmentCeiling, Period
from paceline.control.abandonment.book import AbandonmentBook, Counts, KeptPeriod, Known
from paceline.control.abandonment.reading import Budget, Reading
from paceline.control.abandonment.remaining import FEWEST_DAYS, Foretold, Standing, foretold, standing_of, used
from paceline.control.allowance import DAY, anchor_of, bounds, ceilings_of
from paceline.control.law import Law
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId

MOST_DAYS = 14
"""From so many of the last whole days what is to come is foretold."""
ASKED_AT_ONCE = 60
"""How many requests one question of a person may cost, list reads included."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodAccount:
    """One ceiling over one running period; counts are None where nobody knows them.

    Attributes:
        kept: the period as it was last measured; None where it never was.
        rules: ids of the rules that set this ceiling.
        to_come: what is to come until its end; None where too little was measured.
        days_covered, days_elapsed: of the period so far, days whose hours were read, and all.
        as_of: when the platform told the counts.
        age_s: how long ago that was by its clock, seconds; None where nobody asked it what time it is.
    """

    period: str
    rules: tuple[str, ...]
    ceiling: AbandonmentCeiling
    kept: KeptPeriod | None
    start: datetime | None = None
    end: datetime | None = None
    anchor: str = "unknown"
    to_come: Foretold | None = None
    days_covered: float = 0.0
    days_elapsed: float = 0.0
    as_of: datetime | None = None
    age_s: float | None = None

    @property
    def counts(self) -> Counts | None:
        """What was counted in it so far."""
        return None if self.kept is None else self.kept.counts

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return Standing.UNKNOWN if self.counts is None else standing_of(self.ceiling, self.counts, self.to_come)

    @property
    def used(self) -> float | None:
        """The share of its allowance that is used, of all answers that it is expected to hold; 1 is all of it."""
        return None if self.counts is None else used(self.ceiling, self.counts, self.to_come)

    @property
    def sentence(self) -> str:
        """Where it stands, in words."""
        counts, ceiling = self.counts, f"{self.ceiling.most} in {self.ceiling.per} ({', '.join(self.rules)})"
        if counts is None:
            return f"nobody knows how many calls were abandoned in the period of {ceiling}"
        rate = "" if not counts.answered else f" ({counts.abandoned / counts.answered:.2%})"
        said = {Standing.BREACHED: "over", Standing.APPROACHING: "close to"}.get(self.standing, "within")
        since = "" if self.start is None else f" since {_text(self.start)}"
        return f"{counts.abandoned} of {counts.answered} answered calls{rate} were abandoned{since}: {said} {ceiling}"

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        counts = self.counts
        told = None if counts is None else Measured(abandoned=counts.abandoned, answered_live=counts.answered)
        nothing: dict[str, Json] = {"remaining": None, "answers_to_come": None, "breach_probability": None}
        share = self.used
        return {
            "period": self.period,
            "rules": [*self.rules],
            "start": _text(self.start),
            "end": _text(self.end),
            "anchor": self.anchor,
            "answered": None if counts is None else counts.answered,
            "abandoned": None if counts is None else counts.abandoned,
            "rate": None if counts is None or not counts.answered else counts.abandoned / counts.answered,
            "ceiling": f"{self.ceiling.most}/{self.ceiling.per}",
            "allowance_now": None if told is None else allowance(self.ceiling, told),
            **(nothing if self.to_come is None else self.to_come.document()),
            "foretold_from_days": 0 if self.to_come is None else self.to_come.days,
            "used": None if share is None else round(min(share, 1e6), 4),
            "days_covered": round(self.days_covered, 3),
            "days_elapsed": round(self.days_elapsed, 3),
            "as_of": _text(self.as_of),
            "age_s": self.age_s,
            "standing": self.standing.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignAccount:
    """Where one campaign stands.

    Attributes:
        first_dial: the first minute in which it was seen to dial; None where nobody can tell.
        assumed: facts that nobody declared, so that the tightest was assumed.
        why: what keeps figures from being known, in words; empty where all are.
    """

    campaign: CampaignId
    periods: tuple[PeriodAccount, ...]
    first_dial: datetime | None = None
    assumed: tuple[str, ...] = ()
    why: tuple[str, ...] = ()

    @property
    def standing(self) -> Standing:
        """The worst of its periods; unknown is worse than an approach, and no better than a breach."""
        order = (Standing.OK, Standing.APPROACHING, Standing.UNKNOWN, Standing.BREACHED)
        found = [period.standing for period in self.periods] or [Standing.UNKNOWN if self.why else Standing.OK]
        return max(found, key=order.index)

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "campaign": self.campaign,
            "standing": self.standing.value,
            "first_dial": _text(self.first_dial),
            "assumed": [*self.assumed],
            "periods": [period.document() for period in self.periods],
            "unknown": [*self.why],
        }


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
            PlatformError: the platform cannot be asked; `kept` tells what it told before.
            LedgerUnavailableError: nobody can tell.
        """
        if Ability.STATISTICS not in self._platform.abilities:
            why = "this platform does not tell what it measures"
            return [CampaignAccount(campaign=one, periods=(), why=(why,)) for one in campaigns]
        budget = Budget(ASKED_AT_ONCE)
        named = [*dict.fromkeys(campaigns)]
        told = {one: self._reading.total(one) for one in named} if len(named) == 1 else self._reading.totals()
        known = self.book.known(named)
        for campaign in named:
            if campaign in told:
                facts = self._law.circumstances(campaign)
                self._reading.kept(told[campaign], known.get(campaign), facts, self._law.rulebook, budget)
        now = max((one.at for one in told.values()), default=None)
        return self.kept(named, now=now)

    def brought_up(self, budget: Budget, *, most: int) -> list[CampaignAccount]:
        """Bring the book up to what the platform tells, and return where the campaigns stand of which it told news.

        Args:
            budget: requests; the first tells all totals.
            most: how many campaigns are looked at; those come first that were not for the longest time.

        Raises:
            PlatformError: the platform cannot be asked.
            LedgerUnavailableError: nobody can tell, or keep it.
        """
        if not budget.take():
            return []
        told, known = self._reading.totals(), self.book.known()
        moved = [
            campaign for campaign, one in told.items() if one.tally.dials and _has_news(one.at, known.get(campaign))
        ]
        moved.sort(key=lambda campaign: _turn_of(known.get(campaign)))
        chosen = moved[:most]
        for campaign in chosen:
            facts = self._law.circumstances(campaign)
            self._reading.kept(told[campaign], known.get(campaign), facts, self._law.rulebook, budget)
        now = max((one.at for one in told.values()), default=None)
        return self.kept(chosen, now=now) if chosen else []

    def kept(self, campaigns: Sequence[CampaignId], *, now: datetime | None = None) -> list[CampaignAccount]:
        """Return where these campaigns stand by what was told before; `now` is the platform's time, None if unknown.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        known = self.book.known(campaigns)
        periods: dict[CampaignId, list[KeptPeriod]] = {}
        for one in self.book.periods(campaigns):
            periods.setdefault(one.campaign, []).append(one)
        return [self._account(one, known.get(one), periods.get(one, []), now) for one in campaigns]

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
        self, campaign: CampaignId, known: Known | None, periods: Sequence[KeptPeriod], now: datetime | None
    ) -> CampaignAccount:
        if known is None:
            return CampaignAccount(campaign=campaign, periods=(), why=("the platform was never asked about it",))
        facts = self._law.circumstances(campaign)
        at = known.told_at if now is None else max(now, known.told_at)
        binding = ceilings_of(facts, self._law.rulebook, at)
        days = self._days(known)
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
            campaign=campaign,
            periods=tuple(found),
            first_dial=known.first_dial,
            assumed=tuple(sorted(facts.assumed)),
            why=tuple(_unknown(found, known, facts, days)),
        )

    def _days(self, known: Known) -> list[Counts]:
        """Return the last whole days of 24 hours whose hours were read, those before the first dial aside."""
        if known.read_from is None or known.read_until is None:
            return []
        end = _hour(known.read_until)
        begin = max(known.read_from, end - MOST_DAYS * DAY)
        whole = (end - begin) // DAY
        hours = self.book.hours(known.campaign, since=end - whole * DAY, until=end)
        days = [Counts() for _ in range(whole)]
        for one in hours:
            place = (end - one.at - timedelta(microseconds=1)) // DAY
            days[place] += one.counts
        return days


def _has_news(at: datetime, known: Known | None) -> bool:
    return known is None or at != known.told_at


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
    )


def _of_nothing(unmeasured: PeriodAccount, known: Known, now: datetime | None) -> PeriodAccount:
    """Return the block of a campaign that never dialed: it has not begun, and nothing of nothing was abandoned."""
    at = known.told_at
    kept = KeptPeriod(campaign=known.campaign, period=unmeasured.period, start=at, end=at, counts=Counts(), told_at=at)
    age_s = None if now is None else max((now - at).total_seconds(), 0.0)
    return replace(unmeasured, kept=kept, anchor="not-begun", as_of=at, age_s=age_s)


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
        yield f"it was seen to dial at {_text(known.first_dial)}, before the declared anchor {_text(facts.anchor)}"


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")
