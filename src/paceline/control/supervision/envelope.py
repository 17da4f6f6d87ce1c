"""The certificate of a supervision: what it may set, how it steers, and how much the controller may ever abandon.

What is certified is not the boldest pacing within the bounds, which alone would be far above any ceiling: it is the
controller that chooses among them. Two things are shown, both with their numbers:

* by the theorem of `controller`: no legal period ends above its ceiling as long as it has the answers that were
  measured, and at most `at_once` calls are abandoned before a look has taken effect;
* by thirty days (`rehearsal`) in which the answer rate drifts between half the measured one and 1.5 times.

The target is lowered until the first holds. What cannot be shown is refused, with the number that is in the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from paceline.campaign.blocks import Pacing
from paceline.campaign.forecaster import LegalPeriod
from paceline.campaign.observed import Limits
from paceline.campaign.pacing.checks import COUNTS, RATES
from paceline.campaign.statistics import Statistics
from paceline.control.supervision.controller import Account, Bounds, Running, Terms
from paceline.control.supervision.rehearsal import DAYS, Rehearsed, World, rehearse
from paceline.control.supervision.standing import bounds_document, reserve_of, terms_document
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, EntryId

ROOM = Decimal("0.0005")
"""How far below the ceiling the target is at least: 2.95 % under 3 in 100."""
HIGHEST, LOWEST, BEGUN = 1.2, 1.0, 0.6
"""Of `gain owed`: where one line rings for each idle agent, how much is saved at most, and where it begins."""
LEAST_GAIN, MOST_GAIN = 0.02, 0.15
REMEMBERED_MIN, LEAST_MEMORY, MOST_MEMORY = 12, 200, 1000
"""Minutes of dials over which the answer rate is tracked, and how many dials that are at least and at most."""
LEAST_ANSWERS = 300
"""People who must have answered before anybody can tell how a campaign goes."""
TRIES = 4
"""Rehearsals at most: each shows whether as many calls are abandoned at once as were reckoned with, twice over."""
_DAY_S = 86_400
_GRAIN = Decimal("0.0001")


class NotCertifiedError(PacelineError):
    """nobody can certify that this campaign stays within the law under the supervisor"""

    code = "not-certified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a supervision may do, and what was shown of it.

    Attributes:
        bounds, terms, account: of the controller, as it begins.
        world: what was measured.
        at_once: the most calls that are taken to be abandoned before a look has taken effect: the theorem's `d`.
        answers: people who are expected to answer in the legal period that has fewest.
        ceiling: the strictest, most and per.
        rehearsed: the days that were played.
    """

    bounds: Bounds
    terms: Terms
    account: Account
    world: World
    at_once: int
    answers: int
    ceiling: tuple[int, int]
    rehearsed: Rehearsed

    @property
    def beyond(self) -> Decimal:
        """Calls beyond the target that a legal period may ever hold, by the theorem, whatever it begins with."""
        return self.terms.worst(-self.terms.most_saved, self.at_once)

    @property
    def bound(self) -> float:
        """Abandonment of a legal period by the theorem, a fraction, with the answers that are expected in it."""
        return float(self.terms.target + self.beyond / max(self.answers, 1))

    def document(self) -> dict[str, Json]:
        """Return it as the ledger keeps it."""
        most, per = self.ceiling
        return {
            "bounds": bounds_document(self.bounds),
            "controller": {
                **terms_document(self.terms),
                "s_max": self.terms.gain * float(self.terms.most_owed),
                "owed": str(self.account.owed),
            },
            "ceiling": f"{most}/{per}",
            "theorem": {
                "at_once": self.at_once,
                "beyond": str(self.beyond),
                "answers": self.answers,
                "bound": round(self.bound, 6),
            },
            "measured": self.world.document(),
            "rehearsal": self.rehearsed.document(),
        }


