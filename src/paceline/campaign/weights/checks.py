"""The rules of the weights, in the order in which they are told; the modules named below have the others.

* `weights.incomplete`: the change names something, and all that is not live yet.
* `weights.known-key`: each weight that is named is one that the platform knows.
* `weights.bounds`: each number is an exact one within the bounds of the platform, each switch is on or off.
* `weights.split`: the share of the days that is fitted on leaves some on either side, and the twin that speaks for the
  weights was fitted on it.
* `weights.algorithm`: it is named by a word; naming another than the live one wants a person who answers for it.
* `weights.trigger`: which trigger is sent, whatever is live or named; told.
* `steps`: `weights.deviation`.
* `lawful`: `weights.unknown-region`, `weights.loosens`.
* `significance`: `weights.no-data`, `weights.too-little-data`, `weights.twin`, `weights.drift`, `weights.split`,
  `weights.abandonment`, `weights.significance`, `weights.worth`, `weights.convergence`, `weights.effect`.
"""

from __future__ import annotations

from decimal import Decimal

from paceline.campaign.blocks import WEIGHT_KEYS, Tuning, Weights
from paceline.campaign.observed import WEIGHTS, Ability, Situation
from paceline.campaign.obstacles import obstacles
from paceline.campaign.weights.boldness import redials
from paceline.campaign.weights.lawful import lawful
from paceline.campaign.weights.model import MANUAL, SWITCHES, Basis, Wanted
from paceline.campaign.weights.significance import by_data
from paceline.campaign.weights.steps import steps
from paceline.primitives.findings import LONGEST_TOLD, Finding, Findings, Severity, figure_of, kind_told

_CONTRACT = "the platform's contract"
WEIGHT = (Decimal(-1), Decimal(1))
"""Lowest and highest weight that the platform takes."""
RATES = {
    "validation_split": (Decimal("0.1"), Decimal("0.9")),
    "deviation_limit": (Decimal("0.01"), Decimal("0.5")),
    "convergence": (Decimal("0.001"), Decimal("0.1")),
}
"""Lowest and highest value of each setting that the platform takes."""
LONGEST_NAME = 128
"""So many characters an algorithm's name has at most."""


def sound(wanted: Wanted) -> Findings:
    """Judge what is named without looking at the platform; a value of any type whatever is judged, and never fails."""
    if wanted.names_nothing:
        message = "nothing is named that is to change"
        return Findings(_incomplete(message, ("parameters", *RATES, "algorithm", *SWITCHES)))
    if wanted.parameters is not None and not wanted.weights_named:
        message = f"a map of weights without any is none: name at least one of {', '.join(WEIGHT_KEYS)}"
        return Findings(_incomplete(message, ("parameters",)))
    return _sound(wanted)


def guarded(wanted: Wanted, basis: Basis, needs: frozenset[Ability], situation: Situation) -> Findings:
    """Judge the weights that would come of the wish, the fields that it leaves as they are included."""
    found, observed = obstacles(needs, situation, block=WEIGHTS), situation.observed
    if sound(wanted).refused:
        return found + sound(wanted)
    live, tuning = observed.weights, observed.tuning
    left = _sound(wanted.left_on(live))
    found += left
    whole, becomes = wanted.on(live), wanted.tuning_on(tuning)
    if whole is None or becomes is None:
        missing = wanted.missing_on(live, tuning)
        message = f"the campaign has no weights yet, and {', '.join(missing)} must be named"
        return found + Findings(_incomplete(message, missing))
    if left.refused:
        return found
    found += Findings.of([*steps(live, tuning, whole, becomes, basis), _other_algorithm(live, whole, basis)])
    found += Findings(_trigger(tuning, wanted)) + lawful(whole, becomes, situation)
    if basis.wants_evidence and redials(live, tuning, whole, becomes):
        found += by_data(whole, becomes, situation)
    return found


def _sound(wanted: Wanted) -> Findings:
    found = [_weight(key, value) for key, value in wanted.weights_named.items()]
    found += [_rate(name, getattr(wanted, name)) for name in RATES]
    found += [_switch(name, getattr(wanted, name)) for name in SWITCHES]
    words = [_word("algorithm", wanted.algorithm, rule="weights.algorithm")]
    return Findings.of([*found, *words, _word("trigger", wanted.trigger, rule="weights.trigger")])


