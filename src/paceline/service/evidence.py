"""What was measured of the step of a rollout that is live, block by block, as its decisions see it."""

from __future__ import annotations

from datetime import timedelta

from paceline.bootstrap import System
from paceline.campaign.observed import Ability
from paceline.campaign.ports import PlatformError
from paceline.control.rollout.evidence import Block, complete_blocks, settled_since
from paceline.control.rollout.standing import Rollout
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text

MOST = 500
"""So many blocks are told at most, the last ones."""


def blocks_of(system: System, rollout: Rollout) -> tuple[Block, ...]:
    """Return the complete blocks of the step that is live.

    Raises:
        PlatformError: they cannot be asked for.
    """
    if rollout.step == 0 or Ability.STATISTICS not in system.platform.abilities:
        return ()
    since = settled_since(rollout.plan, rollout.began)
    told = system.platform.measured(rollout.campaign, since=since, by_minute=True)
    minutes = [one for one in told.minutes if one[0] >= since and one[0] + timedelta(minutes=1) <= told.at]
    return complete_blocks(minutes, block=rollout.plan.block, since=since)


def evidence_of(system: System, rollout: Rollout) -> dict[str, Json]:
    """Return the blocks of the live step as JSON shows them; `none` says why they cannot be asked for now."""
    told: dict[str, Json] = {"step": rollout.step, "block_s": rollout.plan.block.total_seconds(), "blocks": []}
    try:
        blocks = blocks_of(system, rollout)
    except PlatformError as error:
        return {**told, "none": error.message}
    shown: list[Json] = [
        {
            "start": utc_text(one.start),
            "answered": one.answered,
            "abandoned": one.abandoned,
            "utilisation": one.utilisation if one.staffed_s else None,
        }
        for one in blocks[-MOST:]
    ]
    return {**told, "blocks": shown, "none": None}
