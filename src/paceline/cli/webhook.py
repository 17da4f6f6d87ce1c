"""`paceline webhook`: who is told of what happens. A secret is shown once, on standard output, and nowhere else.

| how it ended | exit |
| --- | --- |
| done | 0 |
| no such webhook | 1 |
| it is disabled | 5 |
| an address, a kind or a name that cannot be | 64 |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output, settings_of
from paceline.cli.entrance import open_system
from paceline.cli.render import show_data, show_table, tell
from paceline.cli.words import UsageError, instant
from paceline.control.adoption import Adopt
from paceline.primitives.canonical import Json
from paceline.primitives.ids import campaign_id

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.control.order import Order
    from paceline.outbox.subscribers import Subscriber, SubscriberId

COLUMNS = ("id", "name", "host", "kinds", "standing", "waiting", "failing since")
"""The columns of the list."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST_ONE = Parameter(validator=validators.Number(gte=1))
WebhookId = Annotated[str, Parameter(help="Its id, as `paceline webhook list` shows it.")]
"""Which webhook a command is for."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What the ledger keeps beside a deed."""

    reason: str | None = None
    """Why, for the ledger."""
    ticket: str | None = None
    """Where it is discussed, for the ledger."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Which messages are told again: those that fit all that was said; all there are when nothing was."""

    campaign: str | None = None
    """Of this campaign only."""
    since: Annotated[str | None, Parameter(name="--from")] = None
    """Put at this instant or later, such as 2026-06-15T00:00:00Z."""
    until: Annotated[str | None, Parameter(name="--to")] = None
    """Put before this instant."""
    first: Annotated[int | None, _LEAST_ONE] = None
    """From this number of the campaign on; wants --campaign."""
    last: Annotated[int | None, _LEAST_ONE] = None
    """Up to this number of the campaign; wants --campaign."""


