"""`paceline supervise`: have a campaign's pacing steered once a minute, inside bounds that are certified first."""

from __future__ import annotations

import sys
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.entrance import open_system
from paceline.cli.options import OneCampaign, Targeting
from paceline.cli.render import console_for, show_data, tell
from paceline.cli.target import target_of
from paceline.cli.words import UsageError
from paceline.control.adoption import Adopt
from paceline.primitives.canonical import Json

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.control.order import Order
    from paceline.control.supervision.envelope import Certificate
    from paceline.control.supervision.standing import Standing
    from paceline.control.supervision.supervisor import Begun
    from paceline.primitives.ids import CampaignId

_FLAG = Parameter(negative=())


def supervise(
    campaign: OneCampaign = None,
    /,
    *,
    target: str | None = None,
    status: Annotated[bool, _FLAG] = False,
    end: Annotated[bool, _FLAG] = False,
    reason: str | None = None,
    ticket: str | None = None,
    dry_run: Annotated[bool, _FLAG] = False,
    everywhere: Everywhere | None = None,
) -> int:
    """Have a worker steer a campaign's pacing once a minute, so that it stays at its limit whatever the day brings.

    It begins with a certificate: the bounds, how much may ever be abandoned by it, and days of drift that were played.
    Whoever else sets the pacing suspends it; it steers again when it is begun anew.

    Parameters
    ----------
    target
        Abandonment to aim at, a fraction such as 0.0295; without it the highest that can be certified.
    status
        Only show where it stands.
    end
        Steer it no more, and leave one line for each idle agent: the last step was for one minute.
    reason
        Why, for the ledger.
    ticket
        Where it is discussed, for the ledger.
    dry_run
        Only make the certificate, and begin nothing.
    """
    everywhere = everywhere or Everywhere()
    if status + end > 1 or ((status or end) and (target is not None or dry_run)):
        raise UsageError("--status and --end each go without the other, without --target and without --dry-run")
    aim = None if target is None else _fraction(target)
    with open_system(everywhere, adopt=Adopt.NO if status or end else Adopt.MUST) as system:
        from paceline.control.order import Order

        (named,) = target_of(() if campaign is None else (campaign,), Targeting(), system).named
        order = Order(actor=system.actor, reason=reason, ticket=ticket, dry_run=dry_run)
        if status:
            return _shown(system, named, everywhere.output)
        if end:
            return _ended(system, named, order, everywhere.output)
        begun = system.supervision.start(named, order, target=aim)
        _show_begun(begun, everywhere.output)
        if begun.standing is not None and not system.worker.has_company():
            tell("paceline: no worker lives, so nobody steers it; start one: paceline work")
    return exits.REFUSED if begun.outcome == "refused" else exits.DONE


def _fraction(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not 0 < found < 1:
        raise UsageError(f"--target: {text[:20]!r} is no fraction between 0 and 1", hint="such as --target 0.0295")
    return found


def _shown(system: System, named: CampaignId, output: Output) -> int:
    standing = system.supervision.of(named)
    if output is Output.TABLE:
        print(f"{named}  is not supervised" if standing is None else _line(standing))
        if standing is not None:
            for line in _numbers(standing):
                print(f"  {line}")
    else:
        data: Json = {"campaign": named, "supervision": None if standing is None else standing.document()}
        show_data(data, output, names=[f"campaign/{named}"])
    return exits.DONE


def _ended(system: System, named: CampaignId, order: Order, output: Output) -> int:
    ended = system.supervision.end(named, order)
    if output is not Output.TABLE:
        show_data(ended.document(), output, names=[f"campaign/{named}"])
    elif ended.standing is None:
        print(f"{named}  was not supervised")
    else:
        print(f"{named}  is steered no more; {ended.left}")
        for line in _numbers(ended.standing):
            print(f"  {line}")
    return exits.DONE


def _show_begun(begun: Begun, output: Output) -> None:
    if output is not Output.TABLE:
        names = [] if begun.standing is None else [f"entry/{begun.standing.entry}"]
        show_data(begun.document(), output, names=names)
        return
    console = console_for(sys.stdout)
    for finding in begun.findings:
        console.print(
            f"{begun.campaign}  {finding.rule}: {finding.message}", markup=False, highlight=False, style="red"
        )
    if begun.findings:
        page = next(iter(begun.findings)).rule
        console.print(f"  see: paceline runbook {page}", markup=False, highlight=False)
    if begun.certificate is not None and not begun.findings:
        place = (
            "certified; nothing was begun" if begun.standing is None else f"supervised (entry {begun.standing.entry})"
        )
        console.print(f"{begun.campaign}  {place}", markup=False, highlight=False, style="green")
        for line in _certificate(begun.certificate):
            console.print(f"  {line}", markup=False, highlight=False)


def _certificate(made: Certificate) -> list[str]:
    most, per = made.ceiling
    bounds, played = made.bounds, made.rehearsed
    return [
        f"target {_percent(float(made.terms.target))} under {most}/{per}",
        (
            f"bounds: answerRate {bounds.least_answer_rate} to {bounds.most_answer_rate}, abandonRate 0 to "
            f"{bounds.most_abandonment_aim}; lines and looks stay as they are"
        ),
        (
            f"by the theorem: at most {made.beyond} calls beyond the target, {_percent(made.bound)} of the "
            f"{made.answers:,} answers expected in a legal period"
        ),
        (
            f"{played.days} days of drift played: {_percent(played.abandonment)} abandoned, worst day "
            f"{_percent(played.worst_day)}, agents busy {played.utilisation:.1%}"
        ),
    ]


def _line(standing: Standing) -> str:
    why = "" if standing.why is None else f": {standing.why}"
    return f"{standing.campaign}  {standing.state.value}{why} (entry {standing.entry}, by {standing.actor[0]})"


def _numbers(standing: Standing) -> list[str]:
    told = standing.document()
    lines = [f"since {told['began']}: {standing.abandoned} of {standing.answered} abandoned"]
    if standing.answered and standing.staffed_s:
        busy = standing.busy_s / standing.staffed_s
        lines = [f"{lines[0]} ({_percent(standing.abandoned / standing.answered)}), agents busy {busy:.1%}"]
    lines += [
        f"{one.period} until {one.end:%d %b %H:%M}: {one.abandoned} of {one.answered}, at most {one.most}/{one.per}"
        for one in standing.periods
    ]
    if standing.worst_at_once > standing.at_once:
        lines.append(
            f"{standing.worst_at_once} calls were abandoned at once, certified were {standing.at_once}: the bound of "
            f"the certificate is off by the difference; end it, and begin it anew"
        )
    lines.append(
        f"{float(standing.account.owed):+.1f} calls beyond the target of {standing.terms.target}; {standing.note}"
    )
    if standing.live is not None:
        aim = f"answerRate {standing.live.answer_rate}, abandonRate {standing.live.abandonment_aim}"
        lines.append(f"live: {aim}; {standing.steps} steps, {standing.requests} requests in {standing.looks} looks")
    return lines


def _percent(rate: float) -> str:
    return f"{100 * rate:.2f} %"
