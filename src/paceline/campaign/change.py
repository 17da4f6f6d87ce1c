"""The door plate of every aspect: what a change must answer, and the verdicts on what became of it; all pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Protocol, Self

from paceline.campaign.observed import Ability, Observed, Part, Situation
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Figure, Findings
from paceline.primitives.ids import CampaignId


class Lane(IntEnum):
    """Who goes first where requests are scarce: a lower number before a higher one."""

    STOPPING = 0
    CHANGING = 1
    READING = 2


class Rulebook(Protocol):
    """The rules that a change is judged by, beyond those of its own aspect."""

    @property
    def edition(self) -> str:
        """Return what names exactly these rules in a record."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules:
    """The rulebook without any law in it: each aspect judges by its own rules alone."""

    edition: str = "house"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that is not as wanted; `field` in the words of the change."""

    field: str
    wanted: Figure
    observed: Figure


def differences_in(wanted: object, live: object, fields: Iterable[str]) -> tuple[Difference, ...]:
    """Return the fields that are named and not as wanted; rates keep their digits as text.

    Args:
        wanted: what is to be; None leaves a field as it is.
        live: what is; None where there is none.
        fields: the names that both have.
    """
    named = [(name, getattr(wanted, name), getattr(live, name, None)) for name in fields]
    return tuple(
        Difference(field=name, wanted=_figure(value), observed=_figure(shown))
        for name, value, shown in named
        if value is not None and value != shown
    )


def _figure(value: StrEnum | Decimal | int | str | tuple[int, ...] | None) -> Figure:
    if isinstance(value, tuple):
        return tuple(str(one) for one in value)
    return str(value) if isinstance(value, StrEnum | Decimal) else value


@dataclass(frozen=True, slots=True)
class Achieved:
    """The campaign is as wanted, and nothing is still on its way."""


@dataclass(frozen=True, slots=True)
class Settling:
    """The platform has taken the change, and its effect is still coming; look again after this time."""

    check_again_in: timedelta


@dataclass(frozen=True, slots=True)
class Diverged:
    """The campaign is not as wanted, at least one difference, and waiting will not mend it."""

    differences: tuple[Difference, ...]


Verdict = Achieved | Settling | Diverged


class IncompleteChangeError(PacelineError):
    """this change leaves something as it is, and nobody has filled in what that is"""

    code = "incomplete-change"


class Change(Protocol):
    """One intended change of one campaign."""

    @property
    def kind(self) -> str:
        """Return the stable word for this kind of change, such as `lifecycle.pause`."""
        ...

    @property
    def campaign(self) -> CampaignId:
        """Return the campaign that is to change."""
        ...

    @property
    def needs(self) -> frozenset[Ability]:
        """Return what a platform must be able to do for it."""
        ...

    @property
    def lane(self) -> Lane:
        """Return who goes before whom: requests for this change, the reads it is judged by too, travel in this lane."""
        ...

    @property
    def part(self) -> Part:
        """Return which of the platform's documents it changes, and is judged on."""
        ...

    @property
    def effective_at(self) -> datetime | None:
        """Return when the platform itself is to carry it out; None is at once."""
        ...

    def validate(self, rules: Rulebook) -> Findings:
        """Judge what can be judged without looking at the platform: sound in itself, and lawful."""
        ...

    def guard(self, situation: Situation) -> Findings:
        """Judge the change in the situation that was found."""
        ...

    def whole_on(self, observed: Observed) -> Self:
        """Return the change as it is sent: what it leaves as it is, filled in from what was seen."""
        ...

    def already_so(self, observed: Observed) -> bool:
        """Return whether the campaign is as wanted, so that sending the change would do nothing."""
        ...

    def verify(self, observed: Observed) -> Verdict:
        """Judge what became of the change from what the platform shows after it."""
        ...
