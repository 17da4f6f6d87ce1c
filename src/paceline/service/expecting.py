"""What a change of pacing is expected to do: computed beside requests, once for all who ask the same.

Rules:
* The same change of the same version of a campaign has one answer for `COUNTS_S`; what is ordered is judged anew.
* It is computed in the few threads of operations: whoever asks waits a moment, and asks again.
* What is only asked is projected though it loosens nothing; what is off in itself is not played.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from decimal import Decimal

from paceline.bootstrap import System
from paceline.campaign.blocks import Pacing
from paceline.campaign.change import Diverged
from paceline.campaign.pacing.boldness import lines_per_idle, loosening
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.pacing.model import FIELDS
from paceline.control.foresight import Foreseen
from paceline.control.settings_shown import pacing_shown
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.findings import Figure
from paceline.service.operations import Operations, Running, Work

COUNTS_S = 60.0
"""So long a computation counts, in seconds: what was measured goes on."""
KEPT = 200
"""So many computations are remembered at most."""
_NO_AIM = Decimal(0)


class Expecting:
    """Tells what is expected of changes that nobody has ordered; serves all threads."""

    def __init__(self, system: System, operations: Operations) -> None:
        """Compute with this system, in these threads."""
        self._system = system
        self._operations = operations
        self._lock = threading.Lock()
        self._begun: OrderedDict[str, tuple[int, Running]] = OrderedDict()

    def judged(self, change: SetPacing) -> Running:
        """Return what would be found and what is expected if this change were ordered now.

        Raises:
            PlatformError: its campaign cannot be looked at.
            LedgerUnavailableError: the look cannot be kept.
            ProblemError: too much is being computed already (503).
        """
        return self._once("pacing-judged", change, lambda: self._document(self._judged(change)))

    def what_if(self, change: SetPacing, *, with_curve: bool = False) -> Running:
        """Return what would be found and what is expected, also of a change that loosens nothing.

        Args:
            change: what is asked about.
            with_curve: whether what can be had is told beside, as `curve` tells it.

        Raises:
            PlatformError: its campaign cannot be looked at.
            LedgerUnavailableError: the look cannot be kept.
            ProblemError: too much is being computed already (503).
        """

        def work() -> dict[str, Json]:
            told = self._document(self._projected(change))
            return {**told, "curve": self._curve(_aimless(change)) if with_curve else None}

        return self._once("what-if-with-curve" if with_curve else "what-if", change, work)

    def curve(self, change: SetPacing) -> Running:
        """Return what can be had with other aims than that of the change, all else as it wants.

        Raises:
            PlatformError: its campaign cannot be looked at.
            LedgerUnavailableError: the look cannot be kept.
            ProblemError: too much is being computed already (503).
        """
        aimless = _aimless(change)
        return self._once("pacing-curve", aimless, lambda: self._curve(aimless))

    def _once(self, kind: str, change: SetPacing, work: Work) -> Running:
        seen = self._system.foresight.seen(change.campaign, change.part)
        key = canonical_json([kind, str(seen.version), _named(change)])
        now = self._system.clock.running_ns()
        with self._lock:
            kept = self._begun.get(key)
            if kept is not None and _counts(kept, now):
                return kept[1]
            running = self._operations.begin(kind, work)
            self._begun[key] = (now, running)
            self._begun.move_to_end(key)
            while len(self._begun) > KEPT:
                self._begun.popitem(last=False)
            return running

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
            "at": observed.at.isoformat().replace("+00:00", "Z"),
            "live": _shown(live),
            "wanted": _shown(whole),
            "differences": [
                {"field": one.field, "observed": _plain(one.observed), "wanted": _plain(one.wanted)}
                for one in (verdict.differences if isinstance(verdict, Diverged) else ())
            ],
            "loosens": [] if whole is None or situation.rulebook is None else [*loosening(live, whole)],
            "lines_per_idle": {"live": _lines(live), "wanted": None if situation.rulebook is None else _lines(whole)},
            "already_so": found.already_so,
            "may": found.may,
            "findings": [one.document() for one in found.findings],
            "forecast": None if situation.forecast is None else situation.forecast.document(),
        }


def _aimless(change: SetPacing) -> SetPacing:
    """Return the change without an aim of its own: the curve goes along all of them."""
    return replace(change, abandonment_aim=_NO_AIM)


def _playable(change: SetPacing, found: Foreseen) -> Pacing | None:
    """Return the whole pacing that comes of a change; None where it is off in itself, or a field is missing."""
    # A situation without the law is that of a change that was refused for its form alone.
    return None if found.situation.rulebook is None else change.wanted.on(found.situation.observed.pacing)


def _counts(kept: tuple[int, Running], now: int) -> bool:
    """Return whether a computation goes on, or gave an answer that is young."""
    begun_ns, running = kept
    if not running.future.done():
        return True
    return not running.future.cancelled() and running.future.exception() is None and now - begun_ns <= COUNTS_S * 1e9


def _named(change: SetPacing) -> list[Json]:
    return [change.campaign, *(_plain(getattr(change, name)) for name in FIELDS)]


def _plain(value: Decimal | Figure) -> Json:
    if isinstance(value, tuple):
        return [*value]
    return str(value) if isinstance(value, Decimal) else value


def _shown(pacing: Pacing | None) -> Json:
    return None if pacing is None else pacing_shown(pacing)


def _lines(pacing: Pacing | None) -> float | None:
    return None if pacing is None or pacing.answer_rate <= 0 else round(lines_per_idle(pacing), 4)
