"""How changes went, computed from the rows of the ledger alone, so that a restart loses nothing.

Rules:
* An entry that was opened is a change. It belongs to the period in which it was opened, with all its rows, later ones
  too. Dry runs are counted, and are in no other figure.
* Accuracy: of the changes that have an intent, so that something may have reached the platform, those whose last
  verdict is `achieved`. What is open, settling, or in doubt is in neither number, and counted apart.
* Latency: from the timings of closed changes, by stage; the nearest rank among the sorted values.
* Refusals: refused changes by rule of their findings of severity `error`; a change counts once for each rule.
* Validation errors: refused changes without an intent, of all changes.
* Requests: HTTP requests of applied changes, for each.
* Every figure says of how many it is; of none it is None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from paceline.control.stopwatch import STAGES
from paceline.ledger.entry import Row, Step
from paceline.ledger.shown import part
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import EntryId

_ORDER = ("total", "platform", *STAGES)
ACHIEVED, SETTLING = "achieved", "settling"
APPLIED, IN_DOUBT, REFUSED = "applied", "in_doubt", "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A part of a whole; `value` is a fraction from 0 to 1, None of nothing."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """The fraction."""
        return self.hits / self.n if self.n else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long a stage took, in milliseconds: half of the changes at most `p50_ms`, 95 of 100 at most `p95_ms`."""

    p50_ms: float
    p95_ms: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """How the changes of a period went.

    Attributes:
        changes: all of them, dry runs aside.
        outcomes: how many ended with each word; what is open is in none.
        open: how many have not ended.
        accuracy: achieved, of those that have an intent and have come to their end.
        settling: have an intent and are not done yet; `sent_open` have an intent and have not ended.
        in_doubt: nobody knows yet whether they happened.
        latency: by stage, in the order of the stages.
        refusals: by rule, the most frequent first.
        validation_errors: refused before anything was sent, of all changes.
        requests: of all applied changes together; of `applied` changes that told their number.
    """

    since: datetime | None
    until: datetime | None
    changes: int
    dry_runs: int
    outcomes: Mapping[str, int] = field(hash=False)
    open: int
    accuracy: Rate
    settling: int
    sent_open: int
    in_doubt: int
    latency: Mapping[str, Latency] = field(hash=False)
    refusals: Mapping[str, int] = field(hash=False)
    validation_errors: Rate
    requests: int
    applied: int

    @property
    def requests_per_applied(self) -> float | None:
        """HTTP requests for each applied change, on average."""
        return self.requests / self.applied if self.applied else None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it; fractions from 0 to 1, times in milliseconds."""
        return {
            "period": {"from": _instant(self.since), "to": _instant(self.until)},
            "changes": {"n": self.changes, "outcomes": self.outcomes, "open": self.open, "dry_runs": self.dry_runs},
            "accuracy": {
                "value": self.accuracy.value,
                "achieved": self.accuracy.hits,
                "n": self.accuracy.n,
                "apart": {"settling": self.settling, "open": self.sent_open, "in_doubt": self.in_doubt},
            },
            "latency_ms": {
                stage: {"p50": one.p50_ms, "p95": one.p95_ms, "n": one.n} for stage, one in self.latency.items()
            },
            "refusals": {"n": self.outcomes.get(REFUSED, 0), "rules": self.refusals},
            "validation_errors": {
                "value": self.validation_errors.value,
                "refused": self.validation_errors.hits,
                "n": self.validation_errors.n,
            },
            "requests_per_applied": {
                "value": self.requests_per_applied,
                "requests": self.requests,
                "n": self.applied,
            },
        }


@dataclass(slots=True)
class _Known:
    """What the rows so far tell of one change."""

    sent: bool = False
    outcome: str | None = None
    verdict: str | None = None


class Measuring:
    """Takes the rows of a chain in their order, one at a time, and keeps a few words of each change."""

    def __init__(self, *, since: datetime | None = None, until: datetime | None = None) -> None:
        """Count what was opened at `since` or later, and before `until`; None is no bound."""
        self._since = since
        self._until = until
        self._known: dict[EntryId, _Known] = {}
        self._dry_runs = 0
        self._spent: dict[str, list[float]] = {}
        self._refusals: Counter[str] = Counter()
        self._requests = 0
        self._told = 0

    def take(self, row: Row) -> None:
        """Count one row more."""
        if row.step is Step.OPENED:
            self._open(row)
            return
        known = self._known.get(row.entry)
        if known is None:
            return
        match row.step:
            case Step.INTENT:
                known.sent = True
            case Step.CLOSED:
                self._close(known, row.document)
            case Step.VERDICT:
                known.verdict = _word(row.document.get("verdict"))
            case _:
                return

    def result(self) -> Metrics:
        """Return what was counted so far."""
        known = self._known.values()
        reached = [one for one in known if one.sent]
        settling = sum(one.outcome is not None and one.verdict == SETTLING for one in reached)
        sent_open = sum(one.outcome is None for one in reached)
        in_doubt = sum(one.outcome == IN_DOUBT and one.verdict is None for one in reached)
        achieved = sum(one.verdict == ACHIEVED for one in reached)
        refused = sum(one.outcome == REFUSED and not one.sent for one in known)
        outcomes = Counter(one.outcome for one in known if one.outcome is not None)
        return Metrics(
            since=self._since,
            until=self._until,
            changes=len(known),
            dry_runs=self._dry_runs,
            outcomes=dict(sorted(outcomes.items())),
            open=sum(one.outcome is None for one in known),
            accuracy=Rate(hits=achieved, n=len(reached) - settling - sent_open - in_doubt),
            settling=settling,
            sent_open=sent_open,
            in_doubt=in_doubt,
            latency={stage: _latency(sorted(self._spent[stage])) for stage in sorted(self._spent, key=_place)},
            refusals=dict(sorted(self._refusals.items(), key=lambda one: (-one[1], one[0]))),
            validation_errors=Rate(hits=refused, n=len(known)),
            requests=self._requests,
            applied=self._told,
        )

    def _open(self, row: Row) -> None:
        early = self._since is not None and row.at < self._since
        late = self._until is not None and row.at >= self._until
        if early or late:
            return
        if part(row.document, "details").get("dry_run"):
            self._dry_runs += 1
        else:
            self._known[row.entry] = _Known()

    def _close(self, known: _Known, document: Mapping[str, Json]) -> None:
        known.outcome, known.verdict = _word(document.get("outcome")), _word(document.get("verdict"))
        details = part(document, "details")
        for stage, spent in part(details, "timings_ms").items():
            if isinstance(spent, int | float):
                self._spent.setdefault(stage, []).append(float(spent))
        if known.outcome == REFUSED:
            self._refusals.update(set(rules_against(details)))
        requests = details.get("requests")
        if known.outcome == APPLIED and isinstance(requests, int):
            self._requests += requests
            self._told += 1


def measured(rows: Iterable[Row], *, since: datetime | None = None, until: datetime | None = None) -> Metrics:
    """Return how the changes went that were opened at `since` or later, and before `until`."""
    measuring = Measuring(since=since, until=until)
    for row in rows:
        measuring.take(row)
    return measuring.result()


def rules_against(details: Mapping[str, Json]) -> list[str]:
    """Return the rules of the findings of severity `error` in the details of a closed row."""
    findings = details.get("findings")
    found = findings if isinstance(findings, Sequence) and not isinstance(findings, str) else ()
    return [str(one["rule"]) for one in found if isinstance(one, Mapping) and one.get("severity") == "error"]


def _latency(spent: Sequence[float]) -> Latency:
    return Latency(p50_ms=_nearest_rank(spent, 50), p95_ms=_nearest_rank(spent, 95), n=len(spent))


def _nearest_rank(ordered: Sequence[float], part: int) -> float:
    """Return the smallest value that at least `part` of 100 are not above; in whole numbers, so it never misses one."""
    return ordered[-(-part * len(ordered) // 100) - 1]


def _place(stage: str) -> tuple[int, str]:
    """Return the place of a stage among all: those that nobody knows come last."""
    return (_ORDER.index(stage) if stage in _ORDER else len(_ORDER), stage)


def _word(said: Json) -> str | None:
    return None if said is None else str(said)


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else utc_text(instant)
