"""What the worker's rounds did, told to people or to programs: one line for each thing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from paceline.cli.configured import Output
from paceline.cli.render import show_data, tell
from paceline.primitives.canonical import Json

if TYPE_CHECKING:
    from paceline.control.drifts import Drift
    from paceline.control.outcome import Outcome
    from paceline.control.work.watch import Settled
    from paceline.control.work.worker import Round
    from paceline.outbox.ports import Round as Carried

Said = Callable[[str, dict[str, Json], str], None]
"""Takes one thing that was done: as a line, as data, and as a name."""
_STOPPED = frozenset({"applied", "unchanged"})


def said_as(output: Output) -> Said:
    """Return what says things in this form: lines on standard error, data on standard output."""

    def say(line: str, document: dict[str, Json], name: str) -> None:
        match output:
            case Output.TABLE:
                tell(line)
            case Output.JSON:
                print(json.dumps(document, ensure_ascii=False), flush=True)
            case Output.YAML:
                print("---", flush=True)
                show_data(document, Output.YAML)
            case Output.NAME:
                print(name, flush=True)

    return say


class Reporter:
    """Says what rounds did: one line for each thing."""

    def __init__(self, say: Said, told: Callable[[str], None]) -> None:
        """Say each thing by `say`, and by `told` in words that it is at work."""
        self._say = say
        self._told = told
        self._away: str | None = None
        self._is_at_work = False
        self._stops: dict[str, tuple[str, str]] = {}

    def hear_at_work(self, done: Round) -> None:
        """Say once that others can rely on this worker from now on, then what a round did."""
        if not self._is_at_work:
            self._is_at_work = True
            self._told("at work; Ctrl-C ends it")
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
