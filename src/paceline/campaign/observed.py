"""A campaign as last seen, and the situation around it: everything that a judgement may look at, gathered once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from paceline.campaign.blocks import DialingRules, Pacing, Schedule, Tuning, Weights
from paceline.campaign.evidence import Evidence, NoEvidence
from paceline.campaign.forecast import Forecast
from paceline.compliance.call import Call
from paceline.compliance.rulebook import Rulebook
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId, EntryId, Version

Document = Mapping[str, Json]
"""A JSON object as it came from, or goes to, the outside; never changed in place."""


class State(StrEnum):
    """What a campaign is doing; ARCHIVED takes no change at all."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    ARCHIVED = "ARCHIVED"


class Drain(StrEnum):
    """What becomes of calls that ring or wait when a campaign leaves ACTIVE; connected ones always end by themselves.

    `finish` lets them find an agent; `drop` cuts them, and those that were answered count as abandoned.
    """

    FINISH = "finish"
    DROP = "drop"


class Ability(StrEnum):
    """Something that a platform can do; a dialect declares what it has, and what it has not is refused by name."""

    RESUME = "resume"
    PAUSE = "pause"
    STOP = "stop"
    FINISH_CALLS = "finish-calls"
    DROP_CALLS = "drop-calls"
    EFFECTIVE_TIME = "effective-time"
    """A transition that the platform itself carries out later."""
    PRECONDITION = "precondition"
    """A write can name the version that it was judged on; without it there is read, compare, write, read again."""
    IDEMPOTENCY_KEY = "idempotency-key"
    """A repeated write with the same key has one effect; without it only a read tells what happened."""
    LIVE_CALLS = "live-calls"
    """Calls can be counted by what they are doing."""
    DIALING_RULES = "dialing-rules"
    SCHEDULE = "schedule"
    PACING = "pacing"
    STATISTICS = "statistics"
    """What the dialer measured can be asked for, from one instant to another."""
    WEIGHTS = "weights"
    SIMULATION = "simulation"
    """The platform itself can simulate a campaign as it is."""
    TELLS_TUNING = "tells-tuning"
    """The platform itself tells an address of each change of weights, once that was registered there."""


RULES, WINDOWS, PACING, WEIGHTS = "dialing rules", "time windows", "pacing parameters", "algorithm weights"
"""Blocks that a platform may show in a form that nobody here knows."""


class Part(StrEnum):
    """Which of the platform's documents about a campaign: each has a version of its own."""

    CAMPAIGN = "campaign"
    """State, dialing rules, pacing and weights."""
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A transition that the platform will carry out by itself."""

    state: State
    effective_at: datetime
    drain: Drain


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCalls:
    """How many calls were doing what at one moment."""

    ringing: int
    waiting: int
    connected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A campaign as the platform showed it at `at`, an instant of the platform's own clock where it tells one.

    None means that this platform does not tell. `document` is what it said, whole, with the fields nobody here knows.
    `revision` is for people and reports; what a write names is `version`. `effective_at` is when the state took effect,
    or will where one is pending. `drained` says that nothing is queued or in flight. `moving` names the fields of the
    document that move by themselves, or with every change, and are no settings.

    `part` says which of the platform's documents `document`, `version` and `revision` are of; the rest is of the
    campaign in any case. `rules`, `pacing`, `schedule`, `weights` and `tuning`, what the platform does with weights,
    are None where there never were any, or the part shows none;
    `unknown_blocks` names those that are there in a form that nobody here knows.
    """

    campaign: CampaignId
    state: State
    version: Version
    at: datetime
    locked: bool = False
    name: str | None = None
    revision: int | None = None
    effective_at: datetime | None = None
    pending: Pending | None = None
    drained: bool | None = None
    agents: int | None = None
    attempts: int | None = None
    document: Document = field(default_factory=dict, hash=False)
    moving: frozenset[str] = frozenset()
    part: Part = Part.CAMPAIGN
    rules: DialingRules | None = None
    pacing: Pacing | None = None
    schedule: Schedule | None = None
    weights: Weights | None = None
    tuning: Tuning | None = None
    unknown_blocks: frozenset[str] = frozenset()


