"""Outcomes as people and programs read them: table, JSON, YAML, names; and the exit code.

| outcome | exit |
| --- | --- |
| applied, unchanged, scheduled | 0 |
| applied, but the platform holds something else | 5 |
| refused | 3; 5 when it is all about a wrong state, a lock or somebody else's change |
| conflicted | 5 |
| expired, in doubt | 6 |
| failed | 1; 4 when not authorised |
| several campaigns | theirs when it is the same for all, else 7 |
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, assert_never

from paceline.cli import exits
from paceline.cli.configured import Output
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.findings import Finding, Severity

if TYPE_CHECKING:
    from rich.console import Console

    from paceline.campaign.evidence import Evidence, NoEvidence
    from paceline.campaign.observed import Observed
    from paceline.control.fleet.fleet import FleetOutcome
    from paceline.control.outcome import Outcome

CONFLICTS = frozenset({"lifecycle.transition", "lifecycle.locked", "lifecycle.unfinished"})
"""Rules whose refusal is a conflict: the campaign is not as it would have to be."""
NOT_AUTHORISED = frozenset({"unauthorized", "forbidden"})
"""Codes of failures for which the credentials are the cause."""
_WANT_MORE = frozenset({"refused", "conflicted", "failed", "in_doubt"})
"""Outcomes after which somebody has to do something: each ends with where to read what."""
_STYLES = {Severity.ERROR: "red", Severity.REVIEW: "yellow", Severity.INFO: "dim"}


def exit_of(outcome: Outcome) -> int:
    """Return the exit code of one outcome."""
    from paceline.campaign.change import Diverged
    from paceline.control.outcome import (
        Applied,
        Conflicted,
        Expired,
        Failed,
        InDoubt,
        Refused,
        Scheduled,
        Unchanged,
    )

    match outcome.ending:
        case Applied(verdict=Diverged()):
            return exits.CONFLICT
        case Applied() | Unchanged() | Scheduled():
            return exits.DONE
        case Refused():
            against = {found.rule for found in outcome.findings if found.severity is not Severity.INFO}
            return exits.CONFLICT if against <= CONFLICTS else exits.REFUSED
        case Conflicted():
            return exits.CONFLICT
        case Expired() | InDoubt():
            return exits.UNSETTLED
        case Failed(failure):
            return exits.NOT_AUTHORISED if failure.code in NOT_AUTHORISED else exits.ERROR
        case _:
            assert_never(outcome.ending)


def exit_of_fleet(outcome: FleetOutcome) -> int:
    """Return the exit code of many outcomes."""
    codes = {exit_of(item) for item in outcome.items} | ({exits.ERROR} if outcome.unreadable else set())
    if not codes:
        return exits.DONE
    return codes.pop() if len(codes) == 1 else exits.PARTLY


def show_data(data: Json, output: Output, *, names: Iterable[str] = ()) -> None:
    """Print data as JSON or YAML, or only the names of what it is about."""
    match output:
        case Output.JSON | Output.TABLE:
            print(json.dumps(data, indent=2, ensure_ascii=False))
        case Output.YAML:
            import yaml

            print(yaml.safe_dump(_plain(data), sort_keys=False, allow_unicode=True), end="")
        case Output.NAME:
            for name in names:
                print(name)
        case _:
            assert_never(output)


def show_outcome(outcome: Outcome, output: Output) -> None:
    """Print one outcome."""
    if output is Output.TABLE:
        console = console_for(sys.stdout)
        _show_line(console, outcome)
        if outcome.evidence is not None:
            _show_evidence(console, outcome.evidence)
        if outcome.word in _WANT_MORE:
            console.print(f"  more: paceline runbook {_page_of(outcome)}", markup=False, highlight=False, style="dim")
    else:
        show_data(outcome.document(), output, names=[f"campaign/{outcome.change.campaign}"])


def show_fleet(outcome: FleetOutcome, output: Output) -> None:
    """Print the outcomes of many campaigns, and their sum."""
    if output is not Output.TABLE:
        names = [f"campaign/{item.change.campaign}" for item in outcome.items]
        show_data(outcome.document(), output, names=names)
        return
    console = console_for(sys.stdout)
    for item in outcome.items:
        _show_line(console, item)
    for one in outcome.unreadable:
        console.print(f"{one.campaign or '(no id)'}  failed: {one.why}", markup=False, highlight=False, style="red")
    told = ", ".join(f"{count} {word}" for word, count in _summary(outcome).items()) or "no campaign fits"
    requests = "1 request" if outcome.requests == 1 else f"{outcome.requests} requests"
    console.print(f"{told}; {requests}", markup=False, highlight=False, style="bold")


def _summary(outcome: FleetOutcome) -> dict[str, int]:
    """Return how many ended in which way; of what was only tried, how many would be changed."""
    from paceline.control.outcome import Unchanged

    counted: dict[str, int] = dict(outcome.summary)
    tried = sum(isinstance(item.ending, Unchanged) and item.ending.would_apply for item in outcome.items)
    if not tried:
        return counted
    left = counted.pop("unchanged") - tried
    return {"would be applied": tried, **({"unchanged": left} if left else {}), **counted}


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table for people."""
    from rich.table import Table

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console_for(sys.stdout).print(table, markup=False, highlight=False)


