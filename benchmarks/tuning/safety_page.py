"""The part of the page that tells how often what a twin lets pass is not lawful."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import fill

from benchmarks.tuning.safety import HALVINGS, MOST_BOLD, STEPS, Boldest, Held, Tried
from benchmarks.tuning.truths import AFTER, CEILING, DAYS, LONG
from paceline.inference.rate_bounds import clopper_pearson

TITLE = "## How often a change that passes is not lawful"
_HEAD = f"""
`python -m benchmarks.tuning safety --page docs/benchmarks/tuner.md` makes campaigns up, one for each seed: 10 to 60
agents, 20 to 60 % answer, more or fewer by the day by 2, 5 or 10 %, any times of talk and rings, {DAYS[0]} to
{DAYS[-1]} days that were measured, and live lines from 65 to 105 % of those that keep {CEILING * 100:.0f} %. In every
second one the dialer really has up to a tenth more or fewer lines than it is told. A twin is fitted to what a platform
tells of it, without its check, which would only keep some of them from having a say. Then the *boldest* change up to
{MOST_BOLD * 100:.0f} % more lines is looked for that the held-out days call lawful, by {HALVINGS} halvings: nobody can
choose worse. What is right on average is taken from {LONG} days under it, and {AFTER} days after the change are
counted, too. Intervals are those of changes by {" and ".join(f"{one * 100:.0f} %" for one in STEPS)}, held against the
same {LONG} days.

*Now* is `paceline.twin.weighing`: each statement holds under every twin that may be true, and the first question has
half of the error. *Before* is the rule that it replaces: the fit, and a dialer that is as bold as it may be, at 95 %.
The truth is the simulator's own here, so that what the twin has wrong is its times, its rings and its lines, and not
how a dialer works; the campaigns above are of the emulator, which shares no code with it.
"""
_AFTER = """
The seeds of this table were played once, when the rule was fixed. In a first run of 23 others (1000 to 1022, of which
the first six had been looked at while the rule was made) the rule before let 17 changes pass and the one now 15; none
came to 3 %, but of 46 intervals before 30 held the gain and 31 the abandonment, now 46 and 44. Nothing was changed
between the two runs. They are too few to show that a change that passes is unlawful less than once in twenty times:
where none of 26 was, one in nine may be (95 %). What they do show is that the rule before was far too sure of the
gain, and let the boldest change go further.

The price is that more changes wait for a person or for more days: intervals are three to four times as wide.
"""


def section(rows: Sequence[Tried], *, first: int, cpu_s: float) -> str:
    """Return the part of the page.

    Args:
        rows: campaigns.
        first: seed.
        cpu_s: seconds of processor time.
    """
    head = (
        "| rule | campaigns | in which a change passes | 3 % or more on average | 3 % or more in the days after "
        "| mean of the changes | intervals that hold the gain | the abandonment | mean half-width, points |"
    )
    both = (
        _row("now", rows, lambda one: one.ours, lambda one: one.ours_held),
        _row("before", rows, lambda one: one.before, lambda one: one.before_held),
    )
    parts = [
        TITLE,
        *_filled(_HEAD),
        f"Seeds {first} to {first + len(rows) - 1}; {cpu_s:.0f} CPU s",
        "\n".join((head, "|" + " --- |" * 9, *both)),
        *_filled(_AFTER),
    ]
    return "\n\n".join(parts) + "\n"


def _row(
    name: str, rows: Sequence[Tried], boldest: Callable[[Tried], Boldest], held: Callable[[Tried], tuple[Held, ...]]
) -> str:
    passed = [found for one in rows if (found := boldest(one)).factor > 0.0]
    intervals = [one for row in rows for one in held(row)]
    count = len(passed)
    wrong, after = sum(one.truth >= CEILING for one in passed), sum(one.came >= CEILING for one in passed)
    most = clopper_pearson(wrong, count).high if count else 1.0
    mean = sum(one.factor for one in passed) / count if count else 0.0
    gains, rates = sum(one.held[0] for one in intervals), sum(one.held[1] for one in intervals)
    width = sum(one.widths[0] for one in intervals) / len(intervals)
    cells = (
        name,
        f"{len(rows)}",
        f"{count}",
        f"{wrong} (at most {most * 100:.0f} %)",
        f"{after}",
        f"{mean * 100:+.0f} %",
        f"{gains} of {len(intervals)}",
        f"{rates} of {len(intervals)}",
        f"{width * 100:.2f}",
    )
    return "| " + " | ".join(cells) + " |"


def joined(page: str, *, tuned: str | None = None, safe: str | None = None) -> str:
    """Return a page with one of its parts, or both, in the place of what was there."""
    above, _, below = page.partition(TITLE)
    above, below = tuned or above, safe or (TITLE + below if below else "")
    return above.rstrip("\n") + "\n" + (f"\n{below}" if below else "")


def _filled(text: str) -> list[str]:
    return [fill(part, 140, break_on_hyphens=False) for part in text.strip().split("\n\n")]
