"""One campaign's dialer, event by event: lines ring, people answer, agents talk and wrap up, records come due again.

The same orders at the same instants give the same day, however the clock was moved: what is to come depends on the
state alone, and every random number on the number of its dial. Instants and times are nanoseconds.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from paceline.emulator.dialer import chance
from paceline.emulator.dialer.hours import hours_at
from paceline.emulator.dialer.orders import Orders
from paceline.emulator.dialer.truth import Truth
from paceline.emulator.instants import MINUTE, SECOND
from paceline.emulator.tenant import COUNTERS, LiveState

NEVER = 1 << 70
"""Later than any instant of the calendar, whose last one is the end of the year 9999."""
LONGEST_LEAP = 31 * 86_400 * SECOND
"""The longest time that is played in one go; beyond it the dialer stood still."""
WATCHED_FROM, WATCHED_TO = 100, 500
"""Answers from which the abandonment threshold is judged, and after which the count begins anew."""

PERSON, MACHINE, BUSY, NOBODY, EXPIRED, TALKED, WRAPPED, RETRY = range(8)  # those that end a ringing come first
_RINGING = (PERSON, MACHINE, BUSY, NOBODY)
DIALLED: dict[LiveState, tuple[int, ...]] = {"ringing": _RINGING, "waiting": (EXPIRED,), "connected": (TALKED,)}
"""States of calls in flight, and the kinds of events that end them."""
_COUNTED = {PERSON: "connects", MACHINE: "machines", BUSY: "busies", NOBODY: "noAnswers"}
_BUSY_S = 2
_AREAS = ("talk", "wrap", "idle")

Event = tuple[int, int, int, int]
"""Instant, number of the dial or of the order of events, kind, attempts made or minute."""
Show = Callable[[int, dict[str, int]], None]
"""Takes a minute's instant and what was counted in it so far."""


