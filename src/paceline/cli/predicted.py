"""`paceline get predictions`: what was predicted of the changes of a campaign, and what was measured since."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.entrance import open_system
from paceline.cli.options import OneCampaign, Targeting
from paceline.cli.render import show_data, show_table, tell
from paceline.cli.target import target_of
from paceline.control.adoption import Adopt

if TYPE_CHECKING:
    from paceline.campaign.forecast import Between
    from paceline.control.predictions.prediction import Compared, Prediction
    from paceline.primitives.canonical import Json

COLUMNS = ("ENTRY", "BY", "SINCE", "MEASURE", "PREDICTED", "MEASURED", "HELD")
SHARES = ("utilisation", "abandonment")
"""What is told in hundredths."""


def get_predictions(campaign: OneCampaign = None, /, *, everywhere: Everywhere | None = None) -> int:
    """Show what was predicted of the changes of a campaign and what was measured since, each with its 95 % interval.

    HELD says whether what was measured lies within what was predicted: `so far` while it is too young to count.
    """
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        (named,) = target_of(() if campaign is None else (campaign,), Targeting(), system).named
        found = system.predictions.of(named)
    if everywhere.output is not Output.TABLE:
        told: dict[str, Json] = {"campaign": named, "predictions": [one.document() for one in found]}
        show_data(told, everywhere.output, names=[f"change/{one.entry}" for one in found])
        return exits.DONE
    if not found:
        tell(f"paceline: nothing was predicted of {named} yet: a change is, that dials bolder, or of weights")
        return exits.DONE
    show_table(COLUMNS, (cells for one in found for cells in _cells(one)))
    for one in found:
        if one.why:
            tell(f"entry {one.entry}: {one.state.value}: {one.why}")
    return exits.DONE


def _cells(prediction: Prediction) -> Iterator[tuple[object, ...]]:
    """Yield a line for each measure, the change on the first of its lines only."""
    about: tuple[object, ...] = (prediction.entry, prediction.source, f"{prediction.at:%Y-%m-%dT%H:%MZ}")
    for one in prediction.metrics:
        came = "-" if one.realised is None else _value(one.realised.value, one, prediction)
        yield (*about, one.metric, _value(one.predicted, one, prediction), came, _held(one, prediction))
        about = ("", "", "")


def _held(one: Compared, prediction: Prediction) -> str:
    if one.realised is None:
        return "-"
    held = "yes" if one.covered else "no"
    return held if prediction.state.value == "measured" else f"so far {held}"


def _value(told: Between, one: Compared, prediction: Prediction) -> str:
    scale, sign = (100 if one.metric in SHARES else 1), ("" if prediction.is_of_levels else "+")
    ends = [value * scale for value in (told.mean, told.low, told.high)]
    if not all(math.isfinite(value) for value in ends):
        return "unknown"
    mean, low, high = (f"{value:{sign}.1f}" for value in ends)
    unit = "" if scale == 1 else " %" if prediction.is_of_levels else " points"
    return f"{mean}{unit} ({low} to {high})"
