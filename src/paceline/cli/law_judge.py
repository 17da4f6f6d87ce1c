"""`paceline law judge`: each call record judged by the law of its instant, and every violation with its citation."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.call_options import CallOptions
from paceline.cli.configured import Everywhere, Output, rulebook_of, settings_of
from paceline.cli.entrance import open_ledger
from paceline.cli.render import show_data, tell
from paceline.cli.words import UsageError, instant
from paceline.cli.writing import FileError
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId

if TYPE_CHECKING:
    from datetime import datetime

    from paceline.compliance.call import Call
    from paceline.control.facts.declared import CampaignFacts
    from paceline.records.importing.mapping import Reading
    from paceline.records.judging.judge import JudgedCalls, Question
    from paceline.records.judging.rows import Rows

LONG_BYTES = 20_000_000
"""Of files from this size on, people are told what is being done."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """How the file is read; as `data import` reads it."""

    map: Annotated[tuple[str, ...], Parameter(negative=())] = ()
    """OURS=THEIRS of a column, or a TOML file that says so."""
    ending: Annotated[tuple[str, ...], Parameter(negative=())] = ()
    """THEIRS=OURS of a word for how a call ended."""
    unit: str | None = None
    """Of durations: s or ms; seconds when not said."""
    zone: str | None = None
    """Of instants without an offset, an IANA zone; such rows are bad without."""
    delimiter: str | None = None
    """What parts the cells of a CSV file; what its first line has most of when not said."""

    def reading(self) -> Reading:
        """Return how the file is read.

        Raises:
            MappingError: a word says nothing, or names what does not exist.
        """
        from paceline.records.importing.mapping import reading_said

        return reading_said(
            mapped=self.map, endings=self.ending, unit=self.unit, zone=self.zone, delimiter=self.delimiter
        )


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which calls are judged, and how their periods are cut."""

    since: Annotated[str | None, Parameter(name="--from")] = None
    """Only calls from this instant on are judged; those before it count where the law counts calls."""
    until: Annotated[str | None, Parameter(name="--to")] = None
    """Only calls before this instant are judged."""
    campaign: str | None = None
    """Campaign of records that name none."""
    anchor: Annotated[tuple[str, ...], Parameter(negative=())] = ()
    """CAMPAIGN=INSTANT of its first dial, which blocks of 30 days begin with; its first record where none is said."""
    days_of: str = "UTC"
    """Zone whose days and months abandonment is measured by."""

    def span(self) -> tuple[datetime | None, datetime | None]:
        """Return from when to before when calls are judged.

        Raises:
            UsageError: one is no instant, or the end is not after the start.
        """
        start = None if self.since is None else instant(self.since, option="--from")
        end = None if self.until is None else instant(self.until, option="--to")
        if start is not None and end is not None and end <= start:
            raise UsageError("--to must be later than --from", hint="the calls are from --from to before --to")
        return start, end


