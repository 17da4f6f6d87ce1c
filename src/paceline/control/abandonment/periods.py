"""The final figures of legal periods that ended, noted once in the ledger, so that an auditor can prove them.

Rules:
* A period is noted after its end, with what the platform tells of it then; where that is less than it told while the
  period ran, or cannot be asked any more, with what it told before, and `is_final` says no.
* 24 hours that roll do not end: what was told of them is in the book, and what a guard found in its note.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from paceline.campaign.change import Lane
from paceline.campaign.ports import NotFoundError, Platform, PlatformError
from paceline.compliance.abandonment import Measured, within
from paceline.compliance.rule import AbandonmentCeiling
from paceline.control.abandonment.account import instant_told
from paceline.control.abandonment.book import AbandonmentBook
from paceline.control.abandonment.kept import Counts, KeptPeriod
from paceline.control.abandonment.reading import Budget
from paceline.control.abandonment.remaining import Standing
from paceline.control.allowance import ceilings_of
from paceline.control.facts.law import Law
from paceline.control.recorder import Recorder
from paceline.ledger import drafts
from paceline.ledger.entry import Actor, Deed
from paceline.primitives.canonical import Json

ENDED = "abandonment.period"
"""The kind of the note."""
BOOK = Actor(name="abandonment-book", known_by="paceline")
"""Who notes it."""
SHARE = 3
"""So many parts has a turn's budget; one is for what ended, and it is one request at least."""


class EndedPeriods:
    """Notes what ended; whoever brings the book up to date calls it, one process at a time."""

    def __init__(self, platform: Platform, book: AbandonmentBook, law: Law, recorder: Recorder) -> None:
        """Ask this platform, and keep in this ledger."""
        self._platform = platform
        self._book = book
        self._law = law
        self._recorder = recorder
        self._turns = 0

    def note(self, now: datetime, budget: Budget) -> int:
        """Note what ended and was not noted, as far as the budget reaches, and return how many were.

        Raises:
            LedgerUnavailableError: nobody can tell, or keep it.
        """
        ended = self._book.unnoted(now)
        most = max(1, budget.left // SHARE)
        # One that cannot be asked about keeps no other from its turn.
        first = self._turns % len(ended) if ended else 0
        self._turns += 1
        return sum(self._noted(one, budget) for one in (ended[first:] + ended[:first])[:most])

    def _noted(self, kept: KeptPeriod, budget: Budget) -> bool:
        if not budget.take():
            return False
        final = kept
        try:
            told = self._platform.measured(kept.campaign, since=kept.start, until=kept.end, lane=Lane.READING)
        except NotFoundError:
            is_final = False
        except PlatformError:
            return False
        else:
            counts = Counts.of(told.tally)
            is_final = not counts.is_less_than(kept.counts)
            if is_final:
                document = {name: value for name, value in kept.document.items() if name != "less"}
                final = KeptPeriod(
                    campaign=kept.campaign,
                    period=kept.period,
                    start=kept.start,
                    end=kept.end,
                    counts=counts,
                    told_at=told.at,
                    document=document,
                )
        ceilings = [*self._ceilings(final)]
        details = {**_figures(final), "ceilings": ceilings, "is_final": is_final}
        reason = _words(final, ceilings)
        noted: list[bool] = []

        def put(connection: Connection) -> None:
            self._recorder.book.hold(connection)
            noted[:] = [not self._book.ended(connection, kept)]
            if noted[0]:
                deed = Deed(kind=ENDED, actor=BOOK, campaign=kept.campaign, reason=reason, details=details)
                row = self._recorder.book.put(connection, drafts.noted(deed, at=self._recorder.book.now()))
                self._book.put_ended(connection, final, row.entry)

        self._recorder.in_transaction(put)
        return noted[0]

    def _ceilings(self, final: KeptPeriod) -> Iterator[dict[str, Json]]:
        facts = self._law.circumstances(final.campaign)
        binding = [
            (rule.id, terms)
            for rule, terms in ceilings_of(facts, self._law.rulebook, final.end)
            if terms.period.value == final.period
        ]
        for ceiling in dict.fromkeys(terms for _, terms in binding):
            rules: list[Json] = [name for name, terms in binding if terms == ceiling]
            yield {"rules": rules, "ceiling": f"{ceiling.most}/{ceiling.per}", "standing": _ended_as(ceiling, final)}


def _figures(final: KeptPeriod) -> dict[str, Json]:
    counts = final.counts
    return {
        "period": final.period,
        "start": instant_told(final.start),
        "end": instant_told(final.end),
        "anchor": final.document.get("anchor"),
        "dials": counts.dials,
        "answered": counts.answered,
        "abandoned": counts.abandoned,
        "rate": counts.abandoned / counts.answered if counts.answered else None,
        "as_of": instant_told(final.told_at),
    }


def _words(final: KeptPeriod, ceilings: Sequence[Mapping[str, Json]]) -> str:
    counts = final.counts
    rate = "" if not counts.answered else f" ({counts.abandoned / counts.answered:.2%})"
    stood = ", ".join(f"{one['standing']} by {one['ceiling']}" for one in ceilings)
    return (
        f"{counts.abandoned} of {counts.answered} calls that people answered{rate} were abandoned from "
        f"{instant_told(final.start)} to {instant_told(final.end)}: {stood or 'no ceiling binds it'}"
    )


def _ended_as(ceiling: AbandonmentCeiling, final: KeptPeriod) -> str:
    told = Measured(abandoned=final.counts.abandoned, answered_live=final.counts.answered)
    return (Standing.OK if within(ceiling, told) else Standing.BREACHED).value
