"""Schedules in one line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from paceline.campaign.blocks import Directive, Schedule, Window


def window(weekday: int, start_min: int, end_min: int) -> Window:
    return Window(weekday=weekday, start_s=start_min * 60, end_s=end_min * 60)


def schedule(**more: Any) -> Schedule:
    return Schedule(
        **{
            "zone": "America/New_York",
            "directive": Directive.STRICT,
            "windows": (window(0, 540, 1020),),
            "max_calls": 50,
            "schedule_id": "9f1c1b8e-8d1f-4a57-9f1a-3f6f9a4c0001",
            **more,
        }
    )


def weekly(start_h: float, end_h: float, days: Iterable[int] = range(7), **more: Any) -> Schedule:
    """Return a schedule with the same hours on some weekdays."""
    each = tuple(window(day, round(start_h * 60), round(end_h * 60)) for day in days)
    return schedule(windows=each, **more)