def judge_law(
    *,
    calls: Path,
    wanted: Wanted | None = None,
    out: Path | None = None,
    extra: Annotated[tuple[Path, ...], Parameter(negative=())] = (),
    kind: CallOptions | None = None,
    filed: Filed | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Judge each call record by the law of its instant: hours, caps across campaigns, ring times, abandonment.

    Exit 0 when nothing breaks the law, 3 when something does or may, 7 when nothing does and some rows could not be
    judged. What a campaign calls for, and when it first dialed, is taken from what was declared of it, where --purpose
    and --anchor do not say it; else every purpose is assumed. Nothing is recorded, and no number is shown.

    Parameters
    ----------
    calls
        A file of call records, CSV or Parquet, with numbers.
    out
        File that every violation is written to: JSON Lines where its name ends in .jsonl, else CSV.
    extra
        Files of rules of your own that stand beside ours.
    """
    from paceline.records.judging.judge import judge_calls
    from paceline.records.judging.reading import read_calls

    everywhere, wanted = everywhere or Everywhere(), wanted or Wanted()
    _spare((calls, *extra), out)
    told = tell if _is_long(calls) else _say_nothing
    rulebook = rulebook_of(everywhere, extra)
    reading = (filed or Filed()).reading()
    since, until = wanted.span()
    days_of = _zone_said(wanted.days_of)
    told(f"paceline: reading {calls}")
    rows = read_calls(calls, reading, campaign=wanted.campaign)
    question = _question(rows, kind or CallOptions(), wanted.anchor, everywhere)
    question = replace(question, since=since, until=until, zone=days_of)
    found = judge_calls(rows, rulebook, question, told=lambda words: told(f"paceline: {words}"))
    _show(found, out, everywhere.output)
    return exits.REFUSED if found.is_against_the_law else exits.DONE if found.is_whole else exits.PARTLY


def _show(found: JudgedCalls, out: Path | None, output: Output) -> None:
    from paceline.cli.law_judge_told import show_judged
    from paceline.records.judging.document import document_of_calls

    written = None if out is None else _written(found, out)
    if output is Output.TABLE:
        show_judged(found)
    else:
        show_data(document_of_calls(found), output, names=[f"rule/{one.rule_id}" for one in found.broken])
    if written is not None:
        tell(f"paceline: {written} {'violation is' if written == 1 else 'violations are'} in {out}")


def _spare(read: tuple[Path, ...], out: Path | None) -> None:
    """Refuse to write over what is read."""
    for path in read:
        if out is not None and out.exists() and path.exists() and out.samefile(path):
            raise UsageError(f"--out {out} is what is read: it would be written over", hint="name another file")


def _say_nothing(_words: str) -> None:
    """Hear nothing."""


def _is_long(path: Path) -> bool:
    try:
        return path.stat().st_size >= LONG_BYTES
    except OSError:
        return False


def _zone_said(zone: str) -> str:
    from paceline.primitives.zones import resembling, zone_keys

    if zone not in zone_keys():
        near = " or ".join(resembling(zone))
        raise UsageError(f"--days-of: the zone data knows no {zone[:64]!r}", hint=f"perhaps {near}" if near else None)
    return zone


def _question(rows: Rows, kind: CallOptions, said: tuple[str, ...], everywhere: Everywhere) -> Question:
    """Return what is asked: what was said on the line counts over what was declared."""
    from paceline.records.judging.judge import Question

    call = kind.call()
    calls: dict[str, Call] = {}
    anchors: dict[str, datetime] = {}
    for name, facts in _declared(rows.campaigns, everywhere).items():
        if facts.purpose is not None and not kind.purpose:
            calls[name] = replace(call, purposes=frozenset({facts.purpose}))
        if facts.anchor is not None:
            anchors[name] = facts.anchor
    for one in said:
        name, equals, at = one.rpartition("=")
        if not equals or name not in rows.campaigns:
            raise UsageError(f"--anchor {one[:160]!r} names no campaign of the file", hint="write CAMPAIGN=INSTANT")
        anchors[name] = instant(at, option="--anchor")
    return Question(call=call, calls=calls, anchors=anchors)


def _declared(campaigns: tuple[str, ...], everywhere: Everywhere) -> Mapping[str, CampaignFacts]:
    """Return what was declared of the campaigns; nothing where nothing was ever kept here."""
    from paceline.control.facts.facts import Facts

    settings = settings_of(everywhere)
    if settings.database_url.startswith("sqlite") and not settings.data_folder.exists():
        return {}
    try:
        with open_ledger(everywhere) as ledger:
            facts = Facts(ledger.database, ledger.book)
            return {name: facts.of(CampaignId(name)) for name in campaigns if name}
    except PacelineError as failed:
        tell(f"paceline: what was declared of campaigns is not known here ({failed.message}): the tightest is assumed")
        return {}


def _written(found: JudgedCalls, out: Path) -> int:
    """Write the violations for nobody but the owner, and return how many there are."""
    from paceline.records.judging.document import write_violations

    try:
        place = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(place, "w", encoding="utf-8", newline="") as stream:
            os.fchmod(stream.fileno(), 0o600)
            return write_violations(found, stream, as_lines_of_json=out.suffix == ".jsonl")
    except OSError as problem:
        raise FileError(f"{out} cannot be written: {problem.strerror}") from problem
