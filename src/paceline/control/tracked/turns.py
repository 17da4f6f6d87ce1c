"""The task that sends runs: what the ledger holds and the server has not, a few in each turn.

Rules:
* What is due follows from the ledger: changes of weights that were applied, notes of what came of them, fitted twins.
* A run that was sent is kept with the server's name of it; one that failed is tried again in a later turn, and given up
  after `MOST_TRIES` refusals, which is noted. A server that is away uses up no tries.
* A turn ends at the first run that is not answered; in the turns after it that run comes behind all others that are
  due, so that one which the server falls silent at holds up none of them.
* One worker sends at a time: a server that is asked for a run by its key while another makes it has it twice. Who dies
  in its turn holds the others up for `HELD`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, insert, select, update

from paceline.control.platform_time import PlatformTime
from paceline.control.recorder import Recorder
from paceline.control.tracked.runs import CHANGED, FITTED, MEASURED, run_of
from paceline.control.weighing.weighed import took_effect
from paceline.ledger.entry import Actor, Deed, Entry, Query, instant_from, instant_text
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.ids import EntryId
from paceline.storage.weights_tables import CONTROL_REPORTS
from paceline.tracking.failures import TrackingAwayError, TrackingError
from paceline.tracking.run import Picture, Run, Tracker

TURN_S = 30.0
MOST_TRIES = 5
"""Refusals after which a run is given up."""
HELD = timedelta(minutes=5)
"""How long a turn is one worker's that says nothing more of it; every run that is sent begins that anew."""
_MOST = 20
"""Runs of one turn."""
_PAGE = 200
"""Entries of each kind that are looked at together; the ones before them too, as long as some are due."""
_SENT, _DUE, _GIVEN_UP = "sent", "due", "given-up"
_TURN, _NO_ENTRY = "turn", EntryId(0)
"""Kind and entry of the row that tells until when a turn is somebody's."""
UNSENT = "tracking.failed"
"""The kind of the note of a run that was given up."""
_OF = CONTROL_REPORTS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """What is kept of a run: how often it was refused, what it is called there."""

    state: str
    tries: int = 0
    run_id: str | None = None
    error: str | None = None

    def document(self) -> dict[str, Json]:
        return {"tries": self.tries, "run_id": self.run_id, "error": self.error}


