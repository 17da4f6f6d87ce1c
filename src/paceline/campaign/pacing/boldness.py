"""How boldly a pacing dials: lines for each idle agent as the contract's parameters are read, and what loosens.

The reading is the one of `docs/reference/dialer.md`: how the real platform paces is not published.
"""

from __future__ import annotations

from decimal import Decimal

from paceline.campaign.blocks import Pacing

FEWEST_ANSWERS = Decimal("0.5")
"""Answers that are called up for each idle agent at an aim of nothing."""
ANSWERS_PER_AIM = Decimal(100)
"""How many more for each unit of the aim."""
GENTLEST = (Decimal("0.50"), Decimal(0))
"""Belief and aim at which one line rings for each idle agent: as a progressive dialer."""


def lines_per_idle(pacing: Pacing) -> float:
    """Return the lines that ring for each idle agent, by the reading of the contract's parameters.

    Args:
        pacing: a sound one; its belief is above 0.

    >>> from decimal import Decimal as D
    >>> told = dict(max_calls=80, call_interval_ms=120, warm_up_s=0)
    >>> lines_per_idle(Pacing(answer_rate=D("0.5"), abandonment_aim=D("0.01"), **told))
    3.0
    """
    return float((FEWEST_ANSWERS + ANSWERS_PER_AIM * pacing.abandonment_aim) / pacing.answer_rate)


def may_abandon(pacing: Pacing) -> bool:
    """Return whether more lines than one ring for an idle agent, so that more people may answer than agents wait."""
    return FEWEST_ANSWERS + ANSWERS_PER_AIM * pacing.abandonment_aim > pacing.answer_rate


def loosening(live: Pacing | None, wanted: Pacing) -> tuple[str, ...]:
    """Return the fields by which the wanted pacing lets more calls be abandoned than the live one; none is tighter.

    What cannot be compared, because nothing is live, loosens whenever it may abandon at all.
    """
    if not may_abandon(wanted):
        return ()
    return ("abandonment_aim",) if live is None else bolder(live, wanted)


def bolder(live: Pacing, wanted: Pacing) -> tuple[str, ...]:
    """Return the fields in which the wanted pacing dials more boldly than the live one, whatever comes of it."""
    is_bolder = {
        "answer_rate": wanted.answer_rate < live.answer_rate,
        "abandonment_aim": wanted.abandonment_aim > live.abandonment_aim,
        "max_calls": wanted.max_calls > live.max_calls,
        "call_interval_ms": wanted.call_interval_ms < live.call_interval_ms,
        "warm_up_s": wanted.warm_up_s < live.warm_up_s,
        "strategy": wanted.strategy != live.strategy,
    }
    return tuple(name for name, does in is_bolder.items() if does)
