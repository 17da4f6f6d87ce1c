"""The one change of a schedule: zone, directive, windows and concurrency; what it does not name stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Self

from paceline.campaign.blocks import Directive, Schedule, Window
from paceline.campaign.change import Achieved, Difference, Diverged, IncompleteChangeError, Lane, Rulebook, Verdict
from paceline.campaign.observed import Ability, Observed, Part, Situation
from paceline.campaign.schedule.checks import guarded, sound
from paceline.campaign.schedule.model import Wanted, written
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Figure, Findings
from paceline.primitives.ids import CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSchedule:
    """Set when a campaign may dial; None leaves a field as it is.

    Attributes:
        windows: all of them, in the schedule's zone; they take the place of those that are there.
        max_calls: how many calls may be in flight at once, 1 to 500.
        beside: filled in by `whole_on`: what the live schedule holds that nobody here knows, sent back as it was.
    """

    kind: ClassVar[str] = "schedule.set"
    lane: ClassVar[Lane] = Lane.CHANGING
    part: ClassVar[Part] = Part.SCHEDULE
    needs: ClassVar[frozenset[Ability]] = frozenset({Ability.SCHEDULE})
    effective_at: ClassVar[datetime | None] = None
    campaign: CampaignId
    zone: str | None = None
    directive: Directive | None = None
    windows: tuple[Window, ...] | None = None
    max_calls: int | None = None
    beside: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)

    @property
    def wanted(self) -> Wanted:
        """Return what is to become of the schedule."""
        return Wanted(zone=self.zone, directive=self.directive, windows=self.windows, max_calls=self.max_calls)

    def validate(self, rules: Rulebook) -> Findings:  # noqa: ARG002  # what law binds depends on where contacts may be
        """Judge what is named, by itself."""
        return sound(self.wanted)

    def guard(self, situation: Situation) -> Findings:
        """Judge the whole schedule that would come of it against the law of every place where a contact may be."""
        return guarded(self.wanted, self.needs, situation)

    def whole_on(self, observed: Observed) -> Self:
        """Return the change as it is sent: what it leaves as it is, filled in from what was seen.

        Raises:
            IncompleteChangeError: the campaign has no schedule, and the change does not name all of one.
        """
        whole = self.wanted.on(observed.schedule)
        if whole is None:
            missing = ", ".join(self.wanted.missing_on(observed.schedule))
            raise IncompleteChangeError(f"campaign {self.campaign} has no schedule, and {missing} is not named")
        return replace(
            self,
            zone=whole.zone,
            directive=whole.directive,
            windows=whole.windows,
            max_calls=whole.max_calls,
            beside=whole.beside,
        )

    def already_so(self, observed: Observed) -> bool:
        """Return whether the schedule has everything that is named; the order of windows says nothing."""
        return not self.wanted.names_nothing and not self._differences(observed.schedule)

    def verify(self, observed: Observed) -> Verdict:
        """Judge by what the platform shows of each field that is named."""
        differences = self._differences(observed.schedule)
        return Diverged(differences) if differences else Achieved()

    def _differences(self, live: Schedule | None) -> tuple[Difference, ...]:
        wanted = _figures(self.wanted)
        shown: dict[str, Figure] = {} if live is None else _figures(Wanted().on(live))
        return tuple(
            Difference(field=name, wanted=value, observed=shown.get(name))
            for name, value in wanted.items()
            if value is not None and value != shown.get(name)
        )


def _figures(told: Wanted | Schedule | None) -> dict[str, Figure]:
    """Return the fields as values that compare by meaning and can be recorded; windows in the order of the week."""
    if told is None:
        return {}
    return {
        "zone": told.zone,
        "directive": None if told.directive is None else told.directive.value,
        "windows": None if told.windows is None else tuple(written(window) for window in sorted(told.windows)),
        "max_calls": told.max_calls,
    }
