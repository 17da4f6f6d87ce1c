"""`paceline schedule check`: may this person be called at this instant, and which rule says so."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from paceline.cli import exits
from paceline.cli.call_options import CallOptions, instant_said
from paceline.cli.configured import Everywhere, Output, rulebook_of
from paceline.cli.render import console_for, show_data, show_table
from paceline.cli.words import UsageError
from paceline.primitives.clock import utc_text

if TYPE_CHECKING:
    from paceline.compliance.decision import Decision

COLUMNS = ("ZONE", "LOCALLY", "VERDICT", "NEXT, LOCALLY")
RULE_COLUMNS = ("RULE", "VERDICT", "WHERE", "WHY", "CITATION")


def schedule_check(
    *,
    number: str,
    at: str | None = None,
    address_zone: str | None = None,
    region: str | None = None,
    state: str | None = None,
    calls: CallOptions | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Say whether a person may be called at an instant: exit 0 when so, 3 when not.

    The person may be in any zone of the whole area code, at the address, and in the given region; every rule of every
    jurisdiction holds in all of them. What is not said is taken as everything that it might be. Nothing is recorded.

    Parameters
    ----------
    number
        In international form, such as +18505550123.
    at
        Instant with an offset, such as 2026-11-20T09:00:00-05:00; now where none is said.
    address_zone
        Zone of the person's address, such as America/Chicago.
    region
        Region of the person's address, ISO 3166-2, such as US-FL.
    state
        The same for the United States: FL for US-FL.
    """
    from paceline.compliance.decision import decide

    everywhere = everywhere or Everywhere()
    decision = decide(
        rulebook_of(everywhere),
        number=number,
        at=instant_said(at),
        call=(calls or CallOptions()).call(),
        address_zone=address_zone,
        region=region_said(region, state),
    )
    if everywhere.output is Output.TABLE:
        _show_for_people(decision)
    else:
        show_data(decision.document(), everywhere.output, names=["callable" if decision.is_callable else "closed"])
    return exits.DONE if decision.is_callable else exits.REFUSED


def region_said(region: str | None, state: str | None) -> str | None:
    """Return the region's ISO 3166-2 code, from whichever of the two options was given.

    Raises:
        UsageError: both were, and say different things.
    """
    given = None if region is None else region.upper()
    if state is None:
        return given
    named = f"US-{state.upper().removeprefix('US-')}"
    if given not in {None, named}:
        raise UsageError(f"--region says {region!r} and --state says {state!r}", hint="say one of them")
    return named


def _show_for_people(decision: Decision) -> None:
    console = console_for(sys.stdout)

    def say(text: str, style: str = "") -> None:
        console.print(text, markup=False, highlight=False, style=style)

    say("callable" if decision.is_callable else "not callable", "bold green" if decision.is_callable else "bold red")
    say(f"where: {decision.locality.why}")
    if decision.stale is not None:
        say(decision.stale, "red")
    if decision.locality.zones:
        show_table(COLUMNS, [_zone_row(decision, key) for key in sorted(decision.locality.zones)])
        show_table(RULE_COLUMNS, _rule_rows(decision))
    if not decision.is_callable and decision.next is None:
        say("no instant within a year is callable", "yellow")
    elif not decision.is_callable and decision.next is not None:
        say(f"next: {utc_text(decision.next)}", "bold")
    for rule in decision.not_judged:
        say(f"not judged: {rule.summary} [{rule.id}]", "dim")
    say(f"rules {decision.edition}, zone data {decision.zone_data['version']}", "dim")


def _zone_row(decision: Decision, key: str) -> tuple[object, ...]:
    here = [one for one in decision.judgements if one.zone == key]
    is_open = bool(here) and all(one.is_open for one in here)
    following = None if decision.next is None else _locally(decision.next, key)
    return key, _locally(decision.at, key), "open" if is_open else "closed", following


def _locally(at: datetime, key: str) -> str:
    from paceline.primitives.zones import zone

    return at.astimezone(zone(key)).strftime("%a %Y-%m-%d %H:%M:%S %z")


def _rule_rows(decision: Decision) -> Iterator[tuple[object, ...]]:
    """Yield a row for each zone in which a rule closes, and one for each rule that closes nowhere."""
    from paceline.compliance.decision import by_rule

    for each in by_rule(decision.judgements):
        rule = each[0].rule
        name, citation = ("no rule", None) if rule is None else (rule.id, rule.citation)
        for one in [one for one in each if not one.is_open]:
            yield name, one.verdict, one.zone, one.why, citation
        if all(one.is_open for one in each):
            why = None if each[0].is_judged else each[0].why
            yield name, each[0].verdict, "everywhere", why, citation
