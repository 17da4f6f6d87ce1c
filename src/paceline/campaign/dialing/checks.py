"""The rules of the dialing rules, in the order in which they are told; `lawful` has those that ask the law.

* `dialing.incomplete`: the change names something, and all that the live rules do not have.
* `dialing.attempts`: 1 to 300 attempts, no more intervals than attempts, and no more attempts in any period than any
  law lets one person be called; the first call counts.
* `dialing.retry-range`: each interval is 1 to 50000 minutes, and within what was declared.
* `dialing.retry-spacing`: each interval is longer than the one before.
* `dialing.abandonment-ceiling`: the threshold is a fraction from 0 to 0.05, and no higher than the strictest ceiling of
  the law. It is a setting: what was measured is judged by itself.
* `dialing.cool-down`: at least 0 seconds.
* `dialing.calls-per-agent`: 1 to 10.
* `dialing.licence`: predictive dialing needs the ENTERPRISE tier, where a tier was declared.
* `dialing.capacity`: how many calls may be in flight for the agents that there are, against the lines.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from paceline.campaign.blocks import DialingMode, DialingRules
from paceline.campaign.dialing.capacity import most_calls
from paceline.campaign.dialing.lawful import lawful
from paceline.campaign.dialing.model import FIELDS, Wanted
from paceline.campaign.observed import RULES, Ability, Limits, Situation
from paceline.campaign.obstacles import obstacles
from paceline.primitives.findings import Finding, Findings, Severity

MOST_ATTEMPTS = 300
LONGEST_INTERVAL_MIN = 50_000
HIGHEST_THRESHOLD = Decimal("0.05")
MOST_CALLS_PER_AGENT = 10
_CAUSES = {
    "dialing.attempts": ("attempt_limit", "retry_intervals_min"),
    "dialing.abandonment-ceiling": ("abandonment_threshold",),
}
"""Which fields a finding of the law is about."""
_CONTRACT = "the platform's contract"
_DECLARED = "the declared limits"


def sound(wanted: Wanted) -> Findings:
    """Judge what is named without looking at the platform."""
    if wanted.names_nothing:
        return Findings(_incomplete("nothing is named that is to change", FIELDS))
    return _sound(wanted)


def guarded(wanted: Wanted, needs: frozenset[Ability], situation: Situation) -> Findings:
    """Judge the rules that would come of the wish, the fields that it leaves as they are included."""
    found, live = obstacles(needs, situation, block=RULES), situation.observed.rules
    if sound(wanted).refused:
        return found + sound(wanted)
    left = _sound(wanted.left_on(live))
    found += left
    whole = wanted.on(live)
    if whole is None:
        missing = wanted.missing_on(live)
        message = f"the campaign has no dialing rules yet, and {', '.join(missing)} must be named"
        return found + Findings(_incomplete(message, missing))
    limits = situation.circumstances.limits
    found += Findings.of([_listed(whole), *_within_declared(whole, limits), _licensed(whole, limits)])
    if left.refused:
        return found
    judged = Findings(*(_as_live(finding, wanted) for finding in lawful(whole, situation)))
    return found + judged + Findings.of([_capacity(whole, situation)])


def _as_live(finding: Finding, wanted: Wanted) -> Finding:
    """Return a finding as one that is only told where the change neither makes nor worsens what it is about."""
    causes = _CAUSES.get(finding.rule)
    if finding.severity is not Severity.ERROR or causes is None:
        return finding
    if any(getattr(wanted, name) is not None for name in causes):
        return finding
    return replace(finding, severity=Severity.INFO, message=f"the live rules, left as they are: {finding.message}")


def _sound(wanted: Wanted) -> Findings:
    found = [_attempts(wanted.attempt_limit)]
    if wanted.retry_intervals_min is not None:
        found += _ranges(wanted.retry_intervals_min)
        found += [_spacing(wanted.retry_intervals_min)]
    found += [_threshold(wanted.abandonment_threshold), _cool_down(wanted.cool_down_s), _calls(wanted.calls_per_agent)]
    return Findings.of(found)


def _incomplete(message: str, missing: tuple[str, ...]) -> Finding:
    return Finding(rule="dialing.incomplete", severity=Severity.ERROR, message=message, field=missing[0], limit=missing)


def _attempts(limit: int | None) -> Finding | None:
    if limit is None or 1 <= limit <= MOST_ATTEMPTS:
        return None
    return Finding(
        rule="dialing.attempts",
        severity=Severity.ERROR,
        message=f"{limit} attempts are not 1 to {MOST_ATTEMPTS}",
        field="attempt_limit",
        found=limit,
        limit=MOST_ATTEMPTS,
        source=_CONTRACT,
    )


def _listed(rules: DialingRules) -> Finding | None:
    intervals, limit = len(rules.retry_intervals_min), rules.attempt_limit
    if intervals <= limit:
        return None
    return Finding(
        rule="dialing.attempts",
        severity=Severity.ERROR,
        message=f"{intervals} intervals are more than {limit} attempts can use",
        field="retry_intervals_min",
        found=intervals,
        limit=limit,
        source=_CONTRACT,
    )


def _ranges(intervals: tuple[int, ...]) -> list[Finding | None]:
    return [
        _range(place, interval, 1, LONGEST_INTERVAL_MIN, _CONTRACT)
        for place, interval in enumerate(intervals)
        if not 1 <= interval <= LONGEST_INTERVAL_MIN
    ]


def _within_declared(rules: DialingRules, limits: Limits) -> list[Finding | None]:
    least = 1 if limits.retry_min_minutes is None else limits.retry_min_minutes
    most = LONGEST_INTERVAL_MIN if limits.retry_max_minutes is None else limits.retry_max_minutes
    return [
        _range(place, interval, least, most, _DECLARED)
        for place, interval in enumerate(rules.retry_intervals_min)
        if not least <= interval <= most and 1 <= interval <= LONGEST_INTERVAL_MIN
    ]


def _range(place: int, interval: int, least: int, most: int, source: str) -> Finding:
    return Finding(
        rule="dialing.retry-range",
        severity=Severity.ERROR,
        message=f"interval {place + 1} is {interval} minutes, not {least} to {most}",
        field=f"retry_intervals_min[{place}]",
        found=interval,
        limit=least if interval < least else most,
        source=source,
    )


def _spacing(intervals: tuple[int, ...]) -> Finding | None:
    place = next((number for number, (one, then) in enumerate(pairwise(intervals), 1) if then <= one), None)
    if place is None:
        return None
    return Finding(
        rule="dialing.retry-spacing",
        severity=Severity.ERROR,
        message=f"interval {place + 1}, {intervals[place]} minutes, is not longer than the one before it",
        field=f"retry_intervals_min[{place}]",
        found=intervals[place],
        limit=intervals[place - 1],
        source=_CONTRACT,
    )


def _threshold(threshold: Decimal | None) -> Finding | None:
    if threshold is None or (threshold.is_finite() and 0 <= threshold <= HIGHEST_THRESHOLD):
        return None
    return Finding(
        rule="dialing.abandonment-ceiling",
        severity=Severity.ERROR,
        message=f"a threshold of {threshold} is no fraction from 0 to {HIGHEST_THRESHOLD}; 3 in 100 is 0.03",
        field="abandonment_threshold",
        found=str(threshold),
        limit=str(HIGHEST_THRESHOLD),
        source=_CONTRACT,
    )


def _cool_down(seconds: int | None) -> Finding | None:
    if seconds is None or seconds >= 0:
        return None
    return Finding(
        rule="dialing.cool-down",
        severity=Severity.ERROR,
        message=f"a cool-down of {seconds} seconds is shorter than none",
        field="cool_down_s",
        found=seconds,
        limit=0,
        source=_CONTRACT,
    )


def _calls(calls: int | None) -> Finding | None:
    if calls is None or 1 <= calls <= MOST_CALLS_PER_AGENT:
        return None
    return Finding(
        rule="dialing.calls-per-agent",
        severity=Severity.ERROR,
        message=f"{calls} calls for each agent are not 1 to {MOST_CALLS_PER_AGENT}",
        field="calls_per_agent",
        found=calls,
        limit=MOST_CALLS_PER_AGENT,
        source=_CONTRACT,
    )


def _licensed(rules: DialingRules, limits: Limits) -> Finding | None:
    tier = limits.licence_tier
    if rules.mode is not DialingMode.PREDICTIVE or tier is None or tier == "ENTERPRISE":
        return None
    return Finding(
        rule="dialing.licence",
        severity=Severity.ERROR,
        message=f"the platform would refuse predictive dialing: the declared licence tier is {tier}, not ENTERPRISE",
        field="mode",
        found=tier,
        limit="ENTERPRISE",
        source=_DECLARED,
    )


def _capacity(rules: DialingRules, situation: Situation) -> Finding | None:
    agents = situation.observed.agents
    if not agents:
        return None
    calls, schedule = most_calls(agents, rules), situation.observed.schedule
    lines = [situation.circumstances.limits.max_calls, None if schedule is None else schedule.max_calls]
    fewest = min((limit for limit in lines if limit is not None), default=None)
    beside = "" if fewest is None else f"; {fewest} may be in flight at once"
    over = "" if fewest is None or calls <= fewest else ", so that agents wait for lines"
    return Finding(
        rule="dialing.capacity",
        severity=Severity.INFO,
        message=f"{agents} agents may have up to {calls} calls in flight{beside}{over}",
        field="calls_per_agent",
        found=calls,
        limit=fewest,
    )
