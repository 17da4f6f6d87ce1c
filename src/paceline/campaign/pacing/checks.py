"""The rules of the pacing, in the order in which they are told; `lawful` has those that ask the law and the forecast.

* `pacing.incomplete`: the change names something, and all that the live pacing does not have.
* `pacing.bounds`: each field is within the bounds of the platform.
"""

from __future__ import annotations

from decimal import Decimal

from paceline.campaign.observed import PACING, Ability, Situation
from paceline.campaign.obstacles import obstacles
from paceline.campaign.pacing.model import FIELDS, Wanted
from paceline.primitives.findings import Finding, Findings, Severity

_CONTRACT = "the platform's contract"
RATES = {"answer_rate": (Decimal("0.40"), Decimal("0.95")), "abandonment_aim": (Decimal(0), Decimal("0.03"))}
"""Lowest and highest value of each rate that the platform takes."""


def sound(wanted: Wanted) -> Findings:
    """Judge what is named without looking at the platform."""
    if wanted.names_nothing:
        return Findings(_incomplete("nothing is named that is to change", FIELDS))
    return Findings()


def guarded(wanted: Wanted, needs: frozenset[Ability], situation: Situation) -> Findings:
    """Judge the pacing that would come of the wish, the fields that it leaves as they are included."""
    found, live = obstacles(needs, situation, block=PACING), situation.observed.pacing
    whole = wanted.on(live)
    if whole is None:
        missing = wanted.missing_on(live)
        message = f"the campaign has no pacing yet, and {', '.join(missing)} must be named"
        return found + Findings(_incomplete(message, missing))
    return found


def _incomplete(message: str, missing: tuple[str, ...]) -> Finding:
    return Finding(rule="pacing.incomplete", severity=Severity.ERROR, message=message, field=missing[0], limit=missing)
