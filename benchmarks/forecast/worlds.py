"""Campaigns that the emulator's dialer plays: each with a world of its own, days that differ, and two pacings."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random  # noqa: TID251  # a seeded choice of worlds
from typing import Any

from paceline.campaign.blocks import Pacing
from paceline.campaign.pacing.boldness import lines_per_idle
from paceline.campaign.statistics import LivePicture, Statistics, Tally
from paceline.emulator.dialer.engine import Dialer
from paceline.emulator.dialer.orders import Orders
from paceline.emulator.dialer.truth import truth_of
from paceline.emulator.instants import MILLISECOND, SECOND
from paceline.primitives.ids import CampaignId
from paceline.simulation.draws import Purpose, stream
from tests.unit.optimizer.histories import BEGAN, REAL, pacing, tally

DAY_S = 86_400
MEASURED_DAYS, TRUE_DAYS = 5, 12
SPREAD = 0.05
"""How much the answer rate of days differs, relative."""
HOURS = (9, 19)
_BEGAN_NS = int(BEGAN.timestamp()) * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A campaign.

    Attributes:
        number: of the campaign; everything about it follows from it.
        agents: agents.
        live, wanted: pacings.
        told: the world it calls into, in the emulator's words.
        strange: whether the world is not what a forecast assumes.
    """

    number: int
    agents: int
    live: Pacing
    wanted: Pacing
    told: dict[str, Any]
    strange: bool


def world_of(number: int, *, strange: bool) -> World:
    """Return a campaign of so many agents and such people as its number has it."""
    chance = Random(stream(8, number, Purpose.DIAL))  # noqa: S311  # the same worlds each time
    agents = chance.choice((8, 12, 20, 30, 50))
    rate = round(chance.uniform(0.15, 0.45), 3)
    told: dict[str, Any] = {
        **REAL,
        "answerRate": rate,
        "talkSeconds": round(chance.uniform(90, 240)),
        "wrapSeconds": round(chance.uniform(5, 40)),
        "machineShare": round(chance.uniform(0.1, 0.5), 2),
    }
    if strange:
        told |= {
            "ringSeconds": round(chance.uniform(6, 16)),
            "noAnswerSeconds": round(chance.uniform(18, 32)),
            "talkVariation": round(chance.uniform(0.5, 1.5), 2),
            "patienceSeconds": chance.choice((0, 2, 4)),
        }
    # From a little over one line for each idle agent to a little over what its answer rate calls for.
    bold = chance.uniform(0.35, 0.9) / rate
    return World(
        number=number,
        agents=agents,
        live=_pacing(max(bold, 1.0)),
        wanted=_pacing(max(bold, 1.0) * chance.uniform(1.1, 1.5)),
        told=told,
        strange=strange,
    )


def played(world: World, how: Pacing, days: int, *, part: int) -> tuple[tuple[datetime, Tally], ...]:
    """Return the minutes of so many days from noon to noon, of another chance for each part."""
    chance = Random(stream(8, world.number, Purpose.HANDLE) + part)  # noqa: S311  # the same days each time
    orders = Orders(
        active=True,
        agents=world.agents,
        lines_per_idle=round(lines_per_idle(how), 9),
        tick=how.call_interval_ms * MILLISECOND,
        line_cap=how.max_calls,
        attempts=1,
        windows=tuple((day, HOURS[0] * 3600, HOURS[1] * 3600) for day in range(7)),
        timezone="UTC",
    )
    rows: dict[int, dict[str, int]] = {}
    dialer = Dialer(chance.getrandbits(63), truth_of(world.told), orders, _BEGAN_NS)
    # Days begin at noon here, and their answer rate changes at midnight.
    dialer.advance(_BEGAN_NS + DAY_S // 2 * SECOND, rows.__setitem__)
    for _ in range(days):
        factor = math.exp(chance.gauss(0, SPREAD))
        dialer.obey(orders, truth_of({**world.told, "answerRate": min(world.told["answerRate"] * factor, 1.0)}))
        dialer.advance(dialer.at + DAY_S * SECOND, rows.__setitem__)
    first = BEGAN + timedelta(hours=12)
    found = ((datetime.fromtimestamp(at // SECOND, UTC), tally(row)) for at, row in sorted(rows.items()))
    return tuple((at, one) for at, one in found if at >= first)


def history(rows: tuple[tuple[datetime, Tally], ...], at: datetime) -> Statistics:
    """Return minutes as the platform tells them at an instant."""
    return Statistics(
        campaign=CampaignId("CMP-1"),
        at=at,
        tally=sum((one for _, one in rows), Tally()),
        live=LivePicture(),
        minutes=rows,
    )


def by_day(rows: tuple[tuple[datetime, Tally], ...]) -> list[Tally]:
    """Return the counts of each date."""
    days: dict[str, Tally] = {}
    for at, one in rows:
        days[at.date().isoformat()] = days.get(at.date().isoformat(), Tally()) + one
    return [one for one in days.values() if one.staffed_s]


def _pacing(lines: float) -> Pacing:
    """Return the pacing with about so many lines for each idle agent, within the contract's bounds."""
    usual = pacing()
    belief = min(max(0.5 / lines, 0.40), 0.95)
    aim = min(max(lines * belief - 0.5, 0.0) / 100, 0.03)
    exact = type(usual.answer_rate)
    return replace(usual, answer_rate=exact(f"{belief:.2f}"), abandonment_aim=exact(f"{aim:.4f}"))
