"""`paceline keys`: who may ask the service, and as what. A secret is shown once, on standard output, and nowhere else.

| how it ended | exit |
| --- | --- |
| done, or nothing to do | 0 |
| no such key | 1 |
| a name, a role or a time that cannot be | 64 |
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.entrance import open_ledger
from paceline.cli.render import show_data, show_table, tell
from paceline.cli.webhook import Noted
from paceline.cli.words import UsageError, span
from paceline.control.access.rights import ENTRANCE, Role
from paceline.ledger.entry import instant_text
from paceline.primitives.canonical import Json

if TYPE_CHECKING:
    from paceline.bootstrap import Ledger
    from paceline.control.order import Order

COLUMNS = ("id", "name", "role", "standing", "used", "expires", "made by")
"""The columns of the list."""
Name = Annotated[str, Parameter(help="Whose deeds are done with it, as the ledger names them: 1 to 80 characters.")]
"""Whom something is for."""


def add_key(
    name: Name,
    /,
    *,
    role: Role,
    expires_in: str | None = None,
    noted: Noted | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Make an API key, and show it, once.

    Parameters
    ----------
    role
        What it may do: viewer looks, operator orders changes, approver also approves, administrator may do all.
    expires_in
        How long it is good for, such as 90d; without end when not said.
    """
    everywhere = everywhere or Everywhere()
    lasts = None if expires_in is None else _lasting(expires_in, "--expires-in")
    with open_ledger(everywhere) as ledger:
        expires_at = None if lasts is None else _after(ledger.access.now(), lasts, "--expires-in")
        key, secret = ledger.access.make_key(name, role, _order(ledger, noted), expires_at=expires_at)
        told = key.document(ledger.access.now())
    if everywhere.output is Output.NAME:
        tell("paceline: this form does not show the key, and it is shown only once; revoke it, and make another")
    if key.expires_at is None:
        tell(f"paceline: {key.id} is good until it is revoked; --expires-in 90d would end it by itself")
    lines = f"{key.id}  {key.name}  {key.role.value}\n  key: {secret}\n  kept nowhere else: it is not shown again"
    _show({**told, "secret": secret}, lines, everywhere, name=f"key/{key.id}")
    return exits.DONE


def list_keys(*, everywhere: Everywhere | None = None) -> int:
    """List every key there ever was: who has it, what it may do, whether it is good, when it was used last."""
    everywhere = everywhere or Everywhere()
    with open_ledger(everywhere) as ledger:
        now, keys = ledger.access.now(), ledger.access.keys()
    found = [one.document(now) for one in keys]
    if everywhere.output is Output.TABLE:
        show_table(COLUMNS, map(_row, found))
    else:
        items: list[Json] = [*found]
        show_data({"items": items}, everywhere.output, names=[f"key/{one['id']}" for one in found])
    return exits.DONE


def _row(told: Mapping[str, Json]) -> tuple[Json, ...]:
    used, ends = ((str(one)[:19] + "Z" if one else None) for one in (told["used_at"], told["expires_at"]))
    return (told["id"], told["name"], told["role"], told["standing"], used, ends, told["made_by"])


def revoke_key(
    key: Annotated[str, Parameter(help="Its id, as `paceline keys list` shows it; never the key itself.")],
    /,
    *,
    noted: Noted | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Make a key good for nothing, at once and for ever, and end the sessions that were begun with it."""
    everywhere = everywhere or Everywhere()
    with open_ledger(everywhere) as ledger:
        revoked = ledger.access.revoke(key, _order(ledger, noted))
        told = revoked.document(ledger.access.now())
    _show(told, f"{revoked.id}  {revoked.name}  revoked", everywhere, name=f"key/{revoked.id}")
    return exits.DONE


def make_link(
    name: Name,
    /,
    *,
    role: Role,
    valid_for: str = "10m",
    noted: Noted | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Make a link that signs somebody in to the pages, once, and show it, once.

    Parameters
    ----------
    role
        What that session may do.
    valid_for
        How long the link is good for, such as 10m; a day at most.
    """
    everywhere = everywhere or Everywhere()
    lasts = _lasting(valid_for, "--valid-for")
    with open_ledger(everywhere) as ledger:
        now, valid_s = ledger.access.now(), lasts.total_seconds()
        secret = ledger.access.make_link(name, role, _order(ledger, noted), valid_s=valid_s)
    path = f"{ENTRANCE}#{secret}"
    if everywhere.output is Output.NAME:
        tell("paceline: this form does not show the link, and it is shown only once; make another")
    lines = f"{path}\n  behind the address of the service; it signs {name.strip()} in once, within {valid_for}"
    until = instant_text(now + lasts)
    told: dict[str, Json] = {"name": name.strip(), "role": role.value, "path": path, "until": until}
    _show(told, lines, everywhere, name=f"link/{name.strip()}")
    return exits.DONE


def sign_out(name: Name, /, *, noted: Noted | None = None, everywhere: Everywhere | None = None) -> int:
    """End every session of a name, and its links that nobody has used; keys stay good until they are revoked."""
    everywhere = everywhere or Everywhere()
    with open_ledger(everywhere) as ledger:
        sessions, links = ledger.access.sign_out(name, _order(ledger, noted))
    lines = f"{name.strip()}  {sessions} sessions ended, {links} links withdrawn"
    told: dict[str, Json] = {"name": name.strip(), "sessions_ended": sessions, "links_ended": links}
    _show(told, lines, everywhere, name=f"principal/{name.strip()}")
    return exits.DONE


def _order(ledger: Ledger, noted: Noted | None) -> Order:
    from paceline.control.order import Order

    noted = noted or Noted()
    return Order(actor=ledger.actor, reason=noted.reason, ticket=noted.ticket)


def _lasting(text: str, option: str) -> timedelta:
    """Return a span of time that is not over at once."""
    found = span(text, option=option)
    if not found:
        raise UsageError(f"{option}: {text!r} is over at once", hint="write 10m, 2h or 90d")
    return found


def _after(now: datetime, lasts: timedelta, option: str) -> datetime:
    try:
        return now + lasts
    except OverflowError:
        raise UsageError(f"{option}: no calendar reaches so far", hint="write 90d") from None


def _show(data: dict[str, Json], lines: str, everywhere: Everywhere, *, name: str) -> None:
    if everywhere.output is Output.TABLE:
        print(lines)
    else:
        show_data(data, everywhere.output, names=[name])
