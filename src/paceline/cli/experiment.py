"""`paceline experiment`: two settings of one campaign, changed over from block to block by coins thrown beforehand.

| where it stands | exit |
| --- | --- |
| it is planned, goes on, is paused, or over with the old setting live | 0 |
| it could not be planned or started | 3; 5 where something else steers it, it does not dial, or it has moved on |
| somebody else changed the setting, and it was left | 5 |
| the old setting is being brought back, and is not there yet | 6 |
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from paceline.cli import block_words, exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.entrance import open_system
from paceline.cli.experiment_told import show_analysis, show_began, show_experiment, show_experiments
from paceline.cli.options import OneCampaign
from paceline.cli.render import exit_of, show_data, tell
from paceline.cli.rollout import Answering, Why, order_for
from paceline.cli.target import one_named
from paceline.cli.weight_words import weights_named_by
from paceline.cli.words import UsageError, instant, span
from paceline.control.adoption import Adopt

if TYPE_CHECKING:
    from collections.abc import Callable

    from paceline.bootstrap import System
    from paceline.control.experiments.desk import ExperimentDesk
    from paceline.control.experiments.planning import Terms
    from paceline.control.experiments.settings import Switch
    from paceline.control.experiments.standing import Experiment
    from paceline.control.experiments.starting import Began
    from paceline.control.order import Order
    from paceline.primitives.ids import CampaignId

_IN_THE_WAY = frozenset(f"experiment.{word}" for word in ("under-way", "steered", "not-dialing", "late", "moved"))
_SHARE = Parameter(validator=validators.Number(gte=0, lt=1))


class Of(StrEnum):
    """What the two settings are of."""

    WEIGHTS = "weights"
    PACING = "pacing"


class By(StrEnum):
    """Which times are the same, so that their blocks are compared."""

    HOUR_OF_DAY = "hour-of-day"
    HOUR_OF_WEEK = "hour-of-week"


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """How the blocks lie, and what they have to show."""

    days: Annotated[int, Parameter(validator=validators.Number(gte=5, lte=100))] = 10
    """On how many open days there are blocks."""
    block: str = "60m"
    """How long each is."""
    guard: Annotated[float, Parameter(validator=validators.Number(gte=3))] = 4.0
    """Mean handle times dropped at the start of each."""
    by: By = By.HOUR_OF_DAY
    """Which times are the same: of days, or of weeks, that follow each other."""
    hours: str | None = None
    """Only within these hours of the schedule's clock, such as 09:00-17:00."""
    since: str | None = None
    """Not before this instant."""
    seed: Annotated[int | None, Parameter(validator=validators.Number(gte=0))] = None
    """Throws the coins; when nothing is said, it comes from the mark of the entry that judged the new setting."""
    level: Annotated[float, Parameter(validator=validators.Number(gt=0.5, lt=1))] = 0.95
    """How surely all looks together make no mistake."""
    least_gain: Annotated[float, _SHARE] = 0.0025
    """The smallest gain in utilisation worth having, a fraction."""
    to_the_end: bool = False
    """Do not end at the look that shows a gain worth having."""

    def terms(self) -> Terms:
        """Return the terms of an experiment.

        Raises:
            UsageError: a span, an instant or the hours are none.
        """
        from paceline.control.experiments.plan import Balanced
        from paceline.control.experiments.planning import Terms

        return Terms(
            seed=self.seed,
            days=self.days,
            block=span(self.block, option="--block"),
            guard_handles=self.guard,
            balanced=Balanced(self.by.value),
            hours=None if self.hours is None else _hours(self.hours),
            since=None if self.since is None else instant(self.since, option="--since"),
            level=self.level,
            least_gain=self.least_gain,
            ends_early=not self.to_the_end,
        )


