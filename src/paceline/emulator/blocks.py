"""The blocks of a campaign as the contract bounds them: dialing rules, predictive parameters, weights, schedule.

Each is one form; the tenants file, the platform's endpoints and the control surface judge by the same ones.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any
from uuid import UUID

from paceline.emulator.forms import (
    Block,
    Boolean,
    Choice,
    Fault,
    Faults,
    Form,
    Integer,
    Listing,
    Number,
    Parsed,
    Text,
    below,
)
from paceline.emulator.instants import parse_instant
from paceline.emulator.tenant import Json
from paceline.primitives.zones import zone_keys


def instant_of_query(text: str) -> int:
    """Return the instant that a parameter names.

    Raises:
        ValueError: with what is wrong in words.
    """
    return parse_instant(text.replace(" ", "+"))


QUERY_INSTANT = Parsed(instant_of_query, {"examples": ["2024-06-15T14:30:00Z"]})
"""An instant as a parameter; a `+` that was not escaped has become a space on the way, and is one again."""
STATES = ("ACTIVE", "PAUSED", "STOPPED", "ARCHIVED")
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
WEIGHTS = ("answer_rate", "call_rate", "predictive_factor", "max_concurrent", "agent_efficiency")
MOST_WINDOWS = 8
DAY_S = 24 * 3600
EARLIEST_CALL_S = 8 * 3600
LATEST_CALL_S = 21 * 3600

CAMPAIGN_ID = Text(
    1, 128, r"(?!\.{1,2}$)[A-Za-z0-9._-]+", "1 to 128 of A-Z, a-z, 0-9, '.', '_', '-', and not '.' or '..'"
)
INSTANT = Parsed(parse_instant, {"examples": ["2024-06-15T14:30Z", "2024-06-15T14:30-04:00[America/New_York]"]})


def _intervals_fit(settings: Json, at: str, faults: Faults) -> None:
    attempts, intervals = settings.get("maxAttempts"), settings.get("intervalMinutes")
    if type(attempts) is int and 1 <= attempts < len(intervals if isinstance(intervals, list) else ()):
        faults.append(Fault(below(at, "intervalMinutes"), f"must not be longer than maxAttempts, {attempts}"))


def _strictly_increasing(intervals: list[Any], at: str, faults: Faults) -> None:
    for number in range(1, len(intervals)):
        if intervals[number] <= intervals[number - 1]:
            faults.append(Fault(f"{at}[{number}]", "must be larger than the interval before it"))


DIALING_RULES = Block(
    {
        "dialingMethod": Choice(("PREDICTIVE", "PROGRESSIVE", "POWER", "PREVIEW")),
        "retrySettings": Block(
            {
                "maxAttempts": Integer(1, 300),
                "intervalMinutes": Listing(Integer(1, 50_000), check=_strictly_increasing),
            },
            check=_intervals_fit,
        ),
        "abandonmentRateThreshold": Block({"maxRate": Number(0, 0.05), "coolDownSec": Integer(0)}),
        "maxCallsPerAgent": Integer(1, 10),
    }
)

PREDICTIVE_DIALER = Block(
    {
        "answerRate": Number(0.40, 0.95),
        "abandonRate": Number(0, 0.03),
        "maxConcurrentCalls": Integer(5, 150),
        "callInterval": Integer(50, 500),
        "strategy": Choice(("predictive",)),
        "warmUpPeriod": Integer(0),
    }
)

PREDICTIVE_DIALER_SETTINGS = Block(
    {
        "algorithmId": Text(),
        "parameterWeights": Block({name: Number(-1, 1) for name in WEIGHTS}, optional=frozenset(WEIGHTS), least=1),
        "validationSplit": Number(0.1, 0.9),
        "maxDeviationLimit": Number(0.01, 0.5),
        "convergenceThreshold": Number(0.001, 0.1),
    }
)

CONFIGURATION = Block({"enablePredictiveTuning": Boolean(), "simulationTrigger": Text(), "driftProtection": Boolean()})

BLOCKS = {
    "dialingRules": DIALING_RULES,
    "predictiveDialer": PREDICTIVE_DIALER,
    "predictiveDialerSettings": PREDICTIVE_DIALER_SETTINGS,
    "configuration": CONFIGURATION,
}
"""The four blocks that a campaign may hold, by their name in its document."""


def seconds_of_day(text: str) -> int:
    """Return the seconds since local midnight of `HH:MM:SS`; `24:00:00` is the end of the day.

    Raises:
        ValueError: for any other form.
    """
    found = re.fullmatch(r"(\d\d):(\d\d):(\d\d)", text, re.ASCII)
    if found is None:
        raise ValueError("must be a time of day HH:MM:SS")
    hours, minutes, seconds = (int(part) for part in found.groups())
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > DAY_S:
        raise ValueError("must be a time of day from 00:00:00 to 24:00:00")
    return total


def _known_zone(text: str) -> str:
    if text != "UTC" and ("/" not in text or text not in zone_keys()):
        raise ValueError("must be an IANA zone of the form Area/Location, or UTC")
    return text


def _uuid(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text, re.ASCII):
        raise ValueError("must be a UUID")
    return str(UUID(text))


def time_or_none(value: object) -> int | None:
    """Return the seconds of a sound time of day, None for everything else."""
    try:
        return seconds_of_day(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _window_order(window: Json, at: str, faults: Faults) -> None:
    start, end = time_or_none(window.get("startTime")), time_or_none(window.get("endTime"))
    if start == DAY_S:
        faults.append(Fault(below(at, "startTime"), "must be before 24:00:00, which is an end only"))
    elif start is not None and end is not None and start >= end:
        faults.append(
            Fault(below(at, "endTime"), "must be later than startTime; a window over midnight is two windows")
        )


def _calling_hours(schedule: Json, at: str, faults: Faults) -> None:
    """Hold windows to 08:00 to 21:00 unless the directive says IGNORE."""
    windows = schedule.get("timeWindows")
    if schedule.get("businessHoursDirective") == "IGNORE" or not isinstance(windows, list):
        return
    for number, window in enumerate(windows[: MOST_WINDOWS + 1]):
        if not isinstance(window, dict):
            continue
        place = f"{below(at, 'timeWindows')}[{number}]"
        start, end = time_or_none(window.get("startTime")), time_or_none(window.get("endTime"))
        if start is not None and start < EARLIEST_CALL_S:
            faults.append(Fault(f"{place}.startTime", "must not be before 08:00:00 unless the directive is IGNORE"))
        if end is not None and end > LATEST_CALL_S:
            faults.append(Fault(f"{place}.endTime", "must not be after 21:00:00 unless the directive is IGNORE"))


TIME = Parsed(seconds_of_day, {"pattern": r"^([01][0-9]|2[0-4]):[0-5][0-9]:[0-5][0-9]$"})
SCHEDULE_FIELDS: dict[str, Form] = {
    "scheduleId": Parsed(_uuid, {"format": "uuid"}),
    "timezone": Parsed(_known_zone, {"examples": ["America/New_York"], "maxLength": 64}),
    "businessHoursDirective": Choice(("STRICT", "FLEXIBLE", "IGNORE")),
    "timeWindows": Listing(
        Block({"dayOfWeek": Choice(DAYS), "startTime": TIME, "endTime": TIME}, check=_window_order), 0, MOST_WINDOWS
    ),
    "maxConcurrentCalls": Integer(1, 500),
}
SCHEDULE = Block(
    {"campaignId": CAMPAIGN_ID, **SCHEDULE_FIELDS}, optional=frozenset({"scheduleId"}), check=_calling_hours
)
"""A schedule as a PUT sends it."""


def overlapping_windows(windows: list[Json]) -> tuple[int, int] | None:
    """Return the places of the first two sound windows of one day that share a second; touching is no overlap."""
    spans = sorted(
        (w["dayOfWeek"], seconds_of_day(w["startTime"]), seconds_of_day(w["endTime"]), n) for n, w in enumerate(windows)
    )
    for (day, _, end, first), (next_day, start, _, second) in pairwise(spans):
        if day == next_day and start < end:
            return (min(first, second), max(first, second))
    return None


def _preset_windows(schedule: Json, at: str, faults: Faults) -> None:
    """Judge hours as a PUT does, and overlaps, which a PUT answers in a later step."""
    before = len(faults)
    _calling_hours(schedule, at, faults)
    windows = schedule.get("timeWindows")
    sound: Faults = []
    SCHEDULE_FIELDS["timeWindows"].judge(windows, "", sound)
    if sound or len(faults) > before or not isinstance(windows, list):
        return
    overlap = overlapping_windows(windows)
    if overlap is not None:
        faults.append(Fault(below(at, "timeWindows"), f"windows {overlap[0]} and {overlap[1]} overlap"))


PRESET_SCHEDULE = Block(SCHEDULE_FIELDS, optional=frozenset({"scheduleId"}), check=_preset_windows)
"""A schedule as the tenants file and the control surface give it."""
