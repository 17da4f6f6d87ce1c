"""How far one change may take a weight from the live one.

* `weights.deviation`: no weight goes further from what is live than the live limit. A change that raises its own limit
  is held to the live one; the first weights of all are held to the limit that they name, from 0. What is brought back
  was live already.
* The same holds of weights that come into effect, or out of it, by a switch: who makes them act, or lets them act no
  more, goes from or to 0 in effect. Where that dials more gently it is no step.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from paceline.campaign.blocks import WEIGHT_KEYS, Tuning, Weights
from paceline.campaign.weights.boldness import acting, pulls
from paceline.campaign.weights.model import Basis, Ground
from paceline.primitives.findings import Finding, Severity

MOST_STEPS = 20
"""In so many equal steps at most may weights that were looked for be reached."""


def steps(live: Weights | None, was: Tuning | None, whole: Weights, becomes: Tuning, basis: Basis) -> list[Finding]:
    """Return each weight that goes further from the live one than one change may; compared exactly.

    Args:
        live: what is live when it is judged, None where nothing is.
        was: what the platform does with them, None where nobody ever said.
        whole: sound.
        becomes: what the platform would do with them.
        basis: on what ground the change is made.
    """
    if basis.ground in {Ground.UNDO, Ground.RETURN}:
        return []
    found, limit = [], _limit(live, whole)
    for key in WEIGHT_KEYS:
        old = Decimal(0) if live is None else live.of(key)
        wanted, acted, acts = whole.of(key), acting(live, was, key), acting(whole, becomes, key)
        if _is_beyond(old, wanted, limit):
            found.append(_too_far(key, old, live, whole))
        elif _is_beyond(acted, acts, limit) and pulls(key, acts - acted):
            found.append(_too_far_in_effect(key, acted, acts, limit))
    return found


def _is_beyond(old: Decimal, wanted: Decimal, limit: Decimal) -> bool:
    # Decimals are rounded when they are subtracted; fractions are not.
    return abs(Fraction(wanted) - Fraction(old)) > Fraction(limit)


def farthest(old: Decimal, limit: Decimal, *, upwards: bool) -> Decimal:
    """Return the farthest weight that one change may set: by the limit, and by the bounds of any weight.

    >>> farthest(Decimal("0.1"), Decimal("0.2"), upwards=True), farthest(Decimal("-0.9"), Decimal("0.2"), upwards=False)
    (Decimal('0.3'), Decimal('-1'))
    """
    return min(old + limit, Decimal(1)) if upwards else max(old - limit, Decimal(-1))


def _limit(live: Weights | None, whole: Weights) -> Decimal:
    return whole.deviation_limit if live is None else live.deviation_limit


def _too_far(key: str, old: Decimal, live: Weights | None, whole: Weights) -> Finding:
    wanted, limit = whole.of(key), _limit(live, whole)
    end = farthest(old, limit, upwards=wanted > old)
    held = "the limit that it names" if live is None else "the live limit"
    raised = live is not None and whole.deviation_limit > limit
    told = f"; the limit of {whole.deviation_limit} that it names counts for later changes" if raised else ""
    return Finding(
        rule="weights.deviation",
        severity=Severity.ERROR,
        message=(
            f"{key} from {old} to {wanted} is a step of {abs(wanted - old)}, more than {held}, {limit}: one change "
            f"goes to {end} at most{told}"
        ),
        field=key,
        found=str(wanted),
        limit=str(limit),
        source="maxDeviationLimit, the campaign's own",
    )


def _too_far_in_effect(key: str, acted: Decimal, acts: Decimal, limit: Decimal) -> Finding:
    switched = "on" if acted == 0 else "off"
    end = farthest(Decimal(0), limit, upwards=acts + acted > 0)
    return Finding(
        rule="weights.deviation",
        severity=Severity.ERROR,
        message=(
            f"switching the tuning {switched} takes {key} from {acted} to {acts} in effect, a step of "
            f"{abs(acts - acted)}, more than the limit of {limit}: bring it to {end} first"
        ),
        field=key,
        found=str(acts),
        limit=str(limit),
        source="maxDeviationLimit, the campaign's own",
    )