class Dialer:
    """A dialer at one instant; `advance` carries it on."""

    __slots__ = (
        "_area", "_cool_until", "_edge_at", "_hour", "_key", "_lain", "_lines_per_idle", "_look_at", "_minute",
        "_staff", "_told", "_warm_until", "_watched", "at", "begun", "bins", "counts", "dialing", "dials", "due",
        "heap", "idle", "orders", "reached", "ringing", "serial", "spent", "talking", "truth", "waiting", "wrapping",
    )  # fmt: skip

    def __init__(
        self, key: int, truth: Truth, orders: Orders, at: int, counted: Mapping[str, int] | None = None
    ) -> None:
        """Begin at an instant: nothing rings, no record was dialled; `counted` stands in this minute already."""
        self._key, self.truth, self.orders, self.at = key, truth, orders, at
        self.heap: list[Event] = []
        self.waiting: deque[int] = deque()
        self.due: deque[list[int]] = deque()
        self.bins: dict[int, Counter[int]] = {}
        before = counted or {}
        self.counts: Counter[str] = Counter({name: before[name] for name in COUNTERS if before.get(name)})
        self.dials = self.serial = self.begun = self.reached = self.spent = 0
        self.ringing = self.talking = self.wrapping = self.idle = 0
        self.dialing = False
        self._area, self._told, self._watched = [0, 0, 0], [-before.get(name, 0) for name in _AREAS], [0, 0]
        self._minute, self._lain = at // MINUTE * MINUTE, at
        self._look_at, self._cool_until, self._warm_until, self._edge_at = NEVER, 0, 0, at
        self._hour, self._staff, self._lines_per_idle = 0, 0, 1.0
        self._retune()

    # what others see

    @property
    def in_flight(self) -> int:
        """Return the calls that ring, wait or are connected."""
        return self.ringing + len(self.waiting) + self.talking

    @property
    def exhausted(self) -> int:
        """Return the records that are dialled no more: a person was reached, or the attempts are used up."""
        return min(self.truth.records, self.reached + self.spent)

    @property
    def staffed(self) -> int:
        """Return the agents who are logged in, or finish a call."""
        return self.idle + self.talking + self.wrapping

    @property
    def rostered(self) -> int:
        """Return the agents whom this hour has."""
        return round(self.orders.agents * self.truth.staffing[self._hour])

    def endings(self, kinds: tuple[int, ...]) -> list[int]:
        """Return the instants at which events of these kinds are due, in order."""
        return sorted(event[0] for event in self.heap if event[2] in kinds)

    # what happens to it

    def advance(self, to: int, show: Show) -> None:
        """Play until `to`, that instant included; every minute in which something was counted is shown."""
        end, heap = min(to, self.at + LONGEST_LEAP), self.heap
        while True:
            when, edge, look = heap[0][0] if heap else NEVER, self._edge_at, self._look_at
            first = when if when < look else look  # noqa: FURB136  # min() takes longer than the rest of a round
            first = edge if edge < first else first  # noqa: FURB136  # as above
            if first > end:
                break
            if first - self._minute < MINUTE:
                self.at = first
            else:
                self._pass(first, show)
            if edge == first:
                self._retune()
            elif when == first:
                self._happen(heapq.heappop(heap))
            else:
                self._look()
        if end > self.at:
            self._pass(end, show)
        self._show(show)
        if to > end:
            self.at, self._lain, self._minute = to, to, to // MINUTE * MINUTE
            self._told = [area // SECOND for area in self._area]
            self.counts.clear()
            self._retune()

    def obey(self, orders: Orders, truth: Truth) -> None:
        """Take new orders, or a new world, from this instant on; calls in flight go on as they are."""
        self.orders, self.truth = orders, truth
        self._retune()

    def drop(self, show: Show) -> None:
        """Cut what rings, which nobody answered then, and what waits, which is abandoned; connected calls go on."""
        cut = [event for event in self.heap if event[2] in _RINGING]
        self.heap = [event for event in self.heap if event[2] not in (*_RINGING, EXPIRED)]
        heapq.heapify(self.heap)
        self.ringing = 0
        self.counts["noAnswers"] += len(cut)
        for event in sorted(cut, key=lambda one: one[1]):
            self._again(event[3])
        self.counts["abandons"] += len(self.waiting)
        self.waiting.clear()
        self._show(show)

    # time

    def _pass(self, to: int, show: Show) -> None:
        """Let time pass in which nothing happens but the ends of minutes."""
        end = self._minute + MINUTE
        while to >= end:
            if not (self.talking or self.wrapping or self.idle or self.counts):
                self.at = self._minute = to // MINUTE * MINUTE
                break
            self.at = end
            self._show(show)
            self._told = [area // SECOND for area in self._area]
            self.counts = Counter()
            self._minute = end
            end += MINUTE
        self.at = to

    def _lie(self) -> None:
        """Add up what the agents did since the last time that one began something else."""
        passed, area = self.at - self._lain, self._area
        area[0] += self.talking * passed
        area[1] += self.wrapping * passed
        area[2] += self.idle * passed
        self._lain = self.at

    def _show(self, show: Show) -> None:
        self._lie()
        seconds = [area // SECOND - told for area, told in zip(self._area, self._told, strict=True)]
        if self.counts or any(seconds):
            show(self._minute, {**self.counts, **dict(zip(_AREAS, seconds, strict=True)), "staffed": sum(seconds)})

    def _retune(self) -> None:
        """Look at the clock: who is logged in, whether is dialled, with how many lines, and until when that holds."""
        orders, at = self.orders, self.at
        hours = hours_at(at, orders.timezone or self.truth.timezone, orders.windows)
        self._hour = hours.hour
        dialing = orders.active and hours.open and self.rostered > 0
        if dialing and not self.dialing:
            self._warm_until = at + orders.warm_up
        self.dialing = dialing
        progressive = at < self._warm_until or at < self._cool_until
        self._lines_per_idle = min(1.0, orders.lines_per_idle) if progressive else orders.lines_per_idle
        ends = [end for end in (self._warm_until, self._cool_until) if end > at]
        self._edge_at = min([hours.until, *ends])
        self._log_in_and_out()
        self._look_at = NEVER
        self._stir()

    def _log_in_and_out(self) -> None:
        if self.dialing:
            self._staff = self.rostered
        elif not (self.ringing or self.waiting):
            self._staff = 0
        missing = self._staff - self.staffed
        self._lie()
        if missing < 0:
            self.idle -= min(self.idle, -missing)
        self.idle += max(0, missing)
        while self.idle and self.waiting:
            self._connect(self.waiting.popleft())

    # dials

    def _stir(self) -> None:
        """Look again at the next tick, now that something is different."""
        if self.dialing and self._look_at == NEVER:
            tick = self.orders.tick
            self._look_at = (self.at // tick + 1) * tick

    def _look(self) -> None:
        """Place one call when lines are missing, and look again at the next tick then."""
        self._look_at = NEVER
        lines = self.ringing + len(self.waiting)
        if int(self._lines_per_idle * self.idle) <= lines:
            return
        orders = self.orders
        if lines + self.talking >= min(orders.line_cap, orders.calls_per_agent * self.staffed):
            return
        attempt = self._next_attempt()
        if attempt:
            self._dial(attempt)
            self._look_at = self.at + orders.tick

    def _next_attempt(self) -> int:
        """Take a record off the list, one that came due again first; return its attempt, 0 when there is none."""
        while self.due:
            made, left = self.due[0]
            if made >= self.orders.attempts:
                self.spent += left
                self.due.popleft()
                continue
            self.due[0][1] -= 1
            if left == 1:
                self.due.popleft()
            return made + 1
        if self.begun >= self.truth.records:
            return 0
        self.begun += 1
        return 1

    def _dial(self, attempt: int) -> None:
        truth, number = self.truth, self.dials
        self.dials += 1
        self.counts["dials"] += 1
        self.ringing += 1
        ends, rings = chance.pair(self._key, chance.OUTCOME, number)
        answered = min(1.0, truth.answer_rates[self._hour] * truth.ageing ** (attempt - 1))
        rest = (ends - answered) / (1.0 - answered) if answered < 1 else 0.0
        if ends < answered:
            kind, lasts = PERSON, truth.ring.ns(rings)
        elif rest < truth.machine_share:
            kind, lasts = MACHINE, truth.ring.ns(rings)
        elif rest < truth.machine_share + truth.busy_share:
            kind, lasts = BUSY, _BUSY_S * SECOND
        else:
            kind, lasts = NOBODY, max(1, round(truth.no_answer_s * SECOND))
        heapq.heappush(self.heap, (self.at + self.orders.preview + lasts, number, kind, attempt))

    def _again(self, attempt: int) -> None:
        """Put a record back on the list after an attempt that reached nobody."""
        orders = self.orders
        if attempt >= orders.attempts:
            self.spent += 1
            return
        wait = orders.waits_min[min(attempt, len(orders.waits_min)) - 1] * MINUTE
        minute = -(-(self.at + wait) // MINUTE) * MINUTE
        if minute not in self.bins:
            self.bins[minute] = Counter()
            self._push(minute, RETRY, 0)
        self.bins[minute][attempt] += 1

    # events

    def _push(self, at: int, kind: int, what: int) -> None:
        self.serial += 1
        heapq.heappush(self.heap, (at, self.serial, kind, what))

    def _happen(self, event: Event) -> None:
        due_at, number, kind, what = event
        if kind <= NOBODY:
            self._end_ring(kind, number, what)
        elif kind == TALKED:
            self._end_talk(what)
        elif kind == WRAPPED:
            self._end_wrap()
        elif kind == EXPIRED:
            self._expire(what)
        else:
            self.due.extend([made, count] for made, count in sorted(self.bins.pop(due_at).items()))
        if self.dialing:
            if self._look_at == NEVER:
                self._stir()
        elif self.idle and not (self.ringing or self.waiting):
            self._log_in_and_out()

    def _end_ring(self, kind: int, number: int, attempt: int) -> None:
        self.ringing -= 1
        self.counts[_COUNTED[kind]] += 1
        if kind != PERSON:
            self._again(attempt)
            return
        self.reached += 1
        self._watched = [self._watched[0] + 1, self._watched[1]] if self._watched[0] < WATCHED_TO else [1, 0]
        if self.idle:
            self._connect(number)
        else:
            self.waiting.append(number)
            self._push(self.at + max(1, round(self.truth.patience_s * SECOND)), EXPIRED, number)

    def _expire(self, number: int) -> None:
        if not (self.waiting and self.waiting[0] == number):
            return
        self.waiting.popleft()
        self.counts["abandons"] += 1
        watched, most = self._watched, self.orders.most_abandoned
        watched[1] += 1
        if most is not None and watched[0] >= WATCHED_FROM and watched[1] > most * watched[0]:
            self._cool_until = self.at + self.orders.cool_down
            self._watched = [0, 0]
            self._retune()

    def _connect(self, number: int) -> None:
        self._lie()
        self.idle -= 1
        self.talking += 1
        talk, _ = chance.pair(self._key, chance.HANDLE, number)
        if chance.pair(self._key, chance.PARTY, number)[0] < self.truth.right_party_share:
            self.counts["rightPartyConnects"] += 1
        self._push(self.at + self.truth.talk.ns(talk), TALKED, number)

    def _end_talk(self, number: int) -> None:
        self._lie()
        self.talking -= 1
        self.wrapping += 1
        _, wrap = chance.pair(self._key, chance.HANDLE, number)
        self._push(self.at + self.truth.wrap.ns(wrap), WRAPPED, number)

    def _end_wrap(self) -> None:
        self._lie()
        self.wrapping -= 1
        if self.staffed < self._staff:
            self.idle += 1
            if self.waiting:
                self._connect(self.waiting.popleft())

    # away and back

    def document(self) -> dict[str, Any]:
        """Return the state as JSON; orders, world and key are not in it."""
        self._lie()
        return {
            "at": self.at, "heap": self.heap, "waiting": list(self.waiting), "due": [list(one) for one in self.due],
            "bins": [[minute, sorted(bin_.items())] for minute, bin_ in sorted(self.bins.items())],
            "counts": dict(self.counts), "numbers": [getattr(self, name) for name in _NUMBERS],
            "area": self._area, "told": self._told, "watched": self._watched, "dialing": self.dialing,
        }  # fmt: skip

    @classmethod
    def restored(cls, document: dict[str, Any], key: int, truth: Truth, orders: Orders) -> Dialer:
        """Return the dialer whose state was saved, under the orders and in the world that it had then."""
        dialer = cls(key, truth, replace(orders, active=False), document["at"])
        dialer.orders, dialer.dialing = orders, document["dialing"]
        dialer.heap = [(at, number, kind, what) for at, number, kind, what in document["heap"]]
        dialer.waiting = deque(document["waiting"])
        dialer.due = deque(list(one) for one in document["due"])
        dialer.bins = {minute: Counter(dict(bin_)) for minute, bin_ in document["bins"]}
        dialer.counts = Counter(document["counts"])
        for name, number in zip(_NUMBERS, document["numbers"], strict=True):
            setattr(dialer, name, number)
        dialer._area, dialer._told = list(document["area"]), list(document["told"])
        dialer._watched = list(document["watched"])
        return dialer


_NUMBERS = (
    "dials", "serial", "begun", "reached", "spent", "ringing", "talking", "wrapping", "idle", "_minute", "_look_at",
    "_cool_until", "_warm_until", "_edge_at", "_hour", "_staff", "_lines_per_idle",
)  # fmt: skip
