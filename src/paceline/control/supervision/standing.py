"""What is kept of a supervised campaign: where its controller stands, what it did last, and why it rests.

A row is written by whoever holds its fence: who read an older one writes nothing. So of two workers one looks at a
campaign in a minute, and what the other counted meanwhile is counted by nobody twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypedDict, cast

from paceline.campaign.blocks import Pacing
from paceline.campaign.forecaster import LegalPeriod
from paceline.control.settings_shown import pacing_shown
from paceline.control.supervision.controller import Account, Bounds, Running, Terms
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId, EntryId, Version

MOST_RESERVE = 15.0
"""Calls below a ceiling at which the lines begin to be drawn in; fewer where a period has few answers."""
RESERVED_SHARE = 0.1
"""The reserve is at most this share of what a period may hold."""
LEAST_RESERVE = 1.0


class Steering(StrEnum):
    """Whether a campaign is steered."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    """Somebody else set the pacing, or steps are not possible: a person ends it or begins anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A supervised campaign.

    Attributes:
        campaign, entry: which, and the entry that holds the certificate.
        actor, reason, ticket: of who began it.
        state, why: whether it is steered; if not, who or what ended that, in words.
        began: by the platform's clock.
        terms, bounds, account: of the controller.
        periods: legal periods as last asked, with the minutes since added.
        asked_at: when the periods were asked last.
        looked: when it was last claimed for a look.
        counted: minutes that begin before this are in the account.
        live: the pacing that the platform was left with by the last step.
        wanted: the pacing of a step that was begun; None once it was seen what became of it.
        version: of the campaign as last seen, on which the next step is judged.
        resting: whether the last look found nobody dialing.
        blind: whether the last look came so late that one line for each idle agent was set first.
        note: what the last look came to, in words.
        answered, abandoned: since it began.
        busy_s, staffed_s: agents' time since it began, seconds.
        requests, looks, steps: since it began.
        worst_at_once: most calls abandoned between two looks.
        at_once: how many were reckoned with, as certified.
        stuck_since: since when what has to be gentler is refused; None while it is not.
        refused: what stood against the last step, in words.
        again: a bolder step that was refused is not tried before; None where none was.
        answers_a_day, days_in_30: as certified.
        fence: raised with every write.
    """

    campaign: CampaignId
    entry: EntryId
    actor: tuple[str, str]
    reason: str | None
    ticket: str | None
    state: Steering = Steering.RUNNING
    why: str | None = None
    began: datetime
    terms: Terms
    bounds: Bounds
    account: Account
    periods: tuple[LegalPeriod, ...]
    asked_at: datetime
    looked: datetime
    counted: datetime
    live: Pacing | None
    wanted: Pacing | None = None
    version: Version | None = None
    resting: bool = False
    blind: bool = False
    note: str = ""
    answered: int = 0
    abandoned: int = 0
    busy_s: int = 0
    staffed_s: int = 0
    requests: int = 0
    looks: int = 0
    steps: int = 0
    worst_at_once: int = 0
    refused: str | None = None
    again: datetime | None = None
    stuck_since: datetime | None = None
    at_once: int = 0
    answers_a_day: float = 0.0
    days_in_30: float = 0.0
    fence: int = 0

    @property
    def is_running(self) -> bool:
        """Whether it is steered."""
        return self.state is Steering.RUNNING

    def running(self) -> tuple[Running, ...]:
        """Return the legal periods as the controller takes them."""
        return tuple(
            Running(
                answered=one.answered,
                abandoned=one.abandoned,
                most=one.most,
                per=one.per,
                reserve=reserve_of(max(one.answered, self._expected(one)), one.most, one.per),
            )
            for one in self.periods
        )

    def _expected(self, period: LegalPeriod) -> int:
        days = min((period.end - period.start).total_seconds() / 86_400, 31.0)
        return round(self.answers_a_day * max(1.0, self.days_in_30 * days / 30))

    def counting(self, answered: int, abandoned: int) -> tuple[LegalPeriod, ...]:
        """Return the legal periods with so many more calls in each."""
        return tuple(
            replace(one, answered=one.answered + answered, abandoned=one.abandoned + abandoned) for one in self.periods
        )

    def document(self) -> dict[str, Json]:
        """Return it as people and programs are shown it."""
        return {
            "campaign": self.campaign,
            "entry": self.entry,
            "state": self.state.value,
            "why": self.why,
            "by": self.actor[0],
            "reason": self.reason,
            "began": utc_text(self.began),
            "target": str(self.terms.target),
            "ceiling": _strictest(self.periods),
            "owed": float(self.account.owed),
            "most_owed": float(self.terms.most_owed),
            "answer_rate": round(self.account.answer_rate, 4),
            "pacing": None if self.live is None else pacing_shown(self.live),
            "resting": self.resting,
            "blind": self.blind,
            "note": self.note,
            "refused": self.refused,
            "looked": utc_text(self.looked),
            "counted": utc_text(self.counted),
            "answered": self.answered,
            "abandoned": self.abandoned,
            "abandonment": self.abandoned / self.answered if self.answered else None,
            "utilisation": self.busy_s / self.staffed_s if self.staffed_s else None,
            "periods": [period_document(one) for one in self.periods],
            "at_once": {"most": self.worst_at_once, "certified": self.at_once},
            "looks": self.looks,
            "steps": self.steps,
            "requests": self.requests,
        }


def reserve_of(answers: int, most: int, per: int) -> float:
    """Return how many calls below the ceiling the lines begin to be drawn in, by the answers of a period.

    >>> reserve_of(100, 3, 100), reserve_of(2000, 3, 100), reserve_of(100_000, 3, 100)
    (1.0, 6.0, 15.0)
    """
    return min(max(RESERVED_SHARE * answers * most / per, LEAST_RESERVE), MOST_RESERVE)


def kept(standing: Standing) -> dict[str, Json]:
    """Return everything of a standing but its key and fence, as the row holds it; `standing_of` reads it."""
    return {
        "actor": [*standing.actor],
        "reason": standing.reason,
        "ticket": standing.ticket,
        "state": standing.state.value,
        "why": standing.why,
        "began": utc_text(standing.began),
        "terms": terms_document(standing.terms),
        "bounds": bounds_document(standing.bounds),
        "owed": str(standing.account.owed),
        "answer_rate": standing.account.answer_rate,
        "dials": standing.account.dials,
        "periods": [period_document(one) for one in standing.periods],
        "asked_at": utc_text(standing.asked_at),
        "looked": utc_text(standing.looked),
        "counted": utc_text(standing.counted),
        "live": None if standing.live is None else pacing_shown(standing.live),
        "wanted": None if standing.wanted is None else pacing_shown(standing.wanted),
        "version": standing.version,
        "again": None if standing.again is None else utc_text(standing.again),
        "stuck_since": None if standing.stuck_since is None else utc_text(standing.stuck_since),
        **{name: getattr(standing, name) for name in _PLAIN},
    }


def standing_of(campaign: str, entry: int, fence: int, told: Mapping[str, Json]) -> Standing:
    """Return the standing that a row holds."""
    said = cast("Mapping[str, str]", told)
    actor = cast("Sequence[str]", told["actor"])
    version = told["version"]
    return Standing(
        campaign=CampaignId(campaign),
        entry=EntryId(entry),
        fence=fence,
        actor=(actor[0], actor[1]),
        reason=cast("str | None", told["reason"]),
        ticket=cast("str | None", told["ticket"]),
        state=Steering(said["state"]),
        why=cast("str | None", told["why"]),
        began=instant_of(said["began"]),
        terms=_terms(cast("Mapping[str, str]", told["terms"])),
        bounds=_bounds(cast("Mapping[str, str]", told["bounds"])),
        account=Account(
            owed=Decimal(said["owed"]),
            answer_rate=float(said["answer_rate"]),
            dials=float(said["dials"]),
        ),
        periods=tuple(_period(one) for one in cast("Sequence[Mapping[str, Json]]", told["periods"])),
        live=_pacing(told["live"]),
        wanted=_pacing(told["wanted"]),
        version=None if version is None else Version(str(version)),
        again=None if told["again"] is None else instant_of(said["again"]),
        stuck_since=None if told["stuck_since"] is None else instant_of(said["stuck_since"]),
        asked_at=instant_of(said["asked_at"]),
        looked=instant_of(said["looked"]),
        counted=instant_of(said["counted"]),
        **cast("_Plain", {name: told[name] for name in _PLAIN}),
    )


class _Plain(TypedDict):
    """What is kept as it is, and read as it was kept."""

    resting: bool
    blind: bool
    note: str
    answered: int
    abandoned: int
    busy_s: int
    staffed_s: int
    requests: int
    looks: int
    steps: int
    worst_at_once: int
    at_once: int
    refused: str | None
    answers_a_day: float
    days_in_30: float


_PLAIN = tuple(_Plain.__annotations__)


def terms_document(terms: Terms) -> dict[str, Json]:
    """Return the controller's terms as JSON."""
    return {
        "target": str(terms.target),
        "gain": terms.gain,
        "most_owed": str(terms.most_owed),
        "most_saved": str(terms.most_saved),
        "memory_dials": terms.memory_dials,
    }


