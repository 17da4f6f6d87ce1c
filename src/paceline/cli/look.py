"""`paceline get` and `paceline explain`: campaigns as they are, and why."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.campaign.observed import Observed, Stage, State, Unreadable, document_of
from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.entrance import open_system
from paceline.cli.options import OneCampaign, Targeting
from paceline.cli.render import console_for, show_data, show_table, tell
from paceline.cli.settings_look import Say, show_settings
from paceline.cli.target import target_of
from paceline.cli.words import UsageError
from paceline.control.adoption import Adopt
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.control.fleet.fleet import Target
    from paceline.control.reviewing.explanation import Explanation

COLUMNS = ("CAMPAIGN", "STATE", "REVISION", "AGENTS", "QUEUE", "LOCKED", "PENDING", "NAME")
ASSUMED = {
    "purpose": "undeclared: every purpose is assumed",
    "regions": "undeclared: every region of the profile's countries is assumed",
}
"""What is said of a fact that nobody declared, where something is assumed then."""
UNREAD = {"list": "kept for people, never read: only regions says where contacts are"}
"""What is said of a fact that somebody declared, where it does less than one may think."""
_NO_OTHERS = Parameter(negative=())


def get_campaigns(
    *,
    label: Annotated[tuple[str, ...], Parameter(name=["--label", "-l"], negative=())] = (),
    status: State | None = None,
    watch: Annotated[bool, _NO_OTHERS] = False,
    every: Annotated[int, Parameter()] = 5,
    everywhere: Everywhere | None = None,
) -> int:
    """List the campaigns.

    Parameters
    ----------
    label
        Those that were given this label, NAME=VALUE; several must all fit.
    status
        Those in this state.
    watch
        List again until Ctrl-C.
    every
        With --watch: seconds between two looks, at least 1.
    """
    everywhere = everywhere or Everywhere()
    if every < 1:
        raise UsageError("--every is at least 1 second")
    # Only a label is looked up in what was declared, the file included.
    with open_system(everywhere, adopt=Adopt.TRY if label else Adopt.NO) as system:
        chosen = bool(label) or status is not None
        targeting = Targeting(label=label, status=status, everything=not chosen)
        target = target_of((), targeting, system)
        while True:
            code = _list_once(system, target, everywhere.output)
            if not watch:
                return code
            system.clock.wait(every)
            if sys.stdout.isatty():
                print("\x1b[2J\x1b[H", end="")


def get_campaign(campaign: OneCampaign = None, /, *, everywhere: Everywhere | None = None) -> int:
    """Show one campaign; with -o json or yaml, all that the platform says of it."""
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        (named,) = target_of(() if campaign is None else (campaign,), Targeting(), system).named
        observed = system.platform.read(named)
        system.recorder.saw([observed])
        frozen = system.freezes.of(named) is not None
        if everywhere.output is Output.TABLE:
            show_table(COLUMNS, [_row(observed, frozen=frozen)])
        else:
            shown = {**document_of(observed), "frozen": frozen}
            show_data(shown, everywhere.output, names=[f"campaign/{named}"])
    return exits.DONE


def explain(campaign: OneCampaign = None, /, *, everywhere: Everywhere | None = None) -> int:
    """Say why a campaign is, or is not, dialing, and what may be done to it now."""
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        (named,) = target_of(() if campaign is None else (campaign,), Targeting(), system).named
        told = system.explain(named)
        facts = system.facts.of(named).document()
        waiting = system.unended.documents(campaigns=[named], stage=Stage.WAITING)
        if everywhere.output is Output.TABLE:
            _show_explanation(told, facts, waiting)
        else:
            more: dict[str, Json] = {"frozen": _frozen_document(told), "waiting": [*waiting], "facts": facts}
            show_data({**told.document(), **more}, everywhere.output, names=[f"campaign/{named}"])
    return exits.DONE


def _list_once(system: System, target: Target, output: Output) -> int:
    found = system.fleet.find(target)
    shown = [one for one in found.campaigns.values() if one is not None]
    frozen = system.freezes.frozen()
    if output is Output.TABLE:
        show_table(COLUMNS, [_row(one, frozen=one.campaign in frozen) for one in shown])
    else:
        listed: list[Json] = [{**document_of(one), "frozen": one.campaign in frozen} for one in shown]
        unreadable: list[Json] = [{"campaign": one.campaign, "why": one.why} for one in found.unreadable]
        data: dict[str, Json] = {"campaigns": listed, "unreadable": unreadable}
        show_data(data, output, names=[f"campaign/{one.campaign}" for one in shown])
    for one in found.unreadable:
        tell(_unreadable(one))
    return exits.PARTLY if found.unreadable else exits.DONE


def _row(observed: Observed, *, frozen: bool) -> tuple[object, ...]:
    pending = observed.pending
    held = [word for word, holds in (("locked", observed.locked), ("FROZEN", frozen)) if holds]
    return (
        observed.campaign,
        observed.state.value,
        observed.revision,
        observed.agents,
        "" if observed.drained is None else "empty" if observed.drained else "draining",
        ", ".join(held),
        "" if pending is None else f"{pending.state} at {utc_text(pending.effective_at)}",
        observed.name,
    )


def _unreadable(one: Unreadable) -> str:
    return f"paceline: {one.campaign or 'a campaign without an id'} is shown in an unknown form: {one.why}"


def _frozen_document(told: Explanation) -> Json:
    frozen = told.situation.frozen
    if frozen is None:
        return None
    since = utc_text(frozen.since)
    return {"by": frozen.by, "reason": frozen.reason, "since": since, "entry": frozen.entry}


def _show_explanation(told: Explanation, facts: Json, waiting: Sequence[Mapping[str, Json]]) -> None:
    console = console_for(sys.stdout)

    def say(text: str, style: str = "") -> None:
        console.print(text, markup=False, highlight=False, style=style)

    observed = told.situation.observed
    say(f"{observed.campaign}  {observed.name or ''}  {observed.state} at revision {observed.revision}", "bold")
    say("dialing" if told.dialing else "not dialing", "green" if told.dialing else "yellow")
    for reason in told.why:
        say(f"  {reason}")
    if waiting:
        say("what waits for its hour", "bold")
    for change in waiting:
        why = "" if change["reason"] is None else f": {change['reason']}"
        say(f"  {change['kind']} at {change['due']} by {change['by']} (entry {change['entry']}){why}")
    show_settings(told.settings, say)
    say("what may be done now", "bold")
    for one in told.possible:
        verb = one.change.kind.rpartition(".")[2]
        say(f"  {verb}: {'yes' if one.may else 'it is so already' if one.already_so else 'no'}")
        for found in one.findings:
            say(f"    {found.severity}: {found.message} [{found.rule}]", "dim")
    say("what was declared", "bold")
    _show_declared(facts if isinstance(facts, dict) else {}, say)
    if told.last is not None:
        last = told.last
        late = "" if told.lateness is None else f"; {told.lateness}"
        say(f"last change: {last.kind} by {last.actor.name}, {last.outcome or 'not ended'} (entry {last.number}){late}")


def _show_declared(facts: Mapping[str, Json], say: Say) -> None:
    """Say each fact, what is assumed where nobody declared it, and the entry that says who did."""
    told = facts.get("entries")
    entries = told if isinstance(told, dict) else {}
    for name, value in facts.items():
        if name == "entries":
            continue
        said = f" (entry {entries[name]})" if name in entries else ""
        unread = f" ({UNREAD[name]})" if name in UNREAD and value is not None else ""
        say(f"  {name}: {ASSUMED.get(name, 'undeclared') if value is None else value}{said}{unread}")
