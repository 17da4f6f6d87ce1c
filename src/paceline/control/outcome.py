"""The ways a change can end, and the record of one that did.

`Ending` is closed: whoever looks at it matches all of it. Scripts branch on its `word`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Achieved, Diverged, Settling, Verdict
from paceline.campaign.evidence import Evidence, NoEvidence
from paceline.campaign.forecast import Forecast
from paceline.campaign.observed import Observed
from paceline.campaign.simulations import SimulationStarted
from paceline.control.law_at_hand import LawAtHand
from paceline.control.settings_shown import settings_shown
from paceline.control.weighing.weighed import weighed
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Findings
from paceline.primitives.ids import EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What an error said, as it is kept and shown."""

    code: str
    message: str
    hint: str | None = None
    retryable: bool = False

    @classmethod
    def of(cls, error: PacelineError) -> Failure:
        """Return what this error said."""
        return cls(code=error.code, message=error.message, hint=error.hint, retryable=error.retryable)

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "retryable": self.retryable}


@dataclass(frozen=True, slots=True)
class Applied:
    """The platform took it; `verdict` says what it came to."""

    word: ClassVar[str] = "applied"
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Unchanged:
    """There was nothing to send: the campaign is so already, or only a dry run was wanted, which `would_apply` it."""

    word: ClassVar[str] = "unchanged"
    would_apply: bool = False


@dataclass(frozen=True, slots=True)
class Scheduled:
    """It will be carried out at `due`: by the platform, which took it, or here, where `verdict` is None.

    Until `approve_until` it waits for approval by a second person, where it wants any; `due` is None when it is to be
    made as soon as it is approved.
    """

    word: ClassVar[str] = "scheduled"
    verdict: Verdict | None
    due: datetime | None
    approve_until: datetime | None = None

    @property
    def wants_approval(self) -> bool:
        """Whether it waits for approval, and is not made without it."""
        return self.approve_until is not None


@dataclass(frozen=True, slots=True)
class Refused:
    """It was judged and may not be; the findings say why."""

    word: ClassVar[str] = "refused"


@dataclass(frozen=True, slots=True)
class Conflicted:
    """The campaign was changed by somebody else in between; the findings say what and by whom."""

    word: ClassVar[str] = "conflicted"


@dataclass(frozen=True, slots=True)
class Expired:
    """It was not possible until it was no longer wanted."""

    word: ClassVar[str] = "expired"


