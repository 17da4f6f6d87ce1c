"""`paceline work`: the worker in the foreground, which does what nobody sits in front of.

| how it ended | exit |
| --- | --- |
| told to end by SIGTERM; one round with --once | 0 |
| Ctrl-C | 130 |
| one round with --once, and the platform was away | 6 |
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output, settings_of
from paceline.cli.entrance import open_system
from paceline.cli.render import show_data, tell
from paceline.control.adoption import Adopt
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.control.drifts import Drift
    from paceline.control.outcome import Outcome
    from paceline.control.watch import Settled
    from paceline.control.worker import Round
    from paceline.outbox.ports import Round as Carried
    from paceline.settings import Settings

AGAIN_S = 1.0
"""Seconds until the database is tried again when it is away."""
PATIENCE_S = 20.0
"""How long one request is tried: what fails then is tried again in the next rounds, and holds nothing else up."""
_STOPPED = frozenset({"applied", "unchanged"})


def work(*, once: Annotated[bool, Parameter(negative=())] = False, everywhere: Everywhere | None = None) -> int:
    """Make the changes that wait for their hour, keep what is frozen stopped, return to what settles, until Ctrl-C.

    Says on standard error what it does; with -o json, each thing as one line on standard output. Any number of workers
    may run on one database; what one has begun when it is told to end, it ends first.

    Parameters
    ----------
    once
        Do what there is to do now, and end.
    """
    everywhere = everywhere or Everywhere()
    reporter = _Reporter(everywhere.output)
    settings = settings_of(everywhere)
    with _told_to_end() as end, open_system(everywhere, adopt=Adopt.TRY, patience_s=PATIENCE_S) as system:
        _announce(settings)
        if once:
            done = system.worker.once()
            reporter.hear(done)
            told = f"{len(done.ended)} ended, {done.waiting} wait for the platform"
            tell(f"paceline: {told}, {done.unsettled} settle or are in doubt")
            if end.told_by is signal.SIGINT:
                return exits.INTERRUPTED
            return exits.UNSETTLED if done.waiting or done.platform_away is not None else exits.DONE
        _go_on(system, end, reporter)
    tell("paceline: the worker has ended")
    return exits.INTERRUPTED if end.told_by is signal.SIGINT else exits.DONE


@dataclass(slots=True)
class _End:
    """Whether somebody told the worker to end, and by which signal."""

    told: Event = field(default_factory=Event)
    told_by: signal.Signals | None = None

    def heed(self, number: int, _: object) -> None:
        """End at the first signal what is begun; the second ends the process."""
        self.told_by = signal.Signals(number)
        for again in (signal.SIGINT, signal.SIGTERM):
            signal.signal(again, signal.SIG_DFL)
        self.told.set()


@contextmanager
def _told_to_end() -> Iterator[_End]:
    end = _End()
    before = {number: signal.signal(number, end.heed) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield end
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _go_on(system: System, end: _End, reporter: _Reporter) -> None:
    while not end.told.is_set():
        try:
            system.worker.run(end.told, told=reporter.hear_at_work)
        except PacelineError as away:
            if not away.retryable:
                raise
            # What was claimed comes back after its lease, to this worker or to another one.
            tell(f"paceline: it is tried again in {AGAIN_S:.0f} s: {away.message}")
            system.clock.wait_for(end.told, AGAIN_S)


def _announce(settings: Settings) -> None:
    from paceline.storage.reading import address_shown

    tell(f"database  {address_shown(settings.database_url)}")
    tell(f"tenant    {settings.tenant}")
    tell(f"platform  {settings.platform.api_url}")


class _Reporter:
    """Says what rounds did: one line for each thing."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._away: str | None = None
        self._is_at_work = False
        self._stops: dict[str, tuple[str, str]] = {}

    def hear_at_work(self, done: Round) -> None:
        """Say once that others can rely on this worker from now on, then what a round did."""
        if not self._is_at_work:
            self._is_at_work = True
            tell("at work; Ctrl-C ends it")
        self.hear(done)

    def hear(self, done: Round) -> None:
        """Say what a round did; that the platform is away or back is said once."""
        if done.platform_away is not None and self._away is None:
            said = f"the platform is away: {done.platform_away}"
            self._say(said, {"did": "platform-away", "why": done.platform_away}, "platform/away")
        if done.platform_away is None and self._away is not None:
            self._say("the platform is back", {"did": "platform-back"}, "platform/back")
        self._away = done.platform_away
        for outcome in self._news_of_stops(done.stopped):
            line = f"{_ended_line(outcome)} (it is frozen, and dialed all the same)"
            self._say(line, {"did": "keep-frozen", **outcome.document()}, f"entry/{outcome.entry}")
        for outcome in done.ended:
            self._say(_ended_line(outcome), {"did": "change", **outcome.document()}, f"entry/{outcome.entry}")
        for aside in done.aside:
            self._say(f"{aside}: it is put aside", {"did": "put-aside", "what": aside}, "work/aside")
        for settled in done.settled:
            self._say(_settled_line(settled), {"did": "settle", **settled.document()}, f"entry/{settled.entry}")
        for drift in done.drifts:
            self._say(_drift_line(drift), _drift_document(drift), f"entry/{drift.entry}")
        if done.carried.taken:
            self._say(_carried_line(done.carried), _carried_document(done.carried), "messages/carried")

    def _news_of_stops(self, stops: Iterable[Outcome]) -> list[Outcome]:
        """Return the stops that are news: one that is tried again and again is told when its end changes."""
        fresh: list[Outcome] = []
        for outcome in stops:
            campaign, end = outcome.change.campaign, (outcome.word, str(outcome.findings.rules))
            if self._stops.get(campaign) != end:
                fresh.append(outcome)
            self._stops[campaign] = end
            if outcome.word in _STOPPED:
                # Should it dial again, its stop is news.
                del self._stops[campaign]
        return fresh

    def _say(self, line: str, document: dict[str, Json], name: str) -> None:
        match self._output:
            case Output.TABLE:
                tell(line)
            case Output.JSON:
                print(json.dumps(document, ensure_ascii=False), flush=True)
            case Output.YAML:
                print("---", flush=True)
                show_data(document, Output.YAML)
            case Output.NAME:
                print(name, flush=True)