def console_for(stream: Any) -> Console:  # noqa: ANN401 - any stream of text
    """Return a console that writes to a stream, as wide as it wants where nobody watches."""
    from rich.console import Console

    return Console(file=stream, width=None if stream.isatty() else 200, soft_wrap=True)


def tell(message: str) -> None:
    """Say something to people, beside the data."""
    print(message, file=sys.stderr)


def _show_line(console: Console, outcome: Outcome) -> None:
    console.print(_line(outcome), markup=False, highlight=False, style=_style(outcome))
    for found in outcome.findings:
        console.print(f"  {_finding(found)}", markup=False, highlight=False, style=_STYLES[found.severity])
    if outcome.failure is not None:
        console.print(f"  {outcome.failure.message}", markup=False, highlight=False, style="red")
        if outcome.failure.hint:
            console.print(f"  {outcome.failure.hint}", markup=False, highlight=False)


def _show_evidence(console: Console, told: Evidence | NoEvidence) -> None:
    from paceline.campaign.evidence import Evidence
    from paceline.cli import evidence_told

    if isinstance(told, Evidence):
        show_table(evidence_told.COLUMNS, evidence_told.rows_of(told))
    for line in evidence_told.below(told):
        console.print(f"  {line}", markup=False, highlight=False, style="dim")


def _page_of(outcome: Outcome) -> str:
    """Return which runbook page helps most: that of the first finding that stands against it, else of the outcome."""
    against = [found.rule for found in outcome.findings if found.severity is not Severity.INFO]
    return against[0] if against and outcome.word == "refused" else outcome.word


def _line(outcome: Outcome) -> str:
    parts = [f"{outcome.change.campaign}  {_ended(outcome)}", _hour(outcome), _move(outcome.before, outcome.after)]
    parts.append("" if outcome.entry is None else f"entry {outcome.entry}")
    requests = "1 request" if outcome.requests == 1 else f"{outcome.requests} requests"
    parts.append(f"{requests}, {outcome.timings_ms.get('total', 0.0):.0f} ms")
    return "  ".join(part for part in parts if part)


def _ended(outcome: Outcome) -> str:
    from paceline.control.outcome import Unchanged

    if outcome.dry_run and isinstance(outcome.ending, Unchanged):
        would = outcome.ending.would_apply
        return "dry run: would be applied" if would else "dry run: it is so already, nothing to do"
    return f"{outcome.word} ({outcome.verdict})" if outcome.verdict else outcome.word


def _hour(outcome: Outcome) -> str:
    from paceline.control.outcome import Scheduled

    if not isinstance(outcome.ending, Scheduled):
        return ""
    told = (("for", outcome.ending.due), ("waits for approval until", outcome.ending.approve_until))
    return "  ".join(f"{words} {utc_text(at)}" for words, at in told if at is not None)


def _move(before: Observed | None, after: Observed | None) -> str:
    if before is None:
        return "" if after is None else f"{after.state} at revision {after.revision}"
    if after is None:
        return f"{before.state} at revision {before.revision}"
    return f"{before.state} -> {after.state}, revision {before.revision} -> {after.revision}"


def _finding(found: Finding) -> str:
    return f"{found.severity}: {found.message} [{found.rule}]"


def _style(outcome: Outcome) -> str:
    code = exit_of(outcome)
    return "green" if code == exits.DONE else "yellow" if code in {exits.CONFLICT, exits.UNSETTLED} else "red"


def _plain(data: Json) -> Any:  # noqa: ANN401 - JSON of the plainest types
    if isinstance(data, Mapping):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return data
