"""Acts 12 and 13: a schedule and a retry matrix that break the law are refused by name, and lawful ones are proven."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from paceline.campaign.blocks import DialingMode, Directive, Window
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.observed import Part
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.schedule.proof import BindingLaw, proof
from paceline.cli.demo.night import arrive
from paceline.cli.demo.scene import Scene
from paceline.cli.demo.telling import Act, check, only
from paceline.control.facts.known_facts import Scope, judged, of_words
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.figures.svg import inline_svg_of
from paceline.figures.week import week_of
from paceline.primitives.findings import Finding
from paceline.primitives.ids import CampaignId

FLORIDA = CampaignId("CMP-70001")
EASTERN = "America/New_York"
_WEEKDAYS = range(5)
_WEEK = date(2026, 6, 15)
"""The Monday of the week that is shown."""


def _from(start_h: int, end_h: int) -> tuple[Window, ...]:
    return tuple(Window(weekday=day, start_s=start_h * 3600, end_s=end_h * 3600) for day in _WEEKDAYS)


WANTED = _from(8, 21)
"""What is asked for first: an hour too early on one of Florida's clocks, and an hour too late on the other."""


def schedule_is_judged(scene: Scene) -> Act:
    """Ask for hours that Florida forbids, then for lawful ones, and prove these for a year."""
    arrive(scene, FLORIDA, "PAUSED")
    facts = judged(of_words(["purpose=sales", "regions=US-FL"]), scope=Scope.CAMPAIGN, folder=Path.cwd())
    scene.ada.facts.declare(FLORIDA, facts, Order(actor=scene.ada.actor, reason="the brief"))
    bold = SetSchedule(campaign=FLORIDA, zone=EASTERN, directive=Directive.IGNORE, windows=WANTED, max_calls=40)
    refused = scene.ada.run(bold)
    check("how the bold schedule ends", wanted="refused", found=refused.word)
    broken = only("rules of calling time that it breaks", _found(refused, "schedule.calling-time", named="US-FL-hours"))
    lawful = SetSchedule(campaign=FLORIDA, zone=EASTERN, directive=Directive.STRICT, windows=_from(9, 20), max_calls=40)
    applied = scene.ada.run(lawful)
    check("how the lawful one ends", wanted=("applied", "achieved"), found=(applied.word, applied.verdict))
    held = scene.ada.platform.read(FLORIDA, part=Part.SCHEDULE)
    check("the windows that the platform holds", wanted=lawful.windows, found=held.schedule and held.schedule.windows)
    circumstances, book = scene.ada.law.circumstances(FLORIDA), scene.ada.law.rulebook
    law = BindingLaw(rulebook=book, places=book.places(circumstances.regions), call=circumstances.call)
    schedule = only("schedules", [held.schedule] if held.schedule else [])
    proven = proof(schedule, law, held.at)
    check("minutes of the coming year at which it would break the law", wanted=0, found=proven.violating_minutes)
    return Act(
        title="A schedule that Florida forbids",
        word="refused by law",
        does=f"ada asks for 08:00 to 21:00 in New York for {FLORIDA}, which calls people in Florida",
        came=f"{refused.word}: {broken.message.split(';', maxsplit=1)[0]} [{broken.source}]; 09:00 to 20:00 is "
        f"{applied.word}, and proven for a year: none of its {proven.examined_minutes:,} minutes is outside the law on "
        "either of Florida's two clocks",
        outcomes=[refused, applied],
        pictures=[inline_svg_of(week_of(FLORIDA, replace(schedule, windows=WANTED), law, _WEEK))],
    )


def retries_are_judged(scene: Scene) -> Act:
    """Ask for a retry matrix that reaches a person four times within a day, then for one that does not."""
    first = SetDialingRules(
        campaign=FLORIDA,
        mode=DialingMode.PROGRESSIVE,
        attempt_limit=4,
        retry_intervals_min=(15, 60, 240),
        abandonment_threshold=Decimal("0.03"),
        cool_down_s=300,
        calls_per_agent=1,
    )
    refused = scene.bob.run(first)
    check("how four calls within a day end", wanted="refused", found=refused.word)
    cap = only("caps that it exceeds", _found(refused, "dialing.attempts"))
    check("whose cap it is", wanted=True, found="US-FL-attempts" in cap.message)
    second = SetDialingRules(
        campaign=FLORIDA,
        mode=DialingMode.PROGRESSIVE,
        attempt_limit=3,
        retry_intervals_min=(15, 60),
        abandonment_threshold=Decimal("0.03"),
        cool_down_s=300,
        calls_per_agent=1,
    )
    applied = scene.bob.run(second)
    check("how three end", wanted=("applied", "achieved"), found=(applied.word, applied.verdict))
    again = scene.bob.run(SetDialingRules(campaign=FLORIDA, attempt_limit=3))
    check("how the same once more ends", wanted="unchanged", found=again.word)
    return Act(
        title="One call too many in a day",
        word="refused by law",
        does=f"bob sets retries after 15, 60 and 240 minutes for {FLORIDA}, four calls in all",
        came=f"{refused.word}: {cap.found} within 24 hours, at most {cap.limit} are lawful [{cap.source}]; three calls "
        f"are {applied.word}; the same once more is {again.word}, and nothing is sent",
        outcomes=[refused, applied, again],
    )


def _found(outcome: Outcome, rule: str, *, named: str = "") -> Iterable[Finding]:
    return (one for one in outcome.findings if one.rule == rule and named in one.message)
