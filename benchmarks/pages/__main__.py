"""Weigh pages, hold them to axe-core, time what people do and the first screen, at 1,000 campaigns; exit 1 on a miss.

`python -m benchmarks.pages [--campaigns N] [--visits N] [--times N] [--write FILE]`

Limits: 150 kB a page with all that it loads; 200 ms from an interaction to the next paint; 3 s to the first screen.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pages.house import house
from benchmarks.pages.visit import LOADED, addresses, browsing, faults, interactions, weight
from benchmarks.service.first_screen import MOST_S, first_screen_s
from paceline.service.dashboard.navigation import PLACES

CHOSEN = [f"/many/{what}campaign=CMP-10000&campaign=CMP-10001" for what in ("freeze?", "set?block=pacing&")]
"""Pages for several campaigns, which no link leads to: they are reached by ticking."""
MOST_BYTES = 150_000
"""What a page may weigh, with all that it loads."""
MOST_MS = 200.0
"""How long it may take from an interaction to the next paint."""

PAGE = """# Pages at a thousand campaigns

What `python -m benchmarks.pages` measured: the service with its pages and an emulator with {campaigns:,} campaigns,
each a process of its own on one machine of two cores, and a Chromium without a screen. Written by the run.

| what | median | worst | limit |
| --- | --- | --- | --- |
| bytes of a page with all that it loads, its stream aside | {bytes} |
| the slowest interaction of a visit, ms (of {visits} visits) | {inp} |
| first useful screen of `paceline up`, s (of {starts} starts) | {screens} |
| what axe-core finds on {kinds} kinds of pages, in light and dark, 1440 and 390 pixels wide | {faults} |

Every page is held to its limit; of visits and starts the median is, for other work ran on the machine. `paceline up`
begins with the demo tenant.

## Interactions

From the input to the next paint: of each, the longest `duration` of its Event Timing entries (`PerformanceObserver`,
type `event`, those with an `interactionId`), in steps of 8 ms. What painted within 16 ms makes no entry and counts
as 16. Colours follow the device, which is no event of the page: their change is timed from the media query's `change`
to the next frame. The filter loads a page: beside the press stands how long from the navigation to the new page's first
contentful paint, which is no interaction and is not held to the limit. All of it on the page of campaigns, while its
stream is open.

| what somebody does | median, ms | worst, ms |
| --- | --- | --- |
{done}

## Weight

Uncompressed, nothing kept by the browser; one address of each kind, `*` for what names one thing of many.

| page | bytes |
| --- | --- |
{pages}
"""
"""What a run writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was measured: bytes and faults by kind of page, milliseconds by interaction and visit, seconds of starts."""

    campaigns: int
    weights: dict[str, int]
    visits: list[dict[str, float]]
    screens: list[float]
    faults: dict[str, list[str]]

    @property
    def inp(self) -> list[float]:
        """The longest interaction of each visit."""
        return [max(took for name, took in visit.items() if name != LOADED) for visit in self.visits]

    @property
    def missed(self) -> list[str]:
        """The limits that were missed, in words."""
        found = [f"{page} weighs {size:,} bytes" for page, size in self.weights.items() if size > MOST_BYTES]
        found += [f"{page}: {fault}" for page, faults in self.faults.items() for fault in faults]
        if statistics.median(self.inp) >= MOST_MS:
            found.append(f"the slowest interaction of a visit takes {statistics.median(self.inp):.0f} ms")
        if statistics.median(self.screens) > MOST_S:
            found.append(f"the first useful screen takes {statistics.median(self.screens):.2f} s")
        return found


def measured(campaigns: int, visits: int, times: int) -> Result:
    """Start everything, and measure."""
    with house(campaigns) as link, browsing(link) as (base, context):
        page = context.new_page()
        found = addresses(page, base, [place.path for place in PLACES] + CHOSEN)
        weights = {kind: weight(page, f"{base}{address}") for kind, address in sorted(found.items())}
        against = {kind: faults(page, f"{base}{address}") for kind, address in sorted(found.items())}
        interactions(page, base)  # once without counting: the browser has seen nothing yet
        told = [interactions(page, base) for _ in range(visits)]
    screens = []
    for _ in range(times):
        with tempfile.TemporaryDirectory(prefix="paceline-up-") as folder:
            screens.append(first_screen_s(folder))
    return Result(campaigns=campaigns, weights=weights, visits=told, screens=screens, faults=against)


def page_of(result: Result) -> str:
    """Return the result as a page of the documentation."""
    weights, inp, screens = [*result.weights.values()], result.inp, result.screens
    done = {name: [visit[name] for visit in result.visits] for name in result.visits[0]}
    heaviest = sorted(result.weights.items(), key=lambda one: -one[1])
    return PAGE.format(
        campaigns=result.campaigns,
        bytes=f"{statistics.median(weights):,.0f} | {max(weights):,} | {MOST_BYTES:,}",
        visits=len(inp),
        inp=f"{statistics.median(inp):.0f} | {max(inp):.0f} | {MOST_MS:.0f}",
        starts=len(screens),
        kinds=len(result.faults),
        faults=f"{statistics.median(len(one) for one in result.faults.values()):.0f} "
        f"| {max(len(one) for one in result.faults.values())} | 0",
        screens=f"{statistics.median(screens):.2f} | {max(screens):.2f} | {MOST_S:.0f}",
        done="\n".join(f"| {name} | {statistics.median(took):.0f} | {max(took):.0f} |" for name, took in done.items()),
        pages="\n".join(f"| `{kind}` | {size:,} |" for kind, size in heaviest),
    )


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--campaigns", type=int, default=1000)
    parser.add_argument("--visits", type=int, default=10)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--write", type=Path, default=None)
    asked = parser.parse_args(argv)
    result = measured(asked.campaigns, asked.visits, asked.times)
    text = page_of(result)
    sys.stdout.write(text)
    if asked.write is not None:
        asked.write.write_text(text, encoding="utf-8")
    for missed in result.missed:
        sys.stdout.write(f"missed: {missed}\n")
    return 1 if result.missed else 0


if __name__ == "__main__":
    sys.exit(main())
