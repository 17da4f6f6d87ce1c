"""What a change of weights wants, what it leaves as it is, and on what ground it may be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from paceline.campaign.blocks import Tuning, Weights
from paceline.primitives.canonical import Json
from paceline.primitives.ids import EntryId

SETTINGS = ("algorithm", "validation_split", "deviation_limit", "convergence")
"""The fields of weights beside the weights themselves, in the words of the change."""
SWITCHES = ("enabled", "drift_protection")
"""The fields of what the platform does with weights that a change may name."""
MANUAL = "manual"
"""The one trigger that is ever sent: the platform's simulation is asked for before a change, and by nothing else."""


class Ground(StrEnum):
    """Why weights may be made live."""

    JUDGED = "judged"
    """Data are asked what they would do."""
    UNDO = "undo"
    """They were live before an entry, and are brought back."""
    EXPERIMENT = "experiment"
    """They are the new setting of an experiment that was judged when it began."""
    RETURN = "return"
    """They are the old setting of an experiment: they were live before it, and are brought back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """On what ground a change is made; no entrance lets anybody name another than `judged`.

    Attributes:
        entry: of what is undone, or of the experiment; None where it is judged.
    """

    ground: Ground = Ground.JUDGED
    entry: EntryId | None = None

    @property
    def wants_evidence(self) -> bool:
        """Whether data have to speak for the change."""
        return self.ground is Ground.JUDGED

    def __str__(self) -> str:
        return self.ground.value if self.entry is None else f"{self.ground.value} of entry {self.entry}"

    def document(self) -> dict[str, Json]:
        """Return it as JSON, from which `of` makes it again."""
        return {"ground": self.ground.value, "entry": self.entry}

    @classmethod
    def of(cls, told: Json) -> Basis:
        """Return what `document` described; nothing described is `judged`.

        Raises:
            ValueError: it describes none.
        """
        if told is None:
            return JUDGED
        entry = told.get("entry") if isinstance(told, Mapping) else None
        ground = Ground(str(told.get("ground"))) if isinstance(told, Mapping) else None
        if ground is None or type(entry) is not int:
            raise ValueError("this is no ground for a change of weights")
        return cls(ground=ground, entry=EntryId(entry))


JUDGED = Basis()
"""The ground of whatever a person or a program orders."""


def undo_of(entry: EntryId) -> Basis:
    """Return the ground of what brings back the weights before an entry."""
    return Basis(ground=Ground.UNDO, entry=entry)


def switch_of(experiment: EntryId) -> Basis:
    """Return the ground of the new setting that an experiment changes over to."""
    return Basis(ground=Ground.EXPERIMENT, entry=experiment)


def return_of(experiment: EntryId) -> Basis:
    """Return the ground of the old setting that an experiment brings back."""
    return Basis(ground=Ground.RETURN, entry=experiment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to become of the weights; None leaves a field as it is.

    Attributes:
        parameters: the map of weights whole, in the place of the live one.
        adjusted: single weights, over that map or over the live one.
        trigger: whatever is named, `manual` is sent.
    """

    algorithm: str | None = None
    parameters: Mapping[str, Decimal] | None = field(default=None, hash=False)
    adjusted: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    validation_split: Decimal | None = None
    deviation_limit: Decimal | None = None
    convergence: Decimal | None = None
    enabled: bool | None = None
    drift_protection: bool | None = None
    trigger: str | None = None

    @property
    def names_nothing(self) -> bool:
        """Whether every field is left as it is."""
        names = (*SETTINGS, *SWITCHES, "parameters", "trigger")
        return not self.adjusted and all(getattr(self, name) is None for name in names)

    @property
    def may_redial(self) -> bool:
        """Whether it names what decides how boldly is dialed: a weight, the algorithm, or whether weights act."""
        named = (self.algorithm, self.parameters, self.enabled)
        return bool(self.adjusted) or any(one is not None for one in named)

    @property
    def weights_named(self) -> Mapping[str, Decimal]:
        """Return each weight that is named, by its key."""
        return {**(self.parameters or {}), **self.adjusted}

    def missing_on(self, live: Weights | None, tuning: Tuning | None) -> tuple[str, ...]:
        """Return the fields that neither the change nor what is live names."""
        missing = [name for name in SETTINGS if live is None and getattr(self, name) is None]
        missing += ["parameters"] if live is None and not self.weights_named else []
        missing += [name for name in SWITCHES if tuning is None and getattr(self, name) is None]
        return tuple(missing)

    def on(self, live: Weights | None) -> Weights | None:
        """Return the whole weights that come of it; None while a field is missing."""
        algorithm = self.algorithm if self.algorithm is not None or live is None else live.algorithm
        split = self.validation_split
        split = split if split is not None or live is None else live.validation_split
        limit = self.deviation_limit
        limit = limit if limit is not None or live is None else live.deviation_limit
        convergence = self.convergence if self.convergence is not None or live is None else live.convergence
        base = self.parameters if self.parameters is not None or live is None else live.parameters
        parameters = {**(base or {}), **self.adjusted}
        if algorithm is None or split is None or limit is None or convergence is None or not parameters:
            return None
        return Weights(
            algorithm=algorithm,
            parameters=parameters,
            validation_split=split,
            deviation_limit=limit,
            convergence=convergence,
            beside={} if live is None else live.beside,
        )

    def tuning_on(self, live: Tuning | None) -> Tuning | None:
        """Return what the platform is to do with them; None while a field is missing. Its trigger is `manual`."""
        enabled = self.enabled if self.enabled is not None or live is None else live.enabled
        protection = self.drift_protection
        protection = protection if protection is not None or live is None else live.drift_protection
        if enabled is None or protection is None:
            return None
        beside = {} if live is None else live.beside
        return Tuning(enabled=enabled, trigger=MANUAL, drift_protection=protection, beside=beside)

    def left_on(self, live: Weights | None) -> Wanted:
        """Return what the change does not name, as the live weights have it: it is sent too, and so is judged."""
        if live is None:
            return Wanted()
        named = self.adjusted
        kept = {} if self.parameters is not None else {k: v for k, v in live.parameters.items() if k not in named}
        return Wanted(
            algorithm=live.algorithm if self.algorithm is None else None,
            adjusted=kept,
            validation_split=live.validation_split if self.validation_split is None else None,
            deviation_limit=live.deviation_limit if self.deviation_limit is None else None,
            convergence=live.convergence if self.convergence is None else None,
        )
