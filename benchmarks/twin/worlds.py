"""Generated campaigns whose truth is known, as a twin's material."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from paceline.primitives.ids import campaign_id
from paceline.records.generator.generator import Part, demo_truth
from paceline.records.generator.summary import summary_of_rows
from paceline.records.summary import Span
from paceline.twin.boldness import Boldness
from paceline.twin.fitting import Material
from paceline.twin.model import MadeOf
from paceline.twin.records_vectors import embargo_of, records_fitting
from paceline.twin.vectors import platform_fitting

if TYPE_CHECKING:
    from paceline.records.generator.generator import Rows, Truth
    from paceline.records.summary import Summary
    from paceline.twin.effort import Effort

CAMPAIGN = campaign_id("CMP-1")


@dataclass(frozen=True, slots=True)
class RowsAsRecords:
    """Generated rows, asked as kept records are."""

    rows: Rows

    def summary(self, span: Span | None = None, *, zone: str, without: Span | None = None) -> Summary:
        """Return everything that is fitted from."""
        return summary_of_rows(self.rows, zone, span=span, without=without)

    def reach_s(self) -> float:
        """Return the longest time from the first to the last dial at one person, seconds."""
        order = np.lexsort((self.rows.at_us, self.rows.person))
        person, at_us = self.rows.person[order], self.rows.at_us[order]
        first = np.flatnonzero(np.append(True, person[1:] != person[:-1]))
        return float((np.maximum.reduceat(at_us, first) - at_us[first]).max()) / 1e6


def usual_truth(agents: int, *, alike: bool) -> Truth:
    """Return the demo's world with the shapes of times that are taken where a platform tells sums alone.

    Args:
        agents: all shifts together.
        alike: whether all people are, and are dialed once, so that who is in turn does not matter.
    """
    ring = (Part(share=1.0, mean_s=10.0, cv=0.4),)
    demo = demo_truth(agents)
    if alike:
        cell = demo.answers[1]
        demo = replace(demo, answers=(cell,) * len(demo.answers), concentration=math.inf, max_attempts=1)
    return replace(
        demo,
        talk_mu=math.log(155.0) - math.log(2.0) / 2,
        talk_sigma=math.sqrt(math.log(2.0)),
        ring=ring,
        machine_ring=ring,
    )


def from_records(
    rows: Rows, zone: str, *, seed: int, effort: Effort, split: float = 0.8, until: Span | None = None
) -> Material:
    """Return call records as material; those of a span alone where one is named."""
    records = RowsAsRecords(rows)
    whole = records.summary(until, zone=zone)
    embargo = embargo_of(whole.half_hours, reach_s=records.reach_s(), horizon_s=whole.retry_horizon_s, split=split)
    return Material(
        campaign=CAMPAIGN,
        made_of=MadeOf.RECORDS,
        half_hours=whole.half_hours,
        fitting=records_fitting(records, whole, seed=seed, effort=effort),
        embargo_s=embargo.seconds,
        zone=zone,
        effort=effort,
    )


def from_platform(rows: Rows, truth: Truth, *, seed: int, effort: Effort) -> Material:
    """Return what a platform would have measured, as material: sums by half-hour, and the lines that were told."""
    measured = summary_of_rows(rows, truth.zone).half_hours
    half_hours = replace(measured, wait_s=np.zeros_like(measured.wait_s))  # no platform tells it

    def told(_agents: int) -> Boldness:
        return Boldness(lines=truth.lines, cap=truth.cap, calls_per_s=truth.calls_per_s, warm_up_s=0.0)

    return Material(
        campaign=CAMPAIGN,
        made_of=MadeOf.PLATFORM,
        half_hours=half_hours,
        fitting=platform_fitting(half_hours, seed=seed, effort=effort),
        embargo_s=max(truth.retry_s),
        zone=truth.zone,
        told=told,
        effort=effort,
    )
