"""What a twin that has earned its say tells of new weights: held-out half-hours, replayed under either setting.

Each held-out day is replayed once under the live and once under the wanted weights, with the same calls and one draw of
the parameters for each day. There are as many pairs as the data have half-hours; playing more would not add any.

How the dialer dials beyond what it is told is found from what was measured under the live setting, and little is known
of it. So the days are played by other twins as well that may as well be true (`twin.plausible`); what is said holds of
each: the interval of a difference is that of all of them, and the highest bound of abandonment counts.

Who asks the same days again and again finds something that pleases. So questions share the error: the k-th has 1 part
in k (k + 1) of it, which all together are no more than the whole, however many there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from paceline.campaign.evidence import Evidence, Lack, NoEvidence, Source
from paceline.primitives.clock import computed_ns
from paceline.twin.boldness import Boldness, Told, boldness_of, told_by

if TYPE_CHECKING:  # numpy and numba load only when something is weighed
    from paceline.campaign.weigher import WeighAsked
    from paceline.inference.promotion import Block
    from paceline.primitives.ids import CampaignId
    from paceline.twin.model import Twin, TwinDay
    from paceline.twin.play import PlayedDay

Dialer = Callable[[int], Boldness]
"""How the dialer dials when it is told something, by the number of agents."""
AskedBefore = Callable[["CampaignId", Evidence], int]
"""How many other questions the days of evidence were asked before the one that it is the answer to."""
FEWEST_HELD_OUT = 5
"""Held-out days below which nothing is said: three or four that agree by chance look like days that do not differ."""
_SAME_SPLIT = Decimal("0.000001")


class TwinWeigher:
    """Weighs weights by the kept twin of a campaign."""

    def __init__(
        self,
        twins: Callable[[CampaignId], Twin | None],
        *,
        asked_before: AskedBefore | None = None,
    ) -> None:
        """Weigh by these twins.

        Args:
            twins: return the kept twin of a campaign; None where there is none.
            asked_before: counts questions; None supposes that each is the first.
        """
        self._twins = twins
        self._asked_before = asked_before

    def at_hand(
        self, campaign: CampaignId, *, split: Decimal | None, named: Mapping[str, Decimal] | None = None
    ) -> NoEvidence | None:
        """Return why this campaign's twin has no say; None where it has: of any weights."""
        del named
        return lacking(self._twins(campaign), campaign, split=split)

    def weigh(self, asked: WeighAsked) -> Evidence | NoEvidence:
        """Return what the held-out half-hours show; the same twin and question have the same answer."""
        campaign = asked.observed.campaign
        twin = self._twins(campaign)
        lack = lacking(twin, campaign, split=asked.wanted.validation_split)
        if lack is not None or twin is None:
            return lack or _no_twin(campaign)
        return weighed(twin, asked, asked_before=self._asked_before)


def lacking(twin: Twin | None, campaign: CampaignId, *, split: Decimal | None) -> NoEvidence | None:
    """Return why a twin has no say; None where it has.

    Args:
        twin: None where none is kept.
        campaign: whose.
        split: the share of the days to be fitted on that is asked for; None where any will do.
    """
    if twin is None:
        return _no_twin(campaign)
    standing, again = twin.standing, f"paceline twin fit {campaign}"
    days = len(twin.held_out)
    if days < FEWEST_HELD_OUT:
        why = f"{days} of {len(twin.days)} days are held out, and it takes {FEWEST_HELD_OUT} to tell how days differ"
        return NoEvidence(lack=Lack.TOO_LITTLE_DATA, why=why, advice=f"with more days of data: {again}", twin=standing)
    if not standing.passed:
        why = f"the twin does not reproduce what was measured: {standing.why}"
        return NoEvidence(
            lack=Lack.TWIN_FAILED, why=why, advice=f"see paceline twin check {campaign}, then {again}", twin=standing
        )
    if split is not None and abs(Decimal(repr(standing.split)) - split) > _SAME_SPLIT:
        why = f"the twin was fitted on {standing.split:g} of the days, and the change wants {split}"
        return NoEvidence(lack=Lack.OTHER_SPLIT, why=why, advice=f"{again} --split {split}", twin=standing)
    if twin.drifted is not None:
        why = f"since about {twin.drifted.since:%Y-%m-%d %H:%M} UTC there is {_moved(twin)} than in the data"
        return NoEvidence(lack=Lack.DRIFTED, why=why, advice=f"on data since then: {again}", twin=standing)
    return None


def weighed(twin: Twin, asked: WeighAsked, *, asked_before: AskedBefore | None = None) -> Evidence | NoEvidence:
    """Return what a twin that has a say shows of wanted weights, whose days were asked so often before."""
    from paceline.inference.errors import TooLittleDataError
    from paceline.simulation.errors import SimulationError
    from paceline.twin.plausible import plausible

    campaign = asked.observed.campaign
    live, wanted = dialers(asked)
    if live is None or wanted is None:
        why = f"campaign {campaign} was told no pacing, so that nobody knows what weights would act on"
        return NoEvidence(lack=Lack.NO_DATA, why=why, advice=f"paceline set pacing {campaign}", twin=twin.standing)
    began, seed, days = computed_ns(), seed_of(twin), twin.held_out
    try:
        blocks = paired(twin, days, live, wanted, seed=seed)
        others = [paired(one, days, live, wanted, seed=seed) for one in plausible(twin)]
        found = _judged(twin, asked, blocks, others, before=0, began=began)
        before = 0 if asked_before is None else asked_before(campaign, found)
        return found if before == 0 else _judged(twin, asked, blocks, others, before=before, began=began)
    except TooLittleDataError as few:
        again = f"with more days of data: paceline twin fit {campaign}"
        return NoEvidence(lack=Lack.TOO_LITTLE_DATA, why=f"{few}", advice=again, twin=twin.standing)
    except SimulationError as impossible:
        why = f"what was measured cannot be played: {impossible}"
        return NoEvidence(lack=Lack.TWIN_FAILED, why=why, advice=f"paceline twin check {campaign}", twin=twin.standing)


