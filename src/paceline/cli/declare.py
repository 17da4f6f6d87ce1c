"""`paceline declare`: what the platform does not know about a campaign, said by a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output, settings_of
from paceline.cli.differences import exit_by_difference, only_with_dry_run
from paceline.cli.entrance import open_ledger
from paceline.cli.render import show_data
from paceline.cli.words import UsageError
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, campaign_id

if TYPE_CHECKING:
    from paceline.bootstrap import Ledger
    from paceline.control.facts.declared import Declaration
    from paceline.control.facts.facts import Facts
    from paceline.control.order import Order

_NO_OTHERS = Parameter(negative=())


def declare(
    *words: str,
    whole_tenant: Annotated[bool, _NO_OTHERS] = False,
    reason: str | None = None,
    ticket: str | None = None,
    dry_run: Annotated[bool, _NO_OTHERS] = False,
    detailed_exitcode: Annotated[bool, _NO_OTHERS] = False,
    everywhere: Everywhere | None = None,
) -> int:
    """Say what the platform does not know about a campaign; what is said last counts, here or in the file of campaigns.

    Parameters
    ----------
    words
        The campaign's id (none for the one that is set), then NAME=VALUE each; an empty value withdraws. Known are
        purpose (sales, debt, research, info), regions (US-FL,US-GA), list, seller, anchor, label.NAME. The list is
        kept for people: it is never read, and only regions says where contacts are.
    whole_tenant
        Of the whole tenant, not of a campaign: limits.active_campaigns=N.
    reason
        Why, for the ledger.
    ticket
        Where it is discussed, for the ledger.
    dry_run
        Tell what would change, and change nothing.
    detailed_exitcode
        With --dry-run: end with 2 when something would change, and with 0 when nothing would.
    """
    from paceline.control.facts.known_facts import Scope, judged, of_words
    from paceline.control.order import Order

    everywhere = everywhere or Everywhere()
    only_with_dry_run(detailed=detailed_exitcode, dry_run=dry_run)
    named = [word for word in words[:1] if "=" not in word]
    if whole_tenant and named:
        raise UsageError("--whole-tenant goes without the id of a campaign")
    campaign = None if whole_tenant else _campaign(named, everywhere)
    scope = Scope.TENANT if whole_tenant else Scope.CAMPAIGN
    facts = judged(of_words(words[len(named) :]), scope=scope, folder=Path.cwd())
    with open_ledger(everywhere) as ledger:
        order = Order(actor=ledger.actor, reason=reason, ticket=ticket, dry_run=dry_run)
        declaration = _facts(ledger, everywhere, order).declare(campaign, facts, order)
    if everywhere.output is Output.TABLE:
        for line in _lines(declaration, dry_run=dry_run):
            print(line)
    else:
        names = [] if declaration.entry is None else [f"entry/{declaration.entry}"]
        show_data(declaration.document(), everywhere.output, names=names)
    return exit_by_difference(exits.DONE, differs=bool(declaration.facts), detailed=detailed_exitcode)


def _campaign(named: list[str], everywhere: Everywhere) -> CampaignId:
    campaign = campaign_id(named[0]) if named else settings_of(everywhere).campaign
    if campaign is None:
        hint = "name its id first, set PACELINE_CAMPAIGN, or add --whole-tenant"
        raise UsageError("no campaign was named", hint=hint)
    return campaign


def _facts(ledger: Ledger, everywhere: Everywhere, order: Order) -> Facts:
    """Return the facts as they are; what stands in the file by now was said before: adopted later, it would count."""
    from paceline.control.facts.facts import Facts
    from paceline.control.facts.facts_file import read_facts
    from paceline.control.order import Order

    facts = Facts(ledger.database, ledger.book)
    file = settings_of(everywhere).campaigns_file
    if file is not None and not order.dry_run:
        facts.adopt(read_facts(file), Order(actor=order.actor))
    return facts


def _lines(declaration: Declaration, *, dry_run: bool) -> list[str]:
    about = declaration.campaign or "the whole tenant"
    if not declaration.facts:
        return [f"{about}  unchanged: it was declared so already"]
    place = "dry run: nothing was declared" if dry_run else f"entry {declaration.entry}"
    told = [f"{about}  {place}"]
    for name, value in declaration.facts.items():
        told.append(f"  {name}: {_shown(declaration.before[name])} -> {_shown(value)}")
    return told


def _shown(value: Json) -> str:
    return "undeclared" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
