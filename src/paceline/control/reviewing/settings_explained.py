"""What is to be said of a campaign's schedule, rules, pacing and weights: open or not, lawful or not, what was assumed.

Rules:
* They are judged as a change would be that set them anew; what stands in the way of changes says nothing of them.
* Nothing is projected for it: what is expected of the pacing, or data say of the weights, is asked for on purpose.
* Whatever cannot be looked at is told, and keeps nothing else from being told.
* An override is shown until it ends, whatever became of what it was for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from paceline.campaign.catalogue import CATALOGUE, AnyChange
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.judgement import judged
from paceline.campaign.observed import PACING, RULES, WEIGHTS, Ability, Observed, Part, Situation
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.ports import Platform, PlatformError
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.schedule.windows import intervals_between
from paceline.campaign.weights.changes import SetWeights
from paceline.compliance.call import Mode
from paceline.compliance.fields import RuleFileError
from paceline.control.facts.law import Law
from paceline.control.order import Override, order_of
from paceline.control.recorder import Recorder
from paceline.control.settings_shown import pacing_shown, rules_shown, schedule_shown, tuning_shown, weights_shown
from paceline.ledger.entry import Entry, Query
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.findings import Findings, Severity
from paceline.primitives.ids import CampaignId, EntryId
from paceline.primitives.intervals import Intervals
from paceline.primitives.zones import UnknownZoneError

AHEAD = timedelta(days=31)
"""How far ahead the next opening or closing is looked for."""
MOST_LOOKED_AT = 500
"""How many of a campaign's last entries are looked through for overrides."""
_OF_SENDING = frozenset({"weights.trigger", "weights.incomplete"})
MADE = frozenset({"applied", "scheduled"})
"""Outcomes of changes whose overrides count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveOverride:
    """An override that has not ended: of which rule, until when, by whom, in which entry."""

    rule: str
    until: datetime
    by: str
    entry: EntryId

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"rule": self.rule, "until": _text(self.until), "by": self.by, "entry": self.entry}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A block of settings as the platform holds it, None when there is none, and what is to be said of it."""

    block: dict[str, Json] | None
    findings: Findings

    @property
    def is_lawful(self) -> bool | None:
        """Whether no law and no rule of ours speaks against it; None where there is nothing to judge."""
        return None if self.block is None else not self.findings.refused


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsExplained:
    """What is known of a campaign's settings now.

    Attributes:
        schedule, rules, pacing, weights: None where they could not be looked at, or not be judged; `unknown` says why.
        is_open: whether the schedule is open; None without one.
        turns_at: when it opens, or closes if it is open; None when it does neither within a month.
        assumed: what nobody declared, so that the tightest was assumed.
        taken_for: what no fact can say, and what the calls are taken for in words; by what it is about, such as `mode`.
    """

    schedule: Judged | None
    rules: Judged | None
    pacing: Judged | None
    weights: Judged | None
    is_open: bool | None
    turns_at: datetime | None
    assumed: tuple[str, ...]
    taken_for: Mapping[str, str]
    overrides: tuple[ActiveOverride, ...]
    unknown: tuple[str, ...]

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        schedule = _document(self.schedule)
        if schedule is not None:
            schedule["open"] = self.is_open
            schedule["opens_at"] = None if self.is_open else _text(self.turns_at)
            schedule["closes_at"] = _text(self.turns_at) if self.is_open else None
        return {
            "schedule": schedule,
            "rules": _document(self.rules),
            "pacing": _document(self.pacing),
            "weights": _document(self.weights),
            "assumed": [*self.assumed],
            "taken_for": {**self.taken_for},
            "overrides": [one.document() for one in self.overrides],
            "unknown": [*self.unknown],
        }


class SettingsLook:
    """Looks at the settings of campaigns that nobody is about to change."""

    def __init__(self, platform: Platform, recorder: Recorder, law: Law) -> None:
        """Look at this platform, and judge by this law."""
        self._platform = platform
        self._recorder = recorder
        self._law = law

    def explained(self, situation: Situation) -> SettingsExplained:
        """Return what is to be said of the settings of the campaign that was found in this situation.

        Raises:
            LedgerUnavailableError: nobody can tell what was declared or overridden.
        """
        campaign, unknown = situation.observed.campaign, list[str]()
        around, shown = self._before_the_law(situation, unknown), self._schedule(campaign, unknown)
        schedule = None if shown is None or around is None else _of_schedule(shown, around)
        unknown += [f"its {block} are shown in a form that nobody here knows" for block in _unread(around)]
        is_open, turns_at = _opening(shown)
        return SettingsExplained(
            schedule=schedule,
            rules=None if around is None else _of_rules(around),
            pacing=None if around is None else _of_pacing(around),
            weights=None if around is None else _of_weights(around),
            is_open=is_open,
            turns_at=turns_at,
            assumed=() if around is None else tuple(sorted(around.circumstances.assumed)),
            taken_for={} if around is None else _taken_for(around),
            overrides=self._overrides(campaign, situation.now),
            unknown=tuple(unknown),
        )

    def _before_the_law(self, situation: Situation, unknown: list[str]) -> Situation | None:
        try:
            circumstances = self._law.circumstances(situation.observed.campaign)
            return replace(situation, circumstances=circumstances, rulebook=self._law.rulebook)
        except RuleFileError as wrong:
            unknown.append(f"the law cannot be read: {wrong.message}")
            return None

    def _schedule(self, campaign: CampaignId, unknown: list[str]) -> Observed | None:
        if Ability.SCHEDULE not in self._platform.abilities:
            return None
        try:
            observed = self._platform.read(campaign, part=Part.SCHEDULE)
        except PlatformError as error:
            unknown.append(f"its schedule cannot be looked at: {error.message}")
            return None
        self._recorder.saw([observed])
        return observed

    def _overrides(self, campaign: CampaignId, now: datetime) -> tuple[ActiveOverride, ...]:
        entries = self._recorder.book.entries(Query(campaign=campaign, limit=MOST_LOOKED_AT))
        made = [entry for entry in entries if entry.kind in CATALOGUE and entry.outcome in MADE]
        return tuple(
            ActiveOverride(rule=one.rule, until=one.until, by=entry.actor.name, entry=entry.number)
            for entry in made
            for one in order_of(entry).overrides
            if one.until > now and _counted(entry, one)
        )


