"""Parts of a twin as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from paceline.campaign.evidence import Coverage, TwinStanding
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import EntryId
from paceline.records.summary import HalfHours
from paceline.simulation.distributions import Duration, Family
from paceline.twin.parts import Draw, Drifted, TwinDay
from paceline.twin.results import FoldResult, Scored

if TYPE_CHECKING:
    from paceline.records.fits.fitted import FittedRecords

_WHOLE = frozenset({"start", "dials", "answered", "abandoned", "machines", "no_answers", "busies", "failed"})
_TIMES = ("talk", "wrap", "ring_answered", "ring_machine", "ring_unanswered")


def standing_of(kept: Mapping[str, Any]) -> TwinStanding:
    """Return the standing of its document."""
    return TwinStanding(
        passed=kept["passed"],
        why=kept["why"],
        coverage=tuple(Coverage(**one) for one in kept["coverage"]),
        folds=int(kept["folds"]),
        fitted_until=_instant(kept["fitted_until"]),
        data_until=_instant(kept["data_until"]),
        split=float(kept["split"]),
        entry=None if kept["entry"] is None else EntryId(int(kept["entry"])),
    )


def drifted_of(kept: Mapping[str, Any]) -> Drifted:
    """Return what is told of a drift, of its document."""
    return Drifted(
        quantity=kept["quantity"],
        toward=kept["toward"],
        since=_instant(kept["since"]),
        found=_instant(kept["found"]),
        run_length_days=float(kept["run_length_days"]),
        entry=None if kept["entry"] is None else EntryId(int(kept["entry"])),
    )


def fitted_records(kept: dict[str, Any] | None) -> FittedRecords | None:
    """Return what was fitted to call records, of its document; None where nothing was."""
    if kept is None:
        return None
    from paceline.records.fits.fitted import FittedRecords

    return FittedRecords.of(kept)


def draw_document(draw: Draw) -> dict[str, Any]:
    """Return a vector as JSON; each time is its family, mean and spread."""
    found = {one.name: getattr(draw, one.name) for one in fields(Draw)}
    for name in _TIMES:
        time = found[name]
        found[name] = None if time is None else [time.family.value, time.mean_s, time.cv]
    return found


def draw(kept: dict[str, Any]) -> Draw:
    """Return a vector, of its document."""
    found = dict(kept)
    for name in _TIMES:
        if found[name] is not None:
            family, mean_s, cv = found[name]
            found[name] = Duration(family=Family(family), mean_s=float(mean_s), cv=float(cv))
    return Draw(**found)


def day(kept: dict[str, Any]) -> TwinDay:
    """Return a day, of its document."""
    return TwinDay(
        start=int(kept["start"]),
        staffed_s=tuple(float(one) for one in kept["staffed_s"]),
        rates=tuple(float(one) for one in kept["rates"]),
        log_factor=float(kept["log_factor"]),
        answers=int(kept["answers"]),
    )


def half_hours_document(measured: HalfHours) -> dict[str, Any]:
    """Return what was measured as JSON, column by column."""
    return {one.name: getattr(measured, one.name).tolist() for one in fields(HalfHours)}


def half_hours(kept: dict[str, Any]) -> HalfHours:
    """Return what was measured, of its document."""
    import numpy as np

    return HalfHours(
        **{
            one.name: np.array(kept[one.name], dtype=np.int64 if one.name in _WHOLE else np.float64)
            for one in fields(HalfHours)
        }  # type: ignore[arg-type]  # each column has the kind of its name
    )


def result_document(result: FoldResult) -> dict[str, Any]:
    """Return what a fold came to as JSON."""
    return {
        "fitted_until": utc_text(result.fitted_until),
        "since": utc_text(result.since),
        "until": utc_text(result.until),
        "is_last": result.is_last,
        "scored": [listed(asdict(one)) for one in result.scored],
    }


def result(kept: dict[str, Any]) -> FoldResult:
    """Return what a fold came to, of its document."""
    return FoldResult(
        fitted_until=_instant(kept["fitted_until"]),
        since=_instant(kept["since"]),
        until=_instant(kept["until"]),
        is_last=kept["is_last"],
        scored=tuple(_scored(one) for one in kept["scored"]),
    )


def _scored(kept: dict[str, Any]) -> Scored:
    columns: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in kept.items()}
    return Scored(**columns)


def listed(values: dict[str, Any]) -> dict[str, Any]:
    """Return values with lists in the place of tuples, as JSON has them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
