"""The door to the days that are played with identities: what the kernel needs, and rows of whole numbers out of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from paceline.simulation.compiled import layout as a
from paceline.simulation.compiled import trace_places as t
from paceline.simulation.draws import Purpose, stream
from paceline.simulation.plan import NEVER

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks

UNIT = 65_536
"""Parts of one in which lines per idle agent and factors are told."""
WHOLE = 1 << 32
"""Parts of one in which shares are told."""
_ROOM = 1 << 15
"""Rows, and records, that are made room for at first; as many again whenever they do not suffice."""


class Tables(NamedTuple):
    """What chance is looked up in.

    Attributes:
        talk, wrap, ring, machine_ring: [8192] ticks each, as of `distributions.table_of`.
        propensity: [line types, 8192] how likely records answer, in 2^-32.
        factors: [line types, 24, attempts + 1] factors on it by local hour and attempt, in 2^-16.
        lines: [3] bounds of the first three line types, in 2^-32.
        retry: [attempts] ticks to the next attempt, by attempt; the first is not used.
    """

    talk: Ticks
    wrap: Ticks
    ring: Ticks
    machine_ring: Ticks
    propensity: Ticks
    factors: Ticks
    lines: Ticks
    retry: Ticks


class Limits(NamedTuple):
    """Numbers of a campaign; times in ticks, shares in 2^-32.

    Attributes:
        machine, busy, failed: shares of the dials that no person answers.
        timeout: no line rings longer.
        engaged: until an engaged or failed line is known to be so.
        talk_cap: no talk is longer.
        patience: of a person who waits.
        overtime: that a call may take after a shift.
        cap: lines at once.
        calls_per_s: dials in a second.
        records: of the list; 0: without end.
        shared: share of the list that all campaigns have.
    """

    machine: int
    busy: int
    failed: int
    timeout: int
    engaged: int
    talk_cap: int
    patience: int
    overtime: int
    cap: int
    calls_per_s: int
    records: int
    shared: int


class Day(NamedTuple):
    """A day before it is played; ticks are those since its own midnight.

    Attributes:
        at: tick of its midnight, counted from the first day's.
        last_dial: nothing is dialled from here on.
        factor: on the answer propensity, in 2^-16.
        first_half: entry of `lines` that its midnight has.
        steps: [steps, 3] tick, agent and 0 for in or 1 for out, in order of time.
        shift_ends: [agents] when each one's shift ends.
    """

    at: int
    last_dial: int
    factor: int
    first_half: int
    steps: Ticks
    shift_ends: Ticks


class Traced(NamedTuple):
    """A day that was played: [dials, trace_places.WIDTH] rows, and [logins, 3] agent, ticks of logging in and out."""

    rows: Ticks
    logins: Ticks


class Tracer:
    """A campaign that is played day by day; its list goes on from one to the next."""

    def __init__(self, tables: Tables, limits: Limits, *, agents: int, seed: int, place: int = 0) -> None:
        """Begin with a fresh list.

        Args:
            tables: what chance is looked up in.
            limits: numbers of the campaign.
            agents: who may log in, numbered from 0.
            seed: any 64-bit number, at least 0.
            place: number of the campaign among those of the seed.
        """
        self._given = _given(tables, limits, seed, place)
        self._state = _state(agents, limits.cap, len(tables.retry))
        self._records = np.zeros(min(_ROOM, limits.records or _ROOM), dtype=np.int64)

    def play(self, day: Day, lines: Ticks) -> Traced:
        """Play the next day.

        Args:
            day: it; days follow each other in time.
            lines: [half-hours] lines per idle agent, in 2^-16, that `day.first_half` points into.
        """
        from paceline.simulation.compiled.trace import play

        state, steps = self._state, np.ascontiguousarray(day.steps)
        begin(state, day)
        rows = np.empty((_ROOM, t.WIDTH), dtype=np.int64)
        logins = np.zeros((max(1, len(steps)), 3), dtype=np.int64)
        while status := play(self._given, state, rows, logins, self._records, steps, lines):
            if status == t.MORE_ROWS:
                rows = np.concatenate([rows, np.empty_like(rows)])
            else:
                self._records = np.concatenate([self._records, np.zeros_like(self._records)])
        return Traced(rows[: state[t.ROWS]], logins[: state[t.LOGINS]])


def begin(state: Ticks, day: Day) -> None:
    """Set a state to the midnight of a day: nobody is there, nothing rings."""
    for place in (t.ROWS, t.LOGINS, t.NEXT_STEP, t.NOW, t.HELD, t.IN_SECOND, t.HALF_ENDS):
        state[place] = 0
    state[t.SECOND] = -1
    state[t.THROTTLE_AT] = state[t.RETRY_AT] = NEVER
    state[t.DAY_AT], state[t.LAST_DIAL], state[t.DAY_FACTOR] = day.at, day.last_dial, day.factor
    state[t.FIRST_HALF] = day.first_half
    places = state[t.AGENTS_AT] + (np.arange(len(day.shift_ends)) << t.AGENT) + t.SHIFT_END
    state[places] = day.shift_ends


def _given(tables: Tables, limits: Limits, seed: int, place: int) -> Ticks:
    given = np.zeros(t.GIVEN, dtype=np.int64)
    dial, handle = stream(seed, place, Purpose.DIAL), stream(seed, place, Purpose.HANDLE)
    person, shared = stream(seed, 0, Purpose.PROPENSITY), stream(seed, place, Purpose.MIXING)
    keys = np.array([dial, handle, person, shared], dtype=np.uint64).view(np.int64)
    arrays = {
        t.TALK: tables.talk,
        t.WRAP: tables.wrap,
        t.RING: tables.ring,
        t.MACHINE_RING: tables.machine_ring,
        t.PROPENSITY: tables.propensity,
        t.FACTORS: tables.factors,
        t.LINE_BOUNDS: tables.lines,
        t.RETRY: tables.retry,
        t.FIRST_KEY: keys,
    }
    at = t.GIVEN
    for name, array in arrays.items():
        given[name] = at
        at += array.size
    shares = (limits.machine, limits.machine + limits.busy, limits.machine + limits.busy + limits.failed)
    given[t.ATTEMPTS] = len(tables.retry)
    given[t.SHARE_MACHINE], given[t.SHARE_BUSY], given[t.SHARE_FAILED] = shares
    given[t.TIMEOUT], given[t.ENGAGED_AFTER], given[t.TALK_CAP] = limits.timeout, limits.engaged, limits.talk_cap
    given[t.PATIENCE], given[t.OVERTIME], given[t.CAP] = limits.patience, limits.overtime, limits.cap
    given[t.CALLS_PER_S], given[t.LIST] = limits.calls_per_s, limits.records
    given[t.PLACE], given[t.SHARED] = place, limits.shared
    return np.concatenate([given, *(array.reshape(-1) for array in arrays.values())])


def _state(agents: int, cap: int, attempts: int) -> Ticks:
    """Return the state before the first day."""
    lines = 1 << math.ceil(math.log2(max(2, cap)))
    regions = {
        t.SILENT_AT: lines,
        t.ENGAGED_AT: lines,
        t.QUEUE_AT: lines,
        t.AGENTS_AT: agents << t.AGENT,
        t.DUE_AT: 4 * (attempts + 1),
        a.HEAP_AT: lines + agents + 3,
        a.FREE_AT: 0,
    }
    begins, at = {}, t.STATE
    for region, length in regions.items():
        begins[region] = at
        at += length
    state = np.zeros(at, dtype=np.int64)
    for region, begin_at in begins.items():
        state[region] = begin_at
    state[t.RING_MASK] = lines - 1
    state[t.IDLE_FIRST] = state[t.IDLE_LAST] = t.NOBODY
    state[begins[a.HEAP_AT]] = a.KEY_NEVER
    due = begins[t.DUE_AT] + 4 * np.arange(attempts + 1) + 2
    state[due] = NEVER
    return state
