"""The rules of the weights that ask the law and what was measured, in the order in which they are told.

* `weights.unknown-region`: the law is at hand, and knows every region where contacts may be; told, where nothing lets
  more calls be abandoned.
* `weights.loosens`: nothing that lets more calls be abandoned is set while the measured rate of a running legal period
  is over its ceiling, nor while it is not known. It holds for what is brought back too.
"""

from __future__ import annotations

from dataclasses import replace

from paceline.campaign.blocks import Tuning, Weights
from paceline.campaign.ceilings import binding, may_not_loosen, unknown_region
from paceline.campaign.observed import Situation
from paceline.campaign.weights.boldness import bolder
from paceline.primitives.findings import Findings, Severity


def lawful(whole: Weights, becomes: Tuning, situation: Situation) -> Findings:
    """Judge whole and sound weights by the law of every region where a contact may be."""
    observed = situation.observed
    fields = bolder(observed.weights, observed.tuning, whole, becomes)
    unknown = unknown_region(situation, rule="weights.unknown-region")
    if unknown is not None:
        # Who eases off, or takes back what was bolder, does not wait until somebody can tell the law again.
        return Findings(unknown if fields else replace(unknown, severity=Severity.INFO))
    return Findings.of([may_not_loosen(fields, situation, binding(situation), rule="weights.loosens")])
