"""Kept call records as summaries: held against the same tables in plain numpy, of generated rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from paceline.compliance.shelf import the_rulebook
from paceline.primitives.ids import CampaignId
from paceline.records.failures import NoRecordsError
from paceline.records.generator.files import Form, write
from paceline.records.generator.generator import generated
from paceline.records.generator.rows import Rows
from paceline.records.generator.summary import half_hours_of_rows, summary_of_rows
from paceline.records.generator.truth import demo_truth
from paceline.records.importing.keeping import Kept, kept_in
from paceline.records.importing.mapping import Reading
from paceline.records.importing.taking_in import Import, Taken, take_in
from paceline.records.reading.presence import split_seconds
from paceline.records.reading.records import Records, records_in, records_of
from paceline.records.summary import Span

ZONE = "America/New_York"
AGENTS, DAYS = 6, 3
TIMES = ("ring_s", "wait_s", "talk_s", "wrap_s")


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Generated calls, their times as files hold them."""
    made = generated(demo_truth(AGENTS), DAYS, 7)
    return replace(made, **{name: np.round(getattr(made, name), 4) for name in TIMES})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def imported(rows: Rows, folder: Path) -> Taken:
    written = write([[rows]], demo_truth(AGENTS), folder / "made", form=Form.PARQUET, made={})
    asked = Import(
        path=written.calls,
        campaign=CampaignId("CMP-12345"),
        reading=Reading(),
        folder=folder / "kept",
        key="5a" * 16,
        now=datetime(2027, 1, 1, tzinfo=UTC),
        shifts=written.shifts,
    )
    return take_in(asked, the_rulebook(()))


@pytest.fixture(scope="module")
def kept(imported: Taken, folder: Path) -> tuple[Kept, ...]:
    assert imported.bad == 0
    return kept_in(folder / "kept")


@pytest.fixture(scope="module")
def records(kept: tuple[Kept, ...]) -> Iterator[Records]:
    with records_of(kept) as opened:
        yield opened


def same(found: Any, wanted: Any, place: str = "") -> None:
    """Hold two tables to each other, column by column; seconds to a millisecond."""
    for field in fields(found):
        one, other = getattr(found, field.name), getattr(wanted, field.name)
        where = f"{place}.{field.name}"
        if is_dataclass(one):
            same(one, other, where)
        elif isinstance(one, np.ndarray):
            assert one.shape == other.shape, where
            np.testing.assert_allclose(one, other, atol=1e-3, err_msg=where)
        else:
            assert one == other, where


def test_summary_is_that_of_the_rows(records: Records, rows: Rows) -> None:
    same(records.summary(zone=ZONE), summary_of_rows(rows, ZONE))
    same(records.half_hours(), half_hours_of_rows(rows))


@pytest.mark.parametrize("zone", [ZONE, "Asia/Kathmandu", "UTC"])
def test_persons_of_held_out_days_are_left_out_of_the_others(records: Records, rows: Rows, zone: str) -> None:
    between = records.span.since + timedelta(days=2)
    train = Span(since=records.span.since, until=between)
    held = Span(since=between, until=records.span.until)
    without = records.summary(train, zone=zone, without=held)
    same(without, summary_of_rows(rows, zone, span=train, without=held))
    assert 0 < without.rows < records.summary(train, zone=zone).rows


def test_days_are_local_dates(records: Records) -> None:
    assert records.days(ZONE) == (date(2026, 9, 7), date(2026, 9, 8), date(2026, 9, 9))
    # Nine in the evening in New York is the next morning in Kathmandu.
    assert records.days("Asia/Kathmandu")[-1] == date(2026, 9, 10)


def test_agents_without_logins_are_there_while_they_are_busy(kept: tuple[Kept, ...]) -> None:
    with records_in([kept[0].path], away_s=60.0) as untold, records_of(kept) as told:
        guessed, known = untold.half_hours().staffed_s, told.half_hours().staffed_s
        busy = untold.half_hours().talk_s + untold.half_hours().wrap_s
    assert busy.sum() <= guessed.sum() <= known.sum()
    assert guessed.sum() > 0.5 * known.sum()


def test_seconds_of_a_stretch_are_split_where_half_hours_end() -> None:
    span = Span(since=datetime(2026, 3, 2, 12, tzinfo=UTC), until=datetime(2026, 3, 2, 14, tzinfo=UTC))
    first = int(span.since.timestamp()) * 1_000_000
    begins, ends = (
        np.array([first - 60_000_000, first + 1_799_000_000]),
        np.array([first + 1_000_000, first + 7_300_000_000]),
    )
    assert split_seconds(begins, ends, span).tolist() == [2.0, 1800.0, 1800.0, 1800.0]


def test_nothing_kept_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoRecordsError, match="no call records"), records_of(kept_in(tmp_path / "nowhere")):
        pass
