"""Acts 14 and 15: a bold pacing is refused by what it would do; a smaller one goes out in steps, and comes back.

The dialer of the emulator has dialed for a week by then; what it measured is what the projection is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

from paceline.bootstrap import System
from paceline.campaign.forecast import Projection
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.statistics import Tally
from paceline.cli.demo.night import night_fallen
from paceline.cli.demo.scene import Scene
from paceline.cli.demo.telling import Act, StoryError, check, finding_of
from paceline.control.facts.known_facts import Scope, judged, of_words
from paceline.control.order import Order
from paceline.control.rollout.standing import Phase, Rollout
from paceline.control.rollout.starting import Terms
from paceline.figures.quarters import Block, Event, Quarters, svg_of_quarters
from paceline.figures.tradeoff import Spot, Tradeoff, svg_of_tradeoff
from paceline.ledger.entry import instant_from
from paceline.primitives.ids import CampaignId

PREDICTIVE = CampaignId("CMP-80001")
DIALED_DAYS = 4
BEGUN = datetime.fromisoformat("2026-06-15T12:00:00+00:00")
"""When it first dialed here."""
ANCHOR = BEGUN - timedelta(days=28)
"""When it first dialed at all, as the brief says: legal blocks of 30 days are counted from there."""
_OPEN_H, _SHUT_H = 12, 20
_BLOCK, _LOOK, _LONGEST = timedelta(minutes=15), timedelta(minutes=10), timedelta(hours=6)
_MINUTE = timedelta(minutes=1)
_BARS = " ▁▂▃▄▅▆▇█"
_TALLEST = 0.12
"""The abandonment rate at which a bar is full."""


def bold_pacing_is_refused(scene: Scene) -> Act:
    """Ask for half again as bold an aim; what it would do is played on the days that were measured."""
    _arrive(scene)
    refused = scene.ada.run(SetPacing(campaign=PREDICTIVE, abandonment_aim=Decimal("0.0195")))
    check("how the bold pacing ends", wanted="refused", found=refused.word)
    projected = refused.forecast
    if not isinstance(projected, Projection) or projected.now is None or projected.worst is None:
        raise StoryError("the bold pacing was to be projected, and was not")
    held = scene.ada.platform.read(PREDICTIVE).pacing
    check("the aim that the platform holds", wanted=Decimal("0.0128"), found=held and held.abandonment_aim)
    return Act(
        title="A bold pacing, refused by its numbers",
        word="refused by law",
        does=f"ada asks for a bolder aim for {PREDICTIVE}, which dialed for {DIALED_DAYS} days",
        came=f"{refused.word}: {finding_of(refused, 'pacing.breach')}; nothing is sent",
        outcomes=[refused],
        notes=[f"{projected.days} days played on the same calls; taken for granted:", *projected.assumed],
        pictures=[svg_of_tradeoff(_tradeoff(projected))],
    )


def rollout_is_undone(scene: Scene) -> Act:
    """Roll a smaller step out, let people answer twice as often, and see it taken back without anybody asking."""
    dusk = BEGUN + timedelta(days=DIALED_DAYS, hours=1)
    with night_fallen(scene, dusk.isoformat(), lasts=timedelta(hours=_SHUT_H - _OPEN_H)) as night:
        wish = SetPacing(campaign=PREDICTIVE, abandonment_aim=Decimal("0.0163"))
        order = Order(actor=night.ada.actor, reason="agents wait too long")
        began = night.ada.rollout_desk.start(wish, Terms(steps=2, interval=timedelta(minutes=30)), order)
        if began.rollout is None:
            raise StoryError(
                f"the rollout was to begin: {', '.join(began.findings.rules + began.judged.findings.rules)}"
            )
        promoted = shifted = None
        stands = began.rollout
        for look in count(1):
            night.passes(_LOOK)
            night.round()
            stands = night.ada.rollout_desk.status(PREDICTIVE)
            if promoted is None and stands.step == 2:
                promoted = look * _LOOK
                scene.behind.control("PATCH", f"/campaigns/{PREDICTIVE}", {"dialer": {"answerRate": 0.6}})
                shifted = night.since + promoted
            if not stands.phase.is_under_way or look * _LOOK >= _LONGEST:
                break
        if promoted is None or shifted is None:
            raise StoryError(f"the first step was to be promoted; it is {stands.phase}: {_reasons(stands)[-1]}")
        return _taken_back(night.ada, stands, promoted=promoted, shifted=shifted)


def _taken_back(ada: System, stands: Rollout, *, promoted: timedelta, shifted: datetime) -> Act:
    check("how the rollout ends", wanted=Phase.UNDONE, found=stands.phase)
    held = ada.platform.read(PREDICTIVE).pacing
    check("the aim that the platform holds", wanted=Decimal("0.0128"), found=held and held.abandonment_aim)
    minutes = ada.platform.measured(PREDICTIVE, since=stands.started, by_minute=True).minutes
    blocks = _blocks(minutes, stands.started)
    return Act(
        title="A smaller one, undone by itself",
        word="rolled back",
        does=f"ada has {PREDICTIVE} go to an aim of 0.0163 in two steps; then twice as many people answer",
        came=f"the first step is promoted after {promoted // _MINUTE} minutes; at {shifted:%H:%M} the world changes, "
        f"and the second one is undone by itself: {_why(stands, 'undo')}; the aim is 0.0128 again",
        sketch=f"abandonment by quarters of an hour |{_drawn(blocks)}| (full is {_TALLEST:.0%})",
        notes=_reasons(stands),
        pictures=[svg_of_quarters(_quarters(stands, blocks, shifted))],
    )


def _arrive(scene: Scene) -> None:
    """Have a campaign that dialed for days: 50 agents, eight hours a day."""
    hours = [int(_OPEN_H <= hour < _SHUT_H) for hour in range(24)]
    scene.behind.control("PUT", "/clock", {"now": BEGUN.isoformat()})
    scene.behind.control(
        "POST",
        "/campaigns",
        {
            "id": PREDICTIVE,
            "status": "ACTIVE",
            "agents": 50,
            "predictiveDialer": {
                "answerRate": 0.6,
                "abandonRate": 0.0128,
                "maxConcurrentCalls": 150,
                "callInterval": 100,
                "strategy": "predictive",
                "warmUpPeriod": 0,
            },
            "dialer": {"answerRate": 0.3, "staffing": hours, "records": 1_000_000},
        },
    )
    scene.behind.control("PUT", "/clock", {"advanceSeconds": DIALED_DAYS * 86_400})
    said = of_words(["purpose=sales", "regions=US-FL", f"anchor={ANCHOR.isoformat()}"])
    facts = judged(said, scope=Scope.CAMPAIGN, folder=Path.cwd())
    scene.ada.facts.declare(PREDICTIVE, facts, Order(actor=scene.ada.actor, reason="the brief"))


def _why(stands: Rollout, what: str) -> str:
    return next(str(one["why"]) for one in reversed(stands.history) if one["what"] == what)


def _reasons(stands: Rollout) -> list[str]:
    return [f"{one['what']}: {one['why']}" for one in stands.history]


def _blocks(minutes: Sequence[tuple[datetime, Tally]], since: datetime) -> list[Tally]:
    found: dict[int, Tally] = {}
    for at, tally in minutes:
        place = (at - since) // _BLOCK
        found[place] = found.get(place, Tally()) + tally
    return [found[place] for place in sorted(found)]


def _tradeoff(projected: Projection) -> Tradeoff:
    """Return what the refused pacing would gain and cost, beside the live one and the ceiling of the law."""
    live, wanted, worst = projected.now, projected.then, projected.worst
    return Tradeoff(
        campaign=PREDICTIVE,
        live=None if live is None else Spot(word="live", abandonment=live.abandonment, utilisation=live.utilisation),
        wanted=Spot(word="asked for", abandonment=wanted.abandonment, utilisation=wanted.utilisation),
        curve=(),
        ceiling=None if worst is None else worst.most / worst.per,
        optimum=projected.optimum,
    )


def _quarters(stands: Rollout, blocks: Sequence[Tally], shifted: datetime) -> Quarters:
    words = {"start": "step 1", "begin": "step 1", "promote": "step 2", "undo": "undone by itself"}
    steps = [
        Event(at=instant_from(str(one["at"])), word=words[str(one["what"])], grave=one["what"] == "undo")
        for one in stands.history
        if one["what"] in words
    ]
    return Quarters(
        title=f"{PREDICTIVE}: abandoned calls, of those that a person answered",
        length=_BLOCK,
        blocks=[_shown(stands.started + place * _BLOCK, one, shifted) for place, one in enumerate(blocks)],
        ceiling=0.03,
        events=sorted([*steps, Event(at=shifted, word="twice as many answer")], key=lambda event: event.at),
    )


def _shown(start: datetime, block: Tally, shifted: datetime) -> Block:
    said = f"{block.abandons} of {block.connects} abandoned"
    return Block(start=start, rate=block.abandonment or 0.0, said=said, grave=start + _BLOCK > shifted)


def _drawn(blocks: Sequence[Tally]) -> str:
    """Return one bar for each block, as high as its abandonment rate."""
    rates = [block.abandonment or 0.0 for block in blocks]
    return "".join(_BARS[min(round(rate / _TALLEST * (len(_BARS) - 1)), len(_BARS) - 1)] for rate in rates)
