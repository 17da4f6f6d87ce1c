"""What the walk says: blocks good and bad, instants as Java prints them, preconditions true, stale and misshapen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any, Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.emulator.blocks import CONFIGURATION, PREDICTIVE, RULES, SETTINGS, changed, without
from tests.emulator.walk_model import DAY, EARLY, HOUR, MINUTE, SECOND, Campaign

TENANTS_TEXT: Final = """
[[tenants]]
id = "alpha"
max_concurrent_campaigns = 2
requests_per_minute = 1000000
clients = [
  {id = "alpha-one", secret = "a1", token_lifetime_s = 1000000000, scopes = ["Campaign.ReadWrite"]},
  {id = "alpha-two", secret = "a2", token_lifetime_s = 1000000000, scopes = ["campaign:read", "campaign:write"]},
  {id = "alpha-reader", secret = "a3", token_lifetime_s = 1000000000, scopes = ["outbound:campaign:read"]},
]
campaigns = [
  {id = "A-1", name = "Walk A-1", status = "ACTIVE", agents = 5},
  {id = "A-2", name = "Walk A-2", status = "PAUSED", revision = 40},
  {id = "A-3", name = "Walk A-3", status = "STOPPED", revision = 7, agents = 3},
]

[[tenants]]
id = "beta"
license_tier = "STANDARD"
requests_per_minute = 1000000
clients = [
  {id = "beta-one", secret = "b1", token_lifetime_s = 1000000000, scopes = ["Campaign.ReadWrite"]},
  {id = "beta-two", secret = "b2", token_lifetime_s = 1000000000, scopes = ["Campaign.ReadWrite"]},
  {id = "beta-reader", secret = "b3", token_lifetime_s = 1000000000, scopes = ["campaign:read"]},
]
campaigns = [{id = "B-1", name = "Walk B-1", status = "PAUSED", revision = 12}]
"""
"""Two tenants: one with a limit of two active campaigns, one below the tier that may dial predictively."""
LIMITS: Final[Mapping[str, int | None]] = {"alpha": 2, "beta": None}
TIERS: Final[Mapping[str, str]] = {"alpha": "ENTERPRISE", "beta": "STANDARD"}


def first_campaigns() -> list[Campaign]:
    """Return the campaigns of the tenants text."""
    return [
        Campaign(id="A-1", tenant="alpha", status="ACTIVE", agents=5),
        Campaign(id="A-2", tenant="alpha", status="PAUSED", revision=40),
        Campaign(id="A-3", tenant="alpha", revision=7, agents=3),
        Campaign(id="B-1", tenant="beta", status="PAUSED", revision=12),
    ]


# ---- instants

STYLES: Final = ("Z", "Z[UTC]", "+05:30", "-01:02:03", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe")
BAD_STYLES: Final = ("no offset", "zone disagrees", "no instant")
WHENS: Final = st.tuples(
    st.sampled_from((-2 * DAY, -1, 0, 1, 30 * SECOND, 5 * MINUTE, 5 * MINUTE, 90 * MINUTE, 7 * HOUR, 2 * DAY)),
    st.sampled_from((*STYLES, *STYLES, *STYLES, *BAD_STYLES)),
)
"""How far from now, and how it is written."""


def written_as(instant: int, style: str) -> str:
    """Return an instant as Java's `ZonedDateTime.toString()` prints it in a zone; bad styles are no such thing."""
    if style == "no instant":
        return "tomorrow"
    seconds, fraction = divmod(instant, SECOND)
    there = datetime.fromtimestamp(seconds, UTC)
    if style[0] in "+-":
        sign = -1 if style[0] == "-" else 1
        hours, minutes, *rest = (int(part) for part in style[1:].split(":"))
        there += sign * timedelta(hours=hours, minutes=minutes, seconds=sum(rest))
        suffix = style
    elif "/" in style:
        there = there.astimezone(ZoneInfo(style))
        suffix = f"{there:%z}"[:3] + ":" + f"{there:%z}"[3:5] + f"[{style}]"
    else:
        suffix = {"no offset": "", "zone disagrees": "+00:00[Asia/Tokyo]"}.get(style, style)
    text = f"{there:%Y-%m-%dT%H:%M}"
    if there.second or fraction:
        text += f":{there:%S}"
    if fraction:
        digits = f"{fraction:09d}"
        text += "." + next(digits[:n] for n in (3, 6, 9) if int(digits[n:] or 0) == 0)
    return text + suffix


# ---- blocks: each with the place of its fault, or None

