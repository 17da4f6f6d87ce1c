"""How far one change of pacing may go, and what was declared for it; a person may answer for either.

* `pacing.step-limit`: no field goes further from its live value than the limit: absolute for rates, relative for
  counts. Where nothing is live there is no step, nor from a warm-up of nothing.
* `pacing.declared`: nothing goes beyond what was declared for the campaign or the tenant; what a change leaves beyond,
  or brings back a part of the way, is told.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from paceline.campaign.blocks import Pacing
from paceline.campaign.observed import Limits
from paceline.campaign.pacing.boldness import bolder
from paceline.primitives.findings import Finding, Severity

STEP = Decimal("0.10")
"""How far a change may go where nothing tighter was declared; nothing looser can be."""
RATES = ("answer_rate", "abandonment_aim")
COUNTS = ("max_calls", "call_interval_ms", "warm_up_s")
_DECLARED = "the declared limits"


def steps(live: Pacing | None, whole: Pacing, limits: Limits) -> list[Finding]:
    """Return each field that goes further from the live value than one change may; compared exactly.

    Args:
        live: what is live when it is judged, None where nothing is.
        whole: sound.
        limits: their `pacing_step` counts where it is below `STEP`.
    """
    if live is None:
        return []
    most = STEP if limits.pacing_step is None else min(STEP, limits.pacing_step)
    source = None if most == STEP else _DECLARED
    found = []
    for name in (*RATES, *COUNTS):
        was, wanted = Fraction(getattr(live, name)), Fraction(getattr(whole, name))
        base = Fraction(1) if name in RATES else was
        if base > 0 and abs(wanted - was) > Fraction(most) * base:
            found.append(_too_far(name, live, whole, most, source))
    return found


def farthest_rate(was: Decimal, step: Decimal, *, upwards: bool) -> Decimal:
    """Return the farthest rate that one change may set, by the step limit alone; at least 0.

    >>> farthest_rate(Decimal("0.72"), STEP, upwards=True), farthest_rate(Decimal("0.02"), STEP, upwards=False)
    (Decimal('0.82'), Decimal('0'))
    """
    return was + step if upwards else max(was - step, Decimal(0))


def farthest_count(was: int, step: Decimal, *, upwards: bool) -> int:
    """Return the farthest count that one change may set, by the step limit alone; the live one where there is no other.

    >>> [farthest_count(was, STEP, upwards=up) for was, up in ((80, True), (80, False), (9, True))]
    [88, 72, 9]
    """
    reach = Fraction(step) * was
    return math.floor(was + reach) if upwards else math.ceil(was - reach)


def _too_far(name: str, live: Pacing, whole: Pacing, most: Decimal, source: str | None) -> Finding:
    was, wanted = getattr(live, name), getattr(whole, name)
    end: int | str
    if name in RATES:
        size, limit = str(abs(wanted - was)), str(most)
        end = str(farthest_rate(was, most, upwards=wanted > was))
    else:
        size, limit = f"{float(100 * abs(wanted - was) / Fraction(was)):.4g} %", f"{_percent(most)} of what is live"
        end = farthest_count(was, most, upwards=wanted > was)
    reach = "no step of it is small enough" if end == was else f"one change goes to {end} at most"
    return Finding(
        rule="pacing.step-limit",
        severity=Severity.REVIEW,
        message=f"{name} from {was} to {wanted} is a step of {size}, more than {limit}: {reach}",
        field=name,
        found=str(wanted) if name in RATES else wanted,
        limit=end,
        source=source,
    )


def _percent(share: Decimal) -> str:
    return f"{format((100 * share).normalize(), 'f')} %"


def within_declared(live: Pacing | None, whole: Pacing, limits: Limits) -> list[Finding]:
    """Return each field that lies beyond what was declared: to be answered for where the change makes it bolder."""
    beyond = {
        "answer_rate": (limits.least_answer_rate, _is_below(whole.answer_rate, limits.least_answer_rate), "least"),
        "abandonment_aim": (
            limits.most_abandonment_aim,
            _is_above(whole.abandonment_aim, limits.most_abandonment_aim),
            "most",
        ),
        "max_calls": (limits.max_calls, _is_above(whole.max_calls, limits.max_calls), "most"),
        "call_interval_ms": (
            limits.least_call_interval_ms,
            _is_below(whole.call_interval_ms, limits.least_call_interval_ms),
            "least",
        ),
    }
    made = None if live is None else bolder(live, whole)
    return [
        _beyond(name, getattr(whole, name), limit, word, makes=made is None or name in made)
        for name, (limit, is_beyond, word) in beyond.items()
        if is_beyond and limit is not None
    ]


def _is_below(value: Decimal | int, limit: Decimal | int | None) -> bool:
    return limit is not None and value < limit


def _is_above(value: Decimal | int, limit: Decimal | int | None) -> bool:
    return limit is not None and value > limit


def _beyond(name: str, value: Decimal | int, limit: Decimal | int, word: str, *, makes: bool) -> Finding:
    told = "" if makes else "; the change makes it no bolder than it is"
    return Finding(
        rule="pacing.declared",
        severity=Severity.REVIEW if makes else Severity.INFO,
        message=f"{name} {value} is beyond the declared limit: at {word} {limit}{told}",
        field=name,
        found=str(value) if isinstance(value, Decimal) else value,
        limit=str(limit) if isinstance(limit, Decimal) else limit,
        source=_DECLARED,
    )
