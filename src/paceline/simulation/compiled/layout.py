"""Where everything lies: a plan in one array, a day in another, both of int64, each with its own table of contents.

Two arrays are what a compiled function passes on cheaply; a bundle of fifty is not. In the array of a plan, `q`, the
first places are those of `plan.Plan` in its order: a number stands itself, an array by where it begins (0 when it is
not used). In the array of a day, `s`, the first places are those of `counters`, then those below, then the regions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from paceline.simulation import counters as c
from paceline.simulation.draws import Purpose, stream
from paceline.simulation.plan import NEVER, Plan

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks

HORIZON, WARM_UP, AGENTS, ANSWER, FACTORS, PART, BY_DAY, PROPENSITY, SHARES = range(9)
RING_ANSWERED, RING_UNANSWERED, RING_MACHINE, RING_CONSTANT, ENGAGED_AFTER, FAILED_AFTER, TIMEOUT = range(9, 16)
TALK, WRAP, GREETING_TIME, DETECTS, SENSITIVITY, SPECIFICITY, MACHINE_HANDLE = range(16, 23)
PATIENCE, PATIENCE_TABLE, RECORDS, MAX_ATTEMPTS, RETRY_CLASS, RETRY_DELAY, CAP, CALLS_PER_S = range(23, 31)
SHIFT_AT, SHIFT_CHANGE, CHANGE_AT, CHANGE_KIND, CHANGE_PACING, POLICY, PARAMETERS, TABLES = range(31, 39)
SURVIVAL_ANSWERED, SURVIVAL_UNANSWERED, UNIT_EXPONENTIAL = range(39, 42)
"""Places of a plan."""
CLASSES, SHIFTS, CHANGES, TABLE_LENGTH = range(42, 46)
"""Then how many delays, steps and changes there are, and how many entries a policy's table has."""
RING_TABLES, RING_BITS = 46, 51
"""Then, by how a dial ends, where its table of rings begins, and the random bits that matter: none if all are equal."""

DIALLING, PACING, LOOKS, LOOK_SUM, LOOK_START, LOOK_AT, RETRY_AT, THROTTLE_AT, CALENDAR = range(32, 41)
"""Places of a day: whether it dials; the pacing in force and its looks; when something is planned; what is next."""
NEXT_LINE, FREE_LINES, HEAP_SIZE, SILENT_HEAD, SILENT_TAIL, QUEUE_HEAD, QUEUE_TAIL = range(41, 48)
"""Lines ever used, lines free again, events to come, and the ends of the rings of lines."""
IDLE_HEAD, IDLE_TAIL, OUT_HEAD, OUT_TAIL, FRESH, SECOND, IN_SECOND, NEXT_SHIFT, NEXT_CHANGE = range(48, 57)
"""Ends of the rings of agents; records called; the second of the clock and its dials; the next steps of the day."""
DAY_FACTOR, NEXT_MINUTE, WARM_AT, STATUS, TRACED, LEVEL, SAMPLES = range(57, 64)
"""Factor of the day; next minute; end of the warm-up; status; events traced; the adaptive level and its samples."""
DAY_ANSWERS, DAY_DROPS, MINUTE_ANSWERS, MINUTE_DROPS, LINE_MASK, AGENT_MASK, TRACE_ROOM = range(64, 71)
"""What the adaptive modes know of the day and of its last minute; sizes."""
KEYS, BEFORE_AT, SERIES_AT, LINES_AT, HEAP_AT, FREE_AT, SILENT_AT, QUEUE_AT, IDLE_AT, OUT_AT = range(71, 81)
SINCE_AT, BUSY_AT, CALLS_AT, QUEUES_AT, SAMPLES_AT, TRACE_AT, RECORDS_AT = range(81, 88)
"""Where the regions begin."""
FIRST_DUE, FIRST_QUEUE, PART_ENDS, PART_FACTORS = range(88, 92)
"""When the first record is due again, and in which queue; the end of this part of the day, where its factors lie."""
HEADER = 96
"""Where the first region may begin."""

STATE, RECORD, ATTEMPT, ENDING, LAUNCHED, ANSWERED, DEADLINE, AGENT = range(8)
"""Places of a line; a line has eight."""
LINE = 3
"""A line's places, as a shift."""

