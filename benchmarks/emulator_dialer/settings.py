"""The best `abandonRate` of the emulator's dialer by agents and answer rate.

Best is the highest at which 3 % of the answers are abandoned, `answerRate` being the truth or, below 0.40, the lowest
that the contract allows.
"""

from __future__ import annotations

import sys
from collections import Counter

from paceline.emulator.dialer.chance import key_of
from paceline.emulator.dialer.engine import Dialer
from paceline.emulator.dialer.orders import orders_of
from paceline.emulator.dialer.truth import truth_of
from paceline.emulator.instants import SECOND
from paceline.emulator.tenant import Campaign

AGENTS = (5, 10, 25, 50, 100)
RATES = (0.2, 0.3, 0.4, 0.6)
LIMIT, HIGHEST, LOWEST_BELIEF = 0.03, 0.03, 0.40
AGENT_HOURS, HALVINGS = 1500, 9
WORLD = {
    "records": 10**7, "ringSeconds": 12, "ringVariation": 1, "noAnswerSeconds": 12, "machineShare": 0,
    "busyShare": 0, "talkSeconds": 180, "talkVariation": 1, "wrapSeconds": 0,
}  # fmt: skip


def played(agents: int, rate: float, aim: float) -> tuple[float, float]:
    """Return abandonment and utilisation of a setting, both fractions."""
    pacing = {
        "answerRate": max(LOWEST_BELIEF, rate), "abandonRate": aim, "maxConcurrentCalls": 150, "callInterval": 50,
        "strategy": "predictive", "warmUpPeriod": 0,
    }  # fmt: skip
    campaign = Campaign(
        id="B", tenant="b", name="", status="ACTIVE", agents=agents, blocks={"predictiveDialer": pacing}
    )
    dialer = Dialer(key_of(f"{agents}:{rate}"), truth_of({**WORLD, "answerRate": rate}), orders_of(campaign), 0)
    rows: dict[int, dict[str, int]] = {}
    dialer.advance(AGENT_HOURS * 3600 // agents * SECOND, rows.__setitem__)
    counted: Counter[str] = Counter()
    for row in rows.values():
        counted.update(row)
    return counted["abandons"] / counted["connects"], counted["talk"] / counted["staffed"]


def best(agents: int, rate: float) -> float:
    """Return the highest aim that keeps the limit, found by halving; the ends stand where it lies beyond them."""
    low, high = 0.0, HIGHEST
    if played(agents, rate, high)[0] <= LIMIT:
        return high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if played(agents, rate, middle)[0] <= LIMIT else (low, middle)
    return low


def print_settings() -> bool:
    """Print the table; return whether every best setting lies between the ends."""
    sys.stdout.write("| agents | " + " | ".join(f"answer rate {rate:g}" for rate in RATES) + " |\n")
    sys.stdout.write("| --- " * (len(RATES) + 1) + "|\n")
    inside = True
    for agents in AGENTS:
        cells = []
        for rate in RATES:
            aim = best(agents, rate)
            inside = inside and 0 < aim < HIGHEST
            abandoned, busy = played(agents, rate, aim)
            cells.append(f"{aim:.4f}: {100 * busy:.1f} % busy, {100 * abandoned:.1f} % abandoned")
        sys.stdout.write(f"| {agents} | " + " | ".join(cells) + " |\n")
        sys.stdout.flush()
    return inside
