"""What DuckDB makes of kept call records is what numpy makes of the rows that they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from paceline.records.calls import KEPT
from paceline.records.generator.files import Form, write
from paceline.records.generator.generator import Rows, demo_truth, generated, half_hours_of_rows, summary_of_rows
from paceline.records.reading.records import Records, records_in
from paceline.records.summary import Span

ZONE = "America/New_York"
_KEEP = """COPY (SELECT $columns FROM (
    SELECT * REPLACE (
        coalesce(CAST(right(agent, 4) AS UBIGINT), 0::UBIGINT) AS agent, CAST(right(debt, 9) AS UBIGINT) AS debt),
        CAST(right(number, 10) AS UBIGINT) AS person FROM read_parquet($calls)) ORDER BY "at") TO $kept"""
_LOGINS = """COPY (SELECT CAST(right(agent, 4) AS UBIGINT) AS agent, epoch_us(CAST(login AS TIMESTAMPTZ)) AS since_us,
    epoch_us(CAST(logout AS TIMESTAMPTZ)) AS until_us FROM read_csv($shifts, all_varchar = true)) TO $kept"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rows, Records]]:
    folder = tmp_path_factory.mktemp("kept")
    truth = replace(demo_truth(12), overtime_s=45.0)
    rows = generated(truth, 4, 17)
    files = write([[rows]], truth, folder, form=Form.PARQUET, made={})
    kept, logins = folder / "kept.parquet", folder / "kept.shifts.parquet"
    _copy(_KEEP, kept, calls=files.calls)
    _copy(_LOGINS, logins, shifts=files.shifts)
    with records_in([kept], logins=[(kept, logins)]) as records:
        yield rows, records


def _copy(query: str, kept: Path, **files: Path) -> None:
    query = query.replace("$columns", ", ".join(f'"{name}"' for name in KEPT))
    for name, path in {**files, "kept": kept}.items():
        query = query.replace(f"${name}", f"'{path}'")
    with duckdb.connect() as connection:
        connection.execute(query)


def _same(found: Any, wanted: Any) -> None:
    for field in fields(wanted):
        one, other = getattr(found, field.name), getattr(wanted, field.name)
        if isinstance(other, np.ndarray):
            np.testing.assert_allclose(one, other, atol=1e-3, err_msg=field.name)
        else:
            assert one == other, field.name


def test_half_hours_agree(both: tuple[Rows, Records]) -> None:
    rows, records = both
    assert records.rows == len(rows)
    _same(records.half_hours(), half_hours_of_rows(rows))


@pytest.mark.parametrize("held", [False, True])
def test_summaries_agree(both: tuple[Rows, Records], *, held: bool) -> None:
    rows, records = both
    whole = records.span
    cut = datetime(2026, 9, 10, 4, tzinfo=UTC)
    span = Span(since=whole.since, until=cut) if held else whole
    without = Span(since=cut, until=whole.until) if held else None
    found = records.summary(span, zone=ZONE, without=without)
    wanted = summary_of_rows(rows, ZONE, span=span, without=without)
    for name in ("ring_answered", "ring_machine", "ring_unanswered", "talk", "wrap", "half_hours"):
        _same(getattr(found, name), getattr(wanted, name))
    assert (found.rows, found.persons) == (wanted.rows, wanted.persons)
    assert found.retry_horizon_s == pytest.approx(wanted.retry_horizon_s)
    assert _cells(found.cells) == _cells(wanted.cells)


def _cells(cells: Any) -> list[tuple[int, ...]]:
    columns = [getattr(cells, field.name).tolist() for field in fields(cells)]
    return sorted(zip(*columns, strict=True))
