"""The emulator's dialer without HTTP and ledger: fixed pacings, and the controller alone, minute by minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from benchmarks.supervisor.world import HOURS, OPENS, Came, Day, Drift
from paceline.campaign.blocks import Pacing
from paceline.control.supervision.controller import (
    KNOWN_OVERNIGHT,
    Account,
    Bounds,
    Counts,
    Running,
    Terms,
    asked,
    doubted,
    pacing_of,
    updated,
)
from paceline.control.supervision.standing import reserve_of
from paceline.emulator.dialer.chance import key_of
from paceline.emulator.dialer.engine import Dialer
from paceline.emulator.dialer.orders import Orders, orders_of
from paceline.emulator.dialer.truth import truth_of
from paceline.emulator.instants import MINUTE, SECOND
from paceline.emulator.tenant import Campaign

CAMPAIGN, SEED = "STEERED", 7
LINES, INTERVAL_MS = 150, 50
BOUNDS = Bounds(
    least_answer_rate=Decimal("0.40"),
    most_answer_rate=Decimal("0.95"),
    most_abandonment_aim=Decimal("0.03"),
    max_calls=LINES,
    call_interval_ms=INTERVAL_MS,
    warm_up_s=0,
)
BLOCK = 30
_DAY = 86_400 * SECOND
Steer = Callable[[int, Counter[str]], Pacing | None]
"""Takes the day and what was counted in a minute; returns the pacing from now on, None for the same."""


def block_of(pacing: Pacing) -> dict[str, Any]:
    """Return a pacing in the contract's words."""
    return {
        "answerRate": float(pacing.answer_rate),
        "abandonRate": float(pacing.abandonment_aim),
        "maxConcurrentCalls": pacing.max_calls,
        "callInterval": pacing.call_interval_ms,
        "strategy": "predictive",
        "warmUpPeriod": 0,
    }


def played(world: Drift, first: Pacing, steer: Steer) -> Came:
    """Return what the days of a world come to when `steer` is asked after each minute of dialing."""
    live = _orders(world, first)
    dialer = Dialer(key_of(f"{SEED}:{CAMPAIGN}"), truth_of(world.dialer(0)), live, 0)
    days = []
    for day in range(len(world.days)):
        opens = day * _DAY + OPENS * 3600 * SECOND
        dialer.advance(opens - SECOND, lambda _minute, _counts: None)
        truth = truth_of(world.dialer(day))
        dialer.obey(live, truth)
        total: Counter[str] = Counter()
        for minute in range(HOURS * 60 + 20):
            rows: dict[int, dict[str, int]] = {}
            at = opens + minute * MINUTE
            dialer.advance(at + MINUTE, rows.__setitem__)
            counted = Counter(rows.get(at, {}))
            total.update(counted)
            wanted = steer(day, counted)
            if wanted is not None:
                live = _orders(world, wanted)
                dialer.obey(live, truth)
        days.append(
            Day(
                answered=total["connects"],
                abandoned=total["abandons"],
                busy_s=total["talk"] + total["wrap"],
                staffed_s=total["staffed"],
            )
        )
    return Came(days=tuple(days))


def fixed(world: Drift, lines: float) -> Came:
    """Return what a world comes to with so many lines for each idle agent, all the time."""
    return played(world, pacing_of(lines, 0.4, BOUNDS), lambda _day, _counted: None)


class Alone:
    """The controller without anything around it: `steer` after each minute."""

    def __init__(self, terms: Terms, account: Account, *, answers: float) -> None:
        """Begin with an empty block; `answers` are expected in thirty days."""
        self.terms, self.account = terms, account
        self.live = pacing_of(1.0, account.answer_rate, BOUNDS)
        self.steps = 0
        self._day = 0
        self._reserve = reserve_of(round(answers), 3, 100)
        self._block: tuple[int, int, int] = (0, 0, 0)

    def steer(self, day: int, counted: Counter[str]) -> Pacing | None:
        """Return the pacing from now on, None for the same."""
        block, answered, abandoned = self._block
        if day != self._day:
            self._day, self.account = day, doubted(self.account, KNOWN_OVERNIGHT)
        if day // BLOCK != block:
            block, answered, abandoned = day // BLOCK, 0, 0
        connects, abandons = counted["connects"], counted["abandons"]
        ended = connects + counted["machines"] + counted["noAnswers"] + counted["busies"]
        self._block = (block, answered + connects, abandoned + abandons)
        self.account = updated(self.terms, self.account, Counts(ended=ended, answered=connects, abandoned=abandons))
        if not ended:
            return None
        running = Running(answered=self._block[1], abandoned=self._block[2], most=3, per=100, reserve=self._reserve)
        wanted = asked(self.terms, self.account, (running,), BOUNDS, self.live)
        if wanted is not None:
            self.live = wanted
            self.steps += 1
        return wanted


def _orders(world: Drift, pacing: Pacing) -> Orders:
    campaign = Campaign(
        id=CAMPAIGN,
        tenant="bench",
        name="",
        status="ACTIVE",
        agents=world.agents,
        blocks={"predictiveDialer": block_of(pacing)},
    )
    return orders_of(campaign)


def best_fixed(world: Drift, grid: tuple[float, ...], most: float = 0.03) -> tuple[float, Came]:
    """Return the fixed pacing of the grid with the highest utilisation of those that keep every block, in hindsight."""
    found = [(lines, fixed(world, lines)) for lines in grid]
    lawful = [(lines, came) for lines, came in found if max(came.blocks(BLOCK)) <= most]
    return max(lawful or found[:1], key=lambda one: one[1].utilisation)
