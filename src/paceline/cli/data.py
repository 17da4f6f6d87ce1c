"""`paceline data`: call records imported and described; what is kept of them has no number in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output, rulebook_of, settings_of
from paceline.cli.data_told import show_described, show_shelf, show_taken, write_fits
from paceline.cli.entrance import open_ledger
from paceline.cli.render import show_data, tell
from paceline.cli.words import UsageError
from paceline.primitives.ids import CampaignId, EntryId, campaign_id

if TYPE_CHECKING:  # DuckDB and numpy load only when records are read
    from paceline.bootstrap import Ledger
    from paceline.records.importing.mapping import Reading
    from paceline.records.importing.taking_in import Import, Taken
    from paceline.records.summary import Summary
    from paceline.settings import Settings

_NO_OTHERS = Parameter(negative=())
_MANY = Parameter(negative=(), consume_multiple=False)


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class HowRead:
    """How a file of call records is read; columns are found by our names where nothing is said."""

    map: Annotated[tuple[str, ...], _MANY] = ()
    """OURS=THEIRS, once for each column that has another name; or a TOML file that says all of it."""
    ending: Annotated[tuple[str, ...], _MANY] = ()
    """THEIRS=ours, once for each of the file's words for how a dial ended."""
    zone: str | None = None
    """Zone of instants that have no offset, such as America/New_York; such rows are bad without."""
    unit: str | None = None
    """What durations are in: s, or ms."""
    delimiter: str | None = None
    """What parts the cells of a CSV file; the first line tells without."""
    shifts: Path | None = None
    """A file of when agents were logged in: columns agent, login, logout."""

    def reading(self) -> Reading:
        """Return what was said, judged.

        Raises:
            MappingError: a word says nothing, or names what does not exist.
        """
        from paceline.records.importing.mapping import reading_said

        return reading_said(
            mapped=self.map, endings=self.ending, unit=self.unit, zone=self.zone, delimiter=self.delimiter
        )


def import_calls(
    file: Path,
    /,
    *,
    campaign: str | None = None,
    how: HowRead | None = None,
    skip_bad: Annotated[bool, _NO_OTHERS] = False,
    reason: str | None = None,
    ticket: str | None = None,
    dry_run: Annotated[bool, _NO_OTHERS] = False,
    everywhere: Everywhere | None = None,
) -> int:
    """Check every row of a file of call records and keep them: people, agents and debts as digests, numbers not at all.

    One bad row, and nothing is kept: exit 1, and every bad row is told. The same file again changes nothing.

    Parameters
    ----------
    file
        CSV whose first row names the columns, or Parquet.
    campaign
        Whose calls are kept; rows of other campaigns are left where they are.
    skip_bad
        Keep the good rows, and put the bad ones as they came into a file that only you may read.
    reason
        Why, for the ledger.
    ticket
        Where it is discussed, for the ledger.
    dry_run
        Check, and keep nothing.
    """
    from paceline.control.order import Order
    from paceline.control.records_kept import note_import
    from paceline.records.importing.taking_in import take_in

    everywhere, how = everywhere or Everywhere(), how or HowRead()
    settings = settings_of(everywhere)
    asked_for = _campaign(campaign, settings)
    reading, rulebook = how.reading(), rulebook_of(everywhere)
    with open_ledger(everywhere) as ledger:
        asked = _asked(file, asked_for, reading, settings, ledger)
        asked = replace(asked, shifts=how.shifts, skip_bad=skip_bad, dry_run=dry_run)
        taken = take_in(asked, rulebook)
        order = Order(actor=ledger.actor, reason=reason, ticket=ticket, dry_run=dry_run)
        entry = None if dry_run else note_import(ledger.book, asked_for, taken, order)
    _show(taken, asked, entry, everywhere.output)
    bad = bool(taken.bad or taken.bad_logins) and not skip_bad
    return exits.ERROR if bad or (taken.kept is None and not dry_run) else exits.DONE