@dataclass(frozen=True, slots=True)
class InDoubt:
    """It was sent, and nobody knows yet whether it happened."""

    word: ClassVar[str] = "in_doubt"
    failure: Failure


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be carried out, and did not happen."""

    word: ClassVar[str] = "failed"
    failure: Failure


Ending = Applied | Unchanged | Scheduled | Refused | Conflicted | Expired | InDoubt | Failed
"""Every way a change can end."""

WORDS: tuple[str, ...] = tuple(
    ending.word for ending in (Applied, Unchanged, Scheduled, Refused, Conflicted, Expired, InDoubt, Failed)
)
"""The words of all endings."""


def word_of(verdict: Verdict) -> str:
    """Return the word for a verdict."""
    match verdict:
        case Achieved():
            return "achieved"
        case Settling():
            return "settling"
        case Diverged():
            return "diverged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one change ended.

    Attributes:
        findings: all that was found on the way, the refusals among it.
        before: the campaign as it was judged, None when nobody could look.
        after: the campaign as the change left it, None when nothing was applied, or nobody could look.
        entry: its number in the ledger; None only when the ledger itself could not be written.
        requests: HTTP requests that reached the platform for it, those for tokens aside.
        timings_ms: milliseconds of the whole (`total`), of waiting for the platform (`platform`), and of each stage.
        dry_run: whether it was only to be judged.
        settled_by: who ended the entry when the process that carried the change out was gone; its requests nobody
            counted then.
        law: the law that it was judged by, None where the law has no say.
        forecast: what the change was expected to do, None where nobody asked.
        evidence: what data said of new weights, None where nobody asked.
        simulation: that of the platform itself, asked for before new weights were judged; None where none was.
        weighed: these three as an intent kept them (`weighed`), where the process that asked was gone.
    """

    change: AnyChange
    ending: Ending
    findings: Findings = field(default_factory=Findings)
    before: Observed | None = None
    after: Observed | None = None
    entry: EntryId | None = None
    requests: int = 0
    timings_ms: Mapping[str, float] = field(default_factory=dict, hash=False)
    dry_run: bool = False
    settled_by: str | None = None
    law: LawAtHand | None = None
    forecast: Forecast | None = None
    evidence: Evidence | NoEvidence | None = None
    simulation: SimulationStarted | None = None
    weighed: Mapping[str, Json] = field(default_factory=dict, hash=False)

    @property
    def word(self) -> str:
        """How it ended, in the word that scripts branch on."""
        return self.ending.word

    @property
    def verdict(self) -> str | None:
        """What it came to; None when nothing was applied."""
        verdict = self.ending.verdict if isinstance(self.ending, Applied | Scheduled) else None
        return None if verdict is None else word_of(verdict)

    @property
    def failure(self) -> Failure | None:
        """What went wrong; None unless something failed."""
        return self.ending.failure if isinstance(self.ending, Failed | InDoubt) else None

    def details(self) -> dict[str, Json]:
        """Return what the ledger keeps of it, beyond the words for ending and verdict."""
        verdict = self.ending.verdict if isinstance(self.ending, Applied | Scheduled) else None
        found: dict[str, Json] = {
            "findings": [finding.document() for finding in self.findings],
            "before": _shown(self.before, self.change),
            "after": _shown(self.after, self.change),
            "requests": self.requests if self.settled_by is None else None,
            "timings_ms": dict(self.timings_ms),
        }
        if isinstance(verdict, Diverged):
            found["differences"] = differences_of(verdict)
        if self.failure is not None:
            found["error"] = self.failure.document()
        if self.law is not None:
            found["law"] = self.law.document()
        found |= {**self.weighed, **weighed(self.evidence, self.simulation, self.forecast)}
        if self.dry_run:
            found["dry_run"] = True
            would_apply = isinstance(self.ending, Unchanged) and self.ending.would_apply
            found["would"] = Applied.word if would_apply else self.word
        if self.settled_by is not None:
            found["settled_by"] = self.settled_by
        return found

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        change: dict[str, Json] = {"kind": self.change.kind, "campaign": self.change.campaign}
        if isinstance(self.ending, Scheduled):
            due, until = self.ending.due, self.ending.approve_until
            change["due"] = None if due is None else utc_text(due)
            if until is not None:
                change["approve_until"] = utc_text(until)
        head: dict[str, Json] = {"outcome": self.word, "verdict": self.verdict, "change": change}
        return {**head, **self.details(), "entry": self.entry}


def differences_of(verdict: Diverged) -> list[Json]:
    """Return the differences as JSON."""
    return [
        {"field": one.field, "wanted": _plain(one.wanted), "observed": _plain(one.observed)}
        for one in verdict.differences
    ]


def _plain(figure: object) -> Json:
    return list(figure) if isinstance(figure, tuple) else figure  # type: ignore[return-value]  # a Figure is Json


def _shown(observed: Observed | None, change: AnyChange) -> dict[str, Json] | None:
    if observed is None:
        return None
    shown: dict[str, Json] = {"revision": observed.revision, "version": observed.version, "state": observed.state.value}
    if observed.pending is not None:
        due = utc_text(observed.pending.effective_at)
        shown["pending"] = {"state": observed.pending.state.value, "effective_at": due}
    if observed.drained is not None:
        shown["drained"] = observed.drained
    return {**shown, **settings_shown(observed, change)}
