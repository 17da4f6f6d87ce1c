"""What steers a campaign, as the tables tell it within one transaction: one of rollout, experiment and supervisor.

Two who steer undo each other. So whatever begins asks here in the transaction that keeps it, with the book held: of two
that begin in the same moment the second sees the first.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.pacing_tables import CONTROL_ROLLOUTS, CONTROL_SUPERVISIONS
from paceline.storage.weights_tables import CONTROL_EXPERIMENTS

ROLLOUT_STATES = ("paused", "running", "undoing")
"""The states of a rollout that is under way."""
EXPERIMENT_STATES = ("ending", "paused", "running")
"""The states of an experiment that is under way."""
STEERS = "running"
"""The state of a supervision that steers."""


def rollout_of(connection: Connection, tenant: TenantId, campaign: CampaignId) -> int | None:
    """Return the entry of the campaign's rollout that is under way, None when none is."""
    of = CONTROL_ROLLOUTS.c
    ours = (of.tenant == tenant) & (of.campaign == campaign) & of.state.in_(ROLLOUT_STATES)
    entry: int | None = connection.execute(select(of.entry).where(ours).limit(1)).scalar()
    return entry


def experiment_of(connection: Connection, tenant: TenantId, campaign: CampaignId) -> int | None:
    """Return the entry of the campaign's experiment that is under way, None when none is."""
    of = CONTROL_EXPERIMENTS.c
    ours = (of.tenant == tenant) & (of.campaign == campaign) & of.state.in_(EXPERIMENT_STATES)
    entry: int | None = connection.execute(select(of.entry).where(ours).limit(1)).scalar()
    return entry


def is_supervised(connection: Connection, tenant: TenantId, campaign: CampaignId) -> bool:
    """Return whether the supervisor steers the campaign."""
    of = CONTROL_SUPERVISIONS.c
    found = connection.execute(select(of.document).where(of.tenant == tenant, of.campaign == campaign)).scalar()
    return found is not None and json.loads(found)["state"] == STEERS