def _ended_line(outcome: Outcome) -> str:
    change = outcome.change
    verdict = f" ({outcome.verdict})" if outcome.verdict else ""
    told = [found.message for found in outcome.findings]
    told += [] if outcome.failure is None else [outcome.failure.message]
    why = f": {'; '.join(told)}" if told else ""
    return f"entry {outcome.entry}  {change.kind} of {change.campaign}  {outcome.word}{verdict}{why}"


def _settled_line(settled: Settled) -> str:
    verdict = f" ({settled.verdict})" if settled.verdict else ""
    return f"entry {settled.entry}  {settled.kind} of {settled.campaign}  settled: {settled.outcome}{verdict}"


def _carried_document(carried: Carried) -> dict[str, Json]:
    figures = {"delivered": carried.delivered, "put_off": carried.put_off, "given_up": carried.given_up}
    return {"did": "carry", **figures}


def _carried_line(carried: Carried) -> str:
    return f"messages  {carried.delivered} delivered, {carried.put_off} put off, {carried.given_up} given up"


def _drift_line(drift: Drift) -> str:
    told = "; ".join(found.message for found in drift.findings)
    return f"entry {drift.entry}  {drift.campaign} was changed outside paceline{f': {told}' if told else ''}"


def _drift_document(drift: Drift) -> dict[str, Json]:
    findings: list[Json] = [dict(found.document()) for found in drift.findings]
    return {"did": "drift", "campaign": drift.campaign, "findings": findings, "entry": drift.entry}
