"""A twin of call records, from the records to its standing, and against newer ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from paceline.primitives.canonical import canonical_json
from paceline.primitives.ids import campaign_id
from paceline.records.generator.generator import demo_truth, generated
from paceline.records.generator.summary import summary_of_rows
from paceline.records.summary import Span
from paceline.twin.checking import Newer, check_twin
from paceline.twin.effort import Effort
from paceline.twin.fitting import Material, fit_twin
from paceline.twin.halves import day_spans
from paceline.twin.model import MadeOf, Twin, instant_of
from paceline.twin.records_vectors import embargo_of, expected_of, rates_of, records_fitting

if TYPE_CHECKING:
    from paceline.records.generator.generator import Rows
    from paceline.records.summary import Summary

TRUTH = replace(demo_truth(6), max_attempts=2)
LEAST = Effort(draws=6, draws_of_fold=4, replications=24, played=8, played_of_draw=2)


@dataclass(frozen=True, slots=True)
class RowsAsRecords:
    """Generated rows, asked as kept records are."""

    rows: Rows

    def summary(self, span: Span | None = None, *, zone: str, without: Span | None = None) -> Summary:
        return summary_of_rows(self.rows, zone, span=span, without=without)

    def reach_s(self) -> float:
        return TRUTH.retry_s[0] + 600.0


def test_twin_of_records_is_fitted_checked_kept_and_held_against_newer_ones() -> None:
    records = RowsAsRecords(generated(TRUTH, 13, 5))
    everything = records.summary(zone=TRUTH.zone)
    spans = day_spans(everything.half_hours)
    known = Span(since=instant_of(spans[0].start), until=instant_of(spans[10].end))
    whole = records.summary(known, zone=TRUTH.zone)
    embargo = embargo_of(whole.half_hours, reach_s=records.reach_s(), horizon_s=whole.retry_horizon_s, split=0.8)
    material = Material(
        campaign=campaign_id("CMP-1"),
        made_of=MadeOf.RECORDS,
        half_hours=whole.half_hours,
        fitting=records_fitting(records, whole, seed=1, effort=LEAST),
        embargo_s=embargo.seconds,
        zone=TRUTH.zone,
        effort=LEAST,
    )
    twin = fit_twin(material, seed=1)
    assert isinstance(twin, Twin)
    assert [one.measure for one in twin.standing.coverage] == ["answers", "abandons", "utilisation", "mean_wait"]
    assert all(0.6 < one.covered <= 1.0 for one in twin.standing.coverage)
    assert (len(twin.days), twin.standing.folds, embargo.assumed) == (11, 5, "")
    assert canonical_json(Twin.of(twin.document()).document()) == canonical_json(twin.document())
    fit = twin.fitted_records
    assert fit is not None
    cells = everything.cells
    expected = expected_of(fit.answers, cells)
    newer = Newer(half_hours=everything.half_hours, expected=rates_of(cells, expected, TRUTH.zone))
    checked = check_twin(twin, newer)
    assert {one.held.days for one in checked.judged} == {2}
    assert checked.drifted is None
    # Each attempt is expected to be answered as often as it was, all hours and lines together, on the days fitted on.
    fitted_on = records.summary(Span(since=fit.since, until=fit.until), zone=TRUTH.zone).cells
    by_attempt = np.bincount(fitted_on.attempt, weights=expected_of(fit.answers, fitted_on))
    seen = np.array([one.answered for one in fit.answers.attempts])
    assert by_attempt[1:] == pytest.approx(seen, rel=0.06)