def plan_experiment(
    *words: str,
    of: Of = Of.WEIGHTS,
    file: Annotated[Path | None, Parameter(name="--file", allow_leading_hyphen=True)] = None,
    blocks: Blocks | None = None,
    if_revision: str | None = None,
    dry_run: bool = False,
    why: Why | None = None,
    answering: Answering | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Plan an experiment: the new setting is judged, the coins are thrown, and all of it is kept; nothing is sent.

    Blocks of the same time come in pairs; a coin decides which of the two has the new setting. A block that cannot be
    carried out is dropped with its pair. What it is likely to find is told from the campaign's own blocks.

    Parameters
    ----------
    words
        The id of one campaign, and KEY=VALUE such as predictive_factor=0.2.
    of
        What the two settings are of.
    file
        The new setting in the contract's words, in YAML, TOML or JSON; - is standard input. KEY=VALUE counts over it.
    if_revision
        The revision of the campaign that was looked at; if it has moved on, that is a conflict.
    dry_run
        Judge and plan only: nothing is kept.
    """
    from dataclasses import replace

    ids = tuple(word for word in words if "=" not in word)
    if len(ids) > 1:
        raise UsageError("an experiment is of one campaign", hint="plan one for each")
    fields = _fields(of, [word for word in words if "=" in word], file)
    terms = (blocks or Blocks()).terms()
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.MUST) as system:
        order = replace(order_for(system, why, answering, if_revision=if_revision), dry_run=dry_run)
        began = system.experiment_desk.plan(_wish(of, one_named(ids[0] if ids else None, system), fields), terms, order)
        show_began(began, everywhere.output)
    return _exit_of_began(began)


def start_experiment(
    campaign: OneCampaign = None, /, *, why: Why | None = None, everywhere: Everywhere | None = None
) -> int:
    """Start what is planned, or what is paused: a worker changes over at the edges of blocks."""
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.MUST) as system:
        began = system.experiment_desk.start(one_named(campaign, system), order_for(system, why, None))
        show_began(began, everywhere.output)
        _tell_if_alone(system, began.experiment)
    return _exit_of_began(began)


def experiment_status(campaign: OneCampaign = None, /, *, everywhere: Everywhere | None = None) -> int:
    """Show where the experiment of a campaign stands: its blocks, what was measured in them, and its looks."""
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        found = system.experiment_desk.status(one_named(campaign, system))
        show_experiment(found, everywhere.output)
        _tell_if_alone(system, found)
    return _exit_of(found)


def analyse_experiment(campaign: OneCampaign = None, /, *, everywhere: Everywhere | None = None) -> int:
    """Show what the last planned look says, computed anew from the blocks; between looks nothing is told."""
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        experiment, look = system.experiment_desk.analyse(one_named(campaign, system))
        show_analysis(experiment, look, everywhere.output)
    return exits.DONE


def pause_experiment(
    campaign: OneCampaign = None, /, *, why: Why | None = None, everywhere: Everywhere | None = None
) -> int:
    """Have the old setting live until somebody starts the experiment again; blocks go by meanwhile."""
    return _steered(campaign, lambda desk: desk.pause, why, everywhere)


def abort_experiment(
    campaign: OneCampaign = None, /, *, why: Why | None = None, everywhere: Everywhere | None = None
) -> int:
    """End an experiment, with the old setting live."""
    return _steered(campaign, lambda desk: desk.abort, why, everywhere)


def list_experiments(*, under_way: bool = False, everywhere: Everywhere | None = None) -> int:
    """List experiments, the newest first.

    Parameters
    ----------
    under_way
        Only those that something may be sent for yet.
    """
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        found = [*reversed(system.experiments.listed(under_way=under_way))]
    if everywhere.output is Output.TABLE:
        show_experiments(found)
    else:
        names = [f"experiment/{one.entry}" for one in found]
        show_data({"items": [one.document() for one in found]}, everywhere.output, names=names)
    return exits.DONE


def _steered(
    campaign: str | None,
    verb: Callable[[ExperimentDesk], Callable[[CampaignId, Order], Experiment]],
    why: Why | None,
    everywhere: Everywhere | None,
) -> int:
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.TRY) as system:
        found = verb(system.experiment_desk)(one_named(campaign, system), order_for(system, why, None))
        show_experiment(found, everywhere.output)
        _tell_if_alone(system, found)
    return _exit_of(found)


def _fields(of: Of, pairs: list[str], file: Path | None) -> dict[str, Any]:
    return weights_named_by(pairs, file) if of is Of.WEIGHTS else block_words.named_by(block_words.PACING, pairs, file)


def _wish(of: Of, campaign: CampaignId, fields: dict[str, Any]) -> Switch:
    from paceline.campaign.pacing.changes import SetPacing
    from paceline.campaign.weights.changes import SetWeights

    return SetWeights(campaign=campaign, **fields) if of is Of.WEIGHTS else SetPacing(campaign=campaign, **fields)


def _hours(text: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    try:
        found = block_words.time_of_day(first.strip()), block_words.time_of_day(last.strip())
    except (ValueError, TypeError) as wrong:
        raise UsageError(f"--hours: {wrong}", hint="write 09:00-17:00") from None
    if not dash or found[0] >= found[1]:
        raise UsageError(f"--hours: {text!r} are no hours of a day", hint="write 09:00-17:00")
    return found


def _tell_if_alone(system: System, experiment: Experiment | None) -> None:
    if experiment is not None and experiment.phase.is_under_way and not system.worker.has_company():
        tell("paceline: no worker lives, so nobody changes over at the edges of blocks; start one: paceline work")


def _exit_of_began(began: Began) -> int:
    if began.experiment is not None:
        return _exit_of(began.experiment)
    against = {found.rule for found in began.findings if found.severity != "info"}
    if against:
        return exits.CONFLICT if against <= _IN_THE_WAY else exits.REFUSED
    return exits.DONE if began.judged is None else exit_of(began.judged)


def _exit_of(experiment: Experiment) -> int:
    from paceline.control.experiments.standing import Phase

    if experiment.phase is Phase.CONFLICTED:
        return exits.CONFLICT
    return exits.UNSETTLED if experiment.phase is Phase.ENDING else exits.DONE