def _taken_for(around: Situation) -> dict[str, str]:
    """Return what was taken for granted without being the tightest that there is."""
    if around.circumstances.call.modes != {Mode.LIVE}:
        return {}
    return {"mode": "a person speaks; what binds recordings and artificial voices only is not judged"}


def _of_schedule(shown: Observed, around: Situation) -> Judged:
    live = shown.schedule
    if live is None:
        return Judged(block=None, findings=Findings())
    change = SetSchedule(
        campaign=shown.campaign,
        zone=live.zone,
        directive=live.directive,
        windows=live.windows,
        max_calls=live.max_calls,
    )
    return Judged(block=schedule_shown(live), findings=_found(change, replace(around, observed=shown)))


def _unread(around: Situation | None) -> list[str]:
    return [] if around is None else sorted(around.observed.unknown_blocks)


def _of_pacing(around: Situation) -> Judged | None:
    live = around.observed.pacing
    if live is None:
        return None if PACING in around.observed.unknown_blocks else Judged(block=None, findings=Findings())
    return Judged(block=pacing_shown(live), findings=_found(SetPacing.to(around.observed.campaign, live), around))


def _of_weights(around: Situation) -> Judged | None:
    live, tuning = around.observed.weights, around.observed.tuning
    if live is None:
        return None if WEIGHTS in around.observed.unknown_blocks else Judged(block=None, findings=Findings())
    block = {**weights_shown(live), **({} if tuning is None else tuning_shown(tuning))}
    found = _found(SetWeights.to(around.observed.campaign, live, tuning), around)
    # What a change would send beside is no word on what is live.
    told = Findings(*(one for one in found if one.rule not in _OF_SENDING))
    return Judged(block=block, findings=told)


def _of_rules(around: Situation) -> Judged | None:
    live = around.observed.rules
    if live is None:
        return None if RULES in around.observed.unknown_blocks else Judged(block=None, findings=Findings())
    change = SetDialingRules(
        campaign=around.observed.campaign,
        mode=live.mode,
        attempt_limit=live.attempt_limit,
        retry_intervals_min=live.retry_intervals_min,
        abandonment_threshold=live.abandonment_threshold,
        cool_down_s=live.cool_down_s,
        calls_per_agent=live.calls_per_agent,
    )
    return Judged(block=rules_shown(live), findings=_found(change, around))


def _found(change: AnyChange, around: Situation) -> Findings:
    return Findings(*(one for one in judged(change, around) if not one.rule.startswith("lifecycle.")))


def _opening(shown: Observed | None) -> tuple[bool | None, datetime | None]:
    """Return whether the schedule is open, and when that changes."""
    if shown is None or shown.schedule is None:
        return None, None
    at, end = shown.at, shown.at + AHEAD
    try:
        scheduled = intervals_between(shown.schedule, at, end)
    except UnknownZoneError:
        return None, None
    if at not in scheduled:
        return False, scheduled.next_from(at)
    closed = Intervals.between(at, end) - scheduled
    return True, closed.next_from(at)


def _counted(entry: Entry, override: Override) -> bool:
    """Return whether the override let a finding pass; one that counted for nothing is told so in its entry."""
    details = None if entry.closed is None else entry.closed.document["details"]
    told = details.get("findings") if isinstance(details, Mapping) else None
    found = [one for one in told if isinstance(one, Mapping)] if isinstance(told, list | tuple) else []
    passed = any(one["rule"] == override.rule and one["severity"] == Severity.INFO.value for one in found)
    return passed and not any(one["rule"] == "change.override" and one["found"] == override.rule for one in found)


def _document(judged: Judged | None) -> dict[str, Json] | None:
    if judged is None:
        return None
    findings: list[Json] = [one.document() for one in judged.findings]
    return {"held": judged.block, "lawful": judged.is_lawful, "findings": findings}


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else utc_text(instant)