class TrackedRuns:
    """Sends the runs of one tenant to one server."""

    def __init__(
        self,
        recorder: Recorder,
        tracker: Callable[[], Tracker],
        *,
        actor: Actor,
        pictures: Callable[[Entry], tuple[Picture, ...]],
    ) -> None:
        """Send what this recorder's ledger holds.

        Args:
            recorder: whose ledger.
            tracker: makes the server that they are sent to, when the first one is due.
            actor: who notes what was given up.
            pictures: makes those that go beside an entry's run.
        """
        self._recorder = recorder
        self._tracker = tracker
        self._server: Tracker | None = None
        self._actor = actor
        self._pictures = pictures
        self._tenant = recorder.book.tenant
        self._unanswered: Counter[tuple[EntryId, str]] = Counter()

    @property
    def every_s(self) -> float:
        """Return how long a worker leaves between two calls, seconds of ours."""
        return TURN_S

    def run(self, time: PlatformTime) -> int:  # noqa: ARG002 - what is due does not depend on the platform's time
        """Send what is due, and return how many runs were sent.

        Raises:
            LedgerUnavailableError: nobody can tell what is due.
        """
        known = self._known()
        due = sorted(self._due(known), key=lambda one: self._unanswered[one[0].number, one[0].kind])[:_MOST]
        if not due or not self._has_taken_turn():
            return 0
        try:
            return self._sent_of(due, known)
        finally:
            self._hold_turn(timedelta())

    def _sent_of(self, due: list[tuple[Entry, Entry]], known: Mapping[tuple[EntryId, str], _Report]) -> int:
        sent = 0
        for entry, about in due:
            report = known.get((entry.number, entry.kind), _Report(state=_DUE))
            try:
                run = run_of(
                    about,
                    tenant=self._tenant,
                    measured=None if about is entry else entry,
                    pictures=self._pictures(about),
                )
                told = None if run is None else self._sent(run)
            except TrackingAwayError:
                self._unanswered[entry.number, entry.kind] += 1
                return sent
            except TrackingError as refused:
                self._refused(entry, report, refused)
                continue
            self._keep(entry, _Report(state=_SENT, tries=report.tries, run_id=told))
            del self._unanswered[entry.number, entry.kind]
            self._hold_turn(HELD)
            sent += told is not None
        return sent

    def close(self) -> None:
        """Let go of the server; a later turn takes it up again."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _sent(self, run: Run) -> str:
        if self._server is None:
            self._server = self._tracker()
        return self._server.send(run).run_id

    def _due(self, known: Mapping[tuple[EntryId, str], _Report]) -> list[tuple[Entry, Entry]]:
        """Return entries that are to be sent, the oldest first, each with the one whose run it belongs to."""
        book, found = self._recorder.book, list[tuple[Entry, Entry]]()
        for kind in (FITTED, CHANGED, MEASURED):
            before: int | None = None
            while True:
                page = book.entries(Query(kind=kind, before=before, limit=_PAGE))
                due = [one for one in page if _is_due(one, known)]
                found += [(one, book.read(_changed_by(one)) if kind == MEASURED else one) for one in due]
                if not due or len(page) < _PAGE:
                    break
                before = min(one.number for one in page)
        return sorted(found, key=lambda one: one[0].number)

    def _refused(self, entry: Entry, report: _Report, refused: TrackingError) -> None:
        tries = report.tries + 1
        state = _GIVEN_UP if tries >= MOST_TRIES else _DUE
        self._keep(entry, _Report(state=state, tries=tries, error=refused.message))
        if state == _GIVEN_UP:
            details: dict[str, Json] = {"of": entry.number, "tries": tries, "error": refused.message}
            deed = Deed(kind=UNSENT, actor=self._actor, campaign=entry.campaign, details=details)
            self._recorder.book.note(deed)

    def _known(self) -> dict[tuple[EntryId, str], _Report]:
        columns = select(_OF.entry, _OF.kind, _OF.state, _OF.document)
        asked = columns.where(_OF.tenant == self._tenant, _OF.kind != _TURN)
        rows = self._recorder.looked_up(lambda connection: connection.execute(asked).all())
        return {(EntryId(row.entry), row.kind): _Report(state=row.state, **json.loads(row.document)) for row in rows}

    def _has_taken_turn(self) -> bool:
        """Return whether the turn is ours now, and nobody else's."""
        taken = False

        def work(connection: Connection) -> None:
            nonlocal taken
            self._recorder.book.hold(connection)  # nobody else takes it between the look and the row
            held = select(_OF.document).where(*self._turn())
            found = connection.execute(held).scalar_one_or_none()
            taken = found is None or instant_from(json.loads(found)["until"]) <= self._recorder.book.now()
            if taken:
                self._write_turn(connection, HELD)

        self._recorder.in_transaction(work)
        return taken

    def _hold_turn(self, so_long: timedelta) -> None:
        self._recorder.in_transaction(lambda connection: self._write_turn(connection, so_long))

    def _write_turn(self, connection: Connection, so_long: timedelta) -> None:
        self._recorder.book.hold(connection)
        until = instant_text(self._recorder.book.now() + so_long)
        values = {"state": _SENT, "document": canonical_json({"until": until})}
        if connection.execute(update(CONTROL_REPORTS).where(*self._turn()).values(**values)).rowcount == 0:
            named = {"tenant": self._tenant, "entry": _NO_ENTRY, "kind": _TURN}
            connection.execute(insert(CONTROL_REPORTS).values(**named, **values))

    def _turn(self) -> tuple[ColumnElement[bool], ...]:
        return (_OF.tenant == self._tenant, _OF.entry == _NO_ENTRY, _OF.kind == _TURN)

    def _keep(self, entry: Entry, report: _Report) -> None:
        values = {"state": report.state, "document": canonical_json(report.document())}
        ours = (_OF.tenant == self._tenant, _OF.entry == entry.number, _OF.kind == entry.kind)

        def work(connection: Connection) -> None:
            self._recorder.book.hold(connection)  # nobody else keeps the same one between the look and the row
            if connection.execute(update(CONTROL_REPORTS).where(*ours).values(**values)).rowcount == 0:
                named = {"tenant": self._tenant, "entry": entry.number, "kind": entry.kind}
                connection.execute(insert(CONTROL_REPORTS).values(**named, **values))

        self._recorder.in_transaction(work)


def _is_due(entry: Entry, known: Mapping[tuple[EntryId, str], _Report]) -> bool:
    """Return whether an entry is to be sent; a change that is in doubt is not before somebody knows."""
    report = known.get((entry.number, entry.kind))
    if report is not None and report.state != _DUE:
        return False
    return not entry.is_open and (entry.kind != CHANGED or took_effect(entry))


def _changed_by(measured: Entry) -> EntryId:
    """Return the change that a note of what came of it is about."""
    details = measured.rows[0].document.get("details")
    number = details.get("entry") if isinstance(details, Mapping) else None
    if type(number) is not int:
        raise TypeError("what was measured is of a change")
    return EntryId(number)