def bounds_document(bounds: Bounds) -> dict[str, Json]:
    """Return the bounds as JSON."""
    return {
        "answer_rate": [str(bounds.least_answer_rate), str(bounds.most_answer_rate)],
        "abandonment_aim": ["0", str(bounds.most_abandonment_aim)],
        "max_calls": bounds.max_calls,
        "call_interval_ms": bounds.call_interval_ms,
        "warm_up_s": bounds.warm_up_s,
    }


def period_document(period: LegalPeriod) -> dict[str, Json]:
    """Return a legal period as JSON."""
    return {
        "period": period.period,
        "rules": [*period.rules],
        "start": utc_text(period.start),
        "end": utc_text(period.end),
        "most": period.most,
        "per": period.per,
        "answered": period.answered,
        "abandoned": period.abandoned,
    }


def instant_of(text: str) -> datetime:
    """Return the instant of a text."""
    return datetime.fromisoformat(text)


def _strictest(periods: Sequence[LegalPeriod]) -> str | None:
    strictest = min(periods, key=lambda one: one.most / one.per, default=None)
    return None if strictest is None else f"{strictest.most}/{strictest.per}"


def _terms(told: Mapping[str, str]) -> Terms:
    return Terms(
        target=Decimal(told["target"]),
        gain=float(told["gain"]),
        most_owed=Decimal(told["most_owed"]),
        most_saved=Decimal(told["most_saved"]),
        memory_dials=int(told["memory_dials"]),
    )


