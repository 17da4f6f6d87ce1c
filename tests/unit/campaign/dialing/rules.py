"""Dialing rules that are lawful nearly everywhere."""

from __future__ import annotations

from decimal import Decimal

from paceline.campaign.blocks import DialingMode, DialingRules

MODERATE = DialingRules(
    mode=DialingMode.POWER,
    attempt_limit=3,
    retry_intervals_min=(60, 240),
    abandonment_threshold=Decimal("0.02"),
    cool_down_s=60,
    calls_per_agent=2,
)