def _judged(
    twin: Twin, asked: WeighAsked, blocks: list[Block], others: list[list[Block]], *, before: int, began: int
) -> Evidence:
    """Return what blocks show, by the twin and by others that may as well be true, of a question after so many."""
    from paceline.inference.doubt import doubted
    from paceline.inference.promotion import looked
    from paceline.twin.evidence import evidence_of
    from paceline.twin.model import instant_of

    judged = looked(
        blocks,
        looks=shares_of(before),
        level=asked.level,
        least_gain=asked.least_gain,
        ceiling=asked.ceiling,
        seed=seed_of(twin),
    )
    return evidence_of(
        doubted(judged, others),
        source=Source.TWIN,
        since=instant_of(twin.held_out[0].start),
        until=instant_of(twin.held_out[-1].end),
        cpu_s=(computed_ns() - began) / 1e9,
        paired=True,
        twin=twin.standing,
    )


def shares_of(before: int) -> int:
    """Return into how many parts the error is parted, of which a question after so many others has one.

    >>> [shares_of(before) for before in range(4)]
    [2, 6, 12, 20]
    """
    return (before + 1) * (before + 2)


def dialers(asked: WeighAsked) -> tuple[Dialer | None, Dialer | None]:
    """Return how the dialer dials under the live and under the wanted weights; None where nobody knows its pacing."""
    observed = asked.observed
    max_calls = None if observed.schedule is None else observed.schedule.max_calls
    live = told_by(observed, max_calls=max_calls)
    wanted = replace(live, weights=asked.wanted, tuning=asked.tuning if asked.tuning is not None else live.tuning)
    return dialer_of(live), dialer_of(wanted)


def dialer_of(told: Told) -> Dialer | None:
    """Return how a dialer dials that is told this; None where nobody knows its pacing."""
    if boldness_of(told, 1) is None:
        return None

    def bold(agents: int) -> Boldness:
        found = boldness_of(told, agents)
        if found is None:
            raise ValueError("a pacing that is known for one agent is known for any number")
        return found

    return bold


def paired(twin: Twin, days: tuple[TwinDay, ...], live: Dialer, wanted: Dialer, *, seed: int) -> list[Block]:
    """Return the half-hours of days under the live and under the wanted setting, each replayed once.

    Raises:
        SimulationError: the simulator cannot play them.
    """
    from paceline.twin.play import replayed

    old = replayed(twin, live, days, seed=seed, live=live)
    is_same = all(live(day.agents) == wanted(day.agents) for day in days)
    new = old if is_same else replayed(twin, wanted, days, seed=seed, live=live)
    blocks: list[Block] = []
    for before, after in zip(old, new, strict=True):
        blocks += [*half_hours(before, is_new=False), *half_hours(after, is_new=True)]
    return blocks


def blocks_under(twin: Twin, days: tuple[TwinDay, ...], wanted: Dialer, *, live: Dialer, seed: int) -> list[Block]:
    """Return the half-hours of days under a wanted setting alone, each replayed once.

    Raises:
        SimulationError: the simulator cannot play them.
    """
    from paceline.twin.play import replayed

    return [
        block for day in replayed(twin, wanted, days, seed=seed, live=live) for block in half_hours(day, is_new=True)
    ]


def half_hours(day: PlayedDay, *, is_new: bool) -> list[Block]:
    """Return the half-hours of a played day in which somebody was there, under the new or the old setting."""
    from paceline.inference.promotion import Block

    return [
        Block(
            day=f"{day.start}",
            stratum=f"{day.start + at}",
            new=is_new,
            busy_s=float(day.busy_s[at]),
            available_s=float(day.staffed_s[at]),
            abandoned=int(day.abandons[at]),
            answered=int(day.answers[at]),
            connects=int(day.connects[at]),
        )
        for at in range(len(day.staffed_s))
        if day.staffed_s[at] > 0.0
    ]


def seed_of(twin: Twin) -> int:
    """Return the seed that belongs to a campaign and its data, below 2^48: every question meets the same calls."""
    return int.from_bytes(hashlib.sha256(f"weighing {twin.campaign} {twin.data}".encode()).digest()[:6], "big")


def _no_twin(campaign: CampaignId) -> NoEvidence:
    return NoEvidence(
        lack=Lack.NO_DATA,
        why=f"campaign {campaign} has no twin",
        advice=f"paceline twin fit {campaign}",
    )


def _moved(twin: Twin) -> str:
    drifted = twin.drifted
    return "" if drifted is None else f"{drifted.toward} {drifted.quantity.replace('_', ' ')}"
