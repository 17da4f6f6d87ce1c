"""`paceline set` and `paceline get` for the blocks of a campaign: dialing rules, pacing, schedule and weights."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.observed import Part
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.weights.changes import SetWeights
from paceline.cli import block_words, exits
from paceline.cli.campaign import Said, change_all, said_of
from paceline.cli.configured import Everywhere, Output
from paceline.cli.entrance import open_system
from paceline.cli.options import Changing, Targeting
from paceline.cli.render import console_for, show_data
from paceline.cli.target import target_of
from paceline.cli.weight_words import weights_named_by
from paceline.cli.words import UsageError
from paceline.control.adoption import Adopt
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CALLED = {
    "dialing": ("dialing rules", "rules"),
    "pacing": ("pacing", "pacing"),
    "schedule": ("a schedule", "schedule"),
    "weights": ("weights", "weights"),
}
_File = Annotated[Path | None, Parameter(name="--file", allow_leading_hyphen=True)]


def set_rules(
    *words: str,
    file: _File = None,
    targeting: Targeting | None = None,
    changing: Changing | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Set dialing rules: mode, attempts and retries, abandonment threshold, calls per agent; the rest stays as live.

    Parameters
    ----------
    words
        Ids, and KEY=VALUE such as maxCallsPerAgent=2 or intervalMinutes=60,240.
    file
        The block in the contract's words, in YAML, TOML or JSON; - is standard input. KEY=VALUE counts over it.
    """
    ids, pairs = _parted(words)
    return _set(
        SetDialingRules,
        block_words.named_by(block_words.RULES, pairs, file),
        ids,
        said_of(targeting, changing, everywhere),
    )


def set_pacing(
    *words: str,
    file: _File = None,
    targeting: Targeting | None = None,
    changing: Changing | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Set predictive pacing: belief, aim, calls in flight, interval, warm-up; the rest stays as live. Projected first.

    Parameters
    ----------
    words
        Ids, and KEY=VALUE such as answerRate=0.55 or abandonRate=0.01.
    file
        The block in the contract's words, in YAML, TOML or JSON; - is standard input. KEY=VALUE counts over it.
    """
    ids, pairs = _parted(words)
    return _set(
        SetPacing, block_words.named_by(block_words.PACING, pairs, file), ids, said_of(targeting, changing, everywhere)
    )


def set_schedule(
    *words: str,
    file: _File = None,
    targeting: Targeting | None = None,
    changing: Changing | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Set when campaigns may dial: zone, windows, directive, calls in flight; the rest stays as live.

    Parameters
    ----------
    words
        Ids, and KEY=VALUE such as "timeWindows=MON-FRI 09:00-17:00, SAT 10:00-14:00" or timezone=America/Chicago.
    file
        The schedule in the contract's words, in YAML, TOML or JSON; - is standard input. KEY=VALUE counts over it.
    """
    ids, pairs = _parted(words)
    return _set(
        SetSchedule,
        block_words.named_by(block_words.SCHEDULE, pairs, file),
        ids,
        said_of(targeting, changing, everywhere),
    )


def set_weights(
    *words: str,
    file: _File = None,
    targeting: Targeting | None = None,
    changing: Changing | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Set algorithm weights, judged on what data say of them; the rest stays as live. Without data nothing is sent.

    Parameters
    ----------
    words
        Ids, and KEY=VALUE such as call_rate=0.15 or convergenceThreshold=0.02.
    file
        The blocks in the contract's words, in YAML, TOML or JSON; - is standard input. KEY=VALUE counts over it. A map
        of weights takes the place of the live one whole.
    """
    ids, pairs = _parted(words)
    return _set(SetWeights, weights_named_by(pairs, file), ids, said_of(targeting, changing, everywhere))


def get_rules(campaign: str | None = None, /, *, everywhere: Everywhere | None = None) -> int:
    """Show the dialing rules of a campaign; -o yaml prints what `set rules --file` takes.

    Parameters
    ----------
    campaign
        Its id; the campaign that is set where none is given.
    """
    return _shown(campaign, "dialing", everywhere or Everywhere())


def get_pacing(campaign: str | None = None, /, *, everywhere: Everywhere | None = None) -> int:
    """Show the predictive pacing of a campaign; -o yaml prints what `set pacing --file` takes.

    Parameters
    ----------
    campaign
        Its id; the campaign that is set where none is given.
    """
    return _shown(campaign, "pacing", everywhere or Everywhere())


def get_schedule(campaign: str | None = None, /, *, everywhere: Everywhere | None = None) -> int:
    """Show the schedule of a campaign; -o yaml prints what `set schedule --file` takes.

    Parameters
    ----------
    campaign
        Its id; the campaign that is set where none is given.
    """
    return _shown(campaign, "schedule", everywhere or Everywhere())


def get_weights(campaign: str | None = None, /, *, everywhere: Everywhere | None = None) -> int:
    """Show the algorithm weights of a campaign; -o yaml prints what `set weights --file` takes.

    Parameters
    ----------
    campaign
        Its id; the campaign that is set where none is given.
    """
    return _shown(campaign, "weights", everywhere or Everywhere())


def _parted(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids and the KEY=VALUE among words; no id holds an equals sign."""
    pairs = tuple(word for word in words if "=" in word)
    return tuple(word for word in words if "=" not in word), pairs


def _set(kind: type[AnyChange], fields: Mapping[str, Any], ids: tuple[str, ...], said: Said) -> int:
    """Make one change of a kind for each campaign that the words mean, with these fields."""

    def make(campaign: CampaignId, at: datetime | None) -> AnyChange:
        if at is not None:
            raise UsageError(
                "the platform itself carries out pauses, resumptions and stops only",
                hint="leave --by out: a worker makes the change when its hour comes",
            )
        return kind(campaign=campaign, **fields)

    return change_all(kind, make, ids, said)


def _shown(campaign: str | None, aspect: str, everywhere: Everywhere) -> int:
    part = Part.SCHEDULE if aspect == "schedule" else Part.CAMPAIGN
    with open_system(everywhere, adopt=Adopt.NO) as system:
        (named,) = target_of(() if campaign is None else (campaign,), Targeting(), system).named
        observed = system.platform.read(named, part=part)
        system.recorder.saw([observed])
        block = system.platform.block(observed, aspect)
    if block is None:
        raise UsageError(
            f"campaign {named} never had {_CALLED[aspect][0]}",
            hint=f"set them whole: paceline set {_CALLED[aspect][1]} {named} --file FILE",
        )
    if everywhere.output is Output.TABLE:
        console = console_for(sys.stdout)
        console.print(f"{named}  version {observed.version}", style="bold", markup=False, highlight=False)
        for name, value in _rows({**block}, ""):
            console.print(f"  {name}: {value}", markup=False, highlight=False)
    else:
        show_data({**block}, everywhere.output, names=[f"campaign/{named}"])
    return exits.DONE


def _rows(block: Json, above: str) -> list[tuple[str, str]]:
    if not isinstance(block, dict):
        return [(above, str(block))]
    found: list[tuple[str, str]] = []
    for name, value in block.items():
        if isinstance(value, dict):
            found += _rows(value, f"{above}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            told = [f"{one['dayOfWeek'][:3]} {one['startTime'][:5]}-{one['endTime'][:5]}" for one in _windows(value)]
            found.append((f"{above}{name}", ", ".join(told)))
        else:
            told_value = ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
            found.append((f"{above}{name}", told_value))
    return found


def _windows(value: list[Json]) -> list[dict[str, str]]:
    return [{name: str(part) for name, part in one.items()} for one in value if isinstance(one, dict)]
