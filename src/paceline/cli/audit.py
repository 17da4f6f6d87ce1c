"""`paceline audit list`, `show`, `at`, `stats`: the ledger as people read it. What is shown as data holds no number."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output, settings_of
from paceline.cli.entrance import open_ledger
from paceline.cli.entries import TABLE, entry_lines, printable, table_row
from paceline.cli.kinds import known_kind
from paceline.cli.render import console_for, show_data, show_table, tell
from paceline.cli.sightings import known_lines
from paceline.cli.words import UsageError, instant
from paceline.ledger.known_settings import known_document
from paceline.ledger.shown import ended_word, entry_document, rows_document
from paceline.primitives.canonical import Json
from paceline.primitives.ids import EntryId, campaign_id

if TYPE_CHECKING:
    from paceline.ledger.entry import Query

_FROM = Parameter(name="--from")
_TO = Parameter(name="--to")
_LEAST_ONE = Parameter(validator=validators.Number(gte=1))


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are listed: those that fit all that was said."""

    campaign: str | None = None
    """Of this campaign only."""
    since: Annotated[str | None, _FROM] = None
    """Opened at this instant or later, such as 2026-06-15T00:00:00Z."""
    until: Annotated[str | None, _TO] = None
    """Opened before this instant."""
    actor: str | None = None
    """By this actor only."""
    kind: str | None = None
    """Of this kind only, such as lifecycle.pause; lifecycle.* for all of them."""
    outcome: str | None = None
    """Ended so: applied, unchanged, scheduled, refused, conflicted, expired, in_doubt, failed; or still open."""
    limit: Annotated[int, _LEAST_ONE] = 100
    """At most so many, the newest."""

    @property
    def query(self) -> Query:
        """What the ledger is asked for: one entry more than is shown, so that it is known whether there are others."""
        from paceline.ledger.entry import Query

        start, end = period(self.since, self.until)
        return Query(
            campaign=None if self.campaign is None else campaign_id(self.campaign),
            since=start,
            until=end,
            actor=self.actor,
            kind=self.kind,
            outcome=None if self.outcome is None else _outcome(self.outcome),
            limit=self.limit + 1,
        )


def list_entries(*, wanted: Wanted | None = None, everywhere: Everywhere | None = None) -> int:
    """List what was done, the oldest first."""
    wanted, everywhere = wanted or Wanted(), everywhere or Everywhere()
    query = wanted.query
    with open_ledger(everywhere) as ledger:
        if query.kind is not None:
            known_kind(query.kind, ledger.book)
        found = ledger.book.entries(query)
        entries = found[-wanted.limit :]
        if everywhere.output is Output.TABLE:
            shown = ((ledger.book.revealed(entry_document(entry)), ended_word(entry)) for entry in entries)
            show_table(TABLE, (table_row(one, ended=ended) for one, ended in shown if isinstance(one, Mapping)))
        else:
            data: dict[str, Json] = {"items": [entry_document(entry) for entry in entries]}
            show_data(data, everywhere.output, names=[f"entry/{entry.number}" for entry in entries])
    if len(found) > wanted.limit:
        tell(f"paceline: these are the newest {wanted.limit}; --limit N shows more")
    return exits.DONE


def show_entry(number: Annotated[int, _LEAST_ONE], /, *, everywhere: Everywhere | None = None) -> int:
    """Show one entry with all its rows.

    Parameters
    ----------
    number
        Its number in the ledger.
    """
    everywhere = everywhere or Everywhere()
    with open_ledger(everywhere) as ledger:
        entry = ledger.book.read(EntryId(number))
        document: Mapping[str, Json] = {**entry_document(entry), "rows": rows_document(entry)}
        if everywhere.output is Output.TABLE:
            revealed = ledger.book.revealed(document)
            document = revealed if isinstance(revealed, Mapping) else document
            rows = document["rows"]
            _say(entry_lines(document, rows if isinstance(rows, list) else []))
        else:
            show_data(document, everywhere.output, names=[f"entry/{number}"])
    return exits.DONE


def settings_at(at: str, /, *, campaign: str | None = None, everywhere: Everywhere | None = None) -> int:
    """Show what is known of a campaign's settings at an instant: since when, by whom, and what nobody saw.

    Its schedule stands below them: the platform keeps it under a version of its own.

    Parameters
    ----------
    at
        The instant, such as 2026-06-15T17:00:00-04:00.
    campaign
        Its id; the campaign that is set where none is given.
    """
    everywhere = everywhere or Everywhere()
    then = instant(at, option="INSTANT")
    from paceline.campaign.observed import Part

    named = campaign_id(campaign) if campaign is not None else settings_of(everywhere).campaign
    if named is None:
        raise UsageError("no campaign was named", hint="give --campaign ID, or set PACELINE_CAMPAIGN")
    with open_ledger(everywhere) as ledger:
        known = ledger.readings.settings_at(named, then)
        schedule = ledger.readings.settings_at(named, then, Part.SCHEDULE)
        document = known_document(known, schedule=schedule)
        if everywhere.output is Output.TABLE:
            _say(known_lines(known, schedule, ledger.book.revealed(document)))
        else:
            show_data(document, everywhere.output, names=[f"campaign/{named}"])
    return exits.DONE


def show_stats(
    *,
    since: Annotated[str | None, _FROM] = None,
    until: Annotated[str | None, _TO] = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Show how changes went: outcomes, accuracy, latency, refusals; from the ledger alone.

    Parameters
    ----------
    since
        Changes that were opened at this instant or later, such as 2026-06-15T00:00:00Z.
    until
        Changes that were opened before this instant.
    """
    from paceline.control.reviewing.metric_rows import stats_rows
    from paceline.control.reviewing.metrics import measured

    everywhere = everywhere or Everywhere()
    start, end = period(since, until)
    with open_ledger(everywhere) as ledger:
        metrics = measured(ledger.book.rows(), since=start, until=end)
    if everywhere.output is Output.TABLE:
        show_table(("WHAT", "VALUE", "OF"), stats_rows(metrics))
    else:
        show_data(metrics.document(), everywhere.output)
    return exits.DONE


def period(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """Return the bounds of a period as they were typed.

    Raises:
        UsageError: one is no instant, or the end is not after the start.
    """
    start = None if since is None else instant(since, option="--from")
    end = None if until is None else instant(until, option="--to")
    if start is not None and end is not None and end <= start:
        raise UsageError("--to must be later than --from", hint="the period is from --from to before --to")
    return start, end


def _outcome(word: str) -> str:
    from paceline.control.outcome import WORDS
    from paceline.ledger.book import OPEN

    known = (*WORDS, OPEN)
    if word in known:
        return word
    near = get_close_matches(word, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
    raise UsageError(f"--outcome: {word[:40]!r} is no outcome", hint=hint)


def _say(lines: Iterable[str]) -> None:
    console = console_for(sys.stdout)
    for place, line in enumerate(lines):
        console.print(printable(line), markup=False, highlight=False, style="bold" if place == 0 else "")
