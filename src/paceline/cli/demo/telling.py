"""How an act is told: one line, its evidence below it when that is wanted; what is not as it is told is an error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from rich.console import Console
from rich.text import Text

from paceline.control.outcome import Outcome
from paceline.ledger.entry import Row
from paceline.primitives.errors import PacelineError

T = TypeVar("T")
MOST = 12
"""How many lines of one kind of evidence are shown."""
_HEADERS = ("if-match", "x-if-match", "idempotency-key")
_LONGEST = 400


class StoryError(PacelineError):
    """an act of the demo did not come out as it is told"""

    code = "demo-act"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What an act came to.

    Attributes:
        title: the act in a few words, for its report.
        word: what came of it in one or two, such as `refused by law`.
        does: who did what.
        came: what came out.
        sketch: the same drawn with letters, for a terminal.
        outcomes: of the changes in it, in order; their findings are its evidence.
        notes: other evidence, a line each.
        pictures: as SVG for a page, each from `figures`.
    """

    title: str
    word: str
    does: str
    came: str
    sketch: str = ""
    outcomes: Sequence[Outcome] = ()
    notes: Sequence[str] = ()
    pictures: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Lines of one kind (`finding`, `request`, `row`, `note`): the first `MOST`, and how many there are besides."""

    kind: str
    lines: Sequence[str]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAct:
    """An act that was carried out, with its number and what it can be checked by."""

    number: int
    act: Act
    evidence: Sequence[Evidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The whole: every act, the last sentence, and its numbers by their words."""

    acts: tuple[ToldAct, ...]
    ending: str
    counts: Mapping[str, int]


def check(claim: str, *, wanted: object, found: object) -> None:
    """Hold a claim against what was found.

    Raises:
        StoryError: it is not so.
    """
    if wanted != found:
        raise StoryError(f"{claim}: {wanted!r} was to be, {found!r} is")


def only(claim: str, found: Iterable[T]) -> T:
    """Return the only one of these.

    Raises:
        StoryError: there is none, or there are more.
    """
    every = list(found)
    check(f"the number of {claim}", wanted=1, found=len(every))
    return every[0]


def finding_of(outcome: Outcome, rule: str) -> str:
    """Return what the first finding of a rule says.

    Raises:
        StoryError: nothing was found by that rule.
    """
    for found in outcome.findings:
        if found.rule == rule:
            return found.message
    raise StoryError(f"a finding of {rule} was to be, found were: {', '.join(outcome.findings.rules) or 'none'}")


class Teller:
    """Prints the story."""

    def __init__(self, console: Console, *, shows_evidence: bool) -> None:
        """Print to this console, evidence too or only the lines."""
        self.shows_evidence = shows_evidence
        self._console = console

    def say(self, text: str, style: str = "") -> None:
        """Print a line as it is."""
        self._console.print(Text(text, style=style))

    def tell(self, told: ToldAct) -> None:
        """Print the line of an act, and its evidence below it when that is wanted."""
        does = f"{told.number}. {told.act.does} -> "
        sketch = f"; {told.act.sketch}" if told.act.sketch else ""
        self._console.print(Text.assemble((does, "bold"), (f"{told.act.came}{sketch}", "green")))
        if self.shows_evidence:
            for kind in told.evidence:
                lines = [*kind.lines, *([f"... and {kind.more} more"] if kind.more else [])]
                for line in lines:
                    self.say(f"   {kind.kind:<10}{line}", "dim")

    def point(self, text: str, address: str) -> None:
        """Print a line that ends with an address; it is never broken, so that terminals make a link of it."""
        self._console.print(Text.assemble((text, "bold"), (address, f"link {address}")), soft_wrap=True)


def evidence_of(act: Act, requests: Sequence[Mapping[str, Any]], rows: Sequence[Row]) -> tuple[Evidence, ...]:
    """Return what an act can be checked by: findings, requests with their answers, rows of the ledger, notes."""
    findings = [
        f"{outcome.change.campaign} {found.severity}: {found.message} [{found.rule}]"
        for outcome in act.outcomes
        for found in outcome.findings
    ]
    every = {
        "finding": findings,
        "request": [line for entry in requests for line in _told_request(entry)],
        "row": [_told_row(row) for row in rows],
        "note": list(act.notes),
    }
    return tuple(
        Evidence(kind=kind, lines=lines[:MOST], more=max(len(lines) - MOST, 0))
        for kind, lines in every.items()
        if lines
    )


def _told_request(entry: Mapping[str, Any]) -> list[str]:
    sent, answered = entry.get("request") or {}, entry.get("answer") or {}
    headers = sent.get("headers", {})
    named = "".join(f" {name}={headers[name]}" for name in _HEADERS if name in headers)
    asked = f"?{sent['query']}" if sent.get("query") else ""
    body = "" if entry["path"].endswith("/token") else f" {sent.get('body', '')}".rstrip()
    fault = f" (ordered fault {entry['fault']})" if entry["fault"] else ""
    lines = [_cut(f"{entry['client']}: {entry['method']} {entry['path']}{asked}{named}{body}")]
    said = "" if entry["path"].endswith("/token") else f" {_plain(answered.get('body', ''))}".rstrip()
    return [*lines, _cut(f"  -> {entry['status']}{fault}{said}")]


def _told_row(row: Row) -> str:
    shown = {
        name: value for name, value in row.document.items() if name in {"kind", "campaign", "outcome", "verdict", "key"}
    }
    actor = row.document.get("actor")
    if isinstance(actor, Mapping):
        shown["actor"] = actor["name"]
    told = " ".join(f"{name}={value}" for name, value in shown.items() if value is not None)
    return f"{row.sequence} of entry {row.entry}: {row.step} {told} hash={row.hash[:16]}..."


def _plain(body: str) -> str:
    """Return a body on one line."""
    try:
        return json.dumps(json.loads(body))
    except ValueError:
        return body


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