def _bounds(told: Mapping[str, str]) -> Bounds:
    return Bounds(
        least_answer_rate=Decimal(told["answer_rate"][0]),
        most_answer_rate=Decimal(told["answer_rate"][1]),
        most_abandonment_aim=Decimal(told["abandonment_aim"][1]),
        max_calls=int(told["max_calls"]),
        call_interval_ms=int(told["call_interval_ms"]),
        warm_up_s=int(told["warm_up_s"]),
    )


def _pacing(told: Json) -> Pacing | None:
    if told is None:
        return None
    said = cast("Mapping[str, str]", told)
    return Pacing(
        answer_rate=Decimal(said["answer_rate"]),
        abandonment_aim=Decimal(said["abandonment_aim"]),
        max_calls=int(said["max_calls"]),
        call_interval_ms=int(said["call_interval_ms"]),
        warm_up_s=int(said["warm_up_s"]),
        strategy=said["strategy"],
    )


def _period(told: Mapping[str, Json]) -> LegalPeriod:
    said = cast("Mapping[str, str]", told)
    return LegalPeriod(
        period=said["period"],
        rules=tuple(cast("Sequence[str]", told["rules"])),
        start=instant_of(said["start"]),
        end=instant_of(said["end"]),
        most=int(said["most"]),
        per=int(said["per"]),
        answered=int(said["answered"]),
        abandoned=int(said["abandoned"]),
    )