def bounds_of(live: Pacing, limits: Limits) -> Bounds:
    """Return what may be set: the contract's bounds, cut to what was declared; lines and looks stay as they are."""
    least, most = RATES["answer_rate"]
    most_aim = RATES["abandonment_aim"][1]
    calls = (
        live.max_calls
        if limits.max_calls is None
        else min(live.max_calls, max(limits.max_calls, COUNTS["max_calls"][0]))
    )
    interval = max(live.call_interval_ms, limits.least_call_interval_ms or 0)
    return Bounds(
        least_answer_rate=max(least, limits.least_answer_rate or least),
        most_answer_rate=most,
        most_abandonment_aim=min(
            most_aim, most_aim if limits.most_abandonment_aim is None else limits.most_abandonment_aim
        ),
        max_calls=calls,
        call_interval_ms=min(interval, COUNTS["call_interval_ms"][1]),
        warm_up_s=live.warm_up_s,
    )


def world_of(history: Statistics) -> tuple[World, int]:
    """Return what was measured of a campaign, and the most people who answered in one minute.

    Raises:
        NotCertifiedError: too little was measured.
    """
    minutes = [(start, one) for start, one in history.minutes if one.dials or one.staffed_s]
    total = history.tally
    agents_s = sum(one.staffed_s for _, one in minutes)
    talked = total.connects - total.abandons
    if total.connects < LEAST_ANSWERS or not minutes or agents_s == 0 or talked <= 0:
        raise NotCertifiedError(
            f"{total.connects} people have answered in the last days, {LEAST_ANSWERS} are needed to tell how it goes",
            hint="let it dial progressively for some hours: paceline set pacing ID answerRate=0.5 abandonRate=0",
        )
    dates = {start.date() for start, _ in minutes}
    since = minutes[0][0]
    span = max((history.at - since).total_seconds() / _DAY_S, float(len(dates)), 1.0)
    peak = max(one.connects for _, one in minutes)
    world = World(
        agents=max(1, round(agents_s / (60 * len(minutes)))),
        answer_rate=min(max(total.connects / max(1, total.dials), 0.01), 1.0),
        handle_s=max(1.0, (total.talk_s + total.wrap_s) / talked),
        hours=min(24.0, max(len(minutes) / 60 / len(dates), 0.25)),
        answers_a_day=total.connects / len(dates),
        days=30 * min(1.0, len(dates) / span),
    )
    return world, peak


def certified(
    history: Statistics,
    live: Pacing,
    limits: Limits,
    periods: Sequence[LegalPeriod],
    *,
    target: Decimal | None = None,
    days: int = DAYS,
    seed: int = 1,
) -> Certificate:
    """Return the certificate under which a campaign may be supervised.

    Args:
        history: what was measured, by minute, up to now.
        live: the pacing that the platform holds.
        limits: what was declared.
        periods: the legal periods that are running; at least one.
        target: abandonment to aim at, a fraction; None is the highest that can be certified.
        days: that are played, at most.
        seed: of the draws.

    Raises:
        NotCertifiedError: it cannot be shown; the message says what is in the way.
    """
    (world, at_once), at = world_of(history), history.at
    bounds, strictest = bounds_of(live, limits), min(periods, key=lambda one: one.most / one.per)
    ceiling, fewest = (strictest.most, strictest.per), min(_answers(world, one, at) for one in periods)
    reserve = reserve_of(round(world.answers_a_day * world.days), *ceiling)
    running = Running(answered=0, abandoned=0, most=ceiling[0], per=ceiling[1], reserve=reserve)
    for _ in range(TRIES):
        terms = _terms(world, periods, at, at_once, target)
        account = Account(owed=Decimal(round(BEGUN / terms.gain)), answer_rate=world.answer_rate)
        played = rehearse(world, terms, bounds, account, running, days=days, seed=seed)
        if 2 * played.at_once > at_once:
            at_once = 2 * played.at_once
            continue
        return _held(
            Certificate(
                bounds=bounds,
                terms=terms,
                account=account,
                world=world,
                at_once=at_once,
                answers=fewest,
                ceiling=ceiling,
                rehearsed=played,
            )
        )
    raise NotCertifiedError(f"{at_once} calls are abandoned at once on some days: nothing can be promised")