Case = tuple[dict[str, Any], str | None]


def _cases(good: list[dict[str, Any]], bad: Mapping[str, tuple[Any, ...]], *, lacks: str) -> st.SearchStrategy[Case]:
    """Choose a good block, or seldom one with a bad value in one place, with a field missing, or with one too many."""
    spoilt: list[Case] = [(changed(good[0], path, value), path) for path, values in bad.items() for value in values]
    spoilt += [(without(good[0], lacks), lacks), ({**good[0], "extra": 1}, "extra")]
    well: list[Case] = [(block, None) for block in good]
    return st.sampled_from(well * (6 * len(spoilt) // len(well)) + spoilt)


_RULES_CASES: Final = _cases(
    [
        RULES,
        changed(RULES, "dialingMethod", "PREDICTIVE"),
        changed(RULES, "retrySettings", {"maxAttempts": 1, "intervalMinutes": []}),
    ],
    {
        "dialingMethod": ("MANUAL", None),
        "retrySettings.maxAttempts": (0, 301, 5.0, True),
        "retrySettings.intervalMinutes": ([30, 30], [0], None, [1, 2, 3, 4, 5, 6]),
        "abandonmentRateThreshold.maxRate": (0.0501, -0.01, "0.03"),
        "abandonmentRateThreshold.coolDownSec": (-1,),
        "maxCallsPerAgent": (0, 11, 2.0),
    },
    lacks="retrySettings.intervalMinutes",
)
_PREDICTIVE_CASES: Final = _cases(
    [PREDICTIVE, {**PREDICTIVE, "answerRate": 0.95, "abandonRate": 0, "warmUpPeriod": 0}],
    {
        "answerRate": (0.39, 0.96),
        "abandonRate": (0.031,),
        "maxConcurrentCalls": (4, 151, 40.0),
        "callInterval": (49, 501),
        "strategy": ("progressive",),
        "warmUpPeriod": (-1, True),
    },
    lacks="strategy",
)
_SETTINGS_CASES: Final = _cases(
    [SETTINGS, changed(SETTINGS, "parameterWeights", {"agent_efficiency": -1})],
    {
        "algorithmId": (5,),
        "parameterWeights.call_rate": (1.01, "0"),
        "parameterWeights.luck": (0.5,),
        "parameterWeights": ({},),
        "validationSplit": (0.05, 0.95),
        "maxDeviationLimit": (0.6,),
        "convergenceThreshold": (0,),
    },
    lacks="algorithmId",
)
_CONFIGURATION_CASES: Final = _cases(
    [CONFIGURATION, {**CONFIGURATION, "simulationTrigger": "automatic", "driftProtection": True}],
    {"enablePredictiveTuning": ("true", 1), "driftProtection": (None,)},
    lacks="simulationTrigger",
)


def _parts(cases: Mapping[str, st.SearchStrategy[Case]]) -> st.SearchStrategy[dict[str, Case]]:
    """Choose one of two blocks, or both, and seldom neither."""
    one, other = cases
    names = st.sampled_from((*((one,), (other,), (one, other)) * 6, ()))
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: cases[name] for name in chosen}))


PATCH_PARTS: Final = _parts({"dialingRules": _RULES_CASES, "predictiveDialer": _PREDICTIVE_CASES})
PUT_PARTS: Final = _parts({"predictiveDialerSettings": _SETTINGS_CASES, "configuration": _CONFIGURATION_CASES})


