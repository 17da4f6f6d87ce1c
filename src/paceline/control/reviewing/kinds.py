"""The kinds of entries that the ledger holds: of changes, of what is noted beside them, and all of an aspect."""

from __future__ import annotations

from paceline.campaign.catalogue import CATALOGUE

NOTES = (
    "abandonment.period",
    "access.add",
    "access.enter",
    "access.link",
    "access.revoke",
    "access.sign_out",
    "agenda.aside",
    "approval.approve",
    "approval.ask",
    "approval.refuse",
    "approval.reject",
    "campaign.drift",
    "campaign.freeze",
    "campaign.unfreeze",
    "delivery.failed",
    "experiment.abort",
    "experiment.end",
    "experiment.hold",
    "experiment.look",
    "experiment.pause",
    "experiment.plan",
    "experiment.start",
    "facts.declare",
    "guard.approach",
    "guard.breach",
    "ledger.erase",
    "ledger.key",
    "pacing.measured",
    "records.imported",
    "rollout.abort",
    "rollout.clear",
    "rollout.end",
    "rollout.hold",
    "rollout.pause",
    "rollout.promote",
    "rollout.resume",
    "rollout.start",
    "rollout.step",
    "rollout.undo",
    "supervision.end",
    "supervision.start",
    "supervision.suspend",
    "tracking.failed",
    "twin.drifted",
    "twin.fitted",
    "webhook.add",
    "webhook.disabled",
    "webhook.enable",
    "webhook.remove",
    "webhook.replay",
    "webhook.rotate",
    "webhook.test",
    "weights.measured",
    "weights.told-by-platform",
    "weights.tuned",
)
"""Kinds of what is noted beside changes; a ledger may hold others, of a later version."""
KINDS = tuple(sorted((*CATALOGUE, *NOTES)))
"""Every kind of entry that this version makes."""
ASPECTS = tuple(sorted({f"{kind.partition('.')[0]}.*" for kind in KINDS}))
"""What stands for all kinds of an aspect."""
