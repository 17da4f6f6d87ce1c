"""What a change of pacing is expected to do, and data say of weights: computed beside requests, once for all who ask.

Rules:
* The same change of the same version of a campaign has one answer for `COUNTS_S`; what is ordered is judged anew.
* It is computed in the few threads of operations: whoever asks waits a moment, and asks again.
* A failure counts for `FAILED_S` after its end: whoever asks again hears of it, and is not kept waiting for the next.
* Who moves on asks for something else: what only they waited for, and has not begun, is given up.
* What is only asked is projected though it loosens nothing; what is off in itself is not played.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from decimal import Decimal

from paceline.bootstrap import System
from paceline.campaign.blocks import Pacing
from paceline.campaign.catalogue import document_of
from paceline.campaign.change import Diverged, Verdict
from paceline.campaign.pacing.boldness import lines_per_idle, loosening
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.pacing.model import FIELDS
from paceline.campaign.weights.changes import SetWeights
from paceline.control.foresight import Foreseen
from paceline.control.settings_shown import pacing_shown
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.clock import utc_text
from paceline.primitives.findings import Figure
from paceline.primitives.ids import CampaignId
from paceline.service.operations import Operations, Running, Work

COUNTS_S = 60.0
"""So long a computation counts, in seconds: what was measured goes on."""
FAILED_S = 5.0
"""So long a failure counts, in seconds: pages ask again more often."""
KEPT = 200
"""So many computations are remembered at most."""
_NO_AIM = Decimal(0)


@dataclass(slots=True)
class _Asked:
    """What was asked: since when it is computed, when that ended, and who waits for it, None for a program."""

    begun_ns: int
    running: Running
    subject: tuple[str, str]
    askers: set[str | None]
    ended_ns: int | None = None


class Expecting:
    """Tells what is expected of changes that nobody has ordered; serves all threads."""

    def __init__(self, system: System, operations: Operations) -> None:
        """Compute with this system, in these threads."""
        self._system = system
        self._operations = operations
        self._lock = threading.Lock()
        self._begun: OrderedDict[str, _Asked] = OrderedDict()

    def judged(self, change: SetPacing, *, asker: str | None = None) -> Running:
        """Return what would be found and what is expected if this change were ordered now.

        Args:
            change: what is asked about.
            asker: who moves from one question to the next, and waits for the last only; None waits for each.

        Raises:
            PlatformError: its campaign cannot be looked at.
            LedgerUnavailableError: the look cannot be kept.
            ProblemError: too much is being computed already (503).
        """
        return self._once("pacing-judged", change, lambda: self._document(self._judged(change)), asker)

    def what_if(self, change: SetPacing, *, with_curve: bool = False, asker: str | None = None) -> Running:
        """Return what would be found and what is expected, also of a change that loosens nothing.

        Args:
            change: what is asked about.
            with_curve: whether what can be had is told beside, as `curve` tells it.
            asker: as in `judged`.

        Raises:
            PlatformError: its campaign cannot be looked at.
            LedgerUnavailableError: the look cannot be kept.
            ProblemError: too much is being computed already (503).
        """

        def work() -> dict[str, Json]:
            told = self._document(self._projected(change))
            return {**told, "curve": self._curve(_aimless(change)) if with_curve else None}

        return self._once("what-if-with-curve" if with_curve else "what-if", change, work, asker)

    def curve(self, change: SetPacing, *, asker: str | None = None) -> Running:
        """Return what can be had with other aims than that of the change, all else as it wants; arguments as above.

        Raises:
            PlatformError: its campaign cannot be looked at.
            LedgerUnavailableError: the look cannot be kept.
            ProblemError: too much is being computed already (503).
        """
        aimless = _aimless(change)
        return self._once("pacing-curve", aimless, lambda: self._curve(aimless), asker)

    def policies(self, campaign: CampaignId, *, asker: str | None = None) -> Running:
        """Return what other pacing policies would give a campaign, side by side; `none` tells why nobody can say.

        Raises:
            PlatformError: the campaign cannot be looked at.
            LedgerUnavailableError: the look cannot be kept.
            ProblemError: too much is being computed already (503).
        """

        def work() -> dict[str, Json]:
            from paceline.bootstrap.policies import policies_of

            return policies_of(self._system, campaign).document()

        return self._once("pacing-policies", SetPacing(campaign=campaign), work, asker)

    def weighed(self, change: SetWeights, *, asker: str | None = None) -> Running:
        """Return what would be found and what data say if this change of weights were ordered now; else as `judged`.

        The platform's own simulation is not asked for: that is for what is ordered.

        Raises:
            PlatformError: its campaign cannot be looked at.
            LedgerUnavailableError: the look cannot be kept.
            ProblemError: too much is being computed already (503).
        """
        foresight = self._system.foresight
        return self._once("weights-weighed", change, lambda: _weighed(foresight.of_settings(change)), asker)

    def _once(self, kind: str, change: SetPacing | SetWeights, work: Work, asker: str | None) -> Running:
        seen = self._system.foresight.seen(change.campaign, change.part)
        key = canonical_json([kind, str(seen.version), _named(change)])
        now = self._system.clock.running_ns()
        with self._lock:
            kept = self._begun.get(key)
            if kept is not None and _counts(kept, now):
                kept.askers.add(asker)
                return kept.running
            subject = (kind, change.campaign)
            self._give_up(subject, asker)
            running = self._operations.begin(kind, work)
            self._begun[key] = made = _Asked(now, running, subject, {asker})
            self._begun.move_to_end(key)
            while len(self._begun) > KEPT:
                self._begun.popitem(last=False)

        def ended(_: object) -> None:
            made.ended_ns = self._system.clock.running_ns()

        running.future.add_done_callback(ended)
        return running

    def _give_up(self, subject: tuple[str, str], asker: str | None) -> None:
        """Give up what only this asker waited for, and has not begun; what is computed goes on."""
        if asker is None:
            return
        for one in self._begun.values():
            if one.subject == subject and one.askers == {asker}:
                one.running.future.cancel()

    def _judged(self, change: SetPacing) -> Foreseen:
        return self._system.foresight.of_settings(change)

    def _projected(self, change: SetPacing) -> Foreseen:
        """Return what would become of a change, with a projection though none is wanted for judging it."""
        found = self._judged(change)
        whole = _playable(change, found)
        if whole is None or found.situation.forecast is not None:
            return found
        forecast = self._system.projecting.forecast(found.situation, whole)
        return replace(found, situation=replace(found.situation, forecast=forecast))

    def _curve(self, change: SetPacing) -> dict[str, Json]:
        found = self._judged(change)
        whole = _playable(change, found)
        if whole is None:
            return {"none": "there is no whole and sound pacing that could be played"}
        return self._system.projecting.curve(found.situation, whole).document()

    def _document(self, found: Foreseen) -> dict[str, Json]:
        situation, change = found.situation, found.change
        observed, live = situation.observed, situation.observed.pacing
        whole = change.wanted.on(live) if isinstance(change, SetPacing) else None
        verdict = change.verify(observed)
        return {
            "campaign": observed.campaign,
            "version": observed.version,
            "at": utc_text(observed.at),
            "live": _shown(live),
            "wanted": _shown(whole),
            "differences": _different(verdict),
            "loosens": [] if whole is None or situation.rulebook is None else [*loosening(live, whole)],
            "lines_per_idle": {"live": _lines(live), "wanted": None if situation.rulebook is None else _lines(whole)},
            "already_so": found.already_so,
            "may": found.may,
            "findings": [one.document() for one in found.findings],
            "forecast": None if situation.forecast is None else situation.forecast.document(),
        }


def _weighed(found: Foreseen) -> dict[str, Json]:
    """Return what would become of a change of weights, and what data say of it; `evidence` is null where none are."""
    situation, observed = found.situation, found.situation.observed
    evidence = situation.evidence
    return {
        "campaign": observed.campaign,
        "version": observed.version,
        "at": utc_text(observed.at),
        "differences": _different(found.change.verify(observed)),
        "already_so": found.already_so,
        "may": found.may,
        "findings": [one.document() for one in found.findings],
        "evidence": None if evidence is None else evidence.document(),
    }


def _different(verdict: Verdict) -> list[Json]:
    return [
        {"field": one.field, "observed": _plain(one.observed), "wanted": _plain(one.wanted)}
        for one in (verdict.differences if isinstance(verdict, Diverged) else ())
    ]


def _aimless(change: SetPacing) -> SetPacing:
    """Return the change without an aim of its own: the curve goes along all of them."""
    return replace(change, abandonment_aim=_NO_AIM)


def _playable(change: SetPacing, found: Foreseen) -> Pacing | None:
    """Return the whole pacing that comes of a change; None where it is off in itself, or a field is missing."""
    # A situation without the law is that of a change that was refused for its form alone.
    return None if found.situation.rulebook is None else change.wanted.on(found.situation.observed.pacing)


def _counts(kept: _Asked, now: int) -> bool:
    """Return whether a computation goes on, or gave an answer that is young, or failed a moment ago."""
    future = kept.running.future
    if not future.done():
        return True
    if future.cancelled():
        return False
    if future.exception() is not None:
        return kept.ended_ns is None or now - kept.ended_ns <= FAILED_S * 1e9
    return now - kept.begun_ns <= COUNTS_S * 1e9


def _named(change: SetPacing | SetWeights) -> Json:
    if isinstance(change, SetWeights):
        return document_of(change)
    return [change.campaign, *(_plain(getattr(change, name)) for name in FIELDS)]


def _plain(value: Decimal | Figure) -> Json:
    if isinstance(value, tuple):
        return [*value]
    return str(value) if isinstance(value, Decimal) else value


def _shown(pacing: Pacing | None) -> Json:
    return None if pacing is None else pacing_shown(pacing)


def _lines(pacing: Pacing | None) -> float | None:
    return None if pacing is None or pacing.answer_rate <= 0 else round(lines_per_idle(pacing), 4)
