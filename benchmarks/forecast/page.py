"""The page of the results."""

from __future__ import annotations

from collections.abc import Mapping

_HEAD = """# Projections and what then was

`python -m benchmarks.forecast` plays campaigns with the emulator's dialer, which shares no code with the simulator:
five days with one pacing, from whose minutes the forecaster projects a bolder one, and then twelve other days with
that. It exits with 1 when less than 90 % of the intervals of 95 % hold in worlds as the forecaster assumes them, or a
projection takes more than a second of processor time in the median.

* Each campaign has its own number of agents (8 to 50), answer rate (0.15 to 0.45), talk, wrap-up and share of machines;
  days differ in their answer rate by 5 %. The forecaster is told the minutes, and none of this.
* An interval holds when the truth, known from twelve days only, is as near to its mean as both errors together allow.
* Strange worlds ring, wait and talk otherwise than the forecaster assumes: rings of 6 to 16 s, unanswered dials of 18
  to 32 s, talks that vary half as much to half as much again, patience of 0, 2 or 4 s. The rings and one factor on the
  lines are fitted to what was measured; the rest is not known, and the intervals leave it out, so that they hold less
  often there than they say.
* The forecaster is told since when the live pacing is live.
* A breach is more than 3 % over the twelve days.

"""


def page(machine: str, usual: Mapping[str, float], strange: Mapping[str, float]) -> str:
    """Return the page."""
    rows = [f"| {name} | {_text(name, value)} | {_text(name, strange[name])} |" for name, value in usual.items()]
    table = "\n".join(["| | as assumed | strange |", "| --- | --- | --- |", *rows])
    return f"{_HEAD}{machine}.\n\n{table}\n"


def _text(name: str, value: float) -> str:
    if "covered" in name or name == "fit holds":
        return f"{100 * value:.1f} %"
    return f"{value:.2f}" if "median" in name or "expected" in name else f"{value:.0f}"