def add_webhook(
    url: str | None = None,
    /,
    *,
    kinds: str | None = None,
    name: str | None = None,
    noted: Noted | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Have messages sent to an address; shows the secret that they are signed with, once.

    Parameters
    ----------
    url
        The whole address of the receiver, such as https://hooks.example.com/paceline; that of the setting `webhook_url`
        without.
    kinds
        What it hears, with commas between: types such as lifecycle.refused, or aspects such as lifecycle.*; all
        without.
    name
        What people call the receiver, shown in the list; 1 to 80 characters, which need not be its alone.
    """
    everywhere = everywhere or Everywhere()
    wanted = [] if kinds is None else [kind.strip() for kind in kinds.split(",")]
    url = url or settings_of(everywhere).telling.webhook_url
    if url is None:
        raise UsageError("no address is given", hint="name the receiver's, or set PACELINE_WEBHOOK_URL")
    with open_system(everywhere, adopt=Adopt.NO) as system:
        _show_secret(system.webhooks.add(url, wanted, _order(system, noted), name=name), everywhere)
        if not system.worker.has_company():
            tell("paceline: no worker lives on this database; it carries messages: `paceline work`")
    return exits.DONE


def list_webhooks(*, everywhere: Everywhere | None = None) -> int:
    """List who is told, how they are doing, and how many messages wait for each."""
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        found = [one.document() for one in system.webhooks.all()]
    if everywhere.output is Output.TABLE:
        show_table(COLUMNS, (_row(one) for one in found))
    else:
        items: list[Json] = [*found]
        show_data({"items": items}, everywhere.output, names=[f"webhook/{one['id']}" for one in found])
    return exits.DONE


def try_webhook(webhook: WebhookId, /, *, noted: Noted | None = None, everywhere: Everywhere | None = None) -> int:
    """Put a message that only shows that messages arrive; a worker carries it."""
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        message = system.webhooks.test(_id(webhook), _order(system, noted))
    _show({"id": _id(webhook), "message": message.id}, f"message {message.id} waits for {webhook}", everywhere)
    return exits.DONE


def replay_messages(
    webhook: WebhookId,
    /,
    *,
    again: Again | None = None,
    noted: Noted | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Tell again what there was, with the same ids and bodies, behind what waits already; dead letters too."""
    from paceline.outbox.box import Range

    everywhere, again = everywhere or Everywhere(), again or Again()
    if again.campaign is None and (again.first is not None or again.last is not None):
        raise UsageError("--first and --last are numbers of a campaign", hint="name it: --campaign ID")
    wanted = Range(
        campaign=None if again.campaign is None else campaign_id(again.campaign),
        first=again.first,
        last=again.last,
        since_ns=_ns(again.since, "--from"),
        until_ns=_ns(again.until, "--to"),
    )
    with open_system(everywhere, adopt=Adopt.NO) as system:
        count = system.webhooks.replay(_id(webhook), wanted, _order(system, noted))
    _show({"id": webhook, "messages": count}, f"{webhook}  is told {count} messages again", everywhere)
    return exits.DONE


def rotate_secret(webhook: WebhookId, /, *, noted: Noted | None = None, everywhere: Everywhere | None = None) -> int:
    """Make a new secret and show it, once; messages are signed with the one before as well for a day."""
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        _show_secret(system.webhooks.rotate(_id(webhook), _order(system, noted)), everywhere)
    return exits.DONE


def enable_webhook(webhook: WebhookId, /, *, noted: Noted | None = None, everywhere: Everywhere | None = None) -> int:
    """Send again to a webhook that is disabled, or at once to one that fails: what waits for it first."""
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        enabled = system.webhooks.enable(_id(webhook), _order(system, noted))
    _show({"id": webhook, "standing": enabled.standing.value}, f"{webhook}  {enabled.standing.value}", everywhere)
    return exits.DONE


def remove_webhook(webhook: WebhookId, /, *, noted: Noted | None = None, everywhere: Everywhere | None = None) -> int:
    """Send nothing to a webhook any more, and forget what waits for it."""
    everywhere = everywhere or Everywhere()
    with open_system(everywhere, adopt=Adopt.NO) as system:
        system.webhooks.remove(_id(webhook), _order(system, noted))
    _show({"id": webhook, "removed": True}, f"{webhook}  removed", everywhere)
    return exits.DONE


def _order(system: System, noted: Noted | None) -> Order:
    from paceline.control.order import Order

    noted = noted or Noted()
    return Order(actor=system.actor, reason=noted.reason, ticket=noted.ticket)


def _id(webhook: str) -> SubscriberId:
    from paceline.outbox.subscribers import SubscriberId

    return SubscriberId(webhook)


def _ns(text: str | None, option: str) -> int | None:
    if text is None:
        return None
    return (instant(text, option=option) - _EPOCH) // timedelta(microseconds=1) * 1000


def _show_secret(one: Subscriber, everywhere: Everywhere) -> None:
    kinds: list[Json] = [*one.kinds]
    if everywhere.output is Output.NAME:
        tell("paceline: this form does not show the secret; `paceline webhook rotate` makes and shows a new one")
    called = "" if one.name is None else f"  {one.name}"
    lines = f"{one.id}{called}  {one.host}\n  secret: {one.secrets.current}\n  kept nowhere else: it is not shown again"
    told: dict[str, Json] = {"id": one.id, "name": one.name, "host": one.host, "kinds": kinds}
    _show({**told, "secret": one.secrets.current}, lines, everywhere)


def _show(data: dict[str, Json], line: str, everywhere: Everywhere) -> None:
    if everywhere.output is Output.TABLE:
        print(line)
    else:
        show_data(data, everywhere.output, names=[f"webhook/{data['id']}"])


def _row(one: dict[str, Json]) -> Sequence[Json]:
    kinds = one["kinds"]
    told = ", ".join(map(str, kinds)) if isinstance(kinds, list) and kinds else "all"
    return [one["id"], one["name"], one["host"], told, one["standing"], one["waiting"], one["failing_since"]]