def _show(taken: Taken, asked: Import, entry: EntryId | None, output: Output) -> None:
    if output is Output.TABLE:
        show_taken(taken, asked.campaign, entry, asked)
        return
    names = [] if taken.kept is None else [f"records/{taken.source[:16]}"]
    document = {"campaign": asked.campaign, **taken.document(), "entry": entry, "dry_run": asked.dry_run}
    show_data(document, output, names=names)


def describe_calls(
    campaign: str | None = None,
    /,
    *,
    calls: Path | None = None,
    pictures: Path | None = None,
    how: HowRead | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Say what call records are kept, or what is in a file that is not: endings, answers by hour, durations.

    Parameters
    ----------
    campaign
        Whose records; without one, and without a file, every campaign's are listed.
    calls
        A file that is looked at instead, and not kept; its bad rows are counted and left out.
    pictures
        Fit them too, and write how well the fits go with them into this folder, as SVG.
    """
    everywhere, how = everywhere or Everywhere(), how or HowRead()
    if calls is not None:
        if campaign is not None:
            raise UsageError("--calls FILE goes without the id of a campaign")
        return _describe_file(calls, how, everywhere, pictures)
    from paceline.records.importing.keeping import folder_of, kept_in, shelf
    from paceline.records.reading.records import records_of

    settings = settings_of(everywhere)
    with open_ledger(everywhere) as ledger:
        tenant = ledger.book.tenant
    if campaign is None:
        held = {one: kept_in(folder_of(settings.records, tenant, one)) for one in shelf(settings.records, tenant)}
        if pictures is not None:
            raise UsageError("--pictures DIR wants the id of a campaign, or --calls FILE")
        show_shelf(held, everywhere.output)
        return exits.DONE
    kept = kept_in(folder_of(settings.records, tenant, campaign_id(campaign)))
    with records_of(kept) as records:
        summary = records.summary(zone=how.zone or "UTC")
    from paceline.records.reading.describing import described

    show_described(described(summary), everywhere.output, campaign=campaign_id(campaign), kept=kept)
    _draw(summary, pictures, campaign)
    return exits.DONE


def _draw(summary: Summary, folder: Path | None, name: str) -> None:
    """Fit what was summed up, where pictures are wanted, and write them; the curves of a terminal go beside."""
    if folder is None:
        return
    from paceline.records.fits.fitted import fit_records

    write_fits(fit_records(summary), folder, name)


def _describe_file(path: Path, how: HowRead, everywhere: Everywhere, pictures: Path | None) -> int:
    from paceline.primitives.clock import MachineClock, instant_of
    from paceline.records.reading.describing import described
    from paceline.records.reading.loose import records_of_file

    now = instant_of(MachineClock().wall_ns())
    rulebook = rulebook_of(everywhere)
    with records_of_file(path, how.reading(), rulebook=rulebook, now=now, shifts=how.shifts) as loose:
        summary = loose.records.summary(zone=how.zone or "UTC")
    for limit, count in loose.counts.items():
        tell(f"left out: {count} of {loose.rows} rows; wanted in {limit}")
    if loose.bad_logins:
        tell(f"left out: {loose.bad_logins} bad rows of logins")
    show_described(described(summary), everywhere.output, source=loose.source, bad=loose.bad)
    _draw(summary, pictures, path.stem)
    return exits.DONE


def _campaign(said: str | None, settings: Settings) -> CampaignId:
    campaign = settings.campaign if said is None else campaign_id(said)
    if campaign is None:
        raise UsageError("no campaign was named", hint="add --campaign ID, or set PACELINE_CAMPAIGN")
    return campaign


def _asked(path: Path, campaign: CampaignId, reading: Reading, settings: Settings, ledger: Ledger) -> Import:
    from paceline.records.importing.digests import tenant_key
    from paceline.records.importing.keeping import folder_of
    from paceline.records.importing.taking_in import Import
    from paceline.settings.running import made_folder

    tenant = ledger.book.tenant
    return Import(
        path=path,
        campaign=campaign,
        reading=reading,
        folder=folder_of(settings.records, tenant, campaign).absolute(),
        key=tenant_key(made_folder(settings.data_folder), tenant),
        now=ledger.book.now(),
    )