KEY_NEVER = 1 << 62
"""A key after all others."""
TIME_BITS, KIND_BITS = 30, 26
"""How far the time, and the kind, of an event are shifted in its key; below is the number of a line or agent."""
NUMBER = (1 << KIND_BITS) - 1
"""The bits of a key that hold the number."""
NO_RECORD = (1 << 26) - 1
"""The end of a queue of records."""


def flat_plan(plan: Plan) -> Ticks:
    """Return a plan as one array of int64, which no day changes."""
    counts = [len(plan.retry_delay), len(plan.shift_at), len(plan.change_at), plan.tables.shape[2]]
    numbers, arrays = [], []
    begin = RING_BITS + 5
    unused = {"propensity", "wrap", "greeting", "patience_table"}
    for name, value in plan._asdict().items():
        if isinstance(value, int):
            numbers.append(min(value, KEY_NEVER))
        elif name in unused and value.size == 1:
            numbers.append(0)
        else:
            numbers.append(begin)
            arrays.append(value.reshape(-1))
            begin += value.size
    constants = np.repeat(np.array([plan.busy, plan.failed], dtype=np.int64), 2)
    tables = [numbers[RING_ANSWERED], numbers[RING_MACHINE], begin, numbers[RING_UNANSWERED], begin + 2]
    rings = (plan.ring_answered, plan.ring_machine, constants[:2], plan.ring_unanswered, constants[2:])
    bits = [0 if ring.min() == ring.max() else 0xFFFFFFFF for ring in rings]
    return np.concatenate([np.array(numbers + counts + tables + bits, dtype=np.int64), *arrays, constants])


def blank_day(plan: Plan, seed: int, replication: int, *, lines: int, trace: int = 0) -> Ticks:
    """Return the array of a day before it begins.

    Args:
        plan: the scenario in whole numbers.
        seed: any 64-bit number, at least 0.
        replication: number of the day, from 0.
        lines: most lines at once, a power of 2.
        trace: most events that are traced; 0 traces none.
    """
    agents = 1 << (plan.agents + 1).bit_length()
    minutes = -(-plan.horizon // 600_000)
    keys = np.array([stream(seed, replication, purpose) for purpose in Purpose], dtype=np.uint64).view(np.int64)
    regions = {
        KEYS: keys.size + 1,
        BEFORE_AT: c.LENGTH,
        SERIES_AT: minutes * len(c.SERIES),
        LINES_AT: lines << LINE,
        HEAP_AT: heap_room(lines, agents),
        **dict.fromkeys((FREE_AT, SILENT_AT, QUEUE_AT), lines),
        **dict.fromkeys((IDLE_AT, OUT_AT, SINCE_AT, BUSY_AT, CALLS_AT), agents),
        QUEUES_AT: 2 * len(plan.retry_delay),
        SAMPLES_AT: 45,
        TRACE_AT: 4 * trace,
        RECORDS_AT: plan.records,
    }
    begins, begin = {}, HEADER
    for region, length in regions.items():
        begins[region] = begin
        begin += length
    s: Ticks = np.empty(begin, dtype=np.int64)
    s[: begins[LINES_AT]] = 0
    for region, at in begins.items():
        s[at : at + (regions[region] if region not in {TRACE_AT, RECORDS_AT} else 0)] = 0
        s[region] = at
    s[LINE_MASK], s[AGENT_MASK], s[TRACE_ROOM] = lines - 1, agents - 1, trace
    s[begins[KEYS] + 1 : begins[KEYS] + 1 + keys.size] = keys  # a purpose's number is its place, and they begin at 1
    s[begins[OUT_AT] : begins[OUT_AT] + plan.agents] = np.arange(plan.agents)
    s[OUT_TAIL] = plan.agents
    s[begins[QUEUES_AT] : begins[QUEUES_AT] + regions[QUEUES_AT]] = NO_RECORD
    s[DIALLING], s[DAY_FACTOR] = 1, plan.by_day[replication % plan.by_day.size]
    s[LOOK_AT] = s[RETRY_AT] = s[THROTTLE_AT] = s[FIRST_DUE] = NEVER
    s[NEXT_MINUTE], s[WARM_AT] = 600_000, plan.warm_up or NEVER
    s[begins[HEAP_AT]] = KEY_NEVER
    return s


def heap_room(lines: int, agents: int) -> int:
    """Return the places of the heap: an event a line and agent, as many expiries left behind, and the sentinels."""
    return 2 * lines + agents + 2
