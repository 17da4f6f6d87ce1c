"""Weeks of small laws, for tests of the pictures."""

from __future__ import annotations

from datetime import date

from paceline.campaign.blocks import Schedule
from paceline.campaign.schedule.proof import BindingLaw
from paceline.compliance.call import Call
from paceline.compliance.rule import Rule
from paceline.figures.week import Week, week_of
from tests.unit.campaign.laws import FEDERAL, FLORIDA, law
from tests.unit.campaign.schedule.schedules import weekly

MONDAY = date(2026, 11, 23)


def binding(regions: tuple[str, ...] = ("US-FL",), *rules: Rule) -> BindingLaw:
    rulebook = law(*(rules or (FEDERAL, FLORIDA)))
    return BindingLaw(rulebook=rulebook, places=rulebook.places(regions), call=Call())


def week(schedule: Schedule | None = None, bound: BindingLaw | None = None, first: date = MONDAY) -> Week:
    return week_of("CMP-1 <Fall & Co>", schedule or weekly(9, 20), bound or binding(), first)
