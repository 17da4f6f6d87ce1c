"""The rules of the pacing that ask the law and what was measured, in the order in which they are told.

The aim is a setting: an aim within the law is no proof of a lawful rate.

* `pacing.unknown-region`: the law is at hand, and knows every region where contacts may be; told, where nothing lets
  more calls be abandoned.
* `pacing.abandonment-ceiling`: the aim is no higher than the strictest ceiling of the law.
* `pacing.loosens`: nothing that lets more calls be abandoned is set while the measured rate of a running legal period
  is over its ceiling, nor while it is not known.
"""

from __future__ import annotations

from dataclasses import replace

from paceline.campaign.blocks import Pacing
from paceline.campaign.ceilings import binding, may_not_loosen, set_too_high, unknown_region
from paceline.campaign.observed import Situation
from paceline.campaign.pacing.boldness import loosening
from paceline.primitives.findings import Findings, Severity


def lawful(pacing: Pacing, situation: Situation) -> Findings:
    """Judge whole and sound pacing by the law of every region where a contact may be."""
    fields = loosening(situation.observed.pacing, pacing)
    unknown = unknown_region(situation, rule="pacing.unknown-region")
    if unknown is not None:
        # Who eases off, or takes back what was bolder, does not wait until somebody can tell the law again.
        return Findings(unknown if fields else replace(unknown, severity=Severity.INFO))
    bound, aim = binding(situation), pacing.abandonment_aim
    ceiling = set_too_high(
        aim,
        bound,
        rule="pacing.abandonment-ceiling",
        field="abandonment_aim",
        what=f"an aim of {aim} tells the dialer to abandon",
    )
    return Findings.of([ceiling, may_not_loosen(fields, situation, bound, rule="pacing.loosens")])
