"""Which entries of a campaign have ended in one of these ways and may count more than another entry; numbers only."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, and_, or_, select

from paceline.ledger.entry import Step
from paceline.primitives.ids import CampaignId, EntryId, TenantId
from paceline.storage.tables import LEDGER_ENTRIES


def ended_since(
    connection: Connection,
    tenant: TenantId,
    *,
    campaign: CampaignId,
    kinds: Collection[str],
    outcomes: Collection[str],
    lasting: Collection[str],
    since: EntryId,
) -> list[EntryId]:
    """Return the entries of these kinds that were opened or closed after an entry was opened, the newest first.

    Args:
        connection: of a transaction.
        tenant: whose ledger.
        campaign: of which campaign.
        kinds: of the entries.
        outcomes: how they have ended.
        lasting: those of the outcomes with which an entry counts whenever it ended.
        since: the entry, which is not among them itself.
    """
    opened, closed = LEDGER_ENTRIES.alias("opened"), LEDGER_ENTRIES.alias("closing")
    same = and_(
        closed.c.tenant == opened.c.tenant, closed.c.entry == opened.c.entry, closed.c.step == Step.CLOSED.value
    )
    asked = (
        select(opened.c.entry)
        .join(closed, same)
        .where(
            opened.c.tenant == tenant,
            opened.c.campaign == campaign,
            opened.c.step == Step.OPENED.value,
            opened.c.kind.in_(sorted(kinds)),
            opened.c.entry != since,
            closed.c.outcome.in_(sorted(outcomes)),
            or_(closed.c.sequence > since, closed.c.outcome.in_(sorted(lasting))),
        )
        .order_by(opened.c.sequence.desc())
    )
    return [EntryId(number) for number in connection.execute(asked).scalars()]