def _incomplete(message: str, missing: tuple[str, ...]) -> Finding:
    return Finding(rule="weights.incomplete", severity=Severity.ERROR, message=message, field=missing[0], limit=missing)


def _weight(key: object, value: object) -> Finding | None:
    if key not in WEIGHT_KEYS:
        shown = str(figure_of(key))
        return Finding(
            rule="weights.known-key",
            severity=Severity.ERROR,
            message=f"{shown!r} is no weight that the platform knows: they are {', '.join(WEIGHT_KEYS)}",
            field=shown,
            found=shown,
            limit=WEIGHT_KEYS,
            source=_CONTRACT,
        )
    return _bounded(str(key), value, WEIGHT, rule="weights.bounds")


def _rate(name: str, value: object) -> Finding | None:
    if value is None:
        return None
    if name == "validation_split":
        return _bounded(name, value, RATES[name], rule="weights.split")
    return _bounded(name, value, RATES[name], rule="weights.bounds")


def _bounded(name: str, value: object, bounds: tuple[Decimal, Decimal], *, rule: str) -> Finding | None:
    least, most = bounds
    # Binary numbers are none of these: 0.1 + 0.2 would be judged as what nobody wrote.
    if not isinstance(value, Decimal) or not value.is_finite():
        return _out(name, value, bounds, "must be an exact decimal number from", rule=rule)
    if value < least or value > most:
        nearest = str(least if value < least else most)
        return _out(name, value, bounds, "must be from", rule=rule, nearest=nearest)
    if Decimal(repr(float(value))) != value:
        return _out(
            name, value, bounds, "must have no more digits than a number of the platform keeps, from", rule=rule
        )
    return None


def _switch(name: str, value: object) -> Finding | None:
    if value is None or isinstance(value, bool):
        return None
    shown = figure_of(value)
    return Finding(
        rule="weights.bounds",
        severity=Severity.ERROR,
        message=f"{name} {shown!r}{kind_told(value)}: must be true or false",
        field=name,
        found=shown,
        limit=("true", "false"),
        source=_CONTRACT,
    )


def _word(name: str, value: object, *, rule: str) -> Finding | None:
    is_word = isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= LONGEST_NAME
    if value is None or is_word:
        return None
    shown = figure_of(value)
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        message=f"{name} {shown!r}{kind_told(value)}: must be a word of 1 to {LONGEST_NAME} printable characters",
        field=name,
        found=shown,
        limit=LONGEST_NAME,
        source=_CONTRACT,
    )


def _other_algorithm(live: Weights | None, whole: Weights, basis: Basis) -> Finding | None:
    if live is None or live.algorithm == whole.algorithm:
        return None
    return Finding(
        rule="weights.algorithm",
        severity=Severity.REVIEW if basis.wants_evidence else Severity.INFO,
        message=(
            f"the algorithm {live.algorithm!r} is live, and {whole.algorithm!r} is another: no data here are of it, so "
            "that whoever wants it has to answer for it"
        ),
        field="algorithm",
        found=whole.algorithm,
        limit=live.algorithm,
    )


def _trigger(live: Tuning | None, wanted: Wanted) -> Finding:
    held = "none is live" if live is None else f"{live.trigger[:LONGEST_TOLD]!r} is live"
    named = "" if wanted.trigger in {None, MANUAL} else f" and {wanted.trigger!r} was named"
    told = "as it is" if live is not None and live.trigger == MANUAL and not named else f"though {held}{named}"
    return Finding(
        rule="weights.trigger",
        severity=Severity.INFO,
        message=(
            f"the simulation trigger is sent as {MANUAL!r}, {told}: the platform's simulation is asked for once, "
            "before the change, and starts by nothing else"
        ),
        field="trigger",
        found=None if live is None else live.trigger[:LONGEST_NAME],
        limit=MANUAL,
    )


def _out(
    name: str, value: object, bounds: tuple[Decimal, Decimal], must: str, *, rule: str, nearest: str | None = None
) -> Finding:
    shown = figure_of(value)
    said = repr(shown) if isinstance(value, str) else str(shown)
    told = (str(bounds[0]), str(bounds[1]))
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        message=f"{name} {said}{kind_told(value)}: {must} {told[0]} to {told[1]}",
        field=name,
        found=shown,
        limit=" to ".join(told) if nearest is None else nearest,
        source=_CONTRACT,
    )
