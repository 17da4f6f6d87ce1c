"""Act 11: a fleet is frozen, and comes back by nothing but a person: no plan, no worker, nobody outside brings it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Resume
from paceline.cli.demo.night import Night, arrive, night_fallen
from paceline.cli.demo.scene import Scene
from paceline.cli.demo.telling import Act, check, finding_of, only
from paceline.control.fleet.fleet import Target
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.figures.lanes import Lanes, Mark, Row, Span, svg_of_lanes
from paceline.primitives.ids import CampaignId, EntryId

DIALS, WAITS_HERE, WAITS_THERE = CampaignId("CMP-60001"), CampaignId("CMP-60002"), CampaignId("CMP-60003")
FLEET = (DIALS, WAITS_HERE, WAITS_THERE)
FALLS = "2026-06-15T20:00:00Z"
MORNING_AFTER = timedelta(hours=13)
"""When two of them were to be resumed."""
LASTS = timedelta(hours=14)
MEDDLED_AFTER, NOTICED_AFTER = timedelta(hours=6), timedelta(minutes=1)
"""When another program resumes one, and how long after that the worker looks."""
REASON = "complaint 17"


def fleet_stays_frozen(scene: Scene) -> Act:
    """Freeze three campaigns, try every way back, and unfreeze them."""
    for campaign, state in zip(FLEET, ("ACTIVE", "STOPPED", "STOPPED"), strict=True):
        arrive(scene, campaign, state)
    with night_fallen(scene, FALLS, lasts=LASTS) as night:
        here = night.plan(Resume(campaign=WAITS_HERE), MORNING_AFTER)
        there = night.ada.run(Resume(campaign=WAITS_THERE, effective_at=night.since + MORNING_AFTER))
        check("the resumption that waits on the platform", wanted="scheduled", found=there.word)
        _freeze(night)
        _withdrawn(night, here.entry)
        refused = night.bob.run(Resume(campaign=DIALS), reason="the shift begins")
        scene.holds(refused, word="refused", revision=scene.behind.shown(DIALS)["revision"])
        why = finding_of(refused, "lifecycle.frozen")
        check("whether it says who and why", wanted=[True, True], found=[word in why for word in ("ada froze", REASON)])
        _brought_back_by_nobody(night)
        freed = night.bob.freezes.unfreeze(FLEET, Order(actor=night.bob.actor, reason="the list was cleaned"))
        check("what was unfrozen", wanted=FLEET, found=freed)
        _all_stopped(night)
        resumed = night.bob.run(Resume(campaign=DIALS))
        check("how a resumption ends now", wanted=("applied", "achieved"), found=(resumed.word, resumed.verdict))
    scene.state(DIALS, "ACTIVE")
    return Act(
        title="Frozen, and nothing comes back",
        word="frozen",
        does=f"ada freezes {len(FLEET)} campaigns; two were to be resumed in the morning, and bob wants one back",
        came=f"both plans are withdrawn, and bob is {refused.word}: ada froze it: {REASON} (entry {refused.entry}); "
        "another program resumes it, and the worker stops it again; once bob has unfrozen them nothing comes back by "
        f"itself, and his resumption is {resumed.word} (entry {resumed.entry})",
        outcomes=[there, refused, resumed],
        pictures=[svg_of_lanes(_picture(night.since))],
    )


def _freeze(night: Night) -> None:
    found = night.ada.fleet.find(Target(named=FLEET), lane=Lane.STOPPING)
    outcome = night.ada.freeze.freeze(found, Order(actor=night.ada.actor, reason=REASON))
    check("campaigns that were not stopped", wanted={}, found=dict(outcome.not_yet))
    _all_stopped(night)


def _withdrawn(night: Night, here: EntryId | None) -> None:
    """Hold that nothing waits for the fleet any more, here or on the platform."""
    if here is not None:
        check("the resumption that waited here", wanted="expired", found=night.ada.book.read(here).outcome)
    pending = night.scene.behind.shown(WAITS_THERE)["pendingTransition"]
    check("what waits on the platform", wanted=None, found=pending)


def _brought_back_by_nobody(night: Night) -> None:
    """Resume one by another program, and let the morning come; the worker does all that it does, then and later."""
    night.passes(MEDDLED_AFTER)
    night.scene.behind.edit(DIALS, {"status": "ACTIVE"})
    night.passes(NOTICED_AFTER)
    check("what the worker makes, and what it stops", wanted=((), [DIALS]), found=_made(night))
    _all_stopped(night)
    night.passes(LASTS - MEDDLED_AFTER - NOTICED_AFTER)
    check("what it makes in the morning, and what it stops", wanted=((), []), found=_made(night))
    _all_stopped(night)
    frozen = only("freezers", {(one.by, one.reason) for one in night.bob.freezes.frozen().values()})
    check("who keeps them frozen", wanted=("ada", REASON), found=frozen)


def _made(night: Night) -> tuple[tuple[Outcome, ...], list[CampaignId]]:
    """Have the worker make its round; return what waited and was made, and which campaigns it stopped."""
    done = night.round()
    return done.ended, [one.change.campaign for one in done.stopped]


def _picture(since: datetime) -> Lanes:
    """Return what was held above, hour by hour."""
    meddled, noticed = since + MEDDLED_AFTER, since + MEDDLED_AFTER + NOTICED_AFTER
    planned, end = since + MORNING_AFTER, since + LASTS
    until = end + timedelta(hours=1)
    frozen = Span(start=since, end=end, word="frozen: stopped", kind="frozen")
    morning = Mark(at=planned, word="nothing: the plan was withdrawn")
    dials = (
        replace(frozen, end=meddled),
        Span(start=meddled, end=noticed, word="dialing", kind="main"),
        replace(frozen, start=noticed),
        Span(start=end, end=until, word="dialing", kind="main"),
    )
    idle = Span(start=end, end=until, word="stopped", kind="closed")
    marks = (
        Mark(at=meddled, word="another program resumes it; the worker stops it again", grave=True),
        Mark(at=end, word="unfrozen; bob resumes it"),
    )
    return Lanes(
        title=f"{len(FLEET)} frozen campaigns from the evening to the morning",
        start=since,
        end=until,
        lanes=[
            Row(name=DIALS, spans=dials, marks=marks),
            *(Row(name=one, spans=[frozen, idle], marks=[morning]) for one in (WAITS_HERE, WAITS_THERE)),
        ],
    )


def _all_stopped(night: Night) -> None:
    for campaign in FLEET:
        night.scene.state(campaign, "STOPPED")
