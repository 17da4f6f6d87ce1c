"""What is done to many campaigns, beside the request that ordered it: how far it is, and how each campaign ended.

A run lives in this process and is forgotten with it; whatever it sent is in the ledger, an entry for each campaign.

Rules:
* What was begun under the key of a form is begun once: whoever sends the form again is led to the same run.
* What stops campaigns waits for no other run. Of others `BUSY` go on at once; more are refused, and nothing is sent.
* When the process ends, no further campaign is begun, and the run says with which it ended.
* A freeze is not broken off: all its campaigns are latched before the first is stopped.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from paceline.control.outcome import Outcome
from paceline.primitives.chance import fresh_key
from paceline.primitives.errors import PacelineError
from paceline.service.dashboard.endings import headline, is_good
from paceline.service.problems import ProblemError

KEPT = 200
"""Runs that are remembered."""
BUSY = 6
"""Runs that stop nothing and go on at once, at most."""
GRACE_S = 5.0
"""So long the end of the process waits for the campaign that is being changed, in seconds."""
_LOG = logging.getLogger("paceline.service")


class EndingError(PacelineError):
    """the service is being ended"""

    code = "ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How one campaign ended.

    Attributes:
        told: in a few words.
        good: whether it is as it was wanted, or on its way there.
        entry: of the ledger, None where there is none.
        outcome: the document of a change; None for what is no change of the platform.
    """

    campaign: str
    told: str
    good: bool
    entry: int | None = None
    outcome: Mapping[str, object] | None = None


@dataclass(slots=True, kw_only=True)
class Run:
    """Something that is done to many campaigns.

    Attributes:
        id: in its address.
        label: what is done, as its heading says it.
        by: who ordered it.
        begun: when, by the clock of this machine.
        total: how many campaigns; None while nobody knows.
        left: campaigns that nothing was sent to, each with the reason.
        lines: those that ended so far, in the order in which they did.
        result: what it came to beside the lines, once it ended.
        trouble: what broke it off.
    """

    id: str
    label: str
    by: str
    begun: datetime
    total: int | None
    left: Mapping[str, str]
    lasts: bool = False
    lines: list[Line] = field(default_factory=list)
    result: Mapping[str, Any] = field(default_factory=dict)
    trouble: PacelineError | None = None
    ended: threading.Event = field(default_factory=threading.Event)
    ending: threading.Event = field(default_factory=threading.Event)

    @property
    def is_going_on(self) -> bool:
        """Whether it is worth looking again."""
        return not self.ended.is_set()

    @property
    def counted(self) -> tuple[int, int]:
        """How many ended as they were wanted, and how many did not; what nothing was sent to is not among them."""
        lines = tuple(self.lines)
        good = sum(one.good for one in lines)
        return good, len(lines) - good

    @property
    def not_begun(self) -> int:
        """How many it never came to, where it was broken off."""
        return 0 if self.is_going_on or self.total is None else max(0, self.total - len(self.lines))

    def hear(self, outcome: Outcome) -> None:
        """Keep how the change of a campaign ended.

        Raises:
            EndingError: the process is being ended, so no other one is to be begun.
        """
        self.say(
            Line(
                campaign=str(outcome.change.campaign),
                told=headline(outcome),
                good=is_good(outcome),
                entry=outcome.entry,
                outcome=outcome.document(),
            )
        )

    def say(self, line: Line) -> None:
        """Keep how a campaign ended.

        Raises:
            EndingError: the process is being ended, so no other one is to be begun.
        """
        self.lines.append(line)
        self.heed()

    def heed(self) -> None:
        """Go on, unless nothing more is to be begun.

        Raises:
            EndingError: the process is being ended.
        """
        if self.ending.is_set() and not self.lasts:
            raise EndingError("the service was ended, and nothing more was begun")


Work = Callable[[Run], None]
"""What a run does; it tells the run of each campaign, and raises what breaks it off."""


class Runs:
    """The runs of this process; serves all threads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Have nothing to do yet; `now` is the clock of this machine."""
        self._now = now
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Run] = OrderedDict()
        self._keys: dict[tuple[str, str], str] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._is_ended = False

    def begin(
        self,
        label: str,
        work: Work,
        *,
        by: str,
        key: str = "",
        total: int | None = None,
        left: Mapping[str, str] | None = None,
        stops: bool = False,
        lasts: bool = False,
    ) -> Run:
        """Begin something, or return what was begun already under the same key of the same person.

        Args:
            label: what is done.
            work: what does it.
            by: who orders it.
            key: of the form; empty is none.
            total: how many campaigns, where that is known.
            left: campaigns that nothing is sent to, each with the reason.
            stops: whether it stops campaigns, and so waits for nobody.
            lasts: whether it is not to be broken off when the process is ended.

        Raises:
            ProblemError: too many go on already, or the process is being ended (503).
        """
        with self._lock:
            known = self._known.get(self._keys.get((by, key), "")) if key else None
            if known is not None:
                return known
            going = [name for name, one in self._known.items() if one.is_going_on]
            if self._is_ended or (not stops and len(going) >= BUSY):
                raise ProblemError(
                    503, "too much is being done to many campaigns already", code="too-busy",
                    headers={"Retry-After": "5"}, hint="nothing was sent; ask again in a few seconds",
                )  # fmt: skip
            run = Run(
                id=f"run_{fresh_key(9).hex()}", label=label, by=by, begun=self._now(), total=total, left=left or {},
                lasts=lasts,
            )  # fmt: skip
            self._keep(run, key)
            thread = threading.Thread(target=self._done, args=(run, work), name=f"paceline-{run.id}", daemon=True)
            self._threads[run.id] = thread
        thread.start()
        return run

    def of(self, name: str) -> Run:
        """Return a run.

        Raises:
            ProblemError: this process knows none of that id (404).
        """
        with self._lock:
            found = self._known.get(name)
        if found is None:
            raise ProblemError(
                404, "this service knows no such run", code="no-run",
                hint="a run is forgotten when its service ends; whatever it sent is in the audit trail, and what is "
                "still wanted can be asked for again",
            )  # fmt: skip
        return found

    def end(self) -> None:
        """Begin nothing more, and wait a moment for what is being changed."""
        with self._lock:
            self._is_ended = True
            runs, threads = [*self._known.values()], [*self._threads.values()]
        for run in runs:
            run.ending.set()
        for thread in threads:
            thread.join(GRACE_S)

    def _keep(self, run: Run, key: str) -> None:
        self._known[run.id] = run
        if key:
            self._keys[run.by, key] = run.id
        for name in [name for name, one in self._known.items() if not one.is_going_on][
            : max(0, len(self._known) - KEPT)
        ]:
            del self._known[name]
            self._keys = {one: kept for one, kept in self._keys.items() if kept != name}

    def _done(self, run: Run, work: Work) -> None:
        try:
            work(run)
        except PacelineError as trouble:
            run.trouble = trouble
        except Exception:  # noqa: BLE001  # whatever it was, whoever looks is told that it was broken off
            _LOG.exception("what was done to many campaigns was broken off")
            run.trouble = ProblemError(
                500, "something is wrong on this side; the log tells it", code="internal", hint="tell who runs it"
            )
        finally:
            run.ended.set()
            with self._lock:
                self._threads.pop(run.id, None)