def document_of(observed: Observed) -> dict[str, Json]:
    """Return a campaign as JSON shows it: in our words, and under `document` whole as the platform said it."""
    pending = observed.pending
    return {
        "campaign": observed.campaign,
        "name": observed.name,
        "state": observed.state.value,
        "revision": observed.revision,
        "version": observed.version,
        "locked": observed.locked,
        "drained": observed.drained,
        "agents": observed.agents,
        "attempts": observed.attempts,
        "effective_at": _text(observed.effective_at),
        "pending": None
        if pending is None
        else {
            "state": pending.state.value,
            "effective_at": _text(pending.effective_at),
            "drain": pending.drain.value,
        },
        "at": _text(observed.at),
        "document": observed.document,
    }


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else utc_text(instant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A campaign that the platform showed in a form that nobody here knows; `campaign` is None when it has no id."""

    campaign: CampaignId | None
    why: str


class Stage(StrEnum):
    """How far an unfinished change has come."""

    OPEN = "open"
    """Somebody alive is at it right now."""
    IN_DOUBT = "in-doubt"
    """It was sent and never answered: it may have happened."""
    WAITING = "waiting"
    """It waits here for its hour."""
    WAITS_FOR_APPROVAL = "waits-for-approval"
    """It waits here for approval by a second person."""
    SETTLING = "settling"
    """It was accepted, and its effect is still coming: calls are draining, or its instant has not come."""


WAITS_HERE = frozenset({Stage.WAITING, Stage.WAITS_FOR_APPROVAL})
"""The stages of what waits on this side, and was not sent unless a worker has begun it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """Another change of the same campaign that has not ended; `by` is its actor, `stops` whether it ends dialing."""

    entry: EntryId
    kind: str
    by: str
    stage: Stage
    stops: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """That a campaign may not be resumed until a person unfreezes it: by whom, why, since when, in which entry."""

    by: str
    reason: str | None
    since: datetime
    entry: EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What was declared beside the law: tighter than law and platform, never looser; None is not declared.

    Attributes:
        retry_min_minutes, retry_max_minutes: what an interval between two attempts may be.
        licence_tier: STANDARD, PROFESSIONAL or ENTERPRISE.
        max_calls: how many calls may be in flight at once: the lines there are.
        pacing_step: how far one change of pacing may go from the live value: absolute for rates, relative for counts.
        least_answer_rate: the lowest belief that pacing may be given; a lower one dials faster.
        most_abandonment_aim: the highest aim that pacing may be given, a fraction.
        least_call_interval_ms: the shortest time between two looks of the dialer, milliseconds.
    """

    retry_min_minutes: int | None = None
    retry_max_minutes: int | None = None
    licence_tier: str | None = None
    max_calls: int | None = None
    pacing_step: Decimal | None = None
    least_answer_rate: Decimal | None = None
    most_abandonment_aim: Decimal | None = None
    least_call_interval_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the platform does not know of a campaign, as far as it was declared, and what is assumed where it was not.

    Attributes:
        call: what calls it places; every purpose where none was declared.
        regions: ISO 3166-2 codes, or countries that have no regions; every region of the profile's countries where none
            was declared.
        assumed: the names of the facts that nobody declared, so that the tightest was assumed.
        anchor: when the campaign first dialed; legal periods are counted from it.
        closed_days_paused: whether somebody pauses the campaign on days that the law closes.
    """

    call: Call = field(default_factory=Call)
    regions: frozenset[str] = frozenset()
    assumed: frozenset[str] = frozenset()
    anchor: datetime | None = None
    closed_days_paused: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What the platform counted from `start` to before `end`.

    Attributes:
        answered: calls that a person answered, the abandoned ones included.
        abandoned: those of them that found no agent within two seconds of the completed greeting.
        period: what of the law it is measured for, such as `30-day-blocks`.
    """

    answered: int
    abandoned: int
    start: datetime
    end: datetime
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a change is judged in.

    `now` is the platform's time. `active_limit` is how many campaigns may be ACTIVE at once, None where nobody declared
    it; `active` how many are, None where nobody counted. `live` is only there when it was asked for. `measured` is the
    abandonment of the legal periods that are running, None where nobody could tell. `rulebook` is the law by which it
    is judged, None only where the law has no say. `forecast` is what a change of pacing is expected to do, `evidence`
    what data say of new weights; each is None where nobody asked.
    """

    observed: Observed
    abilities: frozenset[Ability]
    now: datetime
    active: int | None = None
    active_limit: int | None = None
    unfinished: tuple[Unfinished, ...] = ()
    live: LiveCalls | None = None
    frozen: Frozen | None = None
    circumstances: Circumstances = field(default_factory=Circumstances)
    measured: tuple[Measurement, ...] | None = None
    rulebook: Rulebook | None = None
    forecast: Forecast | None = None
    evidence: Evidence | NoEvidence | None = None
