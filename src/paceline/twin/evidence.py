"""What a look at blocks shows, as the evidence that a corridor judges by."""

from __future__ import annotations

from datetime import datetime

from paceline.campaign.evidence import Evidence, MetricShown, Source, TwinStanding
from paceline.campaign.forecast import Between
from paceline.inference.promotion import Judged, Shown
from paceline.primitives.ids import EntryId


def evidence_of(
    judged: Judged,
    *,
    source: Source,
    since: datetime,
    until: datetime,
    cpu_s: float,
    paired: bool = False,
    twin: TwinStanding | None = None,
    entry: EntryId | None = None,
) -> Evidence:
    """Return a look as evidence.

    Args:
        judged: the look.
        source: an experiment or a twin.
        since: the start of the first block.
        until: the end of the last one.
        cpu_s: seconds of processor time that it took.
        paired: whether each block stood twice, so that pairs are what is counted.
        twin: its standing; None for an experiment.
        entry: of the ledger with the experiment; None for a twin.
    """
    return Evidence(
        source=source,
        blocks=judged.blocks // 2 if paired else judged.blocks,
        days=judged.days,
        since=since,
        until=until,
        metrics=tuple(_metric(one) for one in judged.metrics),
        worth_having=judged.worth_having,
        abandonment_high=judged.abandonment_high,
        ceiling=judged.ceiling,
        half_width=judged.half_width,
        seed=judged.seed,
        cpu_s=cpu_s,
        twin=twin,
        entry=entry,
    )


def _metric(shown: Shown) -> MetricShown:
    return MetricShown(
        metric=shown.metric.value,
        old=shown.old,
        new=shown.new,
        difference=Between(mean=shown.difference, low=shown.low, high=shown.high),
        p_value=shown.p_value,
        p_adjusted=shown.p_adjusted,
        least_worth=shown.least_worth,
        significant=shown.significant,
    )
