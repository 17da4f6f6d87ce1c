"""The rules of the pacing, in the order in which they are told; the modules named below have the others.

* `pacing.incomplete`: the change names something, and all that the live pacing does not have.
* `pacing.bounds`: each field is a number of its kind, within the bounds of the platform; decimals compared exactly.
* `pacing.strategy`: the one algorithm that there is.
* `pacing.mode`: pacing has no effect while the campaign does not dial predictively; told.
* `steps`: `pacing.step-limit`, `pacing.declared`.
* `lawful`: `pacing.unknown-region`, `pacing.abandonment-ceiling`, `pacing.loosens`.
* `expected`: `pacing.no-projection`, `pacing.fit`, `pacing.breach`, `pacing.projection`, `pacing.answer-rate`; with
  `formulas`: `pacing.lines`, `pacing.interval`.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from paceline.campaign.blocks import DialingMode, Pacing
from paceline.campaign.observed import PACING, Ability, Situation
from paceline.campaign.obstacles import obstacles
from paceline.campaign.pacing.expected import expected
from paceline.campaign.pacing.lawful import lawful
from paceline.campaign.pacing.model import FIELDS, Wanted
from paceline.campaign.pacing.steps import steps, within_declared
from paceline.primitives.findings import Finding, Findings, Severity, figure_of, kind_told

_CONTRACT = "the platform's contract"
RATES = {"answer_rate": (Decimal("0.40"), Decimal("0.95")), "abandonment_aim": (Decimal(0), Decimal("0.03"))}
"""Lowest and highest value of each rate that the platform takes."""
COUNTS = {"max_calls": (5, 150), "call_interval_ms": (50, 500), "warm_up_s": (0, 2**31 - 1)}
"""Lowest and highest value of each whole number; the contract sets the warm-up no end, every reader of JSON does."""
STRATEGY = "predictive"
"""The one algorithm that the platform knows."""


def sound(wanted: Wanted) -> Findings:
    """Judge what is named without looking at the platform; a value of any type whatever is judged, and never fails."""
    if wanted.names_nothing:
        return Findings(_incomplete("nothing is named that is to change", FIELDS))
    return _sound(wanted)


def guarded(wanted: Wanted, needs: frozenset[Ability], situation: Situation) -> Findings:
    """Judge the pacing that would come of the wish, the fields that it leaves as they are included."""
    found, live = obstacles(needs, situation, block=PACING), situation.observed.pacing
    if sound(wanted).refused:
        return found + sound(wanted)
    left = _sound(wanted.left_on(live))
    found += left
    whole = wanted.on(live)
    if whole is None:
        missing = wanted.missing_on(live)
        message = f"the campaign has no pacing yet, and {', '.join(missing)} must be named"
        return found + Findings(_incomplete(message, missing))
    if left.refused:
        return found
    limits = situation.circumstances.limits
    found += Findings.of([*steps(live, whole, limits), *within_declared(live, whole, limits), _mode(situation)])
    judged = Findings(*(_as_live(finding, wanted, whole) for finding in lawful(whole, situation)))
    return found + judged + expected(whole, situation)


def in_effect(pacing: Pacing, situation: Situation, *, field: str) -> Findings:
    """Judge live pacing that a change of something else brings into effect, as if none had been in effect before.

    Args:
        pacing: what is live, and stays so.
        situation: with the forecast of it.
        field: of that change.
    """
    blank = replace(situation, observed=replace(situation.observed, pacing=None))
    aim = [one for one in lawful(pacing, blank) if one.rule == "pacing.abandonment-ceiling"]
    return Findings(*(replace(one, field=field) for one in Findings.of(aim) + expected(pacing, blank)))


def _as_live(finding: Finding, wanted: Wanted, whole: Pacing) -> Finding:
    """Return a finding about the aim as one that is only told where the change leaves the aim as it is."""
    if finding.rule != "pacing.abandonment-ceiling" or wanted.abandonment_aim is not None:
        return finding
    message = f"the live aim of {whole.abandonment_aim}, left as it is: {finding.message}"
    return replace(finding, severity=Severity.INFO, message=message)


def _sound(wanted: Wanted) -> Findings:
    found = [_rate(name, getattr(wanted, name)) for name in RATES]
    found += [_count(name, getattr(wanted, name)) for name in COUNTS]
    return Findings.of([*found, _strategy(wanted.strategy)])


def _incomplete(message: str, missing: tuple[str, ...]) -> Finding:
    return Finding(rule="pacing.incomplete", severity=Severity.ERROR, message=message, field=missing[0], limit=missing)


def _rate(name: str, value: object) -> Finding | None:
    if value is None:
        return None
    least, most = RATES[name]
    # Binary numbers are none of these: 0.1 + 0.2 would be judged as what nobody wrote.
    if not isinstance(value, Decimal) or not value.is_finite():
        return _out(name, value, (str(least), str(most)), "must be an exact decimal fraction from")
    if value < least or value > most:
        return _out(name, value, (str(least), str(most)), "must be from", nearest=str(least if value < least else most))
    if Decimal(repr(float(value))) != value:
        return _out(name, value, (str(least), str(most)), "has more digits than a number of the platform keeps; it is")
    return None


def _count(name: str, value: object) -> Finding | None:
    if value is None:
        return None
    least, most = COUNTS[name]
    if type(value) is not int:
        return _out(name, value, (str(least), str(most)), "must be a whole number from")
    if least <= value <= most:
        return None
    return _out(name, value, (str(least), str(most)), "must be from", nearest=least if value < least else most)


def _out(name: str, value: object, bounds: tuple[str, str], must: str, *, nearest: int | str | None = None) -> Finding:
    shown = figure_of(value)
    said = repr(shown) if isinstance(value, str) else str(shown)
    return Finding(
        rule="pacing.bounds",
        severity=Severity.ERROR,
        message=f"{name} {said}{kind_told(value)}: {must} {bounds[0]} to {bounds[1]}",
        field=name,
        found=shown,
        limit=" to ".join(bounds) if nearest is None else nearest,
        source=_CONTRACT,
    )


def _strategy(value: object) -> Finding | None:
    if value is None or (isinstance(value, str) and value == STRATEGY):
        return None
    shown = figure_of(value)
    return Finding(
        rule="pacing.strategy",
        severity=Severity.ERROR,
        message=f"strategy {shown!r} is none that the platform knows: it is {STRATEGY}",
        field="strategy",
        found=shown,
        limit=(STRATEGY,),
        source=_CONTRACT,
    )


def _mode(situation: Situation) -> Finding | None:
    rules = situation.observed.rules
    if rules is None or rules.mode is DialingMode.PREDICTIVE:
        return None
    return Finding(
        rule="pacing.mode",
        severity=Severity.INFO,
        message=(
            f"the campaign dials in mode {rules.mode}, so that pacing has no effect now; "
            f"it has as soon as the mode is {DialingMode.PREDICTIVE}"
        ),
        field="mode",
        found=rules.mode.value,
        limit=DialingMode.PREDICTIVE.value,
    )