def _terms(world: World, periods: Sequence[LegalPeriod], at: datetime, at_once: int, target: Decimal | None) -> Terms:
    """Return the terms under which every period keeps its ceiling, by the theorem and what is expected.

    A period may begin with all that can be saved in the account, so that is what the theorem is asked with.
    """
    fewest = min(_answers(world, one, at) for one in periods)
    room = 2 * float(ROOM) * fewest - at_once
    gain = min(max((HIGHEST + LOWEST) / room if room > 0 else MOST_GAIN, LEAST_GAIN), MOST_GAIN)
    most_owed, most_saved = Decimal(math.ceil(HIGHEST / gain)), Decimal(math.ceil(LOWEST / gain))
    beyond = most_owed + most_saved + at_once
    highest = min(
        Decimal(one.most) / one.per - max(ROOM, beyond / max(_answers(world, one, at), 1)) for one in periods
    ).quantize(_GRAIN, ROUND_FLOOR)
    if highest <= 0:
        raise NotCertifiedError(
            f"with {fewest:,} people who answer until a legal period ends, the {at_once} calls that may be abandoned "
            "at once are more than it holds: the campaign is too small to be steered in it; dial progressively"
        )
    if target is not None and not 0 < target <= highest:
        raise NotCertifiedError(
            f"a target of {target} cannot be certified: {highest} is the highest that keeps every legal period when "
            f"{beyond} calls beyond it may be abandoned in one"
        )
    dials_a_minute = world.answers_a_day / world.answer_rate / (60 * world.hours)
    return Terms(
        target=highest if target is None else target,
        gain=round(gain, 4),
        most_owed=most_owed,
        most_saved=most_saved,
        memory_dials=min(max(round(REMEMBERED_MIN * dials_a_minute), LEAST_MEMORY), MOST_MEMORY),
    )


def _answers(world: World, period: LegalPeriod, at: datetime) -> int:
    """Return how many people are expected to have answered when a period ends, the one that is running and the next."""
    days = min((period.end - period.start).total_seconds() / _DAY_S, 31.0)
    whole = world.answers_a_day * max(1.0, world.days * days / 30)
    if period.end <= at:  # the last 24 hours: they never end
        return round(whole)
    # One that soon ends, and has few answers yet, has no room for as many abandoned calls as a whole one.
    left = (period.end - at).total_seconds() / _DAY_S
    return round(min(whole, period.answered + world.answers_a_day * world.days * left / 30))


def _held(made: Certificate) -> Certificate:
    """Return the certificate whose days kept the ceiling.

    Raises:
        NotCertifiedError: they did not.
    """
    (most, per), played = made.ceiling, made.rehearsed
    if played.abandoned * per > most * played.answered:
        raise NotCertifiedError(
            f"{played.days} days of drift were played, and {100 * played.abandonment:.3f} % were abandoned, above "
            f"{most}/{per}"
        )
    return made


@dataclass(frozen=True, slots=True)
class _Step:
    campaign: CampaignId
    entry: EntryId
    bounds: Bounds


_STEP: ContextVar[_Step | None] = ContextVar("supervised_step", default=None)


class CertifiedSteps:
    """Which pacings are covered by a certificate: those that the supervisor itself is just setting, and no others.

    Somebody else who sets a pacing within the same bounds is judged by what comes of it: nobody would steer it.
    """

    def covers(self, campaign: CampaignId, wanted: Pacing) -> EntryId | None:
        """Return the entry that certified the bounds which this step of the supervisor keeps; None elsewhere."""
        step = _STEP.get()
        if step is None or step.campaign != campaign or not step.bounds.hold(wanted):
            return None
        return step.entry

    @contextmanager
    def stepping(self, campaign: CampaignId, entry: EntryId, bounds: Bounds) -> Iterator[None]:
        """Cover what this thread sets on a campaign within these bounds while the block runs."""
        token = _STEP.set(_Step(campaign, entry, bounds))
        try:
            yield
        finally:
            _STEP.reset(token)
