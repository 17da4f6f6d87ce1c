"""The pictures of the demo's report, each of a few made-up values: one for each form that it can show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from paceline.campaign.forecast import Between
from paceline.figures.chain import Chain, Link, svg_of_chain
from paceline.figures.clocks import Clock, Clocks, svg_of_clocks
from paceline.figures.lanes import Lanes, Mark, Row, Span, svg_of_lanes
from paceline.figures.quarters import Block, Event, Quarters, svg_of_quarters
from paceline.figures.sends import Sending, Sends, Sent, svg_of_sends
from paceline.figures.svg import inline_svg_of
from paceline.figures.tradeoff import Spot, Tradeoff, svg_of_tradeoff
from tests.unit.figures.weeks import week

HOSTILE = "<b>&"
AT = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
OLD, NEW = AT.astimezone(timezone(-timedelta(hours=8))), AT.astimezone(timezone(-timedelta(hours=7)))
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
CLOCKS = Clocks(
    place="Vancouver",
    at=AT,
    clocks=(
        Clock(word=f"machine {HOSTILE}", shows=OLD, legal=True),
        Clock(word="paceline", shows=NEW, legal=False),
    ),
    open=((9 * 3600, 21.5 * 3600),),
)
QUARTERS = Quarters(
    title=HOSTILE,
    length=QUARTER,
    blocks=[
        Block(start=AT + place * QUARTER, rate=rate, said=f"{rate:.0%} {HOSTILE}", grave=rate > 0.1)
        for place, rate in enumerate((0.01, 0.02, 0.2))
    ],
    ceiling=0.03,
    events=[Event(at=AT, word="step 1"), Event(at=AT + 2 * QUARTER, word=f"undone {HOSTILE}", grave=True)],
)
SENDS = Sends(
    title=HOSTILE,
    campaigns=["A", "B", HOSTILE],
    sent=[
        Sent(campaign="A", became=Sending.ANSWERED),
        Sent(campaign="B", became=Sending.LOST),
        Sent(campaign="B", became=Sending.AGAIN),
        Sent(campaign=HOSTILE, became=Sending.ANSWERED),
    ],
    broken=2,
    what=f"kill {HOSTILE}",
)
LANES = Lanes(
    title=HOSTILE,
    start=AT,
    end=AT + 10 * HOUR,
    lanes=[
        Row(
            name=f"A{HOSTILE}",
            spans=[
                Span(start=AT, end=AT + 9 * HOUR, word="frozen: stopped", kind="frozen"),
                Span(start=AT + 9 * HOUR, end=AT + 10 * HOUR, word="dialing for a long time", kind="main"),
            ],
            marks=[Mark(at=AT + HOUR, word="resumed", grave=True), Mark(at=AT + 9 * HOUR, word="unfrozen by bob")],
        )
    ],
)
CHAIN = Chain(
    links=[
        Link(row=5, said=("reading", "of C"), digest="a" * 64, sound=True),
        Link(row=6, said=("lifecycle.pause", HOSTILE), digest="b" * 64, sound=False),
        Link(row=7, said=("intent", "of entry 6"), digest="c" * 64, sound=True),
    ],
    rows=9,
    wrong=f"row 6 {HOSTILE}",
)


def pictures() -> dict[str, str]:
    """Return every picture by its name."""
    rate = Between(mean=0.02, low=0.01, high=0.03)
    spot = Spot(word="live", abandonment=rate, utilisation=Between(mean=0.8, low=0.79, high=0.81))
    wanted = Spot(word="asked for", abandonment=rate, utilisation=Between(mean=0.9, low=0.89, high=0.91))
    tradeoff = Tradeoff(campaign="C", live=spot, wanted=wanted, curve=(), ceiling=0.03, optimum=0.95)
    return {
        "clocks": svg_of_clocks(CLOCKS),
        "quarters": svg_of_quarters(QUARTERS),
        "sends": svg_of_sends(SENDS),
        "lanes": svg_of_lanes(LANES),
        "chain": svg_of_chain(CHAIN),
        "tradeoff": svg_of_tradeoff(tradeoff),
        "week": inline_svg_of(week()),
    }
