"""What data say of new weights, as pages show it: each metric in words, with its difference as a bar around zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from paceline.campaign.evidence import ABANDONMENT, CONNECTS, UTILISATION, insignificance_of
from paceline.primitives.canonical import Json
from paceline.service.dashboard.whiskers import around_zero, whisker

WORDS = {UTILISATION: "occupancy", ABANDONMENT: "abandon-rate", CONNECTS: ""}
"""The word of the pages for each metric; empty where there is none."""
CALLED = {UTILISATION: "Occupancy", ABANDONMENT: "Abandon rate", CONNECTS: "Connects an agent hour"}
"""What pages call the metrics."""
_SHARES = frozenset({UTILISATION, ABANDONMENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """One metric, ready to be shown.

    Attributes:
        called: its name.
        word: the id of the word that says what it means; empty for none.
        old, new: under either setting.
        difference: with its interval of 95 %.
        adjusted: p by Holm's method, looks included.
        verdict: what it comes to.
        good: whether that speaks for the new setting; None where it speaks for neither.
        picture: the difference as a bar around zero.
    """

    called: str
    word: str
    old: str
    new: str
    difference: str
    adjusted: str
    verdict: str
    good: bool | None
    picture: Markup


def rows_of(evidence: Mapping[str, Json]) -> list[MetricRow]:
    """Return the metrics of evidence, from its document; none where it tells none."""
    metrics = evidence.get("metrics")
    if not isinstance(metrics, Sequence) or isinstance(metrics, str):
        return []
    return [_row(one, evidence) for one in metrics if isinstance(one, Mapping)]


def difference_text(told: Mapping[str, Json], *, share: bool) -> str:
    """Return a difference with its interval: of shares in points, of anything else as it is.

    >>> difference_text({"mean": 0.031, "low": 0.02, "high": 0.042}, share=True)
    '+3.10 points (+2.00 to +4.20)'
    """
    mean, low, high = (_number(told[end]) * (100 if share else 1) for end in ("mean", "low", "high"))
    return f"{_signed(mean)}{' points' if share else ''} ({_signed(low)} to {_signed(high)})"


def is_share(metric: str) -> bool:
    """Return whether a metric is a fraction, whose differences are told in points."""
    return metric in _SHARES


def _row(one: Mapping[str, Json], evidence: Mapping[str, Json]) -> MetricRow:
    metric, share = str(one["metric"]), is_share(str(one["metric"]))
    between = one["difference"]
    told = between if isinstance(between, Mapping) else {}
    low, mean, high = (_number(told[end]) for end in ("low", "mean", "high"))
    worth = _number(one["least_worth"])
    asked = worth if metric == UTILISATION and worth else None
    verdict, good = _verdict(metric, one, evidence, mean)
    text = difference_text(told, share=share)
    called = CALLED.get(metric, metric)
    return MetricRow(
        called=called,
        word=WORDS.get(metric, ""),
        old=_value(one["old"], share=share),
        new=_value(one["new"], share=share),
        difference=text,
        adjusted=_chance(_number(one["p_adjusted"])),
        verdict=verdict,
        good=good,
        picture=whisker(
            (low, mean, high),
            f"{called}: {text}",
            span=around_zero([low, high, *([] if asked is None else [asked])]),
            asked=asked,
            kind="plain" if good is None else "good" if good else "bad",
        ),
    )


def _verdict(
    metric: str, one: Mapping[str, Json], evidence: Mapping[str, Json], mean: float
) -> tuple[str, bool | None]:
    if one["significant"] is not True:
        return insignificance_of(_number(one["p_adjusted"])), None
    if metric != UTILISATION:
        return ("lower" if mean < 0 else "higher"), (mean < 0) is (metric == ABANDONMENT)
    if evidence.get("worth_having") is True:
        return "worth having", True
    return ("a loss", False) if mean < 0 else ("a gain too small to be worth having", None)


def _value(value: Json, *, share: bool) -> str:
    return f"{_number(value) * 100:.2f} %" if share else f"{_number(value):.2f}"


def _chance(probability: float) -> str:
    return "below 0.001" if probability < 0.001 else f"{probability:.3f}"


def _signed(value: float) -> str:
    """Return a number with its sign, to a hundredth; none where it rounds to nothing."""
    rounded = round(value, 2)
    return f"{rounded:+.2f}" if rounded else "0.00"


def _number(told: Json) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise TypeError(f"evidence holds numbers here, not {type(told).__name__}")
    return float(told)
