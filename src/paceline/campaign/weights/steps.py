"""How far one change may take a weight from the live one.

* `weights.deviation`: no weight goes further from what is live than the live limit. A change that raises its own limit
  is held to the live one; the first weights of all are held to the limit that they name, from 0. What is brought back
  was live already.
"""

from __future__ import annotations

from decimal import Decimal

from paceline.campaign.blocks import WEIGHT_KEYS, Weights
from paceline.campaign.weights.model import Basis, Ground
from paceline.primitives.findings import Finding, Severity


def steps(live: Weights | None, whole: Weights, basis: Basis) -> list[Finding]:
    """Return each weight that goes further from the live one than one change may; compared exactly.

    Args:
        live: what is live when it is judged, None where nothing is.
        whole: sound.
        basis: on what ground the change is made.
    """
    if basis.ground is Ground.UNDO:
        return []
    found = []
    for key in WEIGHT_KEYS:
        old = Decimal(0) if live is None else live.of(key)
        if abs(whole.of(key) - old) > _limit(live, whole):
            found.append(_too_far(key, old, live, whole))
    return found


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
