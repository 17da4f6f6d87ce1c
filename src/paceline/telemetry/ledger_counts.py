"""Counters of changes, from the rows of the ledger alone: a restart loses nothing, and every process counts the same.

Rules, those of `control.metrics`, told as counters that never fall:
* Rows are taken once, in their order; between two scrapes only what is new is read.
* An entry that was opened is a change. Dry runs are counted, and are in no other figure.
* A change is concluded when it has an intent, is closed, settles no more and is not in doubt: then its verdict is
  counted, once. The accuracy is the achieved among the concluded.
* What is kept of a change is forgotten when it is concluded, so memory grows with what has not ended, not with the
  ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from paceline.control.reviewing.metrics import ACHIEVED, APPLIED, IN_DOUBT, REFUSED, SETTLING, rules_against
from paceline.ledger.entry import Step
from paceline.ledger.shown import part
from paceline.primitives.canonical import Json
from paceline.telemetry.histogram import Histogram
from paceline.telemetry.labels import (
    KINDS,
    LATENCY_STAGES,
    NOTES,
    OTHER,
    OUTCOMES,
    VERDICTS,
    among,
    known_rules,
    platform_codes,
)

LATE = "agenda.late"
"""The rule by which a change tells that it was late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """What is counted of a row; `document` is what its body says, empty for steps whose body is not looked at."""

    sequence: int
    entry: int
    step: Step
    kind: str | None
    document: Mapping[str, Json] = field(hash=False)


@dataclass(slots=True)
class _Known:
    """A change that is not concluded."""

    kind: str
    sent: bool = False
    is_closed: bool = False


class LedgerCounts:
    """Takes rows in their order, and keeps sums; whoever shares it between threads holds a lock of his own.

    Attributes:
        opened: changes by kind, dry runs aside.
        ended: closed changes by kind and outcome.
        concluded: changes by verdict, when they came to their end.
        errors: changes that failed or came in doubt, by code.
        refusals: refused changes by rule; a change counts once for each.
        notes: deeds of one row, by kind.
        latency: seconds of closed changes, by stage.
        requests: HTTP requests of applied changes.
        late: changes that were made, or given up, later than their hour.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self.last = 0
        self.opened: Counter[str] = Counter()
        self.ended: Counter[tuple[str, str]] = Counter()
        self.concluded: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self.latency: dict[str, Histogram] = {stage: Histogram() for stage in LATENCY_STAGES}
        self.dry_runs = self.requests = self.late = 0
        self._known: dict[int, _Known] = {}
        self._rules, self._codes = known_rules(), platform_codes()

    @property
    def accuracy(self) -> float | None:
        """The fraction of the concluded changes that achieved what was wanted; None of none."""
        concluded = self.concluded.total()
        return self.concluded[ACHIEVED] / concluded if concluded else None

    @property
    def pending(self) -> int:
        """How many changes are kept, because they are not concluded."""
        return len(self._known)

    def take(self, row: LedgerRow) -> None:
        """Count one row more."""
        self.last = row.sequence
        match row.step:
            case Step.OPENED:
                self._open(row)
            case Step.NOTED:
                self.notes[among(row.kind, NOTES)] += 1
            case Step.READING:
                return
            case Step.INTENT | Step.CLOSED | Step.VERDICT:
                known = self._known.get(row.entry)
                if known is not None:
                    self._go_on(row, known)

    def _open(self, row: LedgerRow) -> None:
        if part(row.document, "details").get("dry_run"):
            self.dry_runs += 1
            return
        kind = among(row.kind, KINDS)
        self.opened[kind] += 1
        self._known[row.entry] = _Known(kind)

    def _go_on(self, row: LedgerRow, known: _Known) -> None:
        if row.step is Step.INTENT:
            known.sent = True
            return
        outcome, verdict = row.document.get("outcome"), row.document.get("verdict")
        if row.step is Step.CLOSED:
            known.is_closed = True
            self._close(known, row.document, outcome)
        elif not known.is_closed:
            return
        if verdict == SETTLING or (row.step is Step.CLOSED and outcome == IN_DOUBT and verdict is None):
            if not known.sent:
                del self._known[row.entry]
            return
        del self._known[row.entry]
        if known.sent:
            self.concluded[among(verdict, VERDICTS)] += 1

    def _close(self, known: _Known, document: Mapping[str, Json], outcome: Json) -> None:
        details = part(document, "details")
        self.ended[known.kind, among(outcome, OUTCOMES)] += 1
        for stage, spent_ms in part(details, "timings_ms").items():
            if stage in self.latency and isinstance(spent_ms, int | float):
                self.latency[stage].count(spent_ms / 1000)
        if outcome == REFUSED:
            self.refusals.update({among(rule, self._rules) for rule in rules_against(details)})
        code = part(details, "error").get("code")
        if code is not None:
            self.errors[among(code, self._codes)] += 1
        requests = details.get("requests")
        if outcome == APPLIED and isinstance(requests, int):
            self.requests += requests
        self.late += any(rule == LATE for rule in _rules_told(details))


def _rules_told(details: Mapping[str, Json]) -> list[str]:
    findings = details.get("findings")
    found = findings if isinstance(findings, Sequence) and not isinstance(findings, str) else ()
    return [str(one.get("rule", OTHER)) for one in found if isinstance(one, Mapping)]
