"""What stands in the way of any change of settings, whatever aspect it is of; the ids are those of the lifecycle.

The platform lacks an ability, the campaign is locked or archived, somebody else is changing it right now. Changes of
the lifecycle judge these things themselves, for a stop gives way to nobody.

* `lifecycle.unknown-form`: the block that is to be replaced is shown in a form that is known, so that nothing in it is
  lost.
"""

from __future__ import annotations

from paceline.campaign.observed import Ability, Situation, Stage, State, Unfinished
from paceline.primitives.findings import Finding, Findings, Severity

_TOLD = {
    Stage.OPEN: "is being carried out right now",
    Stage.IN_DOUBT: "was sent and never answered, it may have happened",
    Stage.SETTLING: "was accepted and is still settling",
    Stage.WAITING: "waits for its hour",
    Stage.WAITS_FOR_APPROVAL: "waits for approval by a second person",
}


def obstacles(needs: frozenset[Ability], situation: Situation, *, block: str) -> Findings:
    """Return everything that keeps a change of settings from this campaign, and what else is under way on it.

    Args:
        needs: what the platform must be able to do.
        situation: what it is judged in.
        block: what is replaced, in the words of `Observed.unknown_blocks`.
    """
    found = [unsupported(needs, situation), locked(situation), _archived(situation), _unknown(block, situation)]
    return Findings.of([*found, *(_unfinished(other) for other in situation.unfinished)])


def unsupported(needs: frozenset[Ability], situation: Situation) -> Finding | None:
    """Return the finding that names what the platform cannot do; None when it can do all of it."""
    missing = tuple(sorted(needs - situation.abilities))
    if not missing:
        return None
    return Finding(
        rule="lifecycle.unsupported",
        severity=Severity.ERROR,
        message=f"this platform cannot do it: it lacks {', '.join(missing)}",
        found=tuple(sorted(situation.abilities)),
        limit=missing,
    )


def locked(situation: Situation) -> Finding | None:
    """Return the finding that refuses a change of a campaign that is locked on the platform; None when it is not."""
    if not situation.observed.locked:
        return None
    return Finding(
        rule="lifecycle.locked",
        severity=Severity.ERROR,
        message=f"campaign {situation.observed.campaign} is locked on the platform and takes no change",
        field="locked",
        found=True,
        limit=False,
    )


def _archived(situation: Situation) -> Finding | None:
    if situation.observed.state is not State.ARCHIVED:
        return None
    return Finding(
        rule="lifecycle.transition",
        severity=Severity.ERROR,
        message=f"campaign {situation.observed.campaign} is {State.ARCHIVED} and takes no change at all",
        field="state",
        found=State.ARCHIVED.value,
        limit=(State.ACTIVE.value, State.PAUSED.value, State.STOPPED.value),
    )


def _unknown(block: str, situation: Situation) -> Finding | None:
    if block not in situation.observed.unknown_blocks:
        return None
    return Finding(
        rule="lifecycle.unknown-form",
        severity=Severity.ERROR,
        message=f"its {block} are shown in a form that nobody here knows: to replace them would lose what is in them",
        field=block,
        found=block,
    )


def _unfinished(other: Unfinished) -> Finding:
    # Two who write settings at once would each be judged on what the other is about to replace.
    return Finding(
        rule="lifecycle.unfinished",
        severity=Severity.ERROR if other.stage is Stage.OPEN else Severity.INFO,
        message=f"{other.kind} by {other.by} (entry {other.entry}) {_TOLD[other.stage]}",
        found=other.entry,
    )
