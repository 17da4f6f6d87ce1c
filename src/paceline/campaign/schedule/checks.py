"""The rules of the schedule, in the order in which they are told; `lawful` has those that ask the law.

* `schedule.incomplete`: the change names something, and all that the live schedule does not have.
* `schedule.zone`: the zone is a key of the pinned zone data of the form `Area/Location`, or `UTC`; another name of a
  zone is told with its own.
* `schedule.concurrency`: 1 to 500 calls at once, and no more than were declared.
* `schedule.window-count`: at least one window, at most eight; a schedule without any reads like none at all.
* `schedule.form`: a window is a span of one weekday whose start is before its end; 24:00 is an end only, and a span
  over midnight is two windows.
* `schedule.overlap`: no two windows share an instant; touching is no overlap.
* `schedule.hours-of-platform`: the platform takes windows from 08:00 to 21:00 only, unless the directive is IGNORE.
"""

from __future__ import annotations

from itertools import combinations

from paceline.campaign.blocks import DAY_S, Directive, Schedule, Window
from paceline.campaign.observed import WINDOWS, Ability, Situation
from paceline.campaign.obstacles import obstacles
from paceline.campaign.schedule.lawful import lawful
from paceline.campaign.schedule.model import PLATFORM_HOURS, Wanted, time_of_day, written
from paceline.primitives.findings import Figure, Finding, Findings, Severity
from paceline.primitives.zones import canonical_zone, resembling, schedulable, zone_data_version

MOST_WINDOWS = 8
MOST_CALLS = 500
_CONTRACT = "the platform's contract"


def sound(wanted: Wanted) -> Findings:
    """Judge what is named without looking at the platform."""
    if wanted.names_nothing:
        return Findings(
            _incomplete("nothing is named that is to change", ("zone", "directive", "windows", "max_calls"))
        )
    return _sound(wanted)


def guarded(wanted: Wanted, needs: frozenset[Ability], situation: Situation) -> Findings:
    """Judge the schedule that would come of the wish, the fields that it leaves as they are included."""
    found, live = obstacles(needs, situation, block=WINDOWS), situation.observed.schedule
    if sound(wanted).refused:
        return found + sound(wanted)
    found += _sound(wanted.left_on(live))
    whole = wanted.on(live)
    if whole is None:
        missing = wanted.missing_on(live)
        return found + Findings(_incomplete(f"the campaign has no schedule yet, and {_listed(missing)}", missing))
    found += Findings.of([_within_declared(whole, situation), *_within_platform(whole)])
    return found if _sound(wanted.left_on(live)).refused else found + lawful(whole, situation)


def _sound(wanted: Wanted) -> Findings:
    found = [_zone(wanted.zone), _concurrency(wanted.max_calls)]
    if wanted.windows is not None:
        malformed = [_malformed(window) for window in wanted.windows]
        found += [_count(wanted.windows), *malformed]
        found += [] if any(malformed) else _overlaps(wanted.windows)
    return Findings.of(found)


def _incomplete(message: str, missing: tuple[str, ...]) -> Finding:
    return Finding(
        rule="schedule.incomplete", severity=Severity.ERROR, message=message, field=missing[0], limit=missing
    )


def _zone(key: str | None) -> Finding | None:
    if key is None:
        return None
    if schedulable(key):
        proper = canonical_zone(key)
        if key in {proper, "UTC"}:
            return None
        return _of_zone(Severity.INFO, f"{key} is another name of {proper}", found=key, limit=proper)
    near = resembling(key)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    message = f"{key[:64]!r} names no zone of the form Area/Location in the zone data {zone_data_version()}{hint}"
    return _of_zone(Severity.ERROR, message, found=key[:64], limit=near or None)


def _of_zone(severity: Severity, message: str, *, found: str, limit: Figure) -> Finding:
    return Finding(rule="schedule.zone", severity=severity, message=message, field="zone", found=found, limit=limit)


def _concurrency(calls: int | None) -> Finding | None:
    if calls is None or 1 <= calls <= MOST_CALLS:
        return None
    return _too_many(f"{calls} calls at once are not 1 to {MOST_CALLS}", calls, MOST_CALLS, _CONTRACT)


def _within_declared(schedule: Schedule, situation: Situation) -> Finding | None:
    calls, limit = schedule.max_calls, situation.circumstances.limits.max_calls
    if limit is None or calls <= limit:
        return None
    return _too_many(f"{calls} calls at once are more than the {limit} declared", calls, limit, "the declared limits")


def _too_many(message: str, calls: int, limit: int, source: str) -> Finding:
    return Finding(
        rule="schedule.concurrency",
        severity=Severity.ERROR,
        message=message,
        field="max_calls",
        found=calls,
        limit=limit,
        source=source,
    )


def _count(windows: tuple[Window, ...]) -> Finding | None:
    if 0 < len(windows) <= MOST_WINDOWS:
        return None
    if windows:
        message = f"{len(windows)} windows are more than {MOST_WINDOWS}, which is all that the platform takes"
    else:
        message = (
            "a schedule without windows reads like none at all, and nobody knows whether the platform then never "
            "dials or always does; to dial no more, pause or stop the campaign"
        )
    return Finding(
        rule="schedule.window-count",
        severity=Severity.ERROR,
        message=message,
        field="windows",
        found=len(windows),
        limit=MOST_WINDOWS,
        source=_CONTRACT if windows else None,
    )


def _malformed(window: Window) -> Finding | None:
    if not 0 <= window.weekday < 7:
        message = f"there is no weekday {window.weekday}: 0 is Monday, 6 is Sunday"
    elif not (0 <= window.start_s < DAY_S and 0 <= window.end_s <= DAY_S):
        message = f"{written(window)}: a day begins at 00:00, and 24:00 is an end only"
    elif window.start_s >= window.end_s:
        message = (
            f"{written(window)} does not end after it starts; a span over midnight is two windows, "
            f"to 24:00 and from 00:00 of the next day"
        )
    else:
        return None
    return Finding(
        rule="schedule.form", severity=Severity.ERROR, message=message, field="windows", found=written(window)
    )


def _overlaps(windows: tuple[Window, ...]) -> list[Finding | None]:
    found: list[Finding | None] = []
    for earlier, later in combinations(sorted(windows), 2):
        if earlier.weekday == later.weekday and later.start_s < earlier.end_s:
            both = (written(earlier), written(later))
            message = f"{both[0]} and {both[1]} overlap; one window over both would do"
            found.append(
                Finding(rule="schedule.overlap", severity=Severity.ERROR, message=message, field="windows", found=both)
            )
    return found


def _within_platform(schedule: Schedule) -> list[Finding | None]:
    if schedule.directive is Directive.IGNORE:
        return []
    earliest, latest = PLATFORM_HOURS
    told = f"{time_of_day(earliest)}-{time_of_day(latest)}"
    return [
        Finding(
            rule="schedule.hours-of-platform",
            severity=Severity.ERROR,
            message=f"the platform would refuse {written(window)}: it takes windows within {told} only",
            field="windows",
            found=written(window),
            limit=told,
            source=_CONTRACT,
        )
        for window in schedule.windows
        if window.start_s < earliest or window.end_s > latest
    ]


def _listed(missing: tuple[str, ...]) -> str:
    return f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not named"
