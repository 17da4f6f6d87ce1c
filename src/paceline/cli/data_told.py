"""What `paceline data` tells: of an import, of what is kept, and of what is in it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from paceline.cli.configured import Output
from paceline.cli.render import console_for, show_data, show_table, tell
from paceline.primitives.clock import utc_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from paceline.primitives.canonical import Json
    from paceline.primitives.ids import CampaignId, EntryId
    from paceline.records.fits.fitted import FittedRecords
    from paceline.records.importing.checking import BadRow
    from paceline.records.importing.keeping import Kept
    from paceline.records.importing.taking_in import Import, Taken
    from paceline.records.reading.describing import Description

SHOWN = 20
"""So many bad rows are shown to people; programs get all of them."""


def show_taken(taken: Taken, campaign: CampaignId, entry: EntryId | None, asked: Import) -> None:
    """Tell people what became of a file."""
    console = console_for(sys.stdout)

    def say(words: str, style: str = "") -> None:
        console.print(words, markup=False, highlight=False, style=style)

    kept = taken.kept
    if taken.already and kept is not None:
        new = "" if taken.logins is None else f"; {taken.logins} logins are new"
        say(f"{campaign}  unchanged: the {kept.rows} calls of this file are kept already{new}", "bold")
    elif kept is not None:
        say(f"{campaign}  kept {kept.rows} of {taken.rows} rows, {_at(kept)}", "bold green")
        say(f"  in {kept.path}")
    elif asked.dry_run and not taken.bad and not taken.bad_logins:
        say(f"{campaign}  dry run: {taken.rows - taken.others} rows would be kept", "bold")
    else:
        good = taken.rows - taken.others - taken.bad
        why = f"{taken.bad} of {taken.rows} rows are bad, {good} are good" if taken.rows else "the file has no row"
        say(f"{campaign}  nothing was kept: {why}", "bold red")
    if entry is not None:
        say(f"  entry {entry}")
    _show_rest(taken, say)
    _show_bad(taken)
    if (taken.bad or taken.bad_logins) and not asked.skip_bad:
        say("correct them, or keep the rest with --skip-bad", "yellow")


def _show_rest(taken: Taken, say: Callable[[str, str], None]) -> None:
    """Tell what is not in what is kept."""
    if taken.others:
        say(f"  {taken.others} rows are of other campaigns, and stay where they are", "")
    if taken.logins_of_others:
        say(f"  {taken.logins_of_others} logins are of agents who took no call of these, and are not kept", "")
    if taken.unread:
        say(f"  not read: {', '.join(taken.unread)}", "")
    if taken.left_out is not None:
        say(f"  the {taken.bad} bad rows are in {taken.left_out}, with the numbers of people in them", "yellow")


def show_shelf(held: Mapping[CampaignId, Sequence[Kept]], output: Output) -> None:
    """Show what is kept of every campaign."""
    if output is Output.TABLE:
        rows = [
            (campaign, one.source[:16], one.rows, one.left_out, *_at(one).split(" to "), "yes" if one.shifts else "no")
            for campaign, files in held.items()
            for one in files
        ]
        if not rows:
            print("no call records are kept; import some: paceline data import FILE --campaign ID")
            return
        show_table(("CAMPAIGN", "FILE", "CALLS", "LEFT OUT", "FIRST", "LAST", "LOGINS"), rows)
        return
    items: list[Json] = [
        {"campaign": campaign, "files": [_file(one) for one in files]} for campaign, files in held.items()
    ]
    show_data({"items": items}, output, names=[f"campaign/{campaign}" for campaign in held])


def show_described(
    told: Description,
    output: Output,
    *,
    campaign: CampaignId | None = None,
    kept: Sequence[Kept] = (),
    source: str | None = None,
    bad: int = 0,
) -> None:
    """Show what is in call records: those of a campaign, or of a file that is not kept."""
    if output is not Output.TABLE:
        about: dict[str, Json] = {"campaign": campaign, "files": [_file(one) for one in kept]}
        loose: dict[str, Json] = {"source": source, "bad": bad}
        names = [f"campaign/{campaign}"] if campaign else []
        show_data({**(loose if campaign is None else about), **told.document()}, output, names=names)
        return
    from paceline.figures.calls import lines_of

    print(f"{told.rows} calls to {told.persons} people, {told.span.since:%Y-%m-%d %H:%M} to"
          f" {told.span.until:%Y-%m-%d %H:%M} UTC")  # fmt: skip
    for one in kept:
        logins = "" if one.shifts is None else ", with logins"
        print(f"  {one.source[:16]}  {one.rows} calls, {_at(one)}{logins}")
    staffed = "nobody knows how long agents were there" if told.staffed_h is None else f"{told.staffed_h:.1f} h there"
    print(f"agents: {staffed}, {told.talk_h:.1f} h talk, {told.wrap_h:.1f} h wrap-up")
    print(f"longest time from one attempt at a person to the next: {told.retry_horizon_s / 3600:.1f} h")
    dials = sum(told.endings.values())
    show_table(
        ("ENDED", "DIALS", "SHARE"),
        [(ending, count, f"{count / dials:.1%}" if dials else "") for ending, count in told.endings.items()],
    )
    show_table(
        ("TIMES", "COUNT", "MEDIAN S", "9 IN 10 BELOW S", "CUT OFF"),
        [(kind, one.count, _seconds(one.median_s), _seconds(one.high_s), one.cut) for kind, one in told.times.items()],
    )
    for line in lines_of(told):
        print(line)


def _show_bad(taken: Taken) -> None:
    if taken.counts:
        show_table(("BAD IN, AND WANTED", "ROWS"), [*taken.counts.items()])
    for title, rows in (("BAD ROW", taken.listed), ("BAD LOGIN", taken.bad_logins)):
        if rows:
            show_table((title, "COLUMN", "VALUE", "WANTED"), [_cells(one) for one in rows[:SHOWN]])
        if len(rows) > SHOWN:
            print(f"and more; -o json tells {len(rows)} of them")


def _cells(one: BadRow) -> tuple[object, ...]:
    return one.row, one.column, one.value, one.limit


def _file(one: Kept) -> dict[str, Json]:
    return {
        "source": one.source,
        "path": str(one.path),
        "calls": one.rows,
        "left_out": one.left_out,
        "first": utc_text(one.first),
        "last": utc_text(one.last),
        "logins": one.shifts is not None,
    }


def _at(one: Kept) -> str:
    return f"{one.first:%Y-%m-%dT%H:%M:%SZ} to {one.last:%Y-%m-%dT%H:%M:%SZ}"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def write_fits(fitted: FittedRecords, folder: Path, name: str) -> None:
    """Write how well fits go with their records into a folder, which is made when it is not there; tell it in letters.

    The data of the command go to its output: this is for people, beside it.
    """
    from paceline.figures.fits import lines_of_fits, pictures_of

    folder.mkdir(parents=True, exist_ok=True)
    for line in lines_of_fits(fitted):
        tell(line)
    for kind, svg in pictures_of(fitted).items():
        path = folder / f"{name}-{kind}.svg"
        path.write_text(svg, encoding="utf-8")
        tell(f"wrote {path}")
