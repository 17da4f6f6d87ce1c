"""`paceline twin`: fit a digital twin that must earn its say, and check a kept one against newer data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, settings_of
from paceline.cli.entrance import open_ledger, open_system
from paceline.cli.render import tell
from paceline.cli.twin_told import show_checked, show_twin, write_pictures
from paceline.cli.whole import whole
from paceline.cli.words import UsageError
from paceline.control.adoption import Adopt
from paceline.primitives.ids import campaign_id
from paceline.primitives.zones import UnknownZoneError
from paceline.primitives.zones import zone as known_zone
from paceline.twin.effort import MOST_DAYS

if TYPE_CHECKING:  # numpy and numba load only when something is played
    from paceline.primitives.ids import CampaignId
    from paceline.twin.checking import Checked
    from paceline.twin.model import Twin


class Source(StrEnum):
    """What a twin is made of."""

    RECORDS = "records"
    PLATFORM = "platform"


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class HowFitted:
    """What a twin is fitted from, and how."""

    source: Annotated[Source | None, Parameter(name="--from")] = None
    """Imported call records, or the platform's statistics; records without, where some are kept."""
    days: Annotated[int | None, Parameter(converter=whole)] = None
    """The last so many days: of dialing in records (all without), of the calendar on the platform (28 without)."""
    split: float = 0.8
    """Share of the days that is fitted on, 0.1 to 0.9; the rest is predicted once, at the end."""
    zone: str = "UTC"
    """Zone of local hours in records, such as America/New_York."""
    seed: Annotated[int, Parameter(converter=whole)] = 0
    """The same seed and data give the same twin."""

    def judged(self) -> HowFitted:
        """Return it where it is sound.

        Raises:
            UsageError: a value is out of bounds, or the zone data has no such zone.
        """
        if not 0.1 <= self.split <= 0.9:
            raise UsageError(f"--split is {self.split:g}; it must be from 0.1 to 0.9")
        if self.days is not None and not 1 <= self.days <= MOST_DAYS:
            raise UsageError(f"--days is {self.days}; it must be from 1 to {MOST_DAYS}")
        if not 0 <= self.seed < 1 << 48:
            raise UsageError(f"--seed is {self.seed}; it must be from 0 to {(1 << 48) - 1}")
        try:
            known_zone(self.zone)
        except UnknownZoneError as unknown:
            raise UsageError(f"--zone {self.zone}: {unknown}") from unknown
        return self


def fit(
    campaign: str,
    /,
    *,
    how: HowFitted | None = None,
    out: Path | None = None,
    reason: str | None = None,
    ticket: str | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Fit a twin, check it on half-hours that no fit has seen, and keep it with what came of that.

    Exit code 0 when it may say what weights would do, 3 when it failed its check, or there are too few data.

    Parameters
    ----------
    campaign
        Its id.
    out
        A folder that pictures are written to, as SVG.
    reason
        Why, for the ledger.
    ticket
        Where it is discussed, for the ledger.
    """
    everywhere, how = everywhere or Everywhere(), (how or HowFitted()).judged()
    found = _fitted(campaign_id(campaign), how, everywhere, reason=reason, ticket=ticket)
    if isinstance(found, str):
        tell(f"paceline: no twin of campaign {campaign}: {found}")
        return exits.REFUSED
    if out is not None:
        for path in write_pictures(found, out):
            tell(f"wrote {path}")
    show_twin(found, everywhere.output)
    return exits.DONE if found.standing.passed else exits.REFUSED


def check(campaign: str, /, *, everywhere: Everywhere | None = None) -> int:
    """Hold the kept twin against what was measured after its data: its intervals, and whether anything has drifted.

    Exit code 0 when it may still say what weights would do, 3 when not.

    Parameters
    ----------
    campaign
        Its id. It has a twin: paceline twin fit ID.
    """
    everywhere, named = everywhere or Everywhere(), campaign_id(campaign)
    found = _checked(named, everywhere)
    if found is None:
        tell(f"paceline: campaign {campaign} has no twin; fit one: paceline twin fit {campaign}")
        return exits.REFUSED
    twin, checked = found
    show_checked(twin, checked, everywhere.output)
    if checked.drifted is not None:
        tell(f"the world is no longer that of the data; fit again on data since then: paceline twin fit {campaign}")
    return exits.DONE if twin.standing.passed and checked.drifted is None else exits.REFUSED


def _fitted(
    campaign: CampaignId, how: HowFitted, everywhere: Everywhere, *, reason: str | None, ticket: str | None
) -> Twin | str:
    """Return the kept twin, or in words why there is none."""
    from paceline.bootstrap.twin_fitting import HowFitted as Fitting
    from paceline.bootstrap.twin_fitting import fitted_on_records, fitted_on_statistics
    from paceline.twin.kept import By

    settings = settings_of(everywhere)
    fitting = Fitting(days=how.days, split=how.split, zone=how.zone, seed=how.seed)
    if how.source is not Source.PLATFORM:
        with open_ledger(everywhere) as ledger:
            by = By(actor=ledger.actor, reason=reason, ticket=ticket)
            found = fitted_on_records(ledger, settings.records, campaign, fitting, by, tell=tell)
        if found is not None:
            return found
        if how.source is Source.RECORDS:
            return f"no call records are kept; import some: paceline data import FILE --campaign {campaign}"
    with open_system(everywhere, adopt=Adopt.TRY) as system:
        by = By(actor=system.actor, reason=reason, ticket=ticket)
        return fitted_on_statistics(system, campaign, fitting, by, tell=tell)


def _checked(campaign: CampaignId, everywhere: Everywhere) -> tuple[Twin, Checked] | None:
    """Return the kept twin with what newer data say of it, drift marked; None where there is none."""
    from paceline.bootstrap.twin_fitting import checked_twin
    from paceline.twin.kept import By

    records = settings_of(everywhere).records
    with open_ledger(everywhere) as ledger:
        by = By(actor=ledger.actor, reason="paceline twin check")
        return checked_twin(ledger, records, campaign, by, opened=lambda: open_system(everywhere, adopt=Adopt.TRY))