def together(parts: Mapping[str, Case]) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the blocks as a document, and their faults by their place in it."""
    faults = frozenset(f"{name}.{fault}" for name, (_, fault) in parts.items() if fault is not None)
    return {name: block for name, (block, _) in parts.items()}, faults


def _window(start: str, end: str, day: str = "MONDAY") -> dict[str, Any]:
    return {"dayOfWeek": day, "startTime": start, "endTime": end}


_MORNING, _NIGHT = _window("08:00:00", "12:00:00"), _window("21:00:00", "24:00:00", "FRIDAY")
_TABLES: Final[tuple[list[dict[str, Any]], ...]] = (
    [],
    [_MORNING],
    [_MORNING, _window("12:00:00", "21:00:00")],
    [_MORNING, _window("11:59:59", "13:00:00", "TUESDAY")],
    [_window("11:59:59", "13:00:00"), _MORNING],
    [_window("09:00:00", "20:00:00"), _window("10:00:00", "11:00:00"), _MORNING],
)
"""Window tables that are sound; the last two overlap."""
_TIMETABLE: Final = {"timezone": "Europe/Berlin", "businessHoursDirective": "STRICT", "maxConcurrentCalls": 20}
SCHEDULE_ID: Final = "0f8fad5b-d9cb-469f-a165-70867728950e"
TIMETABLE_CASES: Final = _cases(
    [{**_TIMETABLE, "timeWindows": windows} for windows in _TABLES]
    + [{**_TIMETABLE, "timeWindows": windows, "businessHoursDirective": "IGNORE"} for windows in ([_NIGHT], _TABLES[4])]
    + [{**_TIMETABLE, "timeWindows": _TABLES[2], "scheduleId": SCHEDULE_ID}],
    {
        "timezone": ("CST", "+05:30", "Mars/Olympus"),
        "businessHoursDirective": ("strict",),
        "maxConcurrentCalls": (0, 501, 20.0),
        "scheduleId": ("first",),
        "timeWindows": ([_NIGHT], [_window("12:00:00", "12:00:00")], [_window("9:00", "12:00:00")], [_MORNING] * 9),
    },
    lacks="timezone",
)


# ---- preconditions and manners

CONDITIONS: Final = (
    *("none",) * 10,
    *("body right", "tag right", "tag list", "tag any") * 2,
    *("body stale", "tag stale") * 3,
    *("tag misshapen", "body misshapen"),
)
"""Preconditions of a campaign's PATCH and PUT."""
PATCH_CONDITIONS: Final = (
    *CONDITIONS,
    *("header right", "header stale", "both right") * 2,
    *("header misshapen", "both differ"),
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A precondition: what it adds to headers and body, and the fault of its form."""

    headers: dict[str, str] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    faults: frozenset[str] = frozenset()


def condition_of(name: str, revision: int, in_body: str = "revision") -> Condition:
    """Return the precondition of this name for a campaign at this revision; the body's is called `in_body`."""
    return {
        "none": Condition(),
        "header right": Condition({"X-If-Match": f"{revision}"}),
        "header stale": Condition({"X-If-Match": f"{revision - 1}"}),
        "header misshapen": Condition({"X-If-Match": f'"{revision}"'}),
        "body right": Condition(document={in_body: revision}),
        "body stale": Condition(document={in_body: revision + 1}),
        "body misshapen": Condition(document={in_body: float(revision)}, faults=frozenset({in_body})),
        "both right": Condition({"X-If-Match": f"{revision}"}, {in_body: revision}),
        "both differ": Condition({"X-If-Match": f"{revision}"}, {in_body: revision + 1}),
        "tag right": Condition({"If-Match": f'"{revision}"'}),
        "tag stale": Condition({"If-Match": f'"{revision - 1}"'}),
        "tag list": Condition({"If-Match": f'"{revision + 5}", "{revision}"'}),
        "tag any": Condition({"If-Match": "*"}),
        "tag misshapen": Condition({"If-Match": f'W/"{revision}"'}),
    }[name]


def schedule_tag(name: str, tag: str) -> dict[str, str]:
    """Return the If-Match of this name for a schedule that has this tag."""
    return {
        "right": {"If-Match": tag},
        "strong": {"If-Match": tag.removeprefix("W/")},
        "list": {"If-Match": f'W/"999", {tag}'},
        "any": {"If-Match": "*"},
        "stale": {"If-Match": 'W/"999"' if "initial" in tag else 'W/"initial"'},
        "misshapen": {"If-Match": "initial"},
        "none": {},
    }[name]


SCHEDULE_TAGS: Final = (*("right",) * 6, "strong", "list", "any", "stale", "misshapen", "none")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a write is sent, whatever it says: by which of the tenant's clients, on which prefix, with what beside it."""

    client: str
    outbound: bool
    key: str
    prefer: str | None


MANNERS: Final = st.builds(
    Manner,
    client=st.sampled_from(("one", "one", "two")),
    outbound=st.booleans(),
    key=st.sampled_from((*("none", "fresh", "fresh", "fresh") * 4, "common", "common", "misshapen")),
    prefer=st.sampled_from((None, None, None, "return=minimal", "respond-async")),
)
_FLAWS: Final = [flaw for flaw, _, _ in EARLY]
FLAWS: Final[st.SearchStrategy[frozenset[str]]] = st.sampled_from(
    [
        *[frozenset[str]()] * 60,
        *[frozenset({flaw}) for flaw in _FLAWS] * 2,
        *map(frozenset, combinations(_FLAWS, 2)),
    ]
)
"""Mostly none, else one or two of what is wrong before the Idempotency-Key is looked at."""
