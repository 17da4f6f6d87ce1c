"""Where one campaign stands, as values, in words and as JSON.

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

from dataclasses import dataclass
from datetime import datetime

from paceline.compliance.abandonment import Measured, allowance
from paceline.compliance.rule import AbandonmentCeiling
from paceline.control.abandonment.kept import Counts, KeptPeriod
from paceline.control.abandonment.remaining import Foretold, Standing, standing_of, used
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId


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
        doubt: why the figures do not say that all is well, in words; None where they do.
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
    doubt: str | None = None

    @property
    def counts(self) -> Counts | None:
        """What was counted in it so far."""
        return None if self.kept is None else self.kept.counts

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        if self.counts is None:
            return Standing.UNKNOWN
        told = standing_of(self.ceiling, self.counts, self.to_come)
        return told if self.doubt is None or told is Standing.BREACHED else Standing.UNKNOWN

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
        since = "" if self.start is None else f" since {instant_told(self.start)}"
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
            "start": instant_told(self.start),
            "end": instant_told(self.end),
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
            "as_of": instant_told(self.as_of),
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
        told_at: when the platform told of it last; None where it was never asked.
    """

    campaign: CampaignId
    periods: tuple[PeriodAccount, ...]
    first_dial: datetime | None = None
    assumed: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    told_at: datetime | None = None

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
            "first_dial": instant_told(self.first_dial),
            "assumed": [*self.assumed],
            "periods": [period.document() for period in self.periods],
            "unknown": [*self.why],
        }


def instant_told(instant: datetime | None) -> str | None:
    """Return an instant as it is told to people and in JSON; None stays None.

    >>> from datetime import UTC
    >>> instant_told(datetime(2026, 6, 15, 12, tzinfo=UTC))
    '2026-06-15T12:00:00Z'
    """
    return None if instant is None else utc_text(instant)
