"""The pacing policies, ours and the baselines, behind one observation that cannot see how a ringing line will end.

Written to be read, in whole numbers; the compiled twins in `compiled/deciding.py` must decide the same, line for line.
A policy says how many lines to launch; line caps, rate limits and the list are applied outside of it.

References:
    docs/background/simulation.md; VICIdial: revision 739c0ce of its adaptive scripts, described, not copied.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paceline.simulation import pacing
from paceline.simulation.distributions import TICKS_PER_S, lasting
from paceline.simulation.draws import draw, high

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks
    from paceline.simulation.plan import Plan

ONE = 1 << 20
"""One answer, or one agent, in the units of beliefs."""
LEVEL = 1 << 16
"""One line per agent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a dialer sees when it decides.

    Attributes:
        now: tick of the day.
        idle: agents without a call.
        busy: agents in a call or wrap-up.
        staffed: agents logged in.
        waiting: answered calls that wait for an agent.
        greeting: calls answered whose greeting has not ended.
        talking: lines with an agent.
        launched: ticks at which the lines that ring began to.
        dials: lines launched so far.
        answers: dials a person answered so far.
        abandoned: answers that were abandoned so far.
    """

    now: int
    idle: int
    busy: int
    staffed: int
    waiting: int
    greeting: int
    talking: int
    launched: Sequence[int]
    dials: int
    answers: int
    abandoned: int

    @property
    def undecided(self) -> int:
        """Return how many lines ring or greet."""
        return len(self.launched) + self.greeting


class PacingPolicy:
    """A policy in force: it looks, and says how many lines to launch. This one is progressive: one per idle agent."""

    def __init__(self, plan: Plan, row: int, keys: dict[str, int]) -> None:
        """Take the parameters in a row of the plan, and the keys of the streams it may draw from."""
        self.plan = plan
        self.parameters = [int(value) for value in plan.parameters[row]]
        self.tables = plan.tables[row]
        self.keys = keys
        self.looks = 0

    @property
    def period(self) -> int:
        """Return the ticks between two looks; 0 looks after every event."""
        return self.parameters[pacing.PERIOD]

    def first_look(self, now: int) -> int | None:
        """Return when it looks first if it has a rhythm, being in force from `now`."""
        return now if self.period else None

    def next_look(self, now: int) -> int | None:
        """Return when it looks again, after a look at `now`."""
        return now + self.period if self.period else None

    def wanted(self, seen: Observation) -> int:
        """Return how many lines to launch now; nothing when not above 0."""
        return seen.idle - seen.waiting - seen.undecided

    def settled(self, *, dropped: bool) -> None:
        """Be told that an answered call was dropped, or that a person was connected."""

    def ended(self, *, offered: bool) -> None:
        """Be told that a dial ended, and whether it was offered to agents."""


class Interval(PacingPolicy):
    """One dial after another, whatever the agents do."""

    _sum = 0
    _start = 0

    def first_look(self, now: int) -> int | None:
        """Return when the first dial leaves."""
        self._start = now
        return self.next_look(now)

    def next_look(self, now: int) -> int | None:  # noqa: ARG002 - the gaps add up from the start
        """Return when the next dial leaves."""
        gap = self.parameters[pacing.GAP]
        if not self.parameters[pacing.EVEN]:
            number = draw(self.keys["spacing"], self.looks)
            gap = (gap * lasting(self.plan.unit_exponential, high(number))) >> 16
        self.looks += 1
        self._sum += gap
        return self._start + (self._sum >> 16)

    def wanted(self, seen: Observation) -> int:  # noqa: ARG002 - it looks at nothing
        """Return one: it looks when a dial is due."""
        return 1


class Ratio(PacingPolicy):
    """A number of lines in use, fixed or per agent."""

    def wanted(self, seen: Observation) -> int:
        """Return what is missing to the lines it keeps in use."""
        lines = self.parameters[pacing.LINES]
        if not lines:
            lines = (self.parameters[pacing.LINES_PER_AGENT] * seen.staffed + LEVEL // 2) // LEVEL
        return lines - seen.undecided - seen.waiting - seen.busy


class IdleLines(PacingPolicy):
    """A number of ringing lines per idle agent."""

    def wanted(self, seen: Observation) -> int:
        """Return what is missing to so many ringing lines per idle agent."""
        return self.parameters[pacing.LINES_PER_IDLE] * seen.idle // LEVEL - seen.undecided - seen.waiting


class Optimal(PacingPolicy):
    """A table of ringing lines by idle agents, as the solved decision process gives it, or a mixture of two."""

    def wanted(self, seen: Observation) -> int:
        """Return what is missing to the lines of the table; which table is drawn anew after each dial."""
        mixing = self.parameters[pacing.MIXING]
        above = mixing > 0 and high(draw(self.keys["mixing"], seen.dials)) < mixing
        table: Ticks = self.tables[1 if above else 0]
        return int(table[min(seen.idle, table.size - 1)]) - seen.undecided - seen.waiting


class Certainty(PacingPolicy):
    """As many lines as make expected answers meet expected agents, less a safety: ring ages are used, talk ages not."""

    def __init__(self, plan: Plan, row: int, keys: dict[str, int]) -> None:
        """Begin with the belief and the safety of the parameters."""
        super().__init__(plan, row, keys)
        self.safety = self.parameters[pacing.SAFETY]
        self.belief = self.parameters[pacing.BELIEF]
        # Whole numbers of Python: a table gives each of them out slowly.
        self.answered: list[int] = plan.survival_answered.tolist()
        self.unanswered: list[int] = plan.survival_unanswered.tolist()

    def posterior(self, age: int) -> int:
        """Return the chance that a line that has rung for `age` ticks will be answered, units of 2^-20."""
        place = min(age // pacing.AGE_STEP, len(self.answered) - 1)
        answered = self.belief * self.answered[place]
        return (answered << 20) // (answered + (ONE - self.belief) * self.unanswered[place])

    def wanted(self, seen: Observation) -> int:
        """Return how many more lines leave expected demand below supply."""
        supply = (seen.idle - seen.waiting) * ONE + seen.busy * self.parameters[pacing.FREEING]
        demand = sum(self.posterior(seen.now - at) for at in seen.launched) + seen.greeting * ONE
        return (supply - demand - (self.in_force() >> 12)) // self.belief

    def in_force(self) -> int:
        """Return the safety that counts, units of 2^-32."""
        return self.safety

    def ended(self, *, offered: bool) -> None:
        """Move the belief, where it has a memory."""
        memory = self.parameters[pacing.MEMORY]
        if memory:
            moved = self.belief + ((ONE if offered else 0) - self.belief) // memory
            self.belief = min(max(moved, ONE // 1000), ONE - ONE // 1000)


class Telescoping(Certainty):
    """Certainty with a safety that rises with each dropped call and falls with each connected one.

    The sum telescopes: with R drops and C people connected, safety at the end less safety at the start is
    rise x R less fall x C, whatever happened: exactly, while the safety stays above the lowest, and at least that
    where it came down to it. What was saved below the lowest is not kept: spent later, it would end a legal period
    above its limit.
    """

    def settled(self, *, dropped: bool) -> None:
        """Move the safety, not below the lowest."""
        moved = self.safety + (self.parameters[pacing.RISE] if dropped else -self.parameters[pacing.FALL])
        self.safety = max(moved, self.parameters[pacing.LOWEST])

    def in_force(self) -> int:
        """Return the safety that counts: the lowest where it began below that."""
        return max(self.safety, self.parameters[pacing.LOWEST])

    def wanted(self, seen: Observation) -> int:
        """Return as certainty, but not beyond idle agents while the safety is at its highest; never stand still."""
        more = super().wanted(seen)
        if self.safety >= self.parameters[pacing.HIGHEST]:
            more = min(more, seen.idle - seen.waiting - seen.undecided)
        if not seen.busy + seen.waiting + seen.undecided:  # else nothing would happen, and the safety never fall
            more = max(more, min(seen.idle, 1))
        return more


class Vicidial(PacingPolicy):
    """Lines per agent, adapted every 15 seconds to idle agents and waiting calls, and to the day's drops."""

    def __init__(self, plan: Plan, row: int, keys: dict[str, int]) -> None:
        """Begin at one line per agent."""
        super().__init__(plan, row, keys)
        self.level = LEVEL
        self.samples: deque[tuple[int, int, int]] = deque(maxlen=15)
        self.day = (0, 0)
        self.minute = (0, 0)

    def wanted(self, seen: Observation) -> int:
        """Sample each second, adapt each 15, count drops each 60, dial each 2.5: a look is half a second."""
        look, self.looks = self.looks, self.looks + 1
        if look % 2 == 0:
            self.samples.append((seen.idle, seen.waiting, seen.staffed))
        if look % 120 == 0:
            self.minute = (seen.answers - self.day[0], seen.abandoned - self.day[1])
            self.day = (seen.answers, seen.abandoned)
        if look % 30 == 0:
            self._adapt(seen.now)
        if look % 5 != 0:
            return 0
        goal = (self.level * seen.staffed + LEVEL // 2) // LEVEL
        return goal - seen.undecided - seen.waiting - seen.talking

    def _adapt(self, now: int) -> None:
        ready, waiting, total = (sum(sample[n] for sample in self.samples) for n in range(3))
        difference = ready - waiting + len(self.samples) * self.parameters[pacing.LEVEL_TARGET]
        intensity = self.parameters[pacing.INTENSITY]
        weight = 100 + intensity if difference >= 0 else abs(intensity - 100)
        if total:
            self.level += self.level * difference * weight // (100 * total)
        self.level = min(max(self.level, LEVEL), self.parameters[pacing.MAX_LEVEL])
        if self.minute[0] > 20 and 2 * self.minute[1] > self.minute[0]:
            self.level //= 2
        if self.day[0] > 50 and self.day[1] * ONE > self.parameters[pacing.DAY_LIMIT] * self.day[0]:
            self._brake(now)
        self.level = max(self.level, LEVEL)

    def _brake(self, now: int) -> None:
        match self.parameters[pacing.MODE]:
            case 0:
                self.level = LEVEL
            case 1:
                self.level //= 2
            case _:
                left = hours_and_minutes(self.parameters[pacing.LATEST]) - hours_and_minutes(now)
                self.level = self.level * min(max(left, 0), 1000) // 1000


def hours_and_minutes(now: int) -> int:
    """Return a tick of the day as a clock shows it, hours times 100 plus minutes.

    >>> hours_and_minutes(5_400 * TICKS_PER_S)
    130
    """
    minutes = now // (60 * TICKS_PER_S)
    return minutes // 60 * 100 + minutes % 60


CLASSES: dict[int, type[PacingPolicy]] = {
    pacing.PROGRESSIVE: PacingPolicy,
    pacing.INTERVAL: Interval,
    pacing.RATIO: Ratio,
    pacing.IDLE_LINES: IdleLines,
    pacing.OPTIMAL: Optimal,
    pacing.CERTAINTY: Certainty,
    pacing.TELESCOPING: Telescoping,
    pacing.VICIDIAL: Vicidial,
}
"""The class of each policy, by its id."""


def policy_of(plan: Plan, row: int, keys: dict[str, int]) -> PacingPolicy:
    """Return the policy in a row of the plan, at its beginning."""
    return CLASSES[int(plan.policy[row])](plan, row, keys)
