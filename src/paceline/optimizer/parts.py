"""Days handed out: parts of a look that any executor can play, here or elsewhere, always with the same numbers.

A part names all that its days are made of, and what comes back names what they were made from; so a machine with other
code, other tables or another version cannot slip a number into a certificate.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple

from paceline.optimizer.errors import OtherNumbersError
from paceline.simulation.plan import plan_of, provenance
from paceline.simulation.players import Engine, Player, player_of
from paceline.simulation.scenario import Scenario

if TYPE_CHECKING:  # numpy loads only when days are simulated
    from paceline.simulation.distributions import Ticks

_PARTS = 32
"""Parts of a look at most."""
_FEWEST = 4
"""Days of a part at least: fewer take less time to play than to hand out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Days that are played together.

    Attributes:
        scenario: the campaign's day, checked, with its pacing.
        seed, engine: as for `simulation.engine.simulate`.
        first: number of the first day.
        days: how many.
    """

    scenario: Scenario
    seed: int
    engine: Engine
    first: int
    days: int


class Brought(NamedTuple):
    """A part that was played.

    Attributes:
        tallies: [days, places of `simulation.counters`] what each day came to.
        computed_ns: nanoseconds of processor time.
        made_of: version, and digest of tables and numbers.
    """

    tallies: Ticks
    computed_ns: int
    made_of: str


def play_part(part: Part) -> Brought:
    """Return the days of a part; compiled code and tables are kept for the next part of the same scenario."""
    import numpy as np

    player, made_of = _at_hand(part.scenario, part.seed, part.engine)
    played = player(part.first, part.days, None)
    return Brought(np.stack(played.tallies), played.computed_ns, made_of)


def played_by(executor: Executor, part: Part) -> Brought:
    """Return the days of a part, played in smaller parts by an executor; in their order, whoever was first.

    Raises:
        OtherNumbersError: somebody who played has another version, or other tables.
    """
    import numpy as np

    _, made_of = _at_hand(part.scenario, part.seed, part.engine)
    brought = [one.result() for one in [executor.submit(play_part, piece) for piece in _pieces(part)]]
    for one in brought:
        if one.made_of != made_of:
            raise OtherNumbersError(made_of, one.made_of)
    return Brought(np.concatenate([one.tallies for one in brought]), sum(one.computed_ns for one in brought), made_of)


def _pieces(part: Part) -> Iterator[Part]:
    each = max(_FEWEST, -(-part.days // _PARTS))
    for first in range(part.first, part.first + part.days, each):
        yield Part(
            scenario=part.scenario,
            seed=part.seed,
            engine=part.engine,
            first=first,
            days=min(each, part.first + part.days - first),
        )


@lru_cache(maxsize=32)
def _at_hand(scenario: Scenario, seed: int, engine: Engine) -> tuple[Player, str]:
    plan = plan_of(scenario)
    return player_of(
        engine, plan, seed
    ), f"paceline {version('paceline')}, numpy {version('numpy')}, {provenance(plan)}"
