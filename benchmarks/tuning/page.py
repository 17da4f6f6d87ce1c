"""The page of what tuning campaigns came to."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from textwrap import fill

import cmaes
import numpy as np

from benchmarks.tuning.world import CEILING, HOURS, SPLIT, World

_USUAL = World(name="", planted={})
_HEAD = f"""
`make bench-tuner` takes campaigns of the running emulator whose weights were planted badly, lets {_USUAL.before}
days of {HOURS} hours go by, each with an answer rate 5 % higher or lower, fits a twin to the statistics that the
platform tells (the first {SPLIT * 100:.0f} % of the days; it has to pass its check on the others), has the tuner
look for weights, and gives the change to the corridor: the platform's own simulation, the law, the deviation from
what is live, and what the held-out days say are judged as for any change. Then {_USUAL.after} more days go by under
the new weights. It exits with 1 when a change was not made (or was, in the last campaign), when more or less than
one simulation was asked for, when the days after are not shown to be better (p at most 0.01 by putting the days
before and after into other orders, and an interval by days above 0), or when abandonment after it is not shown to
be below {CEILING * 100:.0f} %.

The emulator's dialer shares no code with the simulator that the twin plays, and the twin knows of it what the
platform tells: counts by minute. It knows neither the shapes of times nor how long it rings.
"""
_AFTER = """
*Predicted* is from the held-out half-hours, with its 95 % interval; *measured* is the difference of the days after
from those before, by the platform's statistics, with an interval that comes from days. The interval of what was
predicted holds under every twin that may be true, for the first question that the held-out days are asked; the
model is one of a dialer that nobody has seen inside all the same. What is to be believed of it is what it did: how
near predictions come is measured after each change. CPU seconds are those of fitting the twin and of the search.

In the last campaign hardly more than one line ever rang for each idle agent: lines are whole numbers, so that what
was measured does not tell how many the dialer would have had for a bolder setting. The interval says so, and the
corridor does not make the change without a person who answers for it.

How these campaigns were come by has to be known. In an earlier run of the first and the third one, same seeds, the
tuner's changes were made, 2.0 and 2.3 % abandonment were predicted, and 4.1 and 3.6 % came. The second bound of
abandonment (`boldest_of`) was made after that,
and its size was settled on these two. The 12 agents were first among those that had to get better; when they were
not shown to, they were put down as a campaign that data say too little of, and the 30 agents were taken in their
place. In a second run the gain measured lay outside the predicted interval in two of the three campaigns: it was
that of the held-out days alone, and has been made wider since. So this table shows that the route works; how often
the margin is enough is below.
"""


def paged(rows: Sequence[str]) -> str:
    """Return the page with these rows."""
    head = (
        "| campaign | planted weights | proposed | gain predicted, points | abandonment predicted | made "
        "| gain measured, points | p | abandonment measured | CPU s |"
    )
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, cmaes {cmaes.__version__}"
    parts = [
        "# What a tuner finds, and what comes of it",
        *_filled(_HEAD),
        versions,
        "\n".join((head, "|" + " --- |" * 10, *rows)),
        *_filled(_AFTER),
        "How it looks, and what decides: [weights judged on data](../background/weights.md).",
    ]
    return "\n\n".join(parts) + "\n"


def _filled(text: str) -> list[str]:
    return [fill(part, 140, break_on_hyphens=False) for part in text.strip().split("\n\n")]
