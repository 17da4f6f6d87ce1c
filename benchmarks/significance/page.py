"""The page of what the rules said of weeks whose truth is known."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from textwrap import fill

import numpy as np
import scipy

from benchmarks.significance.asking import LAST, QUESTIONS
from benchmarks.significance.rules import CEILING, LATER, LEAST_GAIN, LEVEL
from benchmarks.significance.weeks import DAY_SPREAD, DAYS, GUARD_MIN, HOURS

_HEAD = f"""
`make bench-significance` has the simulator's fast engine play weeks of one campaign, changed over between two
settings at full hours by coins thrown beforehand, and asks three rules what they say of each. It exits with 1
when one of these is missed: of 1,000 weeks in which both settings are the same at most 67 called significant,
whatever the metric and the day; a true gain of a point of utilisation called worth having in at least 80 % of
the weeks; every random proposal accepted by the published rule. 67 of 1,000 is what a chance of 5 % goes above
less than once in a hundred times.

A week has {DAYS} days of {HOURS} hours; 50 agents, calls of 180 s on average (lognormal), 30 % of the dials
answered, more or fewer by the hour, and by {DAY_SPREAD * 100:.0f} % by the day. Of two hours that follow each other one
has the new setting. The pacing is changed within the running day, so that calls reach over into the next hour;
its first {GUARD_MIN} minutes are dropped. Settings are lines for each idle agent, which is what weights come
to.
"""
_RULES = f"""
*Ours* is `paceline.inference.promotion.looked`: a look after each day from the third on, {DAYS - 2} in all, which
share an error of {(1 - LEVEL) * 100:.0f} %; *from day {LATER} on* the same with {DAYS - LATER + 1} looks.
A gain is worth having from {LEAST_GAIN * 100:g} points on, abandonment is lawful when its upper bound is below
{CEILING * 100:.0f} %. *By coins alone* is the same for utilisation without the
interval that comes from days. *By bets* is a running bet on the differences of pairs (`gain_evidence`), which
may be looked at after every pair. *The published rule* looks at five random changes of weights between -0.2 and
0.2, one proposal for each week, and accepts them when mean over spread of their sizes is at least a threshold
between 0.001 and 0.1.
"""
_WHY = """
That is why looks share the error by a union bound, and why days have a say. Bets may be looked at at any time,
but they suppose errors that are nearly normal, and that pairs are independent: they call too many of the A/A
weeks, and a third of the weeks in which only the days differ. Coins alone are exact for "nothing changed
anything at all", and are wrong as soon as days gain differently. The price is small: the gain is found nearly
as often.

What limits the table: the bets are a plain use of `gain_evidence`, with errors without the factor for days that
rollouts give it, and the size of gain expected taken from the spread of the whole week. So their row tells what
happens without days, not how rollouts decide.

The last row is a world that no interval by days can see through: each day gains or loses a whole point by a coin.
Three days agree in one of four weeks, five in one of sixteen, and days that agree look like days that do not
differ. That is why an experiment is looked at from its fifth day with pairs on, and a twin says nothing with fewer than
five held-out days.
"""
_ASKS = f"""
Five held-out days of half-hours are asked {QUESTIONS} times about changes that gain nothing, each time with noise of
its own, within days and between them, and the smallest gain counts as one. The k-th question has 1 part in k (k + 1)
of the error, all together no more than the whole. After the {LAST}th nothing is told yes any more: what would be rare
enough does not occur in as many throws of coins as are drawn.
"""
_ASKED = "| data sets | with a false yes, the error shared | with a false yes, each asked as if it were the first |"
_CASES = """
Below, single changes of weights, from 0 each. The published rule accepts noise at any threshold, and takes or
leaves five equal changes by the threshold alone. What a week of data says depends on what the changes do: five
equal ones nearly cancel out, one large one gains and breaks the law.
"""


def paged(rows: Sequence[str], cases: Sequence[str], asks: str, *, cpu_s: float) -> str:
    """Return the page.

    Args:
        rows: of the table of weeks.
        cases: of the table of single changes.
        asks: the row of data sets that were asked again and again.
        cpu_s: seconds of processor time that it all took.
    """
    head = (
        "| weeks of | weeks | called significant | gain worth having | and abandonment lawful "
        f"| called, from day {LATER} on | worth having, from day {LATER} on "
        "| by coins alone | by bets | published rule accepts |"
    )
    changes = (
        "| change | lines for each idle agent | on a week of data | worth having and lawful "
        "| published, 0.001 | 0.05 | 0.1 |"
    )
    versions = (
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}; {cpu_s:.0f} CPU s"
    )
    parts = [
        "# How often a change is called significant, and should be",
        *_filled(_HEAD),
        *_filled(_RULES),
        versions,
        "## Weeks, and what each rule says of them",
        "\n".join((head, "|" + " --- |" * 10, *rows)),
        *_filled(_WHY),
        "## The same days asked again and again",
        *_filled(_ASKS),
        f"{_ASKED}\n| --- | --- | --- |\n{asks}",
        "## Single changes",
        *_filled(_CASES),
        "\n".join((changes, "|" + " --- |" * 7, *cases)),
        "What the methods are: [weights judged on data](../background/weights.md).",
    ]
    return "\n\n".join(parts) + "\n"


def _filled(text: str) -> list[str]:
    return [fill(part, 140) for part in text.strip().split("\n\n")]
